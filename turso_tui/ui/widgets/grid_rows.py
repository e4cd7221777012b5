"""Where the results grid takes its rows from, and the few of them that it keeps."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from turso_tui.values import Column, Row

PAGE = 64
"""Rows asked for at once."""

KEPT = 8
"""Pages kept: some screenfuls, so that small scrolls ask for nothing, and little even if the cells are large."""


class RowSource(Protocol):
    """A result, possibly still arriving. All of it is called while painting, so it must answer at once."""

    @property
    def columns(self) -> Sequence[Column]:
        """The same for as long as the source lives; two may share a name."""
        ...

    @property
    def row_count(self) -> int:
        """Rows available now; it only grows."""
        ...

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` up to ``stop``, which is never beyond `row_count`."""
        ...


class RowPages:
    """The rows of a source, asked for in pages, the least recently used of which are forgotten."""

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self._pages: dict[int, Sequence[Row]] = {}

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Rows ``start`` up to ``stop``, fewer if there are not that many."""
        stop = min(stop, self._source.row_count)
        for number in range(start // PAGE, -(-stop // PAGE)):
            first = number * PAGE
            yield from self._page(number)[max(start - first, 0) : stop - first]

    def _page(self, number: int) -> Sequence[Row]:
        start = number * PAGE
        stop = min(start + PAGE, self._source.row_count)
        page = self._pages.pop(number, ())
        if len(page) < stop - start:
            page = self._source.rows(start, stop)
        self._pages[number] = page
        while len(self._pages) > KEPT:
            del self._pages[next(iter(self._pages))]
        return page
