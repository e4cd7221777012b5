"""Who writes and who waits, while one looks."""

from pathlib import Path

from textual.app import App

from tests.ui.lines import CRM, other, standing
from tests.ui.stage import StagedApp, account_app, opened, ran, until
from turso_tui.local.server import LocalServer
from turso_tui.service.writer import Writers
from turso_tui.ui.screens.writers import WritersScreen

HERE = "sql:agent.example.org"


def shown(app: App[None]) -> str:
    """The lines of the panel."""
    assert isinstance(app.screen, WritersScreen)
    return str(app.screen.table.content)


async def test_nothing_is_open_and_nobody_writes(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(WritersScreen(Writers(tmp_path / "locks")))
        await until(pilot, lambda: "Other databases" in shown(app))
        assert "No database is open." in shown(app)
        assert "Nobody writes to any from this machine." in shown(app)


async def test_who_waits_comes_under_who_writes_and_others_below(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    writers = Writers(locks, clock=lambda: 100.0)
    app = StagedApp(tmp_path)
    places = (
        other(HERE, "UPDATE threads\n SET title = 1", label="agent 7", since=88.0),
        other(HERE, None, label="agent 8", pid=815, since=99.0),
        other(CRM, "DELETE FROM audit", label="nightly", since=40.0),
    )
    async with standing(locks, *places), app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(WritersScreen(writers, HERE, "agent-0042"))
        await until(pilot, lambda: "crm.example.org" in shown(app))
        lines = [line.rstrip() for line in shown(app).splitlines()]
    assert lines == [
        "agent-0042",
        "writes  12 s  turso-tui mcp 4711  agent 7  UPDATE threads SET title = 1",
        "1.       1 s  turso-tui mcp 815   agent 8  (kept back)",
        "",
        "Other databases",
        "crm.example.org",
        "writes   1 m  turso-tui mcp 4711  nightly  DELETE FROM audit",
    ]


async def test_it_is_live(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    app = StagedApp(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(WritersScreen(Writers(locks), HERE, "agent-0042"))
        await until(pilot, lambda: "a write begins at once" in shown(app))
        async with standing(locks, other(HERE, label="agent 7")):
            await until(pilot, lambda: "agent 7" in shown(app))
        await until(pilot, lambda: "a write begins at once" in shown(app))


async def test_lines_that_cannot_be_read_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "locks").touch()
    app = StagedApp(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(WritersScreen(Writers(tmp_path / "locks")))
        await until(pilot, lambda: "✗ The writers' lines cannot be read" in shown(app))


async def test_nothing_of_another_program_acts_on_the_screen(tmp_path: Path) -> None:
    evil = "\x1b[31m\u202e[bold]"
    app = StagedApp(tmp_path)
    places = (other(HERE, evil, label=evil, program=evil),)
    async with standing(tmp_path / "locks", *places), app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(WritersScreen(Writers(tmp_path / "locks"), HERE, evil))
        await until(pilot, lambda: "writes" in shown(app))
        assert all(line.isprintable() for line in shown(app).splitlines())
        assert "[bold]" in shown(app)


async def test_one_key_opens_and_closes_it_from_anywhere(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.editor.focus()
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, WritersScreen))
        await until(pilot, lambda: "acme/agent-0003" in shown(app))
        await pilot.press("f6")
        await until(pilot, lambda: app.screen is console)


async def test_an_open_transaction_of_ours_is_there(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "begin immediate")
        assert "holds the turn" in console.editor.footing
        await pilot.press("f6")
        await until(pilot, lambda: "this program" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is console)
        await ran(pilot, "rollback")
        assert "writer free" in console.editor.footing
