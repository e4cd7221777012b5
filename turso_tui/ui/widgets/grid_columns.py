"""How wide the columns of the results grid are, and which of them are on the screen.

A column knows its name and what has been seen of it: it is never measured as a whole, and it never gets narrower
while a result is shown, because what a person is reading must not jump.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from turso_tui.ui.cells import CELL_LIMIT, Cell, CellKind, one_line
from turso_tui.values import Column

AIR = 2
"""One empty cell on either side of each column."""

_NARROWEST = 4  # NULL
_PARTIAL = 8
"""Less than this of a text is not worth showing at the right edge."""

_NUMERIC = re.compile("INT|REAL|FLOA|DOUB|DEC|NUM", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column on the screen: its ``index``, and where and how wide its content is, in cells, without the air."""

    index: int
    x: int
    width: int
    partial: bool = False

    @property
    def stop(self) -> int:
        """Where the next column's air begins."""
        return self.x + self.width + AIR // 2


class ColumnLayout:
    """Widths and sides of the columns of one result."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.headers = [one_line(column.name, CELL_LIMIT) for column in columns]
        self.types = [column.decltype for column in columns]
        self._widths = [max(_NARROWEST, cell_len(header)) for header in self.headers]
        self._numeric: dict[int, bool] = {}

    def __len__(self) -> int:
        return len(self.headers)

    def numeric(self, index: int) -> bool:
        """Whether the header stands on the right: what the first value says, and until one is seen, the type."""
        declared = self.types[index]
        return self._numeric.get(index, bool(declared and _NUMERIC.search(declared)))

    def widen(self, index: int, cell: Cell) -> bool:
        """Make room for ``cell``: all of a number, a text up to the limit. True if the column looks different now."""
        before = self.numeric(index)
        if cell.kind not in {CellKind.NULL, CellKind.EMPTY}:
            self._numeric.setdefault(index, cell.kind is CellKind.NUMBER)
        width = cell.width if cell.whole else min(cell.width, CELL_LIMIT)
        wider = width > self._widths[index]
        if wider:
            self._widths[index] = width
        return wider or self.numeric(index) != before

    def slots(self, first: int, room: int) -> list[Slot]:
        """The columns from ``first`` on that fit ``room`` cells.

        The last of all takes what is left, unless it holds numbers; a text that does not quite fit may be partial.
        """
        slots = []
        start = 0
        for index in range(first, len(self)):
            left, width = room - start - AIR, self._widths[index]
            fits = width <= left
            if fits and index == len(self) - 1 and not self.numeric(index):
                width = left
            elif not fits:
                if index > first and (left < _PARTIAL or self.numeric(index)):
                    break
                width = max(left, 1)
            slots.append(Slot(index, start + AIR // 2, width, partial=not fits))
            start += width + AIR
        return slots

    def furthest(self, room: int) -> int:
        """The first column to show when scrolled all the way to the right."""
        return self._leftmost(len(self) - 1, room)

    def reveal(self, index: int, first: int, room: int) -> int:
        """The first column to show so that column ``index`` is on the screen, scrolling no more than needed."""
        return index if index < first else max(first, self._leftmost(index, room))

    def _leftmost(self, last: int, room: int) -> int:
        """The leftmost column that can be first while ``last`` is still whole."""
        first = last
        room -= self._widths[last] + AIR if last >= 0 else 0
        while first > 0 and (room := room - self._widths[first - 1] - AIR) >= 0:
            first -= 1
        return max(first, 0)
