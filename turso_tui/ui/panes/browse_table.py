"""The grid of a table that is browsed: what is done to its rows here is done with what has been read of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.runs import runs
from turso_tui.ui.screens.column import ColumnScreen
from turso_tui.ui.widgets.grid_shape import Shape
from turso_tui.ui.widgets.statusline import StatusKind

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet
    from turso_tui.ui.staged_rows import StagedRows

_SLOW = ("search", "copy", "export")
_AT_THE_SERVER = {"rows.sort", "rows.sort-further", "rows.filter", "rows.back"}


class BrowseTable(ResultTable, inherit_bindings=False):
    """Searches, copies, exports and describes as a result does; to sort and filter is its owner's business."""

    BINDINGS: ClassVar[list[BindingType]] = [
        each for each in ResultTable.BINDINGS if isinstance(each, Binding) and each.id not in _AT_THE_SERVER
    ]

    scope: Sequence[str] = ()
    """What the rows on show are of the table, in words."""

    @property
    def words(self) -> list[str]:
        return [*self.scope, *super().words]

    def __init__(self) -> None:
        super().__init__()
        self._staged: StagedRows | None = None

    def open(self, result: ResultSet, staged: StagedRows | None, name: str) -> None:
        """Other rows of the same table: the columns stay as they are, and the cursor stays in its column."""
        grid = self.grid
        layout, first, column = grid.layout_of_columns, grid.first_column, grid.cursor_column
        self._staged = staged
        self.show(result)
        self.keep_only([])
        shape = self.shape
        if shape is not None:
            shape.table, shape.view = name, staged
        grid.mark_of = staged.mark_at if staged is not None else None
        grid.source = staged or result
        if len(layout) == len(result.columns):
            grid.layout_of_columns = layout
            grid.first_column = first
            grid.cursor_column = column

    def grow(self) -> None:
        """More rows of the same have been read. Nothing moves, unless new rows at the end make way for them."""
        if self._staged is not None:
            self._staged.rearrange()
        if self._staged is not None and self._staged.has_new:
            self.grid.reread()
        else:
            self.grid.extend()

    def back(self) -> bool:
        """One step back, if one can be taken here: a bar closes, or what takes long stops."""
        if self.bar.input.has_focus:
            self.close_bar()
        elif runs(self, *_SLOW):
            for group in _SLOW:
                self.workers.cancel_group(self, group)
            self.tell(StatusKind.WARNING, "Stopped.")
        else:
            return False
        return True

    def action_describe(self) -> None:
        """Of what has been read; what is staged is not in it."""
        shape = self.shape
        if shape is not None and shape.result.columns:
            self.app.push_screen(ColumnScreen(shape.result, self.grid.cursor_column, self.words))

    @work(exclusive=True, group="search", exit_on_error=True)
    async def find(self, shape: Shape, needle: str, *, backwards: bool) -> None:
        from turso_tui.service.results_views import find

        staged, here = self._staged, self.grid.cursor
        shown = printable(needle)
        place = staged.places(here.row, here.row + 1) if staged is not None else [here.row]
        try:
            found = await find(shape.result, needle, place[0] if place else 0, here.column, backwards=backwards)
        except TursoTuiError as error:
            self.fail(error)
            return
        if shape is not self.shape:
            return
        if found is None:
            self.tell(StatusKind.WARNING, f"Nothing that has been read contains {shown}.", "f asks the server.")
            return
        row = staged.row_of(found[0]) if staged is not None else found[0]
        self.grid.cursor = self.grid.cursor._replace(row=row, column=found[1])
        self.tell(StatusKind.OK, f"{shown} in row {grouped(row + 1)}", "of what has been read")
