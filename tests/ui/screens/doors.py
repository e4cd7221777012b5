"""Ways in whose ports, states and answers are always the same: for pictures, and for what cannot be waited for."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.ui.stage import staged_doors
from turso_tui.errors import TursoTuiError
from turso_tui.service.cli_settings import CliSignIn
from turso_tui.service.services import API_URL
from turso_tui.service.signin import SignedIn
from turso_tui.tokens import PlatformToken
from turso_tui.ui.doors import Doors

EXPIRES = 1_796_119_200.0  # 2026-12-01 10:00 UTC


class StillBrowser:
    """A browser that never comes back, or comes back with ``brings``."""

    def __init__(self, base_url: str, brings: PlatformToken | TursoTuiError | None = None) -> None:
        self.url = f"{base_url}?port=43117&redirect=true&state=IXvYV0rTqN1pB7cWm5sKd2hLz8gUe4oA&type=cli"
        self.is_open = False
        self._brings = brings

    async def token(self) -> PlatformToken:
        if isinstance(self._brings, PlatformToken):
            return self._brings
        if self._brings is not None:
            raise self._brings
        return await asyncio.Future()

    async def __aenter__(self) -> Self:
        self.is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False


@dataclass
class StillDoors(Doors):
    """Knows one answer to every question that would leave this process."""

    browser: StillBrowser | None = None
    answer: SignedIn | TursoTuiError | None = None
    """None: the server never answers."""
    cli: CliSignIn | TursoTuiError | None = None
    why: str = "Tokens are kept in the keyring of this system (Secret Service)."
    opened: list[str] = field(default_factory=list)

    @property
    def has_browser(self) -> bool:
        return self.browser is not None

    async def open_browser(self, url: str) -> bool:
        self.opened.append(url)
        return self.browser is not None

    def listen(self, base_url: str) -> StillBrowser:  # type: ignore[override]
        return self.browser or StillBrowser(base_url)

    async def check(self, token: PlatformToken, base_url: str) -> SignedIn:
        if self.answer is None:
            return await asyncio.Future()
        if isinstance(self.answer, TursoTuiError):
            raise self.answer
        return self.answer

    async def cli_sign_in(self) -> CliSignIn | None:
        if isinstance(self.cli, TursoTuiError):
            raise self.cli
        return self.cli

    async def why_there(self) -> str:
        return self.why


def still_doors(
    home: Path,
    *,
    browser: StillBrowser | None = None,
    answer: SignedIn | TursoTuiError | None = None,
    cli: CliSignIn | TursoTuiError | None = None,
) -> StillDoors:
    real = staged_doors(home, API_URL)
    return StillDoors(
        real.profiles, real.base_url, real.environment, real.clock, lambda: 1_795_500_000.0,
        browser=browser, answer=answer, cli=cli,
    )  # fmt: skip
