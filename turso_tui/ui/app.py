"""The application: it wires screens to services, keeps the theme, and leaves the terminal as it found it."""

import re
import sys
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, TextArea

from turso_tui import locations
from turso_tui.errors import StorageError, TursoTuiError
from turso_tui.printable import printable, printable_lines
from turso_tui.service.demo import Demo
from turso_tui.service.entrance import Entrance
from turso_tui.service.profiles import Profiles
from turso_tui.service.services import API_URL, Services
from turso_tui.service.settings import Settings, load_settings, save_settings
from turso_tui.tokens import Vaults
from turso_tui.ui.commands import ActionCommands
from turso_tui.ui.doors import Doors
from turso_tui.ui.ending import watch_for_the_end
from turso_tui.ui.entering import Entering
from turso_tui.ui.messages import (
    DemoAsked,
    DoorsAsked,
    EntranceChosen,
    OrganizationChosen,
    ProfileChosen,
    SignInAsked,
    SignInNeeded,
)
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.keys import KeysScreen
from turso_tui.ui.screens.quit import QuitScreen
from turso_tui.ui.screens.sign_in import SignInScreen
from turso_tui.ui.themes import default_variables, load_themes, theme_directories

if TYPE_CHECKING:
    from pathlib import Path


_FUNCTION_OR_CONTROL = re.compile(r"f\d+|\^[a-z]")

NARROW = 100
SHORT = 30
"""Below this many columns and rows, panes fold."""


class TursoApp(App[None]):
    """Starts with ``entrance``, or in the demo, or with the welcome, which then shows ``problem`` if there was one."""

    TITLE = "turso-tui"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = App.COMMANDS | {ActionCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "show_keys", "Keys", id="app.keys", priority=True),
        Binding("ctrl+c", "interrupt", "Cancel what runs, or quit", id="app.interrupt", show=False, priority=True),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
    ]

    def __init__(
        self,
        services: Services,
        entrance: Entrance | None = None,
        *,
        demo: Demo | None = None,
        start_demo: bool = False,
        problem: TursoTuiError | None = None,
        doors: Doors | None = None,
        base_url: str = API_URL,
        state: "Path | None" = None,
    ) -> None:
        """Without ``doors``, what is remembered is looked for in ``state``, and accounts are those of ``base_url``."""
        super().__init__()
        state = state or locations.state_directory()
        self._entrance = entrance
        self._start_demo = start_demo
        self._problem = problem
        doors = doors or Doors(Profiles(state / "profiles.json", Vaults(state)), base_url)
        self._entering = Entering(self, services, doors, demo or Demo(), lambda: self._settings.organization)
        self._settings_path = state / "settings.json"
        self._settings = Settings()

    # --- start and end

    async def on_mount(self) -> None:
        self._load_theme()
        if not self.is_headless:
            watch_for_the_end(self)
        if self._start_demo:
            self._enter_demo()
        elif self._entrance is not None:
            await self._entering.enter(self._entrance)
        else:
            self._entering.welcome(self._problem)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """What is still being read must not come to a screen that is half gone."""
        super().exit(result, return_code, message)
        self.workers.cancel_all()

    def _fatal_error(self) -> None:
        """Textual's own report prints local variables, and a secret may be one of them."""
        self.panic(Text(printable_lines("".join(traceback.format_exception(sys.exception())))))

    # --- coming in, and going elsewhere

    @on(EntranceChosen)
    @work(exclusive=True, group="enter")
    async def _entrance_chosen(self, event: EntranceChosen) -> None:
        await self._entering.leave_for(await self._entering.remembered(event.entrance, event.remember_as))

    @on(ProfileChosen)
    @work(exclusive=True, group="enter")
    async def _profile_chosen(self, event: ProfileChosen) -> None:
        await self._entering.by_profile(event.name)

    @on(SignInAsked)
    @work(exclusive=True, group="enter")
    async def _sign_in_asked(self, event: SignInAsked) -> None:
        await self._entering.by_sign_in(event)

    @on(SignInNeeded)
    def _sign_in_needed(self, event: SignInNeeded) -> None:
        if not any(isinstance(screen, SignInScreen) for screen in self.screen_stack):
            self._sign_in_again(event)

    @work(exclusive=True, group="renew")
    async def _sign_in_again(self, event: SignInNeeded) -> None:
        await self._entering.sign_in_again(event)

    @on(DemoAsked)
    @work(exclusive=True, group="enter")
    async def _enter_demo(self) -> None:
        await self._entering.by_demo()

    @on(DoorsAsked)
    def action_doors(self) -> None:
        """Go in by another door; what is open stays until one is chosen."""
        self._entering.welcome()

    # --- keys

    @property
    def console_screen(self) -> ConsoleScreen | None:
        return self._entering.console

    def action_interrupt(self) -> None:
        """Cancel what runs; copy what is selected; else offer to leave."""
        console = self.console_screen
        if console is not None and console.runs_something:
            console.cancel_run()
        elif isinstance(self.focused, TextArea | Input) and self.focused.selected_text:
            self.copy_to_clipboard(self.focused.selected_text)
            self.notify("Copied the selection.")
        elif (selected := self.screen.get_selected_text()) is not None:
            self.copy_to_clipboard(selected)
            self.notify("Copied the selection.")
        else:
            self._ask_to_quit()

    async def action_quit(self) -> None:
        """Leave at once when nothing would be lost, else ask."""
        console = self.console_screen
        if console is not None and console.losses:
            self._ask_to_quit()
        else:
            self.exit()

    @work(exclusive=True, group="quit")
    async def _ask_to_quit(self) -> None:
        if isinstance(self.screen, QuitScreen):
            return
        console = self.console_screen
        if await self.push_screen_wait(QuitScreen(console.losses if console is not None else "")):
            self.exit()

    def action_show_keys(self) -> None:
        if isinstance(self.screen, KeysScreen):
            self.pop_screen()
        else:
            self.push_screen(KeysScreen(self.screen.active_bindings))

    def get_key_display(self, binding: Binding) -> str:
        """F5 and ^O, as they stand on keyboards and in manuals."""
        shown = super().get_key_display(binding)
        return shown.upper() if _FUNCTION_OR_CONTROL.fullmatch(shown) else shown

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002
        yield SystemCommand("Theme", "Choose the colours; they are remembered", self.action_change_theme)
        yield SystemCommand("Open…", "Another account, database URL or file", self.action_doors)

    # --- the theme

    def get_driver_class(self) -> type[Driver]:
        """Ours where Textual would take the one for terminals like this."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from turso_tui.ui.driver import TerminalDriver

        return TerminalDriver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def _load_theme(self) -> None:
        loaded = load_themes(theme_directories())
        for theme in loaded.themes:
            self.register_theme(theme)
        for failure in loaded.failures:
            reason = printable(f"{failure.path.name}: {failure.reason}")
            self.notify(reason, title="A theme cannot be used", markup=False)
        try:
            self._settings = load_settings(self._settings_path)
        except StorageError as error:
            self._warn(error)
        self.theme = self._settings.theme if self._settings.theme in self.available_themes else Settings().theme
        self.theme_changed_signal.subscribe(self, self._remember_theme)

    def _remember_theme(self, theme: Theme) -> None:
        self._remember(Settings(theme=theme.name, organization=self._settings.organization))

    @on(OrganizationChosen)
    def _organization_chosen(self, event: OrganizationChosen) -> None:
        self._remember(Settings(theme=self._settings.theme, organization=event.slug))

    def _remember(self, settings: Settings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        try:
            save_settings(self._settings_path, settings)
        except StorageError as error:
            self._warn(error)

    def _warn(self, error: TursoTuiError) -> None:
        what, next_step = in_words(error)
        self.notify(printable(f"{what} {next_step}"), severity="warning", markup=False)
