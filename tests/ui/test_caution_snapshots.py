"""Pictures of what is asked before a write, and of dry runs, at the two sizes that people have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.stage import account_app, entered, until
from turso_tui.local.server import LocalServer
from turso_tui.service.caution import Address, Level, Scope
from turso_tui.ui.screens.before_write import BeforeWriteScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.rehearsal import RehearsalScreen

Snap = Callable[..., bool]
Size = tuple[int, int]

SCRIPT = """\
update threads set status = 'resolved';
delete from memories where thread_id is null;
drop table tool_calls;
insert into memories (key, value) values ('a', 'b');
create index by_status on threads (status);
select count(*) from threads;
"""

TRIED = """\
update threads set status = 'resolved' where id < 4;
delete from threads where id = 5;
drop index messages_by_thread;
"""


async def settled(pilot: Pilot[None]) -> ConsoleScreen:
    console = await entered(pilot, "agent-0003")
    await until(pilot, lambda: "read token" in console.editor.footing and console.schema.sizes is not None)
    return console


async def asked(pilot: Pilot[None], sql: str, key: str) -> None:
    """The question, with everything counted."""
    console = await settled(pilot)
    console.editor.editor.load_text(sql)
    console.editor.focus()
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, BeforeWriteScreen))
    consequences = pilot.app.screen.query_one("#consequences", Static)
    await until(pilot, lambda: "counting" not in str(consequences.visual))
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    await pilot.pause()


async def rehearsed(pilot: Pilot[None], sql: str) -> RehearsalScreen:
    """The end of a dry run."""
    console = await settled(pilot)
    console.editor.editor.load_text(sql)
    console.editor.focus()
    await pilot.press("alt+f11")
    await until(pilot, lambda: isinstance(pilot.app.screen, RehearsalScreen))
    screen = pilot.app.screen
    assert isinstance(screen, RehearsalScreen)
    console.tick()
    await pilot.pause()
    return screen


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
class TestCaution:
    """Before anything is written, and after it was tried out."""

    def test_every_row_of_a_table(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await asked(pilot, "-- all of it\ndelete from messages", "f5")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_script_where_every_write_is_asked_about(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        app = account_app(tmp_path, local_server)
        app.services.levels.choose(Address("acme"), Scope.ORGANIZATIONS, Level.EVERY_WRITE)

        async def play(pilot: Pilot[None]) -> None:
            await asked(pilot, SCRIPT, "f8")

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_dry_run(self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await rehearsed(pilot, TRIED)

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)
