"""The results pane alone on a screen, over a real scratch store."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.panes.table_app import PEOPLE, ROWS
from turso_tui.service.console import Finished
from turso_tui.service.link import Summary
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.panes.results import ResultsPane
from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.statusline import Status
from turso_tui.values import Column, Row


class ResultsApp(App[None]):
    """Runs nothing: its test says what came."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.store = ResultStore(home)
        self.told: list[Status] = []
        self.asked_to_close: list[str] = []
        self.copied: list[str] = []
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)
        self.theme = "turso-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield ResultsPane()

    def on_unmount(self) -> None:
        self.store.close()

    @property
    def pane(self) -> ResultsPane:
        return self.query_exactly_one(ResultsPane)

    async def run_one(self, columns: Sequence[Column] = PEOPLE, rows: Sequence[Row] = ROWS) -> ResultSet:
        """A run that brought one result, after which what it brought before is dropped, as the Console does."""
        before = self.pane.results
        self.pane.begin()
        result = await self.store.create(columns)
        self.pane.open(0, result)
        await result.append(rows)
        result.finish()
        self.pane.finish(Finished(0, "select 1", result, Summary(), 0.012))
        self.pane.end()
        for each in before:
            if each not in self.pane.results:
                await each.retire()
        self.pane.focus()
        return result

    async def calm(self, pilot: Pilot[None]) -> None:
        """Nothing blinks and nothing is on its way."""
        await self.workers.wait_for_complete()
        await pilot.pause()
        for field in self.screen.query(Input):
            field.cursor_blink = False
        await self.workers.wait_for_complete()
        await pilot.pause()

    @property
    def labels(self) -> list[str]:
        return [tab.label for tab in self.pane.strip.tabs]

    @property
    def foot(self) -> str:
        return str(self.pane.border_subtitle)

    @on(ResultTable.Told)
    def _told(self, event: ResultTable.Told) -> None:
        self.told.append(event.status)

    @on(ResultsPane.PanelCloseAsked)
    def _close_asked(self, event: ResultsPane.PanelCloseAsked) -> None:
        self.asked_to_close.append(event.id)

    @on(ResultGrid.Copied)
    def _copied(self, event: ResultGrid.Copied) -> None:
        self.copied.append(event.what)
