"""No screen, and no picture of one, shows a secret that nobody asked to see."""

import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.secrecy.canary import Canaries
from tests.tokens import samples
from tests.ui.screens.test_inspect_token import Inspecting
from tests.ui.screens.token_stage import Clock, StagedOffice, TokensApp, loaded, shown, token_server, until
from tests.ui.stage import StagedApp
from tests.ui.stage import until as staged_until
from tests.ui.tokens_known import ENDED, ENDING
from turso_tui.errors import TursoTuiError
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance, RemoteEntrance
from turso_tui.tokens import DatabaseToken, PlatformToken
from turso_tui.ui.screens.api_token import ApiTokenScreen
from turso_tui.ui.screens.consequence import ConsequenceScreen
from turso_tui.ui.screens.mint import MintScreen
from turso_tui.ui.screens.minted import MintedScreen
from turso_tui.ui.screens.paste import PasteScreen
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.screens.sign_in import SignInScreen
from turso_tui.ui.screens.token_target import TokenTargetScreen

SIZES = [(120, 36), (80, 24)]
PASTED = [samples.SESSION, samples.UNRESTRICTED, samples.DATABASE, samples.GROUP, samples.EXTERNAL]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with token_server(tmp_path / "server", clock) as server:
        yield server


@pytest.fixture
async def office(server: LocalServer, clock: Clock, tmp_path: Path) -> StagedOffice:
    office = StagedOffice(server, clock, tmp_path, (ENDING, ENDED))
    database = office.account.open("acme", await office.account.find("acme", "scratch"))
    await database.execute("CREATE TABLE t (x)")
    return office


def everything_of(office: StagedOffice) -> Canaries:
    canaries = Canaries()
    canaries.add_all("known", (known.token for known in office.known()))
    return canaries


def drawn(pilot: Pilot[None]) -> str:
    """The picture of the screen, and the title of the window."""
    return f"{pilot.app.export_screenshot()} {pilot.app.title} {pilot.app.sub_title}"


@pytest.mark.parametrize("size", SIZES)
async def test_the_tokens_screen_and_its_dialogs(
    office: StagedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    app = TokensApp(office)
    seen = []
    async with app.run_test(size=size) as pilot:
        screen = await loaded(pilot)
        await pilot.press("n")
        await shown(pilot, TokenTargetScreen)
        seen.append(drawn(pilot))
        await pilot.press(*"agent-0003", "enter")
        await shown(pilot, MintScreen)
        seen.append(drawn(pilot))
        await pilot.press("enter")
        await shown(pilot, MintedScreen)
        seen.append(drawn(pilot))
        await pilot.press("y", "w")
        await shown(pilot, SaveSecretScreen)
        seen.append(drawn(pilot))
        await pilot.press("escape")
        await shown(pilot, MintedScreen)
        await pilot.press("escape", "a")
        await shown(pilot, ApiTokenScreen)
        await pilot.press(*"robot", "enter")
        await shown(pilot, MintedScreen)
        seen.append(drawn(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        for known in screen.tokens.tokens:
            screen.tokens.reveal(known.id)
            await pilot.pause()
            seen.append(drawn(pilot))
        screen.tokens.reveal(ENDING.id)
        await pilot.press("r")
        await shown(pilot, ConsequenceScreen)
        seen.append(drawn(pilot))
    canaries = everything_of(office)
    assert len(canaries) >= 6
    assert [canaries.on_screen(picture) for picture in seen] == [[]] * len(seen)


async def test_a_minted_token_is_seen_by_whoever_asks_for_it(office: StagedOffice) -> None:
    """So that the test above looks where a secret would be."""
    async with TokensApp(office).run_test(size=(120, 36)) as pilot:
        await loaded(pilot)
        await pilot.press("n")
        await shown(pilot, TokenTargetScreen)
        await pilot.press(*"agent-0003", "enter")
        await shown(pilot, MintScreen)
        await pilot.press("enter")
        await shown(pilot, MintedScreen)
        await pilot.press("v")
        await pilot.pause()
        assert everything_of(office).on_screen(drawn(pilot)) != []


@pytest.mark.parametrize("secret", PASTED, ids=["session", "API token", "database", "group", "external"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_pasted_token_that_is_inspected(secret: str, size: tuple[int, int]) -> None:
    canaries = Canaries()
    canaries.add("pasted", DatabaseToken(secret))
    async with (app := Inspecting()).run_test(size=size) as pilot:
        await pilot.pause()
        app.post_message(Paste(secret))
        await pilot.pause(0.1)
        assert app.answer
        assert canaries.on_screen(drawn(pilot)) == []


@pytest.mark.parametrize("secret", PASTED, ids=["session", "API token", "database", "group", "external"])
async def test_a_token_that_is_pasted_to_sign_in(tmp_path: Path, secret: str) -> None:
    """Right or wrong, before and after it is sent."""
    canaries = Canaries()
    canaries.add("pasted", DatabaseToken(secret))
    app = StagedApp(tmp_path, url="http://127.0.0.1:9")
    async with app.run_test(size=(80, 24)) as pilot:
        assert canaries.on_screen(drawn(pilot)) == []
        await pilot.press("enter")
        await staged_until(pilot, lambda: isinstance(app.screen, SignInScreen))
        app.post_message(Paste(secret))
        await pilot.pause()
        pasted = drawn(pilot)
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert [canaries.on_screen(picture) for picture in (pasted, drawn(pilot))] == [[], []]
    assert canaries.in_files(tmp_path) == {}


async def test_a_token_that_is_pasted_for_a_database(tmp_path: Path, server: LocalServer) -> None:
    canaries = Canaries()
    canaries.add("pasted", PlatformToken(samples.SESSION))
    app = StagedApp(tmp_path / "home", RemoteEntrance(parse_database_url(server.url)))
    async with app.run_test(size=(80, 24)) as pilot:
        await staged_until(pilot, lambda: app.console_screen is not None)
        await app.push_screen(PasteScreen())
        await pilot.pause()
        app.post_message(Paste(samples.SESSION))
        await pilot.pause()
        pasted = drawn(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert [canaries.on_screen(picture) for picture in (pasted, drawn(pilot))] == [[], []]
    assert canaries.in_files(tmp_path / "home") == {}


async def test_a_crash_with_tokens_in_every_variable(
    tmp_path: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = PlatformToken(server.session_token(timedelta(hours=1)))
    canaries = Canaries()
    canaries.add("session", token)
    app = StagedApp(tmp_path / "home", AccountEntrance(token, server.url))
    said: list[str] = []
    monkeypatch.setattr(app, "panic", lambda *renderables: said.extend(map(str, renderables)))

    def fail() -> None:
        headers = {"authorization": f"Bearer {token.reveal()}"}
        raise TursoTuiError("It broke." if headers else "")

    try:
        fail()
    except TursoTuiError as error:
        app._fatal_error()  # what Textual calls
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert canaries.in_text("".join(whole.format())) == ["session"], "there was something to tell"
    assert "It broke." in said[0]
    assert canaries.in_text("".join(said)) == []
