"""From one profile to another without starting again, and a sign-in that ends on the way."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.ui.stage import StagedApp, listed, opened, ran, until
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.target import FileTarget
from turso_tui.tokens import PlatformToken
from turso_tui.ui.messages import DoorsAsked, ProfileChosen, SignInNeeded
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.sign_in import SignInScreen
from turso_tui.ui.screens.welcome import WelcomeScreen

SIZE = (80, 24)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    path.touch()
    return path


def account(server: LocalServer) -> AccountEntrance:
    return AccountEntrance(PlatformToken(server.token), server.url, organization=server.organization)


async def test_another_profile_takes_the_place_of_the_one_that_is_open(
    tmp_path: Path, local_server: LocalServer, notes: Path
) -> None:
    app = StagedApp(tmp_path, FileTarget(notes), url=local_server.url)
    app.doors.profiles.remember("work", account(local_server), username="you")
    async with app.run_test(size=SIZE) as pilot:
        before = await opened(pilot)
        before.post_message(ProfileChosen("work"))
        await until(pilot, lambda: app.console_screen not in (None, before))
        after = await listed(pilot)

        assert after.topline.organization == local_server.organization
        assert [screen for screen in app.screen_stack if isinstance(screen, ConsoleScreen)] == [after]


async def test_a_profile_chosen_in_the_welcome_leaves_no_screen_behind(
    tmp_path: Path, local_server: LocalServer, notes: Path
) -> None:
    app = StagedApp(tmp_path, account(local_server), url=local_server.url)
    app.doors.profiles.remember("notes", FileTarget(notes))
    async with app.run_test(size=SIZE) as pilot:
        before = await listed(pilot)
        before.post_message(DoorsAsked())
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.console_screen not in (None, before))
        await opened(pilot)

        assert len(app.screen_stack) == 2


async def test_an_open_transaction_is_not_left_without_a_question(tmp_path: Path, notes: Path) -> None:
    other = tmp_path / "other.db"
    other.touch()
    app = StagedApp(tmp_path, FileTarget(notes))
    app.doors.profiles.remember("other", FileTarget(other))
    app.doors.profiles.remember("notes", FileTarget(notes))
    async with app.run_test(size=SIZE) as pilot:
        console = await ran(pilot, "create table t (a); begin; insert into t values (1);", "f8")
        console.post_message(ProfileChosen("other"))
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is console)
        assert console.losses
        assert (last := app.doors.profiles.last()) is not None
        assert last.name == "notes"

        console.post_message(ProfileChosen("other"))
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("enter")
        await until(pilot, lambda: app.console_screen not in (None, console))
        assert not app.desk_screen.losses
        await until(pilot, lambda: app.doors.profiles.recent()[0].name == "other")


async def test_a_profile_that_is_gone_is_said_and_what_is_open_stays(tmp_path: Path, notes: Path) -> None:
    app = StagedApp(tmp_path, FileTarget(notes))
    async with app.run_test(size=SIZE) as pilot:
        console = await opened(pilot)
        console.post_message(ProfileChosen("nobody"))
        await until(pilot, lambda: any("There is no profile nobody" in message for message in app.told))
        assert app.screen is console


async def renewed(pilot: Pilot[None], token: str) -> None:
    """Sign in again with ``token``, up to its answer."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, SignInScreen))
    app.post_message(Paste(token))
    await pilot.pause()
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(app.screen, SignInScreen) or app.screen.question.display)


async def test_the_same_account_goes_on_with_its_new_token(tmp_path: Path, local_server: LocalServer) -> None:
    app = StagedApp(tmp_path, url=local_server.url)
    app.doors.profiles.remember("work", account(local_server), username="you")
    entrance = app.doors.profiles.entrance("work")
    assert isinstance(entrance, AccountEntrance)
    fresh = local_server.session_token(timedelta(days=7))
    async with app.run_test(size=SIZE) as pilot:
        app.screen.post_message(ProfileChosen("work"))
        console = await listed(pilot)
        own = app.services.account(entrance.token, entrance.base_url)
        console.post_message(SignInNeeded(own, entrance, "you"))
        console.post_message(SignInNeeded(own, entrance, "you"))
        await renewed(pilot, fresh)
        await until(pilot, lambda: app.screen is console)
        assert (await own.user()).username == "you"

    again = app.doors.profiles.entrance("work")
    assert isinstance(again, AccountEntrance)
    assert again.token == PlatformToken(fresh)


async def test_stepping_back_from_signing_in_again_leaves_what_is_open(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = StagedApp(tmp_path, account(local_server), url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        console = await listed(pilot)
        entrance = account(local_server)
        console.post_message(SignInNeeded(app.services.account(entrance.token, entrance.base_url), entrance, "you"))
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is console)
