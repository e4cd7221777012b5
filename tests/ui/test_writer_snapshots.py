"""Pictures of waiting to write, and of what becomes of writes."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.lines import CRM, identity_of, other, stand
from tests.ui.stage import StagedApp, account_app, entered, listed, ran, said, until
from turso_tui.errors import Loss, Outcome, OutcomeUnknown, TransactionLost
from turso_tui.local.server import LocalServer
from turso_tui.service.console import Failed
from turso_tui.service.queue_line import Ticket
from turso_tui.service.queue_state import Place
from turso_tui.service.writer import Writers
from turso_tui.ui.remedies import Check, PutBack
from turso_tui.ui.screens.outcome import OutcomeScreen
from turso_tui.ui.screens.writers import WritersScreen
from turso_tui.ui.widgets.statusline import StatusKind

Snap = Callable[..., bool]
Play = Callable[[Pilot[None]], Awaitable[None]]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])

DATABASE = "sql:agent-0042-acme.turso.io"
UPDATE = "update threads set title = trim(title) where id < 5"
UNKNOWN = OutcomeUnknown(
    "Whether the write was applied is unknown.",
    means="After the statement had left: The connection to agent-0042-acme.turso.io broke.",
    next_step="Look at the data before you run it again.",
    statements=[UPDATE],
    checks=["SELECT * FROM threads where id < 5 LIMIT 100"],
)
LOST = TransactionLost(
    "The transaction is lost: the server rolled it back, and this statement did not run.",
    means="It was idle too long for the server, or the server was started anew.",
    next_step="Begin again; keep transactions short.",
    reason=Loss.EXPIRED,
    statements=["begin", UPDATE, "delete from messages\n where thread_id not in (select id from threads)"],
)


@pytest.fixture
def tickets() -> Iterator[list[Ticket]]:
    """Places that last until the picture is taken."""
    held: list[Ticket] = []
    yield held
    for ticket in held:
        ticket.leave()


def line(database: str) -> tuple[Place, ...]:
    """Someone who writes, and two who wait."""
    return (
        other(database, "insert into messages select * from staging", label="nightly import", since=-74.0),
        other(database, None, label="agent 7", since=-12.0),
        other(database, UPDATE, pid=815, label="acme/agent-0042: transaction", program="turso-tui", since=-0.8),
    )


@SIZES
class TestWriters:
    """The lines of all databases."""

    def test_nobody_writes(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.app.push_screen(WritersScreen(Writers(tmp_path / "locks"), DATABASE, "acme/agent-0042"))
            await pilot.pause(0.1)

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    def test_a_line_here_and_one_elsewhere(
        self, snap_compare: Snap, tmp_path: Path, size: Size, tickets: list[Ticket]
    ) -> None:
        locks = tmp_path / "locks"

        async def play(pilot: Pilot[None]) -> None:
            tickets.extend(await stand(locks, *line(DATABASE), other(CRM, "vacuum", label="nightly", since=-4000.0)))
            writers = Writers(locks, clock=lambda: 0.0)
            await pilot.app.push_screen(WritersScreen(writers, DATABASE, "acme/agent-0042"))
            await pilot.pause(0.1)

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    def test_a_write_that_waits(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size, tickets: list[Ticket]
    ) -> None:
        now = [0.0]
        app = account_app(tmp_path, local_server)
        app.services.writers = Writers(tmp_path / "locks", clock=lambda: now[0])

        async def play(pilot: Pilot[None]) -> None:
            console = await entered(pilot, "agent-0003")
            tickets.extend(await stand(tmp_path / "locks", *line(identity_of(local_server, "agent-0003"))[:2]))
            console.editor.editor.load_text(UPDATE)
            console.editor.focus()
            await pilot.press("f5")
            await until(pilot, lambda: "second in line" in console.editor.footing)
            now[0] = 0.8
            await until(pilot, lambda: console.status.status.kind is StatusKind.WAITING)

        assert snap_compare(app, terminal_size=size, run_before=play)


@SIZES
class TestOutcomes:
    """What became of a write."""

    def test_unknown(self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await entered(pilot, "agent-0003")
            console.editor.editor.load_text(UPDATE)
            await until(pilot, lambda: "read token" in console.editor.footing)
            event = Failed(0, UPDATE, UNKNOWN, None, 0.0, Outcome.UNKNOWN)
            console.results.begin()
            console.results.finish(event, console.failed(UNKNOWN))
            console.results.end()

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_how_to_check(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.app.push_screen(OutcomeScreen(Check(UNKNOWN)))

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    def test_what_is_lost(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.app.push_screen(OutcomeScreen(PutBack(LOST)))

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    def test_a_script_in_the_messages(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "agent-0003")
            await ran(pilot, "create table n (i integer unique);\ninsert into n values (1), (2);", "f8")
            await ran(pilot, "insert into n values (3);\npragma foreign_keys;\ninsert into n values (1);", "f8")
            await pilot.press("ctrl+r")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_group_that_is_asleep(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await listed(pilot)
            item = next(item for item in console.databases.items if item.name == "pilot-1")
            console.databases.post_message(console.databases.Opened(item))
            await until(pilot, lambda: "F7 wakes" in said(console) and "read token" in console.editor.footing)

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)
