"""The results grid with what can be done to its rows: sort, filter, search, copy, export, describe a column.

All of it happens in the scratch store; what takes longer can be stopped with esc, and never holds up a key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from textual import events, on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.result_outputs import STOPS, copy, export_rows
from turso_tui.ui.problems import in_words
from turso_tui.ui.result_words import block_words, sum_words
from turso_tui.ui.runs import runs
from turso_tui.ui.screens.column import ColumnScreen
from turso_tui.ui.screens.export import ExportAsked, ExportScreen
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.grid_bar import FILTER, SEARCH, CopyBar, GridBar
from turso_tui.ui.widgets.grid_selection import Block
from turso_tui.ui.widgets.grid_shape import Shape
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet

_SLOW = ("shape", "search", "copy", "export")


class ResultTable(Widget):
    """Shows one result after the other, each as it was left."""

    DEFAULT_CSS = """
    ResultTable { height: 1fr; layout: vertical; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="rows.sort", tooltip="Sort by the column; again the other way; again not"),
        Binding("S", "sort(True)", "Sort further", show=False, id="rows.sort-further", tooltip="Sort equal rows by it"),
        Binding("f", "filter", "Filter", id="rows.filter", tooltip="Only rows with a text, or where column > 5"),
        Binding("slash", "search", "Search", show=False, id="rows.search", tooltip="Go to a cell that contains a text"),
        Binding("n", "find(1)", "Next match", show=False, id="rows.next"),
        Binding("N", "find(-1)", "Previous match", show=False, id="rows.previous"),
        Binding("y", "copy", "Copy", id="rows.copy", tooltip="Cell, row, column or all, in a format"),
        Binding("e", "export", "Export", id="rows.export", tooltip="Write the rows to a file"),
        Binding("i", "describe", "Column", show=False, id="rows.describe", tooltip="What the column holds, in numbers"),
        Binding("escape", "back", "Stop, or show all rows", show=False, id="rows.back"),
    ]

    grid = query_one(ResultGrid)
    bar = query_one(GridBar)
    copy_bar = query_one(CopyBar)

    @dataclass
    class Told(Message):
        """Something for the status line."""

        status: Status

    @dataclass
    class Summed(Message):
        """More is known of what is selected: `selected_words`."""

    @dataclass
    class Shaped(Message):
        """Other rows, or the same in another order."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shape: Shape | None = None
        """The result on show, and how it is looked at."""
        self._shapes: list[Shape] = []
        self._needle = ""
        self._summed: Block | None = None
        self.selected_words: list[str] = []
        """What is selected, and what its numbers add up to."""

    def compose(self) -> ComposeResult:
        yield GridBar()
        yield ResultGrid()
        yield CopyBar()

    def focus(self, scroll_visible: bool = True) -> Self:
        self.grid.focus(scroll_visible)
        return self

    # --- what the pane tells us

    def show(self, result: ResultSet | None) -> None:
        """Go to a result, as it was left; None for nothing."""
        self._leave()
        self.copy_bar.display = False
        if result is None:
            self.shape = None
            self.grid.source = None
            self.bar.show_text(FILTER, "")
            return
        shape = next((each for each in self._shapes if each.result is result), None)
        if shape is None:
            shape = Shape(result)
            self._shapes.append(shape)
        self.shape = shape
        self.grid.source = shape.source
        if shape.layout is not None:
            self.grid.layout_of_columns = shape.layout
            self.grid.first_column = shape.first_column
            self.grid.cursor = shape.cursor
        self.bar.show_text(FILTER, shape.filter)

    def keep_only(self, results: list[ResultSet]) -> None:
        """Forget how the others were left; their views go with them."""
        self._shapes = [each for each in self._shapes if each.result in results or each is self.shape]

    def extend(self) -> None:
        """More rows have arrived, or the last one has."""
        shape = self.shape
        if shape is None:
            return
        self.grid.extend()
        self._grown()
        result, view = shape.result, shape.view
        ended = result.complete or result.failure is not None
        if view is not None and ended and view.covers < result.row_count and not runs(self, "shape"):
            self._reshape(shape, self.grid.cursor_row)

    def _grown(self) -> None:
        """Columns that are selected have become longer: they are added up again once no more comes."""
        block, shape = self.grid.block, self.shape
        if block is not None and shape is not None and shape.result.complete and block != self._summed:
            self._sum_up()

    @property
    def words(self) -> list[str]:
        """What the rows on show are of the result, in words for the frame; empty where they are all of it."""
        return self.shape.words(self.grid.layout_of_columns.hidden) if self.shape is not None else []

    # --- sorting and filtering

    def action_sort(self, further: bool = False) -> None:
        """By the cursor's column; the same again turns it round, and once more takes it out."""
        shape = self.shape
        if shape is None or not shape.result.columns:
            return
        shape.turn(self.grid.cursor_column, further=further)
        self._reshape(shape)

    def action_filter(self) -> None:
        if self.shape is not None:
            self.bar.begin(FILTER, self.shape.filter)

    @on(GridBar.Typed)
    def _filter_typed(self, event: GridBar.Typed) -> None:
        event.stop()
        shape, text = self.shape, event.text.strip()
        if shape is not None and text != shape.filter:
            shape.filter = text
            self._reshape(shape)
        if event.done:
            self.close_bar()

    @work(exclusive=True, group="shape", exit_on_error=True)
    async def _reshape(self, shape: Shape, row: int = 0) -> None:
        from turso_tui.service.results_conditions import read_condition
        from turso_tui.service.results_views import Order

        old = shape.view
        if shape.is_plain:
            row = old.places(self.grid.cursor_row, self.grid.cursor_row + 1)[0] if old and old.row_count else 0
            shape.view = None
        else:
            self.tell(StatusKind.BUSY, "Sorting" if shape.orders and not shape.filter else "Filtering", STOPS)
            condition = read_condition(shape.filter, shape.result.columns) if shape.filter else None
            try:
                shape.view = await shape.result.view([Order(*each) for each in shape.orders], condition)
            except TursoTuiError as error:
                self.fail(error)
                return
        if shape is self.shape:
            self.grid.layout_of_columns.marks = shape.marks
            self.bar.say(shape.filter_words)
            self.grid.show_rows(shape.source, row)
            self.post_message(self.Shaped())
            self.tell(StatusKind.OK, " · ".join(self.words) or "All rows, in the order in which they came")
        if old is not None:
            await old.drop()

    # --- searching

    def action_search(self) -> None:
        if self.shape is not None:
            self.bar.begin(SEARCH, "")

    @on(GridBar.SearchAsked)
    def _search_asked(self, event: GridBar.SearchAsked) -> None:
        event.stop()
        self.close_bar()
        self._needle = event.text
        self.action_find(1)

    def action_find(self, direction: int) -> None:
        """The next cell that contains what was looked for last, or the one before."""
        if self.shape is not None and self._needle:
            self.find(self.shape, self._needle, backwards=direction < 0)

    @work(exclusive=True, group="search", exit_on_error=True)
    async def find(self, shape: Shape, needle: str, *, backwards: bool) -> None:
        """Look in the rows on show, from the cursor on."""
        from turso_tui.service.results_views import find

        source, here = shape.source, self.grid.cursor
        shown = printable(needle)
        self.tell(StatusKind.BUSY, f"Searching for {shown}", STOPS)
        try:
            found = await find(source, needle, here.row, here.column, backwards=backwards)
        except TursoTuiError as error:
            self.fail(error)
            return
        if shape is not self.shape or source is not shape.source:
            return
        if found is None:
            self.tell(StatusKind.WARNING, f"Nothing contains {shown}.")
            return
        self.grid.cursor = self.grid.cursor._replace(row=found[0], column=found[1])
        wrapped = (found < tuple(here)) != backwards and found != tuple(here)
        start = "from the end" if backwards else "from the top"
        self.tell(StatusKind.OK, f"{shown} in row {grouped(found[0] + 1)}", f"on {start}" if wrapped else "")

    # --- copying

    def action_copy(self) -> None:
        if self.shape is None:
            return
        if not self.grid.row_count:
            self.tell(StatusKind.WARNING, "There is no row to copy.")
            return
        self.copy_bar.selected = block_words(self.grid)
        self.copy_bar.display = True
        self.copy_bar.focus()

    @on(CopyBar.Left)
    def _copy_left(self, event: CopyBar.Left) -> None:
        event.stop()
        self.copy_bar.display = False
        self.grid.focus()

    @on(CopyBar.CopyAsked)
    def _copy_asked(self, event: CopyBar.CopyAsked) -> None:
        event.stop()
        self.copy_bar.display = False
        self.grid.focus()
        if self.shape is not None:
            self._copy(self.shape, event.scope, event.format)

    @work(exclusive=True, group="copy", exit_on_error=True)
    async def _copy(self, shape: Shape, scope: str, format: str) -> None:
        from turso_tui.service.copying import Scope, Selection, copy_format

        grid, block = self.grid, self.grid.block
        selection = Selection(shape.source, Scope(scope), *grid.cursor, grid.layout_of_columns.visible)
        if block is not None and selection.scope is Scope.BLOCK:
            selection = replace(selection, row=block.start, columns=block.columns, stop=block.stop)
        try:
            text, what = await copy(shape, selection, copy_format(format), block_words(grid))
        except TursoTuiError as error:
            self.fail(error)
            return
        self.app.copy_to_clipboard(text)
        self.post_message(ResultGrid.Copied(grid, what))

    # --- what is selected

    @on(ResultGrid.SelectionChanged)
    def _selection_changed(self) -> None:
        self._sum_up()

    @work(exclusive=True, group="sums", exit_on_error=True)
    async def _sum_up(self) -> None:
        from turso_tui.service.sums import summed

        shape, block = self.shape, self.grid.block
        self._summed = block
        self.selected_words = [block_words(self.grid)] if block is not None else []
        self.post_message(self.Summed())
        if shape is None or block is None:
            return
        try:
            sums = await summed(shape.source, block.start, block.stop, block.columns)
        except TursoTuiError as error:
            self.fail(error)
            return
        if shape is self.shape and block == self.grid.block:
            self.selected_words = [block_words(self.grid), *sum_words(sums)]
            self.post_message(self.Summed())

    # --- exporting, describing

    def action_export(self) -> None:
        shape = self.shape
        if shape is not None and shape.result.columns:
            hidden = self.grid.layout_of_columns.hidden
            screen = ExportScreen(shape.called, shape.source.row_count, self.words, hidden)
            columns = list(self.grid.layout_of_columns.visible)
            self.app.push_screen(screen, lambda asked: self._export_asked(shape, columns, asked))

    def _export_asked(self, shape: Shape, columns: list[int], asked: ExportAsked | None) -> None:
        if asked is not None:
            self._export(shape, columns, asked)

    @work(exclusive=True, group="export", exit_on_error=True)
    async def _export(self, shape: Shape, columns: list[int], asked: ExportAsked) -> None:
        try:
            await export_rows(shape, columns, asked, self.tell)
        except TursoTuiError as error:
            self.fail(error)

    def action_describe(self) -> None:
        """Statistics of the cursor's column."""
        shape = self.shape
        if shape is not None and shape.result.columns:
            self.app.push_screen(ColumnScreen(shape.source, self.grid.cursor_column, self.words))

    # --- keys between the grid and its bars

    def on_key(self, event: events.Key) -> None:
        """Let what is typed right behind the key of a bar reach that bar.

        Bindings run only when a key has travelled up to the app, and keys that came in the same packet (they do over
        SSH) have been sent to the grid by then.
        """
        focused = self.screen.focused
        if self.copy_bar.display and focused is not self.copy_bar:
            taken = self.copy_bar.take(event.key)
        elif focused is self.bar.input and event.is_printable and event.character is not None:
            self.bar.input.insert_text_at_cursor(event.character)
            taken = True
        else:
            taken = focused is self.grid and self._opens_a_bar(event.key)
        if taken:
            event.stop()

    def _opens_a_bar(self, key: str) -> bool:
        active = self.screen.active_bindings.get(key)
        if active is None or active.node is not self or active.binding.action not in {"filter", "search", "copy"}:
            return False
        {"filter": self.action_filter, "search": self.action_search, "copy": self.action_copy}[active.binding.action]()
        return True

    def action_back(self) -> None:
        """One step back: a bar closes, else what runs stops, else the filter goes, else it is someone else's key."""
        shape = self.shape
        if self.bar.input.has_focus:
            self.close_bar()
        elif runs(self, *_SLOW):
            self._stop()
        elif shape is not None and shape.filter:
            shape.filter = ""
            self.bar.show_text(FILTER, "")
            self._reshape(shape)
        else:
            raise SkipAction

    def _stop(self) -> None:
        for group in _SLOW:
            self.workers.cancel_group(self, group)
        shape = self.shape
        if shape is not None:  # what is on show is what it was before
            shape.restore()
            self.bar.show_text(FILTER, shape.filter)
        self.tell(StatusKind.WARNING, "Stopped.")

    def close_bar(self) -> None:
        self.grid.focus()
        self.bar.show_text(FILTER, self.shape.filter if self.shape is not None else "")

    def _leave(self) -> None:
        """Keep how the result on show is left."""
        for group in ("shape", "search"):
            self.workers.cancel_group(self, group)
        if self.shape is not None:
            self.shape.layout = self.grid.layout_of_columns
            self.shape.cursor = self.grid.cursor
            self.shape.first_column = self.grid.first_column

    def tell(self, kind: StatusKind, text: str, detail: str = "") -> None:
        self.post_message(self.Told(Status(kind, text, detail)))

    def fail(self, error: TursoTuiError) -> None:
        self.tell(StatusKind.FAILED, *in_words(error))
