"""Coming in by a door, and going elsewhere by another one without starting again."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from turso_tui.errors import InputError, StorageError, TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.demo import Demo
from turso_tui.service.entrance import Entrance
from turso_tui.service.services import Services
from turso_tui.ui.costs import Costs
from turso_tui.ui.doors import Doors
from turso_tui.ui.home import home_for
from turso_tui.ui.messages import SignInAsked, SignInNeeded
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.sign_in import Ended, SignInScreen
from turso_tui.ui.screens.starting import StartingScreen
from turso_tui.ui.screens.welcome import WelcomeScreen

if TYPE_CHECKING:
    from turso_tui.service.desk import Desk


class Entering:
    """Puts the Console of what was chosen in place of what is on the screen. Its methods ask, so they want a worker.

    Whatever fails is said where the eye is, and leaves on show what was there.
    """

    def __init__(
        self, app: App[None], services: Services, doors: Doors, demo: Demo, preferred: Callable[[], str]
    ) -> None:
        """``preferred`` names the organization that was looked at last."""
        self._app = app
        self._services = services
        self._doors = doors
        self._demo = demo
        self._preferred = preferred
        self._desk: Desk | None = None

    @property
    def console(self) -> ConsoleScreen | None:
        return next((screen for screen in self._app.screen_stack if isinstance(screen, ConsoleScreen)), None)

    def welcome(self, problem: TursoTuiError | None = None) -> None:
        """Every way in; where something is open, it stays until one is chosen."""
        if not isinstance(self._app.screen, WelcomeScreen):
            self._app.push_screen(WelcomeScreen(self._doors, problem, closable=self.console is not None))

    async def by_profile(self, name: str) -> None:
        """What is remembered under that name."""
        try:
            entrance = await self._doors.entrance(name)
            if await self.leave_for(entrance):
                await self._doors.used(name)
        except TursoTuiError as error:
            self._say(error)

    async def by_demo(self) -> None:
        """The demo, which takes a moment to start."""
        if not await self._may_leave():
            return
        starting = StartingScreen("Starting the demo: a Turso account on this machine…")
        await self._app.push_screen(starting)
        try:
            entrance = await self._demo.start()
        except TursoTuiError as error:
            await starting.dismiss()
            self._say(error)
        else:
            await self.enter(entrance)

    async def by_sign_in(self, asked: SignInAsked) -> None:
        """An account, once somebody has signed in to it."""
        screen = SignInScreen(self._doors, asked.base_url or self._doors.base_url, token=asked.token)
        answer = await self._app.push_screen_wait(screen)
        if answer is not None:
            await self.leave_for(await self.remembered(answer.entrance, answer.remember_as, answer.username))

    async def sign_in_again(self, needed: SignInNeeded) -> None:
        """The same account goes on where it was; another one is another way in."""
        before = needed.entrance
        username = needed.username or await self._username(before.profile)
        ended = Ended(username, before.profile, before.organization)
        answer = await self._app.push_screen_wait(SignInScreen(self._doors, before.base_url, ended=ended))
        if answer is None:
            return
        entrance = await self.remembered(answer.entrance, answer.remember_as, answer.username)
        if not username or answer.username != username:
            await self.leave_for(entrance)
            return
        needed.account.replace_token(answer.entrance.token)
        if self.console is not None:
            self.console.renew(entrance)

    async def _username(self, profile: str) -> str:
        try:
            return await self._doors.username(profile)
        except StorageError as error:
            self._warn(error)
            return ""

    async def remembered(self, entrance: Entrance, name: str, username: str = "") -> Entrance:
        """``entrance`` as it is when it is remembered under ``name``; one that cannot be is as good for now."""
        if not name:
            return entrance
        try:
            return await self._doors.remember(name, entrance, username)
        except (InputError, StorageError) as error:
            self._warn(error)
            return entrance

    async def leave_for(self, entrance: Entrance) -> bool:
        """Go there, unless something would be lost and is worth staying for; whether one went."""
        if not await self._may_leave():
            return False
        await self.enter(entrance)
        return True

    async def enter(self, entrance: Entrance) -> None:
        """Put the Console in place of every screen there is, then close what the one before had open."""
        try:
            desk = self._services.desk()
            home = home_for(self._services, entrance, self._preferred(), self._doors.profiles)
        except TursoTuiError as error:
            self._say(error)
            return
        left, self._desk = self._desk, desk
        if left is not None:
            left.on_change = None  # whoever listens is about to leave the screen
        costs = Costs(home, self._services.cost)
        screen = ConsoleScreen(
            home, desk, self._services.history, self._services.workspace(entrance), self._services.levels, costs
        )
        if self.console is not None:
            self._app.workers.cancel_node(self.console)  # what it still reads must not come to a screen half gone
            self.console.editor.put_away()
        # The default screen at the bottom of the stack was never pushed, and cannot be switched.
        while len(self._app.screen_stack) > 2:
            await self._app.pop_screen()
        if len(self._app.screen_stack) > 1:
            await self._app.switch_screen(screen)
        else:
            await self._app.push_screen(screen)
        screen.editor.editor.vim_keys = self._services.vim_keys
        if left is not None:
            await left.aclose()

    async def _may_leave(self) -> bool:
        if self.console is None or not self.console.losses:
            return True
        question = ConfirmScreen(
            "Leave what is open?", consequence=self.console.losses, keys="enter leaves it · esc stays"
        )
        return await self._app.push_screen_wait(question) is True

    def _say(self, error: TursoTuiError) -> None:
        if isinstance(self._app.screen, WelcomeScreen):
            self._app.screen.say(error)
        elif self.console is None:
            self.welcome(error)
        else:
            self._warn(error)

    def _warn(self, error: TursoTuiError) -> None:
        what, next_step = in_words(error)
        self._app.notify(printable(f"{what} {next_step}"), severity="warning", markup=False)
