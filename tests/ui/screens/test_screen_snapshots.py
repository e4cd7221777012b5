"""Pictures of how one comes in, at the two sizes that people have."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.tokens import samples
from tests.ui.screens.doors import EXPIRES, StillBrowser, still_doors
from tests.ui.screens.test_go_to import ORGANIZATIONS, PROFILES
from tests.ui.screens.test_welcome import remember
from tests.ui.stage import StagedApp, said, until
from turso_tui.errors import SignInFailed
from turso_tui.service.cli_settings import CliSignIn
from turso_tui.service.services import API_URL
from turso_tui.service.signin import SignedIn
from turso_tui.service.target import FileTarget
from turso_tui.tokens import PlatformToken
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.go_to import GoToScreen
from turso_tui.ui.screens.sign_in import Ended, SignInScreen

Snap = Callable[..., bool]
Play = Callable[[Pilot[None]], Awaitable[None]]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
ADA = SignedIn("ada", EXPIRES)
REFUSED = SignInFailed(
    "https://api.turso.tech does not accept this token: token is invalid",
    means="It has expired, was revoked, or belongs to another API.",
    next_step="Sign in again, or make a new token in the dashboard.",
)


def pasting(text: str, awaited: Callable[[SignInScreen], bool]) -> Play:
    """Open the dialog, paste ``text``, and wait."""

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignInScreen))
        screen = pilot.app.screen
        assert isinstance(screen, SignInScreen)
        if text:
            pilot.app.post_message(Paste(text))
            await pilot.pause()
            await pilot.press("enter")
        await until(pilot, lambda: awaited(screen))
        screen.ask.field.cursor_blink = screen.question.field.cursor_blink = False

    return play


@SIZES
class TestSignIn:
    """From nothing to an account."""

    def test_waiting_for_the_browser(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path, browser=StillBrowser(API_URL)))
        play = pasting("", lambda screen: "Your browser has opened" in screen.ask.lead)
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_without_a_browser_here(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path))
        assert snap_compare(app, terminal_size=size, run_before=pasting("", lambda screen: screen.ask.code.display))

    def test_a_token_of_the_wrong_kind(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path))
        play = pasting(samples.DATABASE, lambda screen: bool(said(screen)))
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_checking(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path))
        play = pasting(samples.UNRESTRICTED, lambda screen: bool(said(screen)))
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_refused_by_the_server(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path, answer=REFUSED))
        play = pasting(samples.UNRESTRICTED, lambda screen: bool(said(screen)))
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_name_and_a_place(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path, answer=ADA))
        play = pasting(samples.UNRESTRICTED, lambda screen: screen.question.field.value == "ada")
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_token_of_one_group(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path, answer=SignedIn("", None)))
        play = pasting(samples.GROUP_SCOPED, lambda screen: screen.question.display)
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_sign_in_that_has_ended_in_the_light_theme(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / "settings.json").write_text('{"theme": "turso-light"}')
        doors = still_doors(tmp_path)

        async def play(pilot: Pilot[None]) -> None:
            await pilot.app.push_screen(SignInScreen(doors, API_URL, ended=Ended("ada", "work")))
            await pilot.pause()
            pilot.app.screen.query_one("#token").cursor_blink = False  # type: ignore[attr-defined]

        assert snap_compare(StagedApp(tmp_path, doors=doors), terminal_size=size, run_before=play)


@SIZES
class TestProfiles:
    """Someone who has been here before."""

    def test_what_is_remembered_and_a_cli(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        cli = CliSignIn(
            PlatformToken(samples.SESSION), "ada", "acme", "", Path("/home/ada/.config/turso/settings.json")
        )
        doors = still_doors(tmp_path, cli=cli)
        remember(doors.profiles)
        assert snap_compare(StagedApp(tmp_path, doors=doors), terminal_size=size)

    def test_many_profiles(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        doors = still_doors(tmp_path)
        for number in range(25):
            doors.profiles.remember(f"tenant-{number:02}", FileTarget(Path(f"/srv/tenants/{number:02}.db")))
        assert snap_compare(StagedApp(tmp_path, doors=doors), terminal_size=size)

    def test_forgetting_one(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        doors = still_doors(tmp_path)
        remember(doors.profiles)
        app = StagedApp(tmp_path, doors=doors)

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press("d")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_taking_over_the_sign_in_of_the_cli(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        cli = CliSignIn(PlatformToken(samples.SESSION), "ada", "acme", "", Path("/srv/turso/settings.json"))
        app = StagedApp(tmp_path, doors=still_doors(tmp_path, cli=cli))

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press("down", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))

        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_a_database_by_url(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path))

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press("down", "enter")
            await pilot.press(*"nonsense://x", "enter")

        assert snap_compare(app, terminal_size=size, run_before=play)

    @pytest.mark.parametrize("query", ["", "ad"], ids=["all", "filtered"])
    def test_going_elsewhere(self, snap_compare: Snap, tmp_path: Path, size: Size, query: str) -> None:
        app = StagedApp(tmp_path, doors=still_doors(tmp_path))

        async def play(pilot: Pilot[None]) -> None:
            await app.push_screen(GoToScreen(ORGANIZATIONS, PROFILES, organization="acme", profile="notes"))
            await pilot.pause()
            app.screen.query_one("Input").cursor_blink = False  # type: ignore[attr-defined]
            await pilot.press(*query)

        assert snap_compare(app, terminal_size=size, run_before=play)
