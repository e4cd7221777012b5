"""What goes wrong with a write is seen, and one key helps; over a real server on which it goes wrong on purpose."""

from pathlib import Path

from tests.ui.stage import account_app, opened, ran, said, until
from turso_tui.local.server import LocalServer
from turso_tui.ui.panes.databases import DatabaseState
from turso_tui.ui.screens.outcome import OutcomeScreen
from turso_tui.ui.widgets.statusline import StatusKind

INSERT = "insert into sums values (1)"
TABLE = "create table sums (n integer)"


async def test_a_write_without_an_answer_is_checked_by_one_key_and_never_repeated(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        await ran(pilot, TABLE)
        local_server.faults.add("cut=after,times=1,writes,on=data")
        console = await ran(pilot, INSERT)
        status = console.status.status
        assert (status.kind, status.detail) == (StatusKind.UNKNOWN, "F7 shows how to check.")

        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, OutcomeScreen))
        await pilot.press("enter")
        await until(pilot, lambda: bool(console.results.results) and console.results.results[0].complete)
        assert console.editor.editor.text.startswith(f"{INSERT};\n\nSELECT")
        assert console.results.results[0].rows(0, 9) == [(1,)]


async def test_a_cancelled_write_that_had_left_is_unknown(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, TABLE)
        local_server.faults.add("stall,after,times=1,writes,on=data")
        console.editor.editor.load_text(INSERT)
        console.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: bool(local_server.faults.log))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not console.runs_something)
        assert console.status.status.kind is StatusKind.UNKNOWN
        assert console.status.status.text.startswith("Cancelled. ")
        assert console.status.status.detail == "F7 shows how to check."


async def test_a_lost_transaction_shows_what_is_lost_and_puts_it_back(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        await ran(pilot, TABLE)
        await ran(pilot, "begin")
        console = await ran(pilot, INSERT)
        assert console.editor.footing.startswith("in a transaction")
        local_server.faults.add("expired,times=1")
        await ran(pilot, "insert into sums values (2)")
        assert console.status.status.detail == "F7 shows what is lost."
        assert "in a transaction" not in console.editor.footing

        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, OutcomeScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is console)
        assert console.editor.editor.text == f"insert into sums values (2);\n\nbegin;\n{INSERT};"


async def test_a_sleeping_group_is_woken_by_one_key(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "pilot-1")
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.console_screen is not None and "F7 wakes the group archive." in said(app.screen))
        await pilot.press("f7")
        console = await opened(pilot)
        await until(pilot, lambda: not any(item.state is DatabaseState.ARCHIVED for item in console.databases.items))
        assert "F7" not in said(console)


async def test_the_key_is_only_there_when_it_helps(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select nope")
        assert "f7" not in {key for key, active in console.active_bindings.items() if "help" in active.binding.action}
        await pilot.press("f7")
        await pilot.pause()
        assert app.screen is console


async def test_a_script_is_one_transaction_and_says_so(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, f"{TABLE};\n{INSERT};\n{INSERT};", "f8")
        assert console.status.status.text == "All 3 statements are applied, as one transaction."

        await ran(pilot, f"{INSERT};\ninsert into nowhere values (1);", "f8")
        assert console.status.status.text.startswith("Nothing was applied")
        await ran(pilot, "select count(*) from sums")
        assert console.results.results[0].rows(0, 1) == [(2,)]


async def test_a_script_that_cannot_be_one_says_how_far_it_got(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        await ran(pilot, TABLE)
        console = await ran(pilot, f"{INSERT};\npragma foreign_keys;\ninsert into sums values (1, 2);", "f8")
        assert console.status.status.text.startswith("2 of 3 statements were applied; the third failed")
        await ran(pilot, f"{INSERT};\npragma foreign_keys;", "f8")
        assert console.status.status.text == "All 2 statements have run, one by one."
