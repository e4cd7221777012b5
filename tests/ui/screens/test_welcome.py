"""The welcome: what is remembered comes first, is forgotten when asked, and every door says what is wrong with it."""

import json
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tokens import samples
from tests.ui.screens.doors import still_doors
from tests.ui.stage import StagedApp, opened, said, until
from turso_tui.errors import StorageError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.cli_settings import CliSignIn
from turso_tui.service.entrance import AccountEntrance, RemoteEntrance
from turso_tui.service.profiles import FileProfile, Profiles, RemoteProfile
from turso_tui.service.signin import SignedIn
from turso_tui.service.target import FileTarget
from turso_tui.tokens import DatabaseToken, Kept, PlatformToken
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.sign_in import SignInScreen
from turso_tui.ui.screens.welcome import WelcomeScreen

SIZE = (80, 24)
URL = "libsql://edge-acme.aws-eu-west-1.turso.io"


def remember(profiles: Profiles) -> None:
    """One profile of each kind, the account used last."""
    profiles.remember("notes", FileTarget(Path("/srv/notes.db")))
    profiles.remember("edge", RemoteEntrance(parse_database_url(URL), DatabaseToken(samples.DATABASE)))
    profiles.remember("ada", AccountEntrance(PlatformToken(samples.UNRESTRICTED)), username="ada")


def lines(pilot: Pilot[None]) -> list[str]:
    """The list as it reads, single-spaced."""
    screen = pilot.app.screen
    assert isinstance(screen, WelcomeScreen)
    return [" ".join(str(option.prompt).split()) for option in screen.listing.options]


async def test_what_is_remembered_comes_first_the_last_used_at_the_top(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    remember(app.doors.profiles)
    async with app.run_test(size=SIZE) as pilot:
        assert lines(pilot)[:5] == [
            "Continue as ada ada at api.turso.tech · token in the file",
            "Continue as edge edge-acme.aws-eu-west-1.turso.io · token in the file",
            "Continue as notes /srv/notes.db",
            "",
            "Sign in to Turso through the browser, or with a token",
        ]
        await pilot.press("j", "j", "j")
        assert app.screen.listing.highlighted == 4  # type: ignore[attr-defined]


async def test_a_profile_is_gone_in_by_and_is_then_the_last_used(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.touch()
    app = StagedApp(tmp_path)
    app.doors.profiles.remember("notes", FileTarget(file))
    remember_other = AccountEntrance(PlatformToken(samples.UNRESTRICTED))
    app.doors.profiles.remember("ada", remember_other, username="ada")
    async with app.run_test(size=SIZE) as pilot:
        assert app.doors.profiles.recent()[0].name == "ada"
        await pilot.press("down", "enter")
        await opened(pilot)
        await until(pilot, lambda: app.doors.profiles.recent()[0].name == "notes")


async def test_a_profile_is_forgotten_with_its_token_after_a_question(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    remember(app.doors.profiles)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        assert "Continue as ada" in lines(pilot)[0]

        await pilot.press("delete")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen) and "edge" in lines(pilot)[0])

    assert app.doors.profiles.get("ada") is None
    assert app.doors.profiles.vaults.at(Kept.FILE).get("profile:ada https://api.turso.tech") is None


async def test_only_a_profile_can_be_forgotten(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        assert "d" not in app.screen.active_bindings
        await pilot.press("d")
        assert isinstance(app.screen, WelcomeScreen)


async def test_a_profile_whose_token_is_gone_says_so_and_the_welcome_stays(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    remember(app.doors.profiles)
    app.doors.profiles.vaults.at(Kept.FILE).forget("profile:ada https://api.turso.tech")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "The token of the profile ada is no longer in" in said(app.screen))
        assert isinstance(app.screen, WelcomeScreen)


async def test_a_damaged_file_of_profiles_is_said_to_have_been_set_aside(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    remember(app.doors.profiles)
    (tmp_path / "state" / "profiles.json").write_text("{")
    async with app.run_test(size=SIZE) as pilot:
        assert "is damaged" in said(app.screen)
        assert lines(pilot)[0].startswith("Sign in to Turso")


async def test_the_sign_in_of_the_cli_is_offered_and_taken_over_only_after_a_question(tmp_path: Path) -> None:
    settings = tmp_path / "cli" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"token": samples.UNRESTRICTED, "username": "ada"}))
    before = settings.read_bytes()
    doors = still_doors(tmp_path, answer=SignedIn("ada", None))
    doors.cli = CliSignIn(PlatformToken(samples.UNRESTRICTED), "ada", "", "", settings)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        assert "Use the sign-in of the Turso CLI ada at api.turso.tech" in lines(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.screen.question.display)

    assert settings.read_bytes() == before


async def test_without_a_cli_its_sign_in_is_not_offered(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        assert not any("CLI" in line for line in lines(pilot))


async def test_settings_of_the_cli_that_cannot_be_read_keep_nobody_out(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, cli=StorageError("The settings of the Turso CLI cannot be read."))
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        assert "The settings of the Turso CLI cannot be read" in said(app.screen)
        assert lines(pilot)[0].startswith("Sign in to Turso")


async def test_a_file_is_remembered_under_the_name_that_it_was_given(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.touch()
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "enter")
        app.screen.query_one("#path", Input).value = str(file)
        await pilot.press("enter", *"mine", "enter")
        await opened(pilot)

    assert app.doors.profiles.get("mine") == FileProfile("mine", str(file))


async def test_a_url_without_a_name_is_not_remembered(tmp_path: Path, sqld: str) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        app.screen.query_one("#url", Input).value = sqld
        await pilot.press("enter", "enter", "enter")
        await opened(pilot)

    assert app.doors.profiles.all() == ()


async def test_a_url_is_remembered_with_its_token(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        app.screen.query_one("#url", Input).value = "http://127.0.0.1:9"
        app.screen.query_one("#database-token", Input).value = samples.READ_ONLY_DATABASE
        await pilot.press("enter", "enter", *"mine", "enter")
        await until(pilot, lambda: app.console_screen is not None)

    profile = app.doors.profiles.get("mine")
    assert profile == RemoteProfile("mine", "http://127.0.0.1:9", Kept.FILE)


async def test_a_platform_token_is_turned_away_where_a_database_token_belongs(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        app.screen.query_one("#url", Input).value = URL
        await pilot.press("enter")
        app.screen.query_one("#database-token", Input).value = samples.UNRESTRICTED
        await pilot.press("enter")
        await pilot.pause()

        assert "Running SQL needs a database token" in said(app.screen)


async def test_a_name_that_something_else_has_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    file.touch()
    app = StagedApp(tmp_path)
    remember(app.doors.profiles)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "down", "down", "down", "enter")
        app.screen.query_one("#path", Input).value = str(file)
        await pilot.press("enter", *"ada", "enter")
        await until(pilot, lambda: "There is a profile ada already" in said(app.screen))

    assert len(app.doors.profiles.all()) == 3


async def test_many_profiles_scroll_and_the_cursor_stays_in_sight(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    for number in range(30):
        app.doors.profiles.remember(f"file-{number:02}", FileTarget(Path(f"/srv/{number}.db")))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        await pilot.pause()
        listing = app.screen.listing  # type: ignore[attr-defined]
        assert listing.region.bottom < SIZE[1]
        assert listing.scroll_y > 0
