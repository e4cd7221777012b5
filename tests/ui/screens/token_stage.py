"""The Tokens screen on a stage: real HTTP to a local server whose clock stands still."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from turso_tui.hrana.http import database_http_client
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.known_tokens import KnownToken, Origin, in_order
from turso_tui.service.token_office import SignedInAs, TokenOffice
from turso_tui.service.writer import Writers
from turso_tui.tokens import PlatformToken
from turso_tui.ui.app import NARROW, SHORT
from turso_tui.ui.home import View
from turso_tui.ui.screens.tokens import TokensScreen
from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.topline import SignIn

AnyScreen = TypeVar("AnyScreen", bound=Screen[Any])

NOW = 1_795_536_000.0
PATIENCE_SECONDS = 20.0


class Clock:
    """Time that only moves when told to; unix seconds."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@contextmanager
def token_server(directory: Path, clock: Clock, *, tenants: int = 12) -> Iterator[LocalServer]:
    with LocalServer.in_thread(directory, seed="demo", tenants=tenants, clock=clock) as server:
        yield server


class StagedOffice(TokenOffice):
    """The account's, under a clock that stands still; ``extra`` tokens were minted by hand before."""

    def __init__(self, server: LocalServer, clock: Clock, home: Path, extra: Iterable[KnownToken] = ()) -> None:
        token = PlatformToken(server.token)
        self.http = database_http_client()
        platform = PlatformClient(PlatformTransport(server.url, token, clock=clock))
        self.account = Account(platform, self.http, Writers(home / "locks"))
        super().__init__(AccountEntrance(token, server.url, kept="file"), self.account, clock=clock)
        self.organization = server.organization
        self.signed_in = SignedInAs("you")
        self._extra = tuple(extra)

    def known(self) -> tuple[KnownToken, ...]:
        return in_order((*super().known(), *self._extra))

    def forget(self, known: KnownToken) -> None:
        self._extra = tuple(each for each in self._extra if each != known)
        super().forget(known)

    @property
    def by_hand(self) -> KnownToken:
        """The token that was minted by hand last."""
        return [each for each in self.known() if each.origin is Origin.HAND and each not in self._extra][-1]

    async def aclose(self) -> None:
        await self.account.aclose()
        await self.http.aclose()


class TokensApp(App[None]):
    """Shows the Tokens screen in one of the program's own themes; keeps what was copied."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]

    def __init__(self, office: TokenOffice, *, theme: str = "turso-dark") -> None:
        super().__init__()
        self.office = office
        for known in load_themes([shipped_directory()]).themes:
            self.register_theme(known)
        self.theme = theme
        view = View((), office.organization, 12, (), SignIn("you", None)) if office.has_account else View(())
        self.tokens_screen = TokensScreen(office, lambda: view, clock=lambda: 0.0)
        self.copied: list[str] = []
        self.left = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def on_mount(self) -> None:
        self.animation_level = "none"
        self.push_screen(self.tokens_screen, lambda _: setattr(self, "left", True))

    async def on_unmount(self) -> None:
        if isinstance(self.office, StagedOffice):
            await self.office.aclose()

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    @property
    def status(self) -> str:
        return self.tokens_screen.status.status.text


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the program go on until ``condition`` holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await pilot.pause(0.02)
    await pilot.pause()


async def shown(pilot: Pilot[None], kind: type[AnyScreen]) -> AnyScreen:
    """The screen of that kind, once it is in front; its cursors do not blink."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    for field in screen.query(Input):
        field.cursor_blink = False
    return screen


async def loaded(pilot: Pilot[None]) -> TokensScreen:
    """The Tokens screen, when everything it asks for at the start has come."""
    app = pilot.app
    assert isinstance(app, TokensApp)
    await until(pilot, lambda: not app.tokens_screen.tokens.reading and bool(app.office.databases))
    return app.tokens_screen
