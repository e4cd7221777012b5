"""Pictures of the editor at work in the whole Console, at the two sizes that people have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.stage import account_app, entered, until
from turso_tui.local.server import LocalServer
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.snippets import SnippetsScreen
from turso_tui.ui.screens.sql_file import SqlFileScreen

Snap = Callable[..., bool]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])

UNFORMATTED = (
    "select m.role,count(*) as n from messages m join threads t on t.id=m.thread_id where m.tokens>20 group by 1"
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def settled(pilot: Pilot[None], text: str = "") -> ConsoleScreen:
    """A database with everything about it that takes a moment, and a text to work on."""
    console = await entered(pilot, "agent-0003")
    await until(pilot, lambda: "read token" in console.editor.footing and bool(console.editor.editor.shelf.known))
    await until(pilot, lambda: console.editor.editor.names.functions is not None)
    console.editor.editor.load_text(text)
    console.editor.focus()
    return console


@SIZES
class TestEditor:
    """Written, completed, saved."""

    def test_completion_over_everything_else(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await settled(pilot, "select 1;\n")
            console.editor.editor.move_cursor((1, 0))
            await pilot.press(*"select ro")
            await until(pilot, lambda: console.editor.editor.completer.popup.display)

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_where_a_script_is_saved(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        (tmp_path / "unread.sql").write_text("old")

        async def play(pilot: Pilot[None]) -> None:
            await settled(pilot, UNFORMATTED)
            await pilot.press("ctrl+d")
            await until(pilot, lambda: isinstance(pilot.app.screen, SqlFileScreen))
            pilot.app.screen.query_one("#path").cursor_blink = False  # type: ignore[attr-defined]
            await pilot.press(*"unread.sql", "enter")
            await until(pilot, lambda: "Enter again" in str(pilot.app.screen.query_one(".field--word").render()))

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_formatted_in_a_file_that_differs_with_the_keys_of_vim(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await settled(pilot, UNFORMATTED)
            await pilot.press("ctrl+d")
            await until(pilot, lambda: isinstance(pilot.app.screen, SqlFileScreen))
            await pilot.press(*"unread.sql", "enter")
            await until(pilot, lambda: console.editor.tabs.active.file is not None)
            pilot.app.clear_notifications()
            console.editor.editor.vim_keys = True
            await pilot.press("ctrl+backslash", "V", "j", "j")
            await until(pilot, lambda: "●" in str(console.editor.border_title))

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_snippets(self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: Size) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await settled(pilot)
            await pilot.press("alt+i")
            await until(pilot, lambda: isinstance(pilot.app.screen, SnippetsScreen))
            await pilot.press(*"row", "down")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)
