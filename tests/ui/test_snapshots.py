"""Pictures of every screen and state, at the two sizes that people have."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.stage import StagedApp, account_app, entered, listed, opened, ran, until
from turso_tui.errors import InputError
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.target import FileTarget
from turso_tui.tokens import PlatformToken
from turso_tui.ui.screens.cell import CellScreen
from turso_tui.ui.screens.go_to import GoToScreen
from turso_tui.ui.screens.paste import PasteScreen
from turso_tui.ui.screens.sign_in import SignInScreen

Snap = Callable[..., bool]
Play = Callable[[Pilot[None]], Awaitable[None]]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])

QUERY = """\
select role, content, tokens  -- what was said
  from messages
 where tokens > 20 and role <> :nobody;

update threads set title = trim(title);
"""


@SIZES
class TestWelcome:
    """Someone who has nothing yet."""

    def test_four_doors(self, snap_compare: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
        assert snap_compare(StagedApp(tmp_path), terminal_size=size)

    def test_a_variable_that_cannot_be_used_is_explained(
        self, snap_compare: Snap, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        problem = InputError("TURSO_API_TOKEN: That is a database token.", next_step="Make a platform token.")
        assert snap_compare(StagedApp(tmp_path, problem=problem), terminal_size=size)


@SIZES
class TestConsole:
    """Where the day is spent."""

    def test_nothing_is_open_yet(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await listed(pilot)

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_result(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "agent-0003")
            await ran(pilot, QUERY.replace(":nobody", "''"))
            await pilot.press("ctrl+r", "down")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_faulty_statement(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "agent-0003")
            await ran(pilot, "select role, nope from messages;")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_several_statements_and_their_messages(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "agent-0003")
            await ran(pilot, "create table n (i integer);\ninsert into n values (1), (2);\nselect * from n;", "f8")
            await pilot.press("ctrl+r", "right_square_bracket")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_ugly_data_is_only_data(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            console = await entered(pilot, "ugly")
            tables = console.schema.schema.tables if console.schema.schema is not None else ()
            hostile = next(table for table in tables if table.name == "hostile_text")
            console.schema.post_message(console.schema.TableOpened(hostile))
            await until(pilot, lambda: console.status.status.text.startswith("30 rows of"))
            console.tick()  # as each second does

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_the_end_of_a_large_result_in_the_light_theme(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "telemetry")
            await ran(pilot, "select * from events", asked=True)  # of so many rows
            await pilot.press("ctrl+r", "G")

        app = account_app(tmp_path, local_server, theme="turso-light")
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_sign_in_that_is_refused(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        app = StagedApp(tmp_path, AccountEntrance(PlatformToken(local_server.token[:-6] + "AAAAAA"), local_server.url))

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: isinstance(app.screen, SignInScreen))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.console_screen)

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_an_empty_file(
        self, snap_compare: Snap, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        path = Path("notes.db")  # relative, so that the picture does not show where the tests run
        path.touch()

        async def play(pilot: Pilot[None]) -> None:
            await opened(pilot)

        assert snap_compare(StagedApp(tmp_path, FileTarget(path)), terminal_size=size, run_before=play)


@SIZES
class TestDialogs:
    """What stands in front of the Console for a moment."""

    def test_a_cell_whole(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        app = account_app(tmp_path, local_server)

        async def play(pilot: Pilot[None]) -> None:
            await entered(pilot, "agent-0003")
            await ran(pilot, "select 'first line' || char(10) || char(27) || '[31mnot red' as content")
            await pilot.press("ctrl+r", "enter")
            await until(pilot, lambda: isinstance(app.screen, CellScreen))

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_the_organizations(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        app = account_app(tmp_path, local_server)

        async def play(pilot: Pilot[None]) -> None:
            await listed(pilot)
            await pilot.press("ctrl+o")
            await until(pilot, lambda: isinstance(app.screen, GoToScreen))

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_the_keys_that_work_here(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await listed(pilot)
            await pilot.press("f1")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_leaving(
        self, snap_compare: Snap, tmp_path: Path, local_server: LocalServer, size: tuple[int, int]
    ) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await listed(pilot)
            await pilot.press("ctrl+c")

        assert snap_compare(account_app(tmp_path, local_server), terminal_size=size, run_before=play)

    def test_a_token_is_asked_for(self, snap_compare: Snap, tmp_path: Path, size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await pilot.app.push_screen(PasteScreen())
            await pilot.press(*"not a token at all", "enter")

        assert snap_compare(StagedApp(tmp_path), terminal_size=size, run_before=play)
