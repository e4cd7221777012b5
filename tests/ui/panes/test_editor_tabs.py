"""Tabs of the editor by keyboard and mouse, in the whole program, against a local server."""

from pathlib import Path

from textual import events
from textual.content import Content
from textual.pilot import Pilot

from tests.ui.stage import StagedApp, account_app, entered, listed, opened, until
from turso_tui.local.server import LocalServer
from turso_tui.service.target import FileTarget
from turso_tui.service.workspace import TabTarget
from turso_tui.ui.messages import EntranceChosen
from turso_tui.ui.screens.console import ConsoleScreen


def file_app(home: Path) -> StagedApp:
    (home / "notes.db").touch()
    return StagedApp(home, FileTarget(home / "notes.db"))


async def typed(pilot: Pilot[None], *tabs: str) -> ConsoleScreen:
    """Each text into a tab of its own, key by key."""
    console = await opened(pilot)
    console.editor.focus()
    for place, text in enumerate(tabs):
        if place:
            await pilot.press("ctrl+t")
        console.editor.editor.insert(text)
        await pilot.pause()
    return console


def text(console: ConsoleScreen) -> str:
    return console.editor.editor.text


async def test_each_tab_keeps_its_text_its_cursor_and_its_undo(tmp_path: Path) -> None:
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "select 1", "select 2")
        await pilot.press("left", "left", "ctrl+n")
        assert text(console) == "select 1"
        assert app.focused is console.editor.editor

        await pilot.press("ctrl+l")
        assert (text(console), console.editor.editor.cursor_location) == ("select 2", (0, 6))

        await pilot.press("ctrl+z")
        assert text(console) == ""
        await pilot.press("ctrl+n", "ctrl+z")
        assert text(console) == ""


async def test_a_tab_that_was_closed_comes_back(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "select 1", "select 2")
        await pilot.press("f10")
        assert text(console) == "select 1"

        await pilot.press("alt+t")
        assert text(console) == "select 2"


async def test_the_frame_names_the_tabs_and_a_click_goes_there(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "-- first\nselect 1", "-- second\nselect 2")
        await until(pilot, lambda: "second" in str(console.editor.border_title))
        title = Content.from_markup(str(console.editor.border_title)).plain
        assert "first   second" in title

        await pilot.click(console.editor, offset=(3 + title.index("first"), 0))
        await until(pilot, lambda: text(console).startswith("-- first"))

        await pilot.click(console.editor, offset=(3 + title.index("+"), 0))
        await until(pilot, lambda: text(console) == "")


async def test_tabs_are_there_after_a_restart(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        await typed(pilot, "select 1", "select 2")
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        assert text(console) == "select 2"
        assert console.editor.editor.cursor_location == (0, 8)
        await pilot.press("ctrl+e", "ctrl+n")
        assert text(console) == "select 1"


async def test_reading_the_tabs_is_not_undone_by_reading_the_databases_again(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        await typed(pilot, "select 1")
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.console_screen is not None)
        app.desk_screen.workers.cancel_group(app.desk_screen, "home")
        app.desk_screen.action_refresh()
        await until(pilot, lambda: text(app.desk_screen) == "select 1")
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.console_screen is not None)  # and left before anything is restored
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        assert text(console) == "select 1"


async def test_going_to_a_tab_goes_to_its_database_and_leaves_the_focus(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        await entered(pilot, "agent-0003")
        console = await typed(pilot, "select 3", "select 4")
        await open_database(pilot, console, "agent-0004")
        assert [tab.target for tab in console.editor.tabs.all] == [
            TabTarget("acme", "agent-0003"),
            TabTarget("acme", "agent-0004"),
        ]

        await pilot.press("ctrl+e", "ctrl+n")
        await until(pilot, lambda: console.editor.place[-1:] == ("agent-0003",))
        assert app.focused is console.editor.editor
        assert text(console) == "select 3"


async def test_a_statement_of_a_tab_never_runs_on_the_database_of_another(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        await entered(pilot, "agent-0003")
        console = await typed(pilot, "select 3", "select 4")
        await open_database(pilot, console, "agent-0004")

        console.editor.action_go_tab(1)
        console.action_run()  # before anything about the database could be done

        assert not console.runs_something
        assert console.status.status.text == "No database is open."


async def test_a_database_that_is_gone_stays_closed_and_the_tab_remembers_it(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        await entered(pilot, "agent-0003")
        console = await typed(pilot, "select 3", "select 4")
        gone = TabTarget("acme", "gone")
        console.editor.tabs.all[0] = console.editor.tabs.all[0]._replace(target=gone)

        await pilot.press("ctrl+n")
        await until(pilot, lambda: "gone" in console.status.status.text)

        assert (console.editor.place, console.editor.tabs.active.target) == ((), gone)
        assert "gone…" in Content.from_markup(str(console.editor.border_title)).plain


async def open_database(pilot: Pilot[None], console: ConsoleScreen, name: str) -> None:
    item = next(item for item in console.databases.items if item.name == name)
    console.databases.post_message(console.databases.Opened(item))
    await until(pilot, lambda: console.editor.place[-1:] == (name,))


async def test_a_restart_goes_to_the_database_of_the_tab_in_front(tmp_path: Path, local_server: LocalServer) -> None:
    async with account_app(tmp_path, local_server).run_test(size=(120, 36)) as pilot:
        await entered(pilot, "agent-0003")
        await typed(pilot, "select 3")
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await listed(pilot)
        await until(pilot, lambda: console.editor.place[-1:] == ("agent-0003",))
        assert text(console) == "select 3"
        assert app.focused is console.databases.listing.listing


async def test_a_database_that_is_asked_for_leaves_other_tabs_alone(tmp_path: Path, local_server: LocalServer) -> None:
    async with account_app(tmp_path, local_server, "agent-0003").run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await typed(pilot, "select 3")
    async with account_app(tmp_path, local_server, "agent-0004").run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        assert (text(console), console.editor.place[-1]) == ("", "agent-0004")
        assert console.editor.tabs.all[0].target == TabTarget("acme", "agent-0003")


async def test_coming_in_again_by_the_same_door_finds_the_tabs(tmp_path: Path) -> None:
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        before = await typed(pilot, "select 1", "select 2")
        before.post_message(EntranceChosen(FileTarget(tmp_path / "notes.db")))
        await until(pilot, lambda: app.console_screen not in (None, before))
        console = await opened(pilot)

        assert text(console) == "select 2"
        assert len(console.editor.tabs.all) == 2


async def test_coming_to_a_database_whose_schema_is_the_same_measures_its_tables(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.schema.sizes = None
        await pilot.press("f9")
        await until(pilot, lambda: console.schema.sizes is not None)


async def test_a_tab_is_left_with_all_that_was_typed_however_soon(tmp_path: Path) -> None:
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "select ")
        assert console.editor.tab.text == "select "
        for key, character in (("1", "1"), ("ctrl+t", None), ("2", "2")):  # as they come in one packet
            console.editor.editor.post_message(events.Key(key, character))
        await until(pilot, lambda: text(console) == "2")
        await pilot.press("ctrl+l")
        assert text(console) == "select 1"


async def test_undo_ends_where_another_text_was_put_in(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "\n\n")
        console.editor.open_text("select 1;\nselect 2;")
        await pilot.press("ctrl+z", "ctrl+z")
        assert text(console) == "select 1;\nselect 2;"


async def test_undo_of_a_tab_in_the_back_that_got_another_text_does_not_mangle_it(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        console = await typed(pilot, "select 1", "select 2")
        console.editor.amend(console.editor.tabs.all[0].id, text="values (1)")
        await pilot.press("ctrl+n", "ctrl+z")
        assert text(console) == "values (1)"
