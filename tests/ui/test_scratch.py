"""SQL over the results, from the Console."""

from pathlib import Path

from tests.ui.stage import StagedApp, account_app, entered, ran, until
from turso_tui.local.server import LocalServer
from turso_tui.service.schema import Schema
from turso_tui.service.target import FileTarget
from turso_tui.ui.home import SCRATCH
from turso_tui.ui.screens.console import ConsoleScreen


def schema_of(console: ConsoleScreen) -> Schema:
    return console.schema.schema or Schema()


async def test_results_of_a_database_are_tables_of_scratch(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await entered(pilot, "agent-0003")
        await ran(pilot, "select 6 as six, 7 as seven")
        await pilot.press("f2")
        await until(pilot, lambda: console.editor.place == (SCRATCH,))
        await until(pilot, lambda: [table.name for table in schema_of(console).tables] == ["r1"])
        await ran(pilot, "select six * seven as product from r1")
        assert console.results.results[0].rows(0, 1) == [(42,)]
        await ran(pilot, "select product + 1 from r2")
        assert console.results.results[0].rows(0, 1) == [(43,)]


async def test_scratch_is_there_beside_a_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.touch()
    app = StagedApp(tmp_path, FileTarget(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ran(pilot, "select 'x' as letter")
        await pilot.press("f2")
        await until(pilot, lambda: app.desk_screen.editor.place == (SCRATCH,))
        console = await ran(pilot, "select letter || 'y' from r1")
        assert console.results.results[0].rows(0, 1) == [("xy",)]
