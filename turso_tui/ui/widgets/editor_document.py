"""The editor's document: Textual's own, which does not count all of its lines again for every key or line drawn."""

from bisect import bisect_right
from typing import NamedTuple

from rich.cells import cell_len
from textual.geometry import Offset, Size
from textual.widgets.text_area import Document, EditResult, Location, WrappedDocument


class Inset(NamedTuple):
    """``rows`` that are drawn under a line and are no part of the text."""

    line: int = 0
    rows: int = 0

    def row_of(self, line: int) -> int:
        """Where a line is drawn."""
        return line + self.rows if line > self.line else line

    def line_at(self, row: int) -> int:
        """The line that is drawn in a row; the one above for a row of the inset."""
        return row if row <= self.line else max(self.line, row - self.rows)

    def inner(self, row: int) -> int | None:
        """Which of its own rows is drawn there, None for a row of the text."""
        return row - self.line - 1 if 0 < row - self.line <= self.rows else None


class SqlDocument(Document):
    """Keeps the width of every line, and measures only those that an edit has changed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.inset = Inset()
        self.revision = 0
        """How often it was changed."""
        self._widths: list[int] | None = None
        self._tab_width = 0
        self._starts = [0]

    def start_of(self, line: int) -> int:
        """The offset at which a line begins; it is known no further down than somebody asked."""
        starts, lines = self._starts, self.lines
        line = min(line, len(lines) - 1)
        for above in range(len(starts) - 1, line):
            starts.append(starts[above] + len(lines[above]) + 1)
        return starts[line]

    def line_with(self, offset: int) -> int:
        """The line of an offset; the last one for an offset beyond the end."""
        while self._starts[-1] <= offset and len(self._starts) < self.line_count:
            self.start_of(min(2 * len(self._starts), self.line_count - 1))
        return bisect_right(self._starts, offset) - 1

    def get_size(self, tab_width: int) -> Size:
        if self._widths is None or tab_width != self._tab_width:
            self._tab_width = tab_width
            self._widths = [self._width(line) for line in self.lines]
        return Size(max(self._widths, default=0), len(self._widths) + self.inset.rows)

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        (first, _), (last, _) = sorted((start, end))
        count = self.line_count
        result = super().replace_range(start, end, text)
        self.revision += 1
        del self._starts[first + 1 :]
        if self._widths is not None:
            changed = self.lines[first : last + 1 + self.line_count - count]
            self._widths[first : last + 1] = [self._width(line) for line in changed]
        return result

    def _width(self, line: str) -> int:
        if line.isascii() and "\t" not in line:
            return len(line)
        return cell_len(line.expandtabs(self._tab_width))


class UnwrappedDocument(WrappedDocument):
    """Lines are never wrapped here: there are as many as the document has, and the rows of its inset between them."""

    def __init__(self, document: SqlDocument, tab_width: int) -> None:
        self._sql = document
        self._done: tuple[int, int] | None = None
        super().__init__(document, tab_width=tab_width)

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Looks at every line, which need not be done twice for the same."""
        wanted = self._sql.revision, tab_width or 0
        if wanted != self._done:
            super().wrap(width, tab_width)
            self._done = wanted

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        super().wrap_range(start, old_end, new_end)
        if self._done is not None:
            self._done = self._sql.revision, self._done[1]

    @property
    def height(self) -> int:
        return self.document.line_count + self._sql.inset.rows

    def location_to_offset(self, location: Location) -> Offset:
        x, y = super().location_to_offset(location)
        return Offset(x, self._sql.inset.row_of(y))

    def offset_to_location(self, offset: Offset) -> Location:
        return super().offset_to_location(Offset(offset.x, self._sql.inset.line_at(offset.y)))
