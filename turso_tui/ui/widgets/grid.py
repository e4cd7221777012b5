"""The results grid: millions of rows and thousands of columns, of which only the screenful in view is ever touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from turso_tui.ui.cells import CellKind, cell_text
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_columns import ColumnLayout
from turso_tui.ui.widgets.grid_lines import Frame, LineStyles, MarkKind, RowMark, gutter_width
from turso_tui.ui.widgets.grid_rows import RowPages, RowSource
from turso_tui.values import Row, Value

__all__ = ["ResultGrid", "RowSource"]

_HEADER = 1
_GUTTER = 3
"""The narrowest column of row numbers; it grows with the numbers that come into view."""


class ResultGrid(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a `RowSource` under a header that stays, with a cursor on one cell.

    Sideways it scrolls by whole columns, so the columns do not move while their widths are still being learnt.
    """

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Row up", show=False, id="grid.up"),
        Binding("down,j", "move(1, 0)", "Row down", show=False, id="grid.down"),
        Binding("left,h", "move(0, -1)", "Column left", show=False, id="grid.left"),
        Binding("right,l", "move(0, 1)", "Column right", show=False, id="grid.right"),
        Binding("pageup", "page(-1.0)", "Page up", show=False, id="grid.page-up"),
        Binding("pagedown", "page(1.0)", "Page down", show=False, id="grid.page-down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="grid.half-page-up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="grid.half-page-down"),
        Binding("g,ctrl+home", "row('first')", "First row", show=False, id="grid.first-row"),
        Binding("G,ctrl+end", "row('last')", "Last row", show=False, id="grid.last-row"),
        Binding("home,0", "column('first')", "First column", show=False, id="grid.first-column"),
        Binding("end,$", "column('last')", "Last column", show=False, id="grid.last-column"),
        Binding("enter", "choose_cell", "View", id="grid.choose", tooltip="Look at the whole cell"),
        Binding("less_than_sign", "resize(-4)", "Narrower column", show=False, id="grid.narrower"),
        Binding("greater_than_sign", "resize(4)", "Wider column", show=False, id="grid.wider"),
        Binding("minus", "hide_column", "Hide the column", show=False, id="grid.hide"),
        Binding("plus", "show_columns", "Show hidden columns", show=False, id="grid.show-all"),
        Binding("F", "freeze", "Keep columns up to here in view", show=False, id="grid.freeze"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "result-grid--gutter",
        "result-grid--rule",
        "result-grid--header",
        "result-grid--header-type",
        "result-grid--cursor-row",
        "result-grid--cursor-cell",
        *(f"result-grid--{kind}" for kind in CellKind),
        *(f"result-grid--{kind}" for kind in MarkKind),
    }

    DEFAULT_CSS = """
    ResultGrid {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .result-grid--gutter { color: $muted; }
        & > .result-grid--rule { color: $rule; }
        & > .result-grid--header { text-style: bold; }
        & > .result-grid--header-type { color: $muted; }
        & > .result-grid--number { color: $cell-number; }
        & > .result-grid--null { color: $cell-null; text-style: italic; }
        & > .result-grid--empty { color: $cell-empty; text-style: italic; }
        & > .result-grid--blob { color: $cell-blob; }
        & > .result-grid--added { color: $good; }
        & > .result-grid--changed { color: $warning; text-style: underline; }
        & > .result-grid--removed { color: $bad; text-style: strike; }
        & > .result-grid--cursor-row { background: $panel; }
        & > .result-grid--cursor-cell { text-style: bold; }
        &:focus > .result-grid--cursor-row { background: $cursor-row; }
        &:focus > .result-grid--cursor-cell { background: $cursor-cell; color: $cursor-cell-text; text-style: bold; }
    }
    """

    source: reactive[RowSource | None] = reactive(None, init=False, always_update=True)
    """The result on show; setting it, even to the same, starts again at its first cell."""

    cursor: reactive[Coordinate] = reactive(Coordinate(0, 0), init=False, repaint=False)
    """Row and column of the cursor; also as `cursor_row` and `cursor_column`."""

    first_column = reactive(0, init=False)
    """The leftmost column on the screen."""

    @dataclass
    class _GridMessage(Message):
        grid: ResultGrid

        @property
        def control(self) -> ResultGrid:
            return self.grid

    @dataclass
    class CursorMoved(_GridMessage):
        """The cursor stands on another cell."""

        row: int
        column: int

    @dataclass
    class CellChosen(_GridMessage):
        """A cell is to be looked at: enter, or a double click."""

        row: int
        column: int
        value: Value

    @dataclass
    class Copied(_GridMessage):
        """Something of it went to the clipboard; ``what``, in printable words."""

        what: str

    @dataclass
    class ColumnsChanged(_GridMessage):
        """A column was hidden, shown, frozen or resized."""

    def __init__(self, source: RowSource | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.mark_of: Callable[[int], RowMark | None] | None = None
        """How the row at a place differs from what is stored; asked while painting."""
        self._begin(None)
        self.set_reactive(ResultGrid.source, source)

    def on_mount(self) -> None:
        if self.source is not None:
            self.watch_source(self.source)

    def _begin(self, source: RowSource | None) -> None:
        self._pages = None if source is None else RowPages(source)
        self._columns = ColumnLayout(() if source is None else source.columns)
        self._row_count = 0 if source is None else source.row_count
        self._gutter = _GUTTER
        self._learnt: tuple[int, ...] = ()

    # The result

    def watch_source(self, source: RowSource | None) -> None:
        self._begin(source)
        self.virtual_size = Size(0, self._row_count + _HEADER)
        self.scroll_to(y=0, animate=False)
        self.first_column = 0
        self.cursor = Coordinate(0, 0)
        self.refresh()

    def show_rows(self, source: RowSource, row: int = 0) -> None:
        """Other rows of the same columns, which stay as they are; the cursor goes to ``row``."""
        layout, column, first = self.layout_of_columns, self.cursor.column, self.first_column
        self.source = source
        self.layout_of_columns = layout
        self.first_column = first
        self.cursor = Coordinate(row, column)

    def reread(self) -> None:
        """The source has other rows than before, more or fewer: the cursor and the view stay where they are."""
        if self.source is None:
            return
        self._pages = RowPages(self.source)
        self._row_count = self.source.row_count
        self._learnt = ()
        self.virtual_size = Size(0, self._row_count + _HEADER)
        self.cursor = self.cursor  # it may have stood on a row that is gone
        self.refresh()

    @property
    def layout_of_columns(self) -> ColumnLayout:
        """What a person has made of the columns; it can be kept and given back with the same columns."""
        return self._columns

    @layout_of_columns.setter
    def layout_of_columns(self, layout: ColumnLayout) -> None:
        self._columns = layout
        self._learnt = ()
        self.refresh()

    def extend(self) -> None:
        """Show that the source has more rows. Neither the cursor nor what is on the screen moves."""
        if self.source is None or self.source.row_count == self._row_count:
            return
        first_new_line = self._line_of(self._row_count)
        self._row_count = self.source.row_count
        # Set without its watchers: the reactive would repaint every line, and only the scrollbar need change.
        self.set_reactive(ResultGrid.virtual_size, Size(0, self._row_count + _HEADER))
        self.refresh(layout=True, repaint=False)
        width, height = self.scrollable_content_region.size
        if first_new_line >= height:
            return
        if self._learn_widths():
            self.refresh()
        else:
            self.refresh(Region(0, first_new_line, width, height - first_new_line))

    @property
    def row_count(self) -> int:
        """Rows that can be reached, as of the last `extend`."""
        return self._row_count

    @property
    def cursor_row(self) -> int:
        return self.cursor.row

    @cursor_row.setter
    def cursor_row(self, row: int) -> None:
        self.cursor = Coordinate(row, self.cursor.column)

    @property
    def cursor_column(self) -> int:
        return self.cursor.column

    @cursor_column.setter
    def cursor_column(self, column: int) -> None:
        self.cursor = Coordinate(self.cursor.row, column)

    # The cursor and the view

    def validate_cursor(self, cursor: Coordinate) -> Coordinate:
        row = min(cursor.row, self._row_count - 1)
        column = min(cursor.column, len(self._columns) - 1)
        return Coordinate(max(row, 0), self._columns.step(max(column, 0), 0))

    def watch_cursor(self, old: Coordinate, new: Coordinate) -> None:
        for row in {old.row, new.row}:
            self.refresh(Region(0, self._line_of(row), self.size.width, 1))
        self._reveal_cursor()
        self.post_message(self.CursorMoved(self, new.row, new.column))

    def validate_first_column(self, first: int) -> int:
        return max(0, min(first, self._columns.furthest(self._room)))

    def on_resize(self) -> None:
        self.first_column = self.first_column  # what is furthest depends on the room

    def _reveal_cursor(self) -> None:
        row, column = self.cursor
        top, body = self.scroll_offset.y, self._body_height
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif row >= top + body > 0:
            self.scroll_to(y=row - body + 1, animate=False)
        self.first_column = self._columns.reveal(column, self.first_column, self._room)

    @property
    def _body_height(self) -> int:
        return max(self.scrollable_content_region.height - _HEADER, 0)

    @property
    def _room(self) -> int:
        """Cells for columns."""
        return self.scrollable_content_region.width - gutter_width(self._gutter)

    def _line_of(self, row: int) -> int:
        return row - self.scroll_offset.y + _HEADER

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        """Learn from the rows in view how wide their columns are, then paint."""
        self._learn_widths()
        width = self.scrollable_content_region.width
        slots = self._columns.slots(self.first_column, self._room)
        self._frame = Frame(self._columns, slots, self._gutter, width, self._line_styles())
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        frame = self._frame
        if not frame.slots:
            return Strip.blank(frame.width, frame.styles.base)
        if y < _HEADER:
            return frame.header()
        number = self.scroll_offset.y + y - _HEADER
        row = self._row(number)
        if row is None:
            return Strip.blank(frame.width, frame.styles.base)
        mark = self.mark_of(number) if self.mark_of is not None else None
        return frame.row(number + 1, row, self.cursor.column if number == self.cursor.row else None, mark)

    def _learn_widths(self) -> bool:
        """Widen what the cells in view need. True if anything on the screen moves because of it."""
        if self._pages is None:
            return False
        top = self.scroll_offset.y
        bottom = min(top + self._body_height, self._row_count)
        before = self._gutter
        self._gutter = max(before, len(grouped(bottom)))
        view = (top, bottom, self.first_column, self._room)
        if view == self._learnt:
            return False
        self._learnt = view
        changed = self._gutter != before
        slots, types = self._columns.slots(self.first_column, self._room), self._columns.types
        for row in self._pages.rows(top, bottom):
            for slot in slots:
                changed |= self._columns.widen(slot.index, cell_text(row[slot.index], types[slot.index]))
        return changed

    def _line_styles(self) -> LineStyles:
        def style(name: str) -> Style:
            return self.get_component_rich_style(f"result-grid--{name}", partial=True)

        return LineStyles(
            base=self.rich_style,
            gutter=style("gutter"),
            rule=style("rule"),
            header=style("header"),
            header_type=style("header-type"),
            kinds={kind: style(kind) for kind in CellKind},
            marks={kind: style(kind) for kind in MarkKind},
            cursor_row=style("cursor-row"),
            cursor_cell=style("cursor-cell"),
        )

    # Keys and the mouse

    def action_move(self, rows: int, columns: int) -> None:
        self.cursor = Coordinate(self.cursor.row + rows, self._columns.step(self.cursor.column, columns))

    def action_page(self, pages: float) -> None:
        """The view and the cursor together, so that the cursor keeps its place on the screen."""
        rows = int(pages * self._body_height)
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self.cursor_row += rows

    def action_row(self, which: str) -> None:
        self.cursor_row = 0 if which == "first" else self._row_count - 1

    def action_column(self, which: str) -> None:
        self.cursor_column = 0 if which == "first" else len(self._columns) - 1

    def action_resize(self, cells: int) -> None:
        self._columns.resize(self.cursor.column, cells)
        self._columns_changed()

    def action_hide_column(self) -> None:
        self._columns.hide(self.cursor.column)
        self._columns_changed()

    def action_show_columns(self) -> None:
        self._columns.show_all()
        self._columns_changed()

    def action_freeze(self) -> None:
        self._columns.freeze(self.cursor.column)
        self._columns_changed()

    def _columns_changed(self) -> None:
        self._learnt = ()
        self.cursor = self.cursor  # a hidden column hands it to its neighbour
        self.first_column = self._columns.reveal(self.cursor.column, self.first_column, self._room)
        self.refresh()
        self.post_message(self.ColumnsChanged(self))

    def action_choose_cell(self) -> None:
        if self._row_count:
            self.post_message(self.CellChosen(self, *self.cursor, self.value_at(*self.cursor)))

    def value_at(self, row: int, column: int) -> Value:
        """Raises IndexError if there is no such cell."""
        values = self._row(row)
        if values is None:
            raise IndexError(row)
        return values[column]

    def _row(self, number: int) -> Row | None:
        if self._pages is None or not 0 <= number < self._row_count:
            return None
        return next(self._pages.rows(number, number + 1), None)

    def on_mouse_scroll_left(self) -> None:
        self.first_column = self._columns.step(self.first_column, -1)

    def on_mouse_scroll_right(self) -> None:
        self.first_column = self._columns.step(self.first_column, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if event.shift:
            self.on_mouse_scroll_left()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if event.shift:
            self.on_mouse_scroll_right()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < _HEADER:
            return
        row = self.scroll_offset.y + offset.y - _HEADER
        if row >= self._row_count:
            return
        x = offset.x - gutter_width(self._gutter)
        slots = self._columns.slots(self.first_column, self._room) if x >= 0 else []
        column = next((slot.index for slot in slots if x < slot.stop), self.cursor.column)
        self.cursor = Coordinate(row, column)
        if event.chain == 2:
            self.action_choose_cell()
