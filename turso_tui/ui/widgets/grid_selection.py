"""What is selected in the results grid: from where it began to where the cursor is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.coordinate import Coordinate

from turso_tui.ui.widgets.grid_columns import ColumnLayout


class SelectionKind(StrEnum):
    """A block of cells, or rows or columns as a whole."""

    CELLS = "cells"
    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Block:
    """The rows ``start`` up to ``stop``, and of them these ``columns`` by their places, hidden ones left out."""

    start: int
    stop: int
    columns: Sequence[int]

    @property
    def row_count(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class GridSelection:
    """``anchor`` is where it began. One that is ``held`` grows with every move of the cursor, until esc; another ends
    with the next move that is not to extend it."""

    anchor: Coordinate
    kind: SelectionKind = SelectionKind.CELLS
    held: bool = False

    def block(self, cursor: Coordinate, row_count: int, layout: ColumnLayout) -> Block:
        """What is selected of so many rows, of which more may have arrived."""
        start, last = sorted((self.anchor.row, cursor.row))
        if self.kind is SelectionKind.COLUMNS:
            start, last = 0, row_count - 1
        left, right = sorted((layout.place(self.anchor.column), layout.place(cursor.column)))
        columns = layout.visible if self.kind is SelectionKind.ROWS else layout.visible[left : right + 1]
        stop = min(last + 1, row_count)
        return Block(min(start, stop), stop, tuple(columns))
