"""Signing in: every way to a token, every way it can fail, and nothing lost in between."""

from pathlib import Path

import httpx
import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.tokens import samples
from tests.ui.screens.doors import EXPIRES, StillBrowser, StillDoors, still_doors
from tests.ui.stage import StagedApp, listed, said, staged_doors, until
from turso_tui.errors import SignInFailed, Unreachable
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance, choose_entrance
from turso_tui.service.services import API_URL
from turso_tui.service.signin import SignedIn
from turso_tui.service.target import FileTarget
from turso_tui.tokens import Kept, PlatformToken
from turso_tui.ui.doors import Doors
from turso_tui.ui.screens.sign_in import Ended, SignedInAs, SignInScreen
from turso_tui.ui.screens.welcome import WelcomeScreen

SIZE = (80, 24)
ADA = SignedIn("ada", EXPIRES)
TOKEN = PlatformToken(samples.UNRESTRICTED)


class BrowsingDoors(Doors):
    """Has a browser that does at once what a person would: it follows where it is sent."""

    @property
    def has_browser(self) -> bool:
        return True

    async def open_browser(self, url: str) -> bool:
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
            self.page = (await browser.get(url)).text
        return True


async def paste(pilot: Pilot[None], text: str) -> None:
    """Into the field that has the focus, and enter."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()
    await pilot.press("enter")


async def asked(pilot: Pilot[None], doors: Doors, **options: object) -> tuple[SignInScreen, list[SignedInAs | None]]:
    """The dialog on its own, and the list that its answer will be in."""
    answers: list[SignedInAs | None] = []
    screen = SignInScreen(doors, API_URL, **options)  # type: ignore[arg-type]
    await pilot.app.push_screen(screen, answers.append)
    await pilot.pause()
    return screen, answers


async def test_the_browser_signs_in_and_the_account_is_remembered(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=3, approve_sign_ins=True) as server:
        staged = staged_doors(tmp_path, server.url)
        doors = BrowsingDoors(staged.profiles, server.url, staged.environment)
        app = StagedApp(tmp_path, doors=doors)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.screen.question.display)
            await until(pilot, lambda: app.screen.question.field.value == "you")  # type: ignore[attr-defined]
            await pilot.press("enter")
            await listed(pilot)

        assert "Back in the terminal" in doors.page
        entrance = staged.profiles.entrance("you")
        assert isinstance(entrance, AccountEntrance)
        assert entrance.base_url == server.url


async def test_a_pasted_platform_token_opens_the_account_and_is_there_the_next_time(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = StagedApp(tmp_path, url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await paste(pilot, f'export TURSO_API_TOKEN="{local_server.token[:60]}\n{local_server.token[60:]}"\n')
        await until(pilot, lambda: app.screen.question.field.value != "")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await listed(pilot)

    again = choose_entrance({}, app.doors.profiles, None)
    assert isinstance(again, AccountEntrance)
    assert (again.token, again.kept) == (PlatformToken(local_server.token), Kept.FILE)


async def test_without_a_name_nothing_is_remembered(tmp_path: Path, local_server: LocalServer) -> None:
    app = StagedApp(tmp_path, url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await paste(pilot, local_server.token)
        await until(pilot, lambda: app.screen.question.field.value != "")  # type: ignore[attr-defined]
        await pilot.press("ctrl+u", "enter")
        await listed(pilot)

    assert app.doors.profiles.all() == ()
    assert not list((tmp_path / "state").glob("vault.json"))


async def test_a_token_that_the_server_refuses_is_said_and_not_kept(tmp_path: Path, local_server: LocalServer) -> None:
    app = StagedApp(tmp_path, url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: "does not accept this token" in said(app.screen))

        assert app.screen.query_one("#token").value == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (samples.DATABASE, "That is a database token"),
        (samples.GROUP, "That is a group token"),
        (samples.DATABASE[:-9], "incomplete"),
        ("libsql://name-org.turso.io", "That is a URL"),
    ],
    ids=["database", "group", "incomplete", "url"],
)
async def test_what_is_no_platform_token_is_recognised_without_asking_anybody(
    tmp_path: Path, text: str, words: str
) -> None:
    doors = still_doors(tmp_path, answer=ADA)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, _ = await asked(pilot, doors)
        await paste(pilot, text)

        assert words in said(screen)
        assert not screen.question.display


async def test_a_check_can_be_broken_off_and_what_was_pasted_stays(tmp_path: Path) -> None:
    doors = still_doors(tmp_path)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, answers = await asked(pilot, doors)
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: "Checking with api.turso.tech" in said(screen))
        await pilot.press("escape")
        await pilot.pause()

        assert said(screen) == ""
        assert screen.ask.field.value == samples.UNRESTRICTED
        assert answers == []


async def test_when_the_server_cannot_be_reached_enter_tries_again(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, answer=Unreachable("api.turso.tech cannot be reached."))
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, _ = await asked(pilot, doors)
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: "cannot be reached" in said(screen))
        doors.answer = ADA
        await pilot.press("enter")
        await until(pilot, lambda: screen.question.display)


async def test_escape_goes_back_one_step_at_a_time_and_keeps_the_token(tmp_path: Path) -> None:
    browser = StillBrowser(API_URL, TOKEN)
    doors = still_doors(tmp_path, browser=browser, answer=ADA)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, answers = await asked(pilot, doors)
        await until(pilot, lambda: screen.question.field.value == "ada")
        await pilot.press("escape")
        assert screen.ask.display
        await pilot.press("enter")
        await until(pilot, lambda: screen.question.display)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: answers == [None])


async def test_leaving_closes_the_listener(tmp_path: Path) -> None:
    browser = StillBrowser(API_URL)
    doors = still_doors(tmp_path, browser=browser)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, doors)
        await until(pilot, lambda: browser.is_open)
        await pilot.press("escape")
        await until(pilot, lambda: not browser.is_open)


async def test_a_key_leads_from_the_browser_to_any_machine_and_back(tmp_path: Path) -> None:
    browser = StillBrowser(API_URL)
    doors = still_doors(tmp_path, browser=browser)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, _ = await asked(pilot, doors)
        await until(pilot, lambda: browser.is_open and screen.ask.address == browser.url)
        await pilot.press("f2")
        await until(pilot, lambda: not browser.is_open)
        assert screen.ask.address == f"{API_URL}?redirect=false"
        assert screen.ask.code.display
        await pilot.press("f2")
        await until(pilot, lambda: browser.is_open)
        assert not screen.ask.code.display


async def test_a_qr_code_is_left_out_where_it_does_not_fit(tmp_path: Path) -> None:
    doors = still_doors(tmp_path)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=(60, 24)) as pilot:
        screen, _ = await asked(pilot, doors)
        assert not screen.ask.code.display
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: screen.ask.code.display)
        await pilot.resize_terminal(100, 16)
        await until(pilot, lambda: not screen.ask.code.display)


async def test_the_time_that_is_left_counts_down(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, browser=StillBrowser(API_URL))
    seconds = iter([0.0, *(float(second) for second in range(1000))])
    doors.clock = lambda: next(seconds)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, _ = await asked(pilot, doors)
        await until(pilot, lambda: screen.ask.waiting == "Waiting for it: 5:00 left")
        await until(pilot, lambda: screen.ask.waiting == "Waiting for it: 4:59 left")


async def test_after_the_time_is_up_enter_begins_again(tmp_path: Path) -> None:
    over = StillBrowser(API_URL, SignInFailed("Nobody came back from the browser within 5 minutes."))
    doors = still_doors(tmp_path, browser=over)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, _ = await asked(pilot, doors)
        await until(pilot, lambda: "Nobody came back" in said(screen))
        doors.browser = StillBrowser(API_URL)
        await pilot.press("enter")
        await until(pilot, lambda: screen.ask.address != "")

        assert said(screen) == ""
        assert len(doors.opened) == 2


async def test_a_token_of_one_group_needs_its_organization(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, answer=SignedIn("", None))
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, answers = await asked(pilot, doors)
        await paste(pilot, samples.GROUP_SCOPED)
        await until(pilot, lambda: screen.question.display)
        await pilot.press(*"acme", "enter")
        await until(pilot, lambda: screen.question.field.value not in ("", "acme"))
        await pilot.press("enter")
        await until(pilot, lambda: bool(answers))

    assert answers[0] is not None
    assert answers[0].entrance.organization == "acme"


async def test_the_name_of_another_profile_is_not_taken_away(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, answer=ADA)
    doors.profiles.remember("notes", FileTarget(Path("/srv/notes.db")))
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, answers = await asked(pilot, doors, token=TOKEN)
        await until(pilot, lambda: screen.question.field.value == "ada")
        screen.question.field.value = "notes"
        await pilot.press("enter")
        await pilot.pause()

        assert "There is a profile notes already: /srv/notes.db" in said(screen)
        assert answers == []


async def test_the_same_account_is_renewed_without_another_question(tmp_path: Path) -> None:
    doors = still_doors(tmp_path, answer=ADA)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        _, answers = await asked(pilot, doors, ended=Ended("ada", "work"))
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: bool(answers))

    assert answers[0] is not None
    assert (answers[0].username, answers[0].remember_as) == ("ada", "work")


async def test_another_account_than_the_one_that_ended_is_asked_for_its_own_name(tmp_path: Path) -> None:
    doors: StillDoors = still_doors(tmp_path, answer=ADA)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=SIZE) as pilot:
        screen, answers = await asked(pilot, doors, ended=Ended("bob", "bob"))
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: screen.question.field.value == "ada")

        assert answers == []


async def test_no_secret_is_ever_legible(tmp_path: Path) -> None:
    doors = still_doors(tmp_path)
    app = StagedApp(tmp_path, doors=doors)
    async with app.run_test(size=(200, 50)) as pilot:
        screen, _ = await asked(pilot, doors)
        await paste(pilot, samples.UNRESTRICTED)
        await until(pilot, lambda: "Checking" in said(screen))
        picture = app.export_screenshot()
        named = repr(screen.ask.field) + repr(screen) + repr(doors)

    for start in range(0, len(samples.UNRESTRICTED) - 8, 8):
        assert samples.UNRESTRICTED[start : start + 8] not in picture
    assert samples.UNRESTRICTED not in named


async def test_leaving_goes_back_to_the_welcome(tmp_path: Path) -> None:
    app = StagedApp(tmp_path, doors=still_doors(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
