"""How wide the columns of the results grid are, and which of them are on the screen.

A column knows its name and what has been seen of it: it is never measured as a whole, and it never gets narrower
while a result is shown, because what a person is reading must not jump.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from turso_tui.ui.cells import CELL_LIMIT, Cell, CellKind, one_line
from turso_tui.values import Column

AIR = 2
"""One empty cell on either side of each column."""

MARK = 2
"""Cells of a sign behind a name."""

_NARROWEST = 4  # NULL
_SMALLEST = 3  # what a person may make of it
_PARTIAL = 8
"""Less than this of a text is not worth showing at the right edge."""

_NUMERIC = re.compile("INT|REAL|FLOA|DOUB|DEC|NUM", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column on the screen: its ``index``, and where and how wide its content is, in cells, without the air.

    At an ``edge`` end the columns that stay when the others scroll.
    """

    index: int
    x: int
    width: int
    partial: bool = False
    edge: bool = False

    @property
    def stop(self) -> int:
        """Where the next column's air begins."""
        return self.x + self.width + AIR // 2


class ColumnLayout:
    """Widths, sides and marks of the columns of one result, which of them are hidden, and which stay on the left."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.headers = [one_line(column.name, CELL_LIMIT) for column in columns]
        self.types = [column.decltype for column in columns]
        self.visible = list(range(len(columns)))
        self.frozen = 0
        """How many of the visible ones stay, from the left."""
        self.marks: dict[int, str] = {}
        """A sign behind a name: how it is sorted."""
        self._widths = [max(_NARROWEST, cell_len(header)) for header in self.headers]
        self._chosen: dict[int, int] = {}
        self._numeric: dict[int, bool] = {}

    def __len__(self) -> int:
        return len(self.headers)

    def numeric(self, index: int) -> bool:
        """Whether the header stands on the right: what the first value says, and until one is seen, the type."""
        declared = self.types[index]
        return self._numeric.get(index, bool(declared and _NUMERIC.search(declared)))

    def width(self, index: int) -> int:
        """As wide as a person has made it, else as wide as what has been seen of it."""
        marked = cell_len(self.headers[index]) + MARK if index in self.marks else 0
        return self._chosen.get(index, max(self._widths[index], marked))

    def widen(self, index: int, cell: Cell) -> bool:
        """Make room for ``cell``: all of a number, a text up to the limit. True if the column looks different now."""
        before = self.numeric(index)
        if cell.kind not in {CellKind.NULL, CellKind.EMPTY}:
            self._numeric.setdefault(index, cell.kind is CellKind.NUMBER)
        width = cell.width if cell.whole else min(cell.width, CELL_LIMIT)
        wider = width > self._widths[index]
        if wider:
            self._widths[index] = width
        return (wider and index not in self._chosen) or self.numeric(index) != before

    # What a person has chosen

    def resize(self, index: int, cells: int) -> None:
        """Wider or narrower by so many cells, whatever is in it."""
        if self.visible:
            self._chosen[index] = max(_SMALLEST, self.width(index) + cells)

    def hide(self, index: int) -> None:
        """Leave a column out; the last one stays."""
        if len(self.visible) > 1 and index in self.visible:
            self.frozen -= self.place(index) < self.frozen
            self.visible.remove(index)

    def show_all(self) -> None:
        self.visible = list(range(len(self)))

    def freeze(self, index: int) -> None:
        """Let the columns up to this one stay; once more lets them go."""
        upto = min(self.place(index) + 1, len(self.visible))
        self.frozen = 0 if self.frozen == upto else upto

    @property
    def hidden(self) -> int:
        """How many are left out."""
        return len(self) - len(self.visible)

    # Places: the visible columns, counted from 0

    def place(self, index: int) -> int:
        """Where a column stands among the visible ones; for a hidden one, where its right neighbour does."""
        return min(bisect_left(self.visible, index), max(len(self.visible) - 1, 0))

    def step(self, index: int, steps: int) -> int:
        """The column so many visible ones further right."""
        place = min(max(self.place(index) + steps, 0), len(self.visible) - 1)
        return self.visible[place] if self.visible else 0

    def slots(self, first: int, room: int) -> list[Slot]:
        """The columns that stay, and those from ``first`` on that fit ``room`` cells.

        The last of all takes what is left, unless it holds numbers; a text that does not quite fit may be partial.
        """
        slots: list[Slot] = []
        start, stuck = 0, self._stuck(room)
        last = len(self.visible) - 1
        for place in (*range(stuck), *range(max(self.place(first), stuck), len(self.visible))):
            index = self.visible[place]
            left, width = room - start - AIR, self.width(index)
            fits = width <= left
            if fits and place == last and not self.numeric(index) and index not in self._chosen:
                width = left
            elif not fits:
                if slots and (left < _PARTIAL or self.numeric(index)):
                    break
                width = max(left, 1)
            slots.append(Slot(index, start + AIR // 2, width, partial=not fits, edge=place == stuck - 1))
            start += width + AIR
        return slots

    def more(self, slots: Sequence[Slot]) -> tuple[bool, bool]:
        """Whether columns are scrolled away on the left, and on the right."""
        if not slots:
            return False, False
        places = [self.place(slot.index) for slot in slots]
        right = slots[-1].partial or places[-1] < len(self.visible) - 1
        return places != list(range(places[-1] + 1)), right

    def furthest(self, room: int) -> int:
        """The first column to show when scrolled all the way to the right."""
        return self._leftmost(len(self.visible) - 1, room)

    def reveal(self, index: int, first: int, room: int) -> int:
        """The first column to show so that column ``index`` is on the screen, scrolling no more than needed."""
        place = self.place(index)
        if place < self._stuck(room):
            return first
        return index if index < first else max(first, self._leftmost(place, room))

    def _leftmost(self, last: int, room: int) -> int:
        """The leftmost column that can be first while the one at place ``last`` is still whole."""
        if not self.visible:
            return 0
        stuck = self._stuck(room)
        room -= sum(self.width(index) + AIR for index in self.visible[:stuck])
        first = last
        room -= self.width(self.visible[last]) + AIR
        while first > stuck and (room := room - self.width(self.visible[first - 1]) - AIR) >= 0:
            first -= 1
        return self.visible[first]

    def _stuck(self, room: int) -> int:
        """How many of the frozen columns there is room for, so that others can still be seen beside them."""
        used = 0
        for place, index in enumerate(self.visible[: self.frozen]):
            used += self.width(index) + AIR
            if used > room * 2 // 3:
                return place
        return self.frozen
