"""The results grid: millions of rows and thousands of columns, walked and selected by keys and by the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.message import Message

from turso_tui.ui.widgets.grid_look import CSS
from turso_tui.ui.widgets.grid_rows import RowSource
from turso_tui.ui.widgets.grid_selection import GridSelection, SelectionKind
from turso_tui.ui.widgets.grid_view import GridView, Hit
from turso_tui.values import Value

__all__ = ["ResultGrid", "RowSource"]


class ResultGrid(GridView):
    """A `GridView` that says what a person does with it."""

    DEFAULT_CSS = CSS

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
        Binding("v", "select('cells')", "Select cells", show=False, id="grid.select"),
        Binding("V", "select('rows')", "Select rows", show=False, id="grid.select-rows"),
        Binding("C", "select('columns')", "Select columns", show=False, id="grid.select-columns"),
        Binding("shift+up", "extend(-1, 0)", "Select upwards", show=False, id="grid.extend-up"),
        Binding("shift+down", "extend(1, 0)", "Select downwards", show=False, id="grid.extend-down"),
        Binding("shift+left", "extend(0, -1)", "Select to the left", show=False, id="grid.extend-left"),
        Binding("shift+right", "extend(0, 1)", "Select to the right", show=False, id="grid.extend-right"),
        Binding("escape", "deselect", "Select nothing", show=False, id="grid.deselect"),
    ]

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
    class SelectionChanged(_GridMessage):
        """More, less or nothing is selected."""

    @dataclass
    class ColumnsChanged(_GridMessage):
        """A column was hidden, shown, frozen or resized."""

    def __init__(self, source: RowSource | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(source, id=id, classes=classes)
        self._drags: SelectionKind | None = None
        """What moving the mouse selects, while its button is down."""

    def watch_cursor(self, old: Coordinate, new: Coordinate) -> None:
        super().watch_cursor(old, new)
        self.post_message(self.CursorMoved(self, new.row, new.column))

    # Keys and the mouse

    def action_move(self, rows: int, columns: int) -> None:
        self.cursor = Coordinate(self.cursor.row + rows, self.layout_of_columns.step(self.cursor.column, columns))

    def action_page(self, pages: float) -> None:
        """The view and the cursor together, so that the cursor keeps its place on the screen."""
        rows = int(pages * self.body_height)
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
        self.cursor_row += rows

    def action_row(self, which: str) -> None:
        self.cursor_row = 0 if which == "first" else self.row_count - 1

    def action_column(self, which: str) -> None:
        self.cursor_column = 0 if which == "first" else len(self.layout_of_columns) - 1

    # What is selected

    def watch_selection(self) -> None:
        super().watch_selection()
        self.post_message(self.SelectionChanged(self))

    def action_select(self, kind: str) -> None:
        """Let the moves of the cursor select; the same again ends it, and another kind goes on from the same cell."""
        before, wanted = self.selection, SelectionKind(kind)
        if before is not None and before.held and before.kind is wanted:
            self.selection = None
        elif self.row_count:
            self.selection = GridSelection(self.cursor if before is None else before.anchor, wanted, held=True)

    def action_extend(self, rows: int, columns: int) -> None:
        row, column = self.cursor
        self.extend_to(Coordinate(row + rows, self.layout_of_columns.step(column, columns)))

    def action_deselect(self) -> None:
        """Where nothing is selected, it is someone else's key."""
        if self.selection is None:
            raise SkipAction
        self.selection = None

    def action_resize(self, cells: int) -> None:
        self.layout_of_columns.resize(self.cursor.column, cells)
        self._columns_changed()

    def action_hide_column(self) -> None:
        self.layout_of_columns.hide(self.cursor.column)
        self._columns_changed()

    def action_show_columns(self) -> None:
        self.layout_of_columns.show_all()
        self._columns_changed()

    def action_freeze(self) -> None:
        self.layout_of_columns.freeze(self.cursor.column)
        self._columns_changed()

    def _columns_changed(self) -> None:
        self.refit()
        self.post_message(self.ColumnsChanged(self))

    def action_choose_cell(self) -> None:
        if self.row_count:
            self.post_message(self.CellChosen(self, *self.cursor, self.value_at(*self.cursor)))

    def on_mouse_scroll_left(self) -> None:
        self.first_column = self.layout_of_columns.step(self.first_column, -1)

    def on_mouse_scroll_right(self) -> None:
        self.first_column = self.layout_of_columns.step(self.first_column, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if event.shift:
            self.on_mouse_scroll_left()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if event.shift:
            self.on_mouse_scroll_right()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Where the cursor goes, and a selection begins if the mouse is moved; with shift, where one ends."""
        hit = self.hit(event.get_content_offset_capture(self))
        if event.button != 1 or not self._is_on_a_row(event, hit):
            return
        self._drags = SelectionKind.ROWS if hit.is_on_number else SelectionKind.CELLS
        self.capture_mouse()
        if event.shift:
            self.extend_to(hit.cell, self._drags)
        else:
            self.selection = None
            self.cursor = hit.cell

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drags is not None:
            cell = self.hit(event.get_content_offset_capture(self)).cell
            if cell != self.cursor:
                self.extend_to(cell, self._drags)

    def on_mouse_up(self) -> None:
        if self._drags is not None:
            self._drags = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and self._is_on_a_row(event, self.hit(event.get_content_offset_capture(self))):
            self.action_choose_cell()

    def _is_on_a_row(self, event: events.MouseEvent, hit: Hit) -> bool:
        return hit.is_on_row and event.get_content_offset(self) is not None
