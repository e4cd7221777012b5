"""A results table alone on a screen, over a real scratch store."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.statusline import Status
from turso_tui.values import Column, Row

PEOPLE = [Column("id", "INTEGER"), Column("name", "TEXT"), Column("plan", "TEXT"), Column("spent", "REAL")]
ROWS: list[Row] = [
    (1, "Ada", "pro", 120.5),
    (2, "Bob", "free", 0.0),
    (3, "Cyd", "free", None),
    (4, "Dan", "pro", 99.95),
    (5, "Eve", "team", 1204.1),
]


class TableApp(App[None]):
    """Keeps what is told for the status line."""

    CSS = "ResultTable { border: solid $primary; }"

    def __init__(self, home: Path, theme_name: str = "turso-dark") -> None:
        super().__init__()
        self.store = ResultStore(home)
        self.told: list[Status] = []
        self.copies: list[str] = []
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)
        self.theme = theme_name

    @property
    def table(self) -> ResultTable:
        return self.query_exactly_one(ResultTable)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield ResultTable()

    def on_unmount(self) -> None:
        self.store.close()

    async def add(self, columns: Sequence[Column] = PEOPLE, rows: Sequence[Row] = ROWS) -> ResultSet:
        """A result that has ended, on show."""
        result = await self.store.create(columns)
        await result.append(rows)
        result.finish()
        self.table.show(result)
        self.table.focus()
        return result

    async def calm(self, pilot: Pilot[None]) -> None:
        """Nothing blinks and nothing is on its way."""
        for field in self.screen.query(Input):
            field.cursor_blink = False
        await self.workers.wait_for_complete()
        await pilot.pause()

    @on(ResultTable.Told)
    def _told(self, event: ResultTable.Told) -> None:
        self.told.append(event.status)

    @on(ResultGrid.Copied)
    def _copied(self, event: ResultGrid.Copied) -> None:
        self.copies.append(event.what)

    def lines(self) -> list[str]:
        """What a person reads in the grid, without what is empty."""
        grid = self.table.grid
        lines = [grid.render_line(y).text.rstrip() for y in range(grid.scrollable_content_region.height)]
        return [line for line in lines if line]

    def column(self, place: int) -> list[str]:
        """The words at one place of each row."""
        return [line.split()[2 + place] for line in self.lines()[1:]]
