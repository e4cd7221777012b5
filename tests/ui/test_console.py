"""The Console does what a person asks of it, over a real server."""

from pathlib import Path

import pytest
from textual.widgets import Input
from textual.widgets.text_area import Selection

from tests.ui.stage import StagedApp, account_app, listed, opened, ran, until
from turso_tui.errors import Unauthorized
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.console import Failed
from turso_tui.service.entrance import AccountEntrance, RemoteEntrance
from turso_tui.service.schema import Schema
from turso_tui.service.settings import load_settings
from turso_tui.service.target import FileTarget
from turso_tui.tokens import PlatformToken
from turso_tui.ui.error_place import error_place
from turso_tui.ui.panes.table_browser import TableBrowser
from turso_tui.ui.screens.cell import CellScreen
from turso_tui.ui.screens.definition import DefinitionScreen
from turso_tui.ui.screens.go_to import GoToScreen
from turso_tui.ui.screens.keys import KeysScreen
from turso_tui.ui.screens.paste import PasteScreen
from turso_tui.ui.screens.quit import QuitScreen
from turso_tui.ui.widgets.statusline import StatusKind


async def test_typing_a_name_and_enter_opens_the_database(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await listed(pilot)
        await pilot.press("slash", *"agent-0003", "enter")
        await opened(pilot)

        assert console.editor.place[-1] == "agent-0003"
        assert console.databases.current == "agent-0003"
        assert app.focused is console.editor.editor


async def test_the_statement_under_the_cursor_runs_and_shows_its_rows_and_cost(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select 1 as one;\nselect 2 as two;")

        (result,) = console.results.results
        assert result.columns[0].name == "one"
        assert result.rows(0, 9) == [(1,)]
        assert console.status.status.kind is StatusKind.OK
        assert "read" in console.status.status.detail


async def test_only_the_selection_runs_when_there_is_one(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.editor.editor.load_text("select 1 as one; select 2 as two;")
        console.editor.editor.selection = Selection((0, 17), (0, 32))
        console.editor.focus()
        await pilot.press("ctrl+j")
        await until(pilot, lambda: not console.runs_something and bool(console.results.results))

        assert [result.columns[0].name for result in console.results.results] == ["two"]


async def test_running_everything_stops_at_the_first_failure_and_marks_it(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select 1;\nselect nope from threads;\nselect 3;", "f8")

        assert len(console.results.results) == 1
        assert console.status.status.kind is StatusKind.FAILED
        assert console.status.status.text == "Statement 2 of 3: no such column: nope"
        line = console.editor.editor.get_line(1)
        marked = [line.plain[span.start : span.end] for span in line.spans if "underline" in str(span.style)]
        assert marked == ["nope"]


async def test_a_write_changes_rows_and_says_how_many(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        await ran(pilot, "create table sums (n integer)")
        console = await ran(pilot, "insert into sums values (1), (2), (3)")

        assert console.status.status.text.startswith("3 rows changed")
        console = await ran(pilot, "select sum(n) from sums")
        assert console.results.results[0].rows(0, 1) == [(6,)]


async def test_a_new_table_appears_in_the_schema(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "create table fresh (n integer)")
        schema = console.schema

        await until(
            pilot, lambda: "fresh" in [table.name for table in schema.schema.tables] if schema.schema else False
        )


async def test_enter_on_a_table_shows_its_rows(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        await pilot.press("ctrl+s", "enter")
        await until(pilot, lambda: any(page.browser.complete for page in console.query(TableBrowser)))

        page = console.query_exactly_one(TableBrowser)
        assert page.grid.row_count > 0
        assert page.grid.has_focus
        assert console.results.strip.active == page.id


async def test_the_end_of_a_large_table_is_one_key_away(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "telemetry")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select * from events", asked=True)
        await pilot.press("ctrl+r", "G")
        await pilot.pause()

        assert console.results.grid.cursor_row == 199_999
        assert console.results.results[0].rows(199_999, 200_000)[0][0] == 200_000


async def test_ctrl_c_cancels_what_runs_and_keeps_what_has_come(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.editor.editor.load_text(
            "with recursive n(x) as (select 1 union all select x + 1 from n where x < 1e9) select count(*) from n"
        )
        console.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: console.status.status.kind is StatusKind.BUSY)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not console.runs_something)

        assert console.status.status.text == "Cancelled."
        console = await ran(pilot, "select 'alive'")
        assert console.results.results[0].rows(0, 1) == [("alive",)]


async def test_a_result_that_arrives_does_not_take_the_focus(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select 1")

        assert app.focused is console.editor.editor


async def test_another_organization_brings_its_own_databases(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await listed(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, GoToScreen))
        await pilot.press(*"you", "enter")
        await until(pilot, lambda: console.topline.organization == "you")
        await until(pilot, lambda: {item.name for item in console.databases.items} == {"notes", "playground"})
    assert load_settings(tmp_path / "state" / "settings.json").organization == "you"


async def test_leaving_with_an_open_transaction_is_asked_about(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "begin")
        assert console.editor.footing.startswith("in a transaction")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("escape")
        await ran(pilot, "rollback")
        assert not console.losses


async def test_a_sign_in_that_is_refused_says_so(tmp_path: Path, local_server: LocalServer) -> None:
    refused = PlatformToken(local_server.token[:-6] + "AAAAAA")
    app = StagedApp(tmp_path, AccountEntrance(refused, local_server.url))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.console_screen is not None and app.desk_screen.databases.problem is not None)

        assert app.desk_screen.status.status.kind is StatusKind.FAILED


async def test_a_server_that_wants_a_token_is_given_one(tmp_path: Path, local_server: LocalServer) -> None:
    async with PlatformClient(PlatformTransport(local_server.url, PlatformToken(local_server.token))) as platform:
        database = await platform.databases.get("acme", "agent-0003")
        jwt = await platform.tokens.mint_database_token("acme", "agent-0003", expiration=None, read_only=True)
    app = StagedApp(tmp_path, RemoteEntrance(parse_database_url(database.http_url)))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, PasteScreen))
        await pilot.press(*local_server.token[:40], "enter")
        await until(pilot, lambda: isinstance(app.screen, PasteScreen))
        app.screen.query_one(Input).value = jwt.reveal()
        await pilot.press("enter")
        await opened(pilot)

        assert "messages" in {table.name for table in (app.desk_screen.schema.schema or Schema()).tables}
        console = await ran(pilot, "select count(*) from messages")
        assert console.results.results[0].complete
        assert not isinstance(app.screen, PasteScreen), "and its statements run on it too"


async def test_a_file_is_a_database_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.touch()
    app = StagedApp(tmp_path, FileTarget(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ran(pilot, "create table notes (text)")
        console = await ran(pilot, "select count(*) from notes")

        assert console.results.results[0].rows(0, 1) == [(0,)]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_dialogs_open_and_close_without_a_trace(
    tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=size) as pilot:
        console = await ran(pilot, "select 'x' as letter")
        for keys, dialog in (
            (["ctrl+r", "enter"], CellScreen),
            (["ctrl+s", "d"], DefinitionScreen),
            (["f1"], KeysScreen),
        ):
            await pilot.press(*keys)
            await until(pilot, lambda dialog=dialog: isinstance(app.screen, dialog))  # type: ignore[misc]
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is console)


async def test_the_theme_is_remembered(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot)
        app.theme = "turso-light"
        await pilot.pause()

    again = account_app(tmp_path, local_server)
    async with again.run_test(size=(120, 36)) as pilot:
        await listed(pilot)
        assert again.theme == "turso-light"


def test_unknown_failures_are_placed_nowhere() -> None:
    failed = Failed(0, "select 1", Unauthorized(401, "no"), None, 0.0)
    assert error_place(failed.sql, failed.error) is None
