"""A write that waits is seen to wait, and for whom; one that is cancelled there is said not to have run."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.lines import identity_of, other, standing
from tests.ui.stage import account_app, opened, ran, until
from turso_tui.local.server import LocalServer
from turso_tui.service.busy import BusyWait
from turso_tui.service.queue_state import Place, QueueState
from turso_tui.service.writers_report import queues
from turso_tui.ui.line_words import busy_status, turn_words, waiting_status
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.widgets.statusline import StatusKind

INSERT = "insert into sums values (1)"


def mine(label: str = "", since: float = 0.0) -> Place:
    return Place("sql:db.example", 1, "turso-tui", label, "", since, mine=True)


AGENT = other("sql:db.example", label="agent 7")


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((), "writer free"),
        ((mine(),), "writing"),
        ((mine(), AGENT, AGENT), "writing, 2 waiting"),
        ((AGENT,), "turso-tui mcp 4711 writes"),
        ((AGENT, AGENT), "turso-tui mcp 4711 writes, 1 waiting"),
        ((AGENT, AGENT, AGENT, mine()), "third in line"),
        ((mine(), AGENT, mine()), "writing, 2 waiting"),
        ((Place(label="unreadable"),), "unreadable writes"),
    ],
)
def test_whose_turn_it_is_in_a_few_words(places: tuple[Place, ...], words: str) -> None:
    assert turn_words(QueueState(places)) == words


def test_a_transaction_holds_its_turn() -> None:
    assert turn_words(QueueState((mine(), AGENT)), in_transaction=True) == "holds the turn, 1 waiting"


def test_who_waits_is_told_where_and_for_whom() -> None:
    status = waiting_status(QueueState((AGENT, AGENT, mine(since=9.2))), 10.0)
    assert status is not None
    assert (status.kind, status.text) == (StatusKind.WAITING, "Second in line, 0.8 s")
    assert status.detail == "turso-tui mcp 4711 writes · ctrl+c stops waiting · agent 7"


def test_who_waits_for_another_pane_is_told_so() -> None:
    status = waiting_status(QueueState((mine("scratch: transaction"), mine())), 10.0)
    assert status is not None
    assert status.detail.startswith("this program writes")


@pytest.mark.parametrize("places", [(), (mine(),), (mine(), AGENT), (AGENT,)])
def test_nobody_of_ours_waits(places: tuple[Place, ...]) -> None:
    assert waiting_status(QueueState(places), 10.0) is None


def test_a_writer_from_elsewhere_is_told_with_the_time() -> None:
    assert busy_status(BusyWait(3, 1.25, 0.1)).text == "A writer from elsewhere has the database, 1.2 s"


async def waiting(pilot: Pilot[None], console: ConsoleScreen) -> None:
    """Run a write whose turn does not come."""
    console.editor.editor.load_text(INSERT)
    console.editor.focus()
    await pilot.press("f5")
    await until(pilot, lambda: console.status.status.kind is StatusKind.WAITING)


async def test_a_write_in_line_says_so_and_runs_when_its_turn_comes(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "create table sums (n integer)")
        identity = identity_of(local_server, "scratch")
        async with standing(tmp_path / "locks", other(identity, label="agent 7"), other(identity, pid=815)):
            await waiting(pilot, console)
            assert console.status.status.text.startswith("Second in line, ")
            assert "agent 7" in console.status.status.detail
            await until(pilot, lambda: "second in line" in console.editor.footing)
        await until(pilot, lambda: not console.runs_something)
        assert console.status.status.text.startswith("1 row changed")


async def test_a_write_that_is_cancelled_in_line_did_not_run(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "scratch")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "create table sums (n integer)")
        async with standing(tmp_path / "locks", other(identity_of(local_server, "scratch"))):
            await waiting(pilot, console)
            await pilot.press("ctrl+c")
            await until(pilot, lambda: not console.runs_something)
            assert console.status.status.text == "Cancelled while it waited."
            assert "did not run" in console.status.status.detail
        console = await ran(pilot, "select count(*) from sums")
        assert console.results.results[0].rows(0, 1) == [(0,)]


async def test_a_statement_behind_a_space_is_kept_from_the_line(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server, "agent-0003")
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.editor.editor.load_text(" update threads set title = 'secret' where id > 0")
        console.editor.focus()
        local_server.faults.add("stall=2s,writes,times=1")
        await pilot.press("f5")
        await until(pilot, lambda: bool(queues(app.home / "locks")))
        (state,) = queues(app.home / "locks")
        assert state.writing is not None
        assert state.writing.statement is None
        await until(pilot, lambda: not console.runs_something)
