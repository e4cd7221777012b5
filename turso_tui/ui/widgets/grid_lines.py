"""The lines of the results grid: from values and styles to what Textual paints. No state, no widget."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from turso_tui.ui.cells import Cell, CellKind, cell_text, cut, one_line
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_columns import MARK, ColumnLayout, Slot
from turso_tui.values import Row

_RULE, _MORE_LEFT, _MORE_RIGHT = "│", "‹", "›"


class MarkKind(StrEnum):
    """How a row differs from what is stored; one that is gone is not there to be removed."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    GONE = "gone"


SIGNS = {MarkKind.ADDED: "+", MarkKind.CHANGED: "~", MarkKind.REMOVED: "−", MarkKind.GONE: "−"}


@dataclass(frozen=True, slots=True)
class RowMark:
    """A row that differs from what is stored, in ``columns``, or in all of them for None.

    ``words`` stand in place of values, by column.
    """

    kind: MarkKind
    columns: frozenset[int] | None = None
    words: Mapping[int, str] = field(default_factory=dict)

    def covers(self, column: int) -> bool:
        return self.columns is None or column in self.columns


@dataclass(frozen=True, slots=True)
class LineStyles:
    """Every style of the grid. Those of the cursor only add to the others."""

    base: Style
    gutter: Style
    rule: Style
    header: Style
    header_type: Style
    kinds: Mapping[CellKind, Style]
    marks: Mapping[MarkKind, Style]
    cursor_row: Style
    cursor_cell: Style
    selected: Style
    selection_end: Style


@dataclass(frozen=True, slots=True)
class Frame:
    """What all lines of one picture share; ``gutter`` is the width of the row numbers in cells."""

    layout: ColumnLayout
    slots: Sequence[Slot]
    gutter: int
    width: int
    styles: LineStyles

    @property
    def cells_start(self) -> int:
        """Where the first column's air begins: after the row number, its air and the rule."""
        return gutter_width(self.gutter)

    def header(self) -> Strip:
        """Names, and the declared types where there is room; signs where columns are hidden on either side."""
        styles, slots = self.styles, self.slots
        hidden_left, hidden_right = self.layout.more(slots)
        segments = [
            Segment("#".rjust(self.gutter + 1) + " ", styles.base + styles.gutter),
            Segment(
                _MORE_LEFT if hidden_left else _RULE, styles.base + (styles.header if hidden_left else styles.rule)
            ),
        ]
        for slot in slots:
            segments += self._header_cell(slot)
        strip = Strip(segments)
        if not hidden_right:
            return strip.adjust_cell_length(self.width, styles.base)
        sign = Strip([Segment(_MORE_RIGHT, styles.base + styles.header)], 1)
        return Strip.join([strip.adjust_cell_length(self.width - 1, styles.base), sign])

    def row(
        self,
        number: int,
        row: Row,
        cursor_column: int | None,
        mark: RowMark | None = None,
        selected: Collection[int] = (),
    ) -> Strip:
        """The row that a person counts as ``number``; ``cursor_column`` is None unless it is the cursor's row.

        ``selected`` are the columns in which it is.
        """
        styles = self.styles
        line, gutter = styles.base, styles.gutter
        if cursor_column is not None:
            line, gutter = line + styles.cursor_row, styles.header
        segments = [
            Segment(grouped(number).rjust(self.gutter + 1), line + gutter),
            Segment(SIGNS[mark.kind], line + styles.marks[mark.kind]) if mark else Segment(" ", line + gutter),
            Segment(_RULE, line + styles.rule),
        ]
        for slot in self.slots:
            word = mark.words.get(slot.index) if mark else None
            if word is None:
                cell = cell_text(row[slot.index], self.layout.types[slot.index], slot.width)
            else:
                cell = Cell(cut(word, slot.width), CellKind.EMPTY)
            style = line + styles.kinds[cell.kind]
            if mark and mark.covers(slot.index):
                style += styles.marks[mark.kind]
            is_selected = slot.index in selected
            if is_selected:
                style += styles.selected
            if slot.index == cursor_column:
                style += styles.selection_end if is_selected else styles.cursor_cell
            text = self._aligned(cell, slot)
            segments += self._edged(text, style, line) if slot.edge else [Segment(text, style)]
        # Neighbours of one style in one piece: each change of style costs some forty bytes on the wire.
        return Strip(segments).adjust_cell_length(self.width, line).simplify()

    def _aligned(self, cell: Cell, slot: Slot) -> str:
        text = cell.text
        if cell.width > slot.width:
            text = "…" if cell.whole else cut(text, slot.width)
        padding = " " * (slot.width - cell_len(text))
        right = cell.kind is CellKind.NUMBER or (cell.whole and self.layout.numeric(slot.index))
        return f" {padding}{text} " if right else f" {text}{padding} "

    def _edged(self, text: str, style: Style, line: Style) -> Iterable[Segment]:
        """The last column of those that stay has a rule in place of its air."""
        yield Segment(text[:-1], style)
        yield Segment(_RULE, line + self.styles.rule)

    def _header_cell(self, slot: Slot) -> Iterable[Segment]:
        styles = self.styles
        mark = self.layout.marks.get(slot.index, "")
        room = slot.width - MARK if mark else slot.width
        name = cut(self.layout.headers[slot.index], room) + (f" {mark}" if mark else "")
        padding = max(slot.width - cell_len(name), 0)
        declared = one_line((self.layout.types[slot.index] or "").lower(), slot.width)
        kind = f" {declared}" if declared and cell_len(declared) < padding else ""
        space = " " * (padding - cell_len(kind))
        right = self.layout.numeric(slot.index)
        yield Segment(f" {space if right else ''}{name}", styles.base + styles.header)
        yield Segment(f"{kind}{'' if right else space}", styles.base + styles.header_type)
        yield Segment(_RULE if slot.edge else " ", styles.base + (styles.rule if slot.edge else styles.header_type))

    def column_at(self, x: int) -> int | None:
        """The column at so many cells from the left; None on the row numbers and beyond the last."""
        x -= self.cells_start
        return next((slot.index for slot in self.slots if x < slot.stop), None) if x >= 0 else None


def gutter_width(digits: int) -> int:
    """Cells taken by row numbers of up to ``digits`` characters, with their air and the rule."""
    return digits + 3
