"""From the schema pane to SQL in the editor, with a database open."""

from pathlib import Path

import apsw
from textual.content import Content
from textual.pilot import Pilot

from tests.ui.stage import StagedApp, account_app, entered, opened, until
from turso_tui.local.server import LocalServer
from turso_tui.printable import printable
from turso_tui.service.target import FileTarget
from turso_tui.ui.screens.choice import Choice, ChoiceScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.definition import DefinitionScreen
from turso_tui.ui.screens.diagram import DiagramScreen
from turso_tui.ui.screens.pick_database import PickDatabaseScreen
from turso_tui.ui.screens.schema_diff import SchemaDiffScreen


async def billing(pilot: Pilot[None]) -> ConsoleScreen:
    """The schema of a database in front, with the cursor on the second column of its first table."""
    console = await entered(pilot, "billing")
    console.schema.focus()
    for key in ("right", "down", "down"):
        await pilot.press(key)
        await pilot.pause()
    return console


async def test_the_menu_writes_into_a_new_tab_and_runs_nothing(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await billing(pilot)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press(*["down"] * 3, "enter")
        await until(pilot, lambda: app.screen is console and console.status.status.text != "")
        assert console.editor.editor.text == "CREATE INDEX customers_company_index ON customers (company);"
        assert console.status.status.text == "Written into a new tab; nothing has run."
        assert not console.results.results


async def test_the_title_of_a_menu_is_a_name_and_no_markup(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(80, 24)) as pilot:
        await entered(pilot, "billing")
        await app.push_screen(ChoiceScreen("a [b]t[/b] \x1b[31m [/", [Choice("one", "One")]))
        frame = app.screen.query_exactly_one(".frame")
        assert Content.from_markup(str(frame.border_title)).plain == printable("a [b]t[/b] \x1b[31m [/")


async def test_what_sqlite_would_refuse_is_said_in_the_status_line(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await billing(pilot)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press(*["down"] * 2, "enter")
        await until(pilot, lambda: "cannot be dropped" in console.status.status.text)
        assert console.status.status.text == "company cannot be dropped: it is unique."


async def test_the_diagram_begins_at_the_table_under_the_cursor(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await billing(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, DiagramScreen))
        assert isinstance(app.screen, DiagramScreen)
        assert app.screen.names == {"customers", "invoices", "invoice_lines"}
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is console)


async def test_another_database_is_found_by_typing_and_the_difference_becomes_sql(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await billing(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, PickDatabaseScreen))
        await pilot.press(*"agent-0003", "enter")
        await until(pilot, lambda: isinstance(app.screen, SchemaDiffScreen))
        await pilot.press("e")
        await until(pilot, lambda: app.screen is console)
        assert "CREATE TABLE threads" in console.editor.editor.text
        assert "-- DROP TABLE customers;" in console.editor.editor.text


async def test_a_file_is_compared_with_another_one_by_its_path(tmp_path: Path) -> None:
    for name in ("one", "two"):
        connection = apsw.Connection(str(tmp_path / f"{name}.db"))
        connection.execute(f"CREATE TABLE {name} (a)")
        connection.close()
    app = StagedApp(tmp_path, FileTarget(tmp_path / "one.db"))
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        await pilot.press("ctrl+s", "c")
        await until(pilot, lambda: isinstance(app.screen, PickDatabaseScreen))
        await pilot.press(*str(tmp_path / "missing.db"), "enter")
        pick = app.screen
        assert isinstance(pick, PickDatabaseScreen)
        await until(pilot, lambda: "No database and no file" in str(pick.pane.listing.notice.render()))
        await pilot.press(*["backspace"] * len("missing.db"), *"two.db", "enter")
        await until(pilot, lambda: isinstance(app.screen, SchemaDiffScreen))
        await pilot.press("e")
        await until(pilot, lambda: app.screen is console)
        assert "CREATE TABLE two" in console.editor.editor.text


async def test_a_definition_goes_to_the_editor(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await billing(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DefinitionScreen))
        await pilot.press("e")
        await until(pilot, lambda: app.screen is console)
        assert console.editor.editor.text.startswith("CREATE TABLE customers")
