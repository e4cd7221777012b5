"""The whole program on a stage: real screens, real services, a local server, and a clock that stands still."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from turso_tui.errors import TursoTuiError
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance, Entrance
from turso_tui.service.profiles import Profiles
from turso_tui.service.services import API_URL, Services
from turso_tui.service.target import AccountTarget
from turso_tui.tokens import PlatformToken, Vaults
from turso_tui.ui.app import TursoApp
from turso_tui.ui.doors import Doors
from turso_tui.ui.screens.before_write import BeforeWriteScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.widgets.notice import Notice

PATIENCE_SECONDS = 20.0


def staged_doors(home: Path, url: str = API_URL) -> Doors:
    """Secrets go to a file, no browser is ever opened, and no other program's settings are found."""
    state = home / "state"
    vaults = Vaults(state, "file", {})
    environment = {"TURSO_CONFIG_FOLDER": str(home / "no-cli")}
    return Doors(Profiles(state / "profiles.json", vaults), url, environment, clock=lambda: 0.0)


class StagedApp(TursoApp):
    """Closes its services itself, and blinks at nobody."""

    def __init__(
        self,
        home: Path,
        entrance: Entrance | None = None,
        *,
        problem: TursoTuiError | None = None,
        url: str = API_URL,
        doors: Doors | None = None,
    ) -> None:
        self.services = Services(scratch=home / "scratch", locks=home / "locks", clock=lambda: 0.0)
        self.doors = doors or staged_doors(home, url)
        super().__init__(self.services, entrance, problem=problem, doors=self.doors, state=home / "state")
        self.home = home
        self.told: list[str] = []
        """What was notified of."""

    async def on_mount(self) -> None:
        self.animation_level = "none"

    def on_screen_resume(self) -> None:
        for field in self.screen.query(Input):
            field.cursor_blink = False

    async def on_unmount(self) -> None:
        await self.services.aclose()

    def notify(self, message: str, **options: Any) -> None:
        self.told.append(message)
        super().notify(message, **options)

    @property
    def desk_screen(self) -> ConsoleScreen:
        """The Console, which must be there."""
        assert self.console_screen is not None
        return self.console_screen


def account_app(home: Path, server: LocalServer, database: str = "", theme: str = "") -> StagedApp:
    """The demo's account, with a database already chosen if one is named."""
    target = AccountTarget(server.organization, database) if database else None
    entrance = AccountEntrance(PlatformToken(server.token), server.url, target, organization=server.organization)
    if theme:
        (home / "state").mkdir(parents=True)
        (home / "state" / "settings.json").write_text(f'{{"theme": "{theme}"}}')
    return StagedApp(home, entrance)


def said(screen: Screen[Any]) -> str:
    """Everything that the notices on show say."""
    return "\n".join(str(notice.content) for notice in screen.query(Notice) if notice.display)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the program go on until ``condition`` holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await pilot.pause(0.02)
    await pilot.pause()


async def listed(pilot: Pilot[None]) -> ConsoleScreen:
    """The Console, with every database, its size and the quotas on show."""
    app = pilot.app
    assert isinstance(app, StagedApp)
    await until(pilot, lambda: app.console_screen is not None and bool(app.console_screen.topline.quotas))
    await until(pilot, lambda: all(item.size_bytes is not None for item in app.desk_screen.databases.items))
    app.desk_screen.editor.editor.cursor_blink = False
    return app.desk_screen


async def entered(pilot: Pilot[None], name: str) -> ConsoleScreen:
    """A database, chosen from the list when everything about it is known: what it then costs is always the same."""
    console = await listed(pilot)
    item = next(item for item in console.databases.items if item.name == name)
    console.databases.post_message(console.databases.Opened(item))
    return await opened(pilot)


async def opened(pilot: Pilot[None]) -> ConsoleScreen:
    """The Console, with a database, its schema and the sizes of its tables on show."""
    app = pilot.app
    assert isinstance(app, StagedApp)
    await until(pilot, lambda: app.console_screen is not None and app.console_screen.schema.schema is not None)
    await until(pilot, lambda: app.desk_screen.schema.sizes is not None)
    app.desk_screen.editor.editor.cursor_blink = False
    return app.desk_screen


async def ran(pilot: Pilot[None], sql: str, key: str = "f5", *, asked: bool = False) -> ConsoleScreen:
    """Type ``sql``, run it, say yes where one is ``asked`` first, and wait for its end."""
    console = await opened(pilot)
    console.editor.editor.load_text(sql)
    console.editor.focus()
    await pilot.press(key)
    if asked:
        await until(pilot, lambda: isinstance(pilot.app.screen, BeforeWriteScreen))
        await pilot.press("enter")
    await until(pilot, lambda: not console.runs_something)
    return console
