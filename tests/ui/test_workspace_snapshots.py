"""Pictures of tabs and of the history, at the two sizes that people have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.screens.test_history import filled, shown
from tests.ui.stage import StagedApp, account_app, entered, said, until
from turso_tui.local.server import LocalServer
from turso_tui.service.history import History
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.history import HistoryScreen

Snap = Callable[..., bool]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])

TEXTS = (
    "-- Unread\nselect count(*) from messages;",
    "update threads set title = trim(title);",
    "-- Costly tools\nselect role, content, tokens\n  from messages\n where tokens > 20;",
)


async def settled(pilot: Pilot[None]) -> ConsoleScreen:
    """A database, with everything about it that takes a moment."""
    console = await entered(pilot, "agent-0003")
    await until(pilot, lambda: "read token" in console.editor.footing)
    return console


@SIZES
class TestTabs:
    """Several things at once."""

    @pytest.mark.parametrize("count", [1, 3], ids=["one", "three"])
    def test_tabs_in_the_frame(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size, count: int
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await settled(pilot)
            for text in TEXTS[:count]:
                console.editor.open_text(text)
            console.editor.focus()
            await pilot.pause()

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_more_tabs_than_there_is_room_for(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await settled(pilot)
            for text in TEXTS * 3:
                console.editor.open_text(text)
            console.editor.action_go_tab(-4)
            await pilot.pause()

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_tab_whose_database_is_gone(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await settled(pilot)
            for text in TEXTS[:2]:
                console.editor.open_text(text)
            first = console.editor.tabs.all[0]
            assert first.target is not None
            console.editor.tabs.all[0] = first._replace(target=first.target._replace(database="agent-gone"))
            console.editor.action_go_tab(1)
            await until(pilot, lambda: "agent-gone" in console.status.status.text)

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)


@SIZES
@pytest.mark.usefixtures("utc")
class TestHistory:
    """What was run before."""

    def test_everything(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            screen, _ = await shown(pilot, filled(tmp_path / "history.db"))
            screen.field.cursor_blink = False

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    def test_found(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            screen, _ = await shown(pilot, filled(tmp_path / "history.db"))
            screen.field.cursor_blink = False
            await pilot.press(*"0003")
            await until(pilot, lambda: screen.listing.option_count == 2)

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)

    @pytest.mark.parametrize("state", ["nothing yet", "turned off", "no match"])
    def test_nothing_to_show(self, snap_compare: Snap, tmp_path: Path, size: Size, state: str) -> None:
        history = History(tmp_path / "history.db", keep=state != "turned off")

        async def play(pilot: Pilot[None]) -> None:
            screen = HistoryScreen(history)
            await pilot.app.push_screen(screen)
            screen.field.cursor_blink = False
            await until(pilot, lambda: bool(said(screen)))
            if state == "no match":
                await pilot.press(*"nowhere")
                await until(pilot, lambda: "all of these words" in said(screen))

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)
        history.close()
