"""The application: it wires screens to services, keeps the theme, and leaves the terminal as it found it."""

import asyncio
import os
import re
import select
import signal
import sys
import threading
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

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
from turso_tui.service.entrance import AccountEntrance, Entrance, secret_name
from turso_tui.service.services import API_URL, Services
from turso_tui.service.settings import Settings, load_settings, save_settings
from turso_tui.tokens import Vault
from turso_tui.ui.commands import ActionCommands
from turso_tui.ui.home import home_for
from turso_tui.ui.messages import DemoAsked, EntranceChosen, OrganizationChosen
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.keys import KeysScreen
from turso_tui.ui.screens.quit import QuitScreen
from turso_tui.ui.screens.starting import StartingScreen
from turso_tui.ui.screens.welcome import WelcomeScreen
from turso_tui.ui.themes import default_variables, load_themes, theme_directories

if TYPE_CHECKING:
    from pathlib import Path

_FUNCTION_OR_CONTROL = re.compile(r"f\d+|\^[a-z]")

NARROW = 100
SHORT = 30
"""Below this many columns and rows, panes fold."""

LEAVE_SECONDS = 8.0
"""How long leaving may take once a signal has asked for it."""

HANGUP_SECONDS = 2.0
"""How often we look whether the terminal is still there: a hang-up does not always come with a signal."""


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
        base_url: str = API_URL,
        state: "Path | None" = None,
    ) -> None:
        super().__init__()
        self._services = services
        self._entrance = entrance
        self._demo = demo or Demo()
        self._start_demo = start_demo
        self._problem = problem
        self._base_url = base_url
        state = state or locations.state_directory()
        self._settings_path = state / "settings.json"
        self._vault = Vault(state / "vault.json")
        self._settings = Settings()

    # --- start and end

    def on_mount(self) -> None:
        self._load_theme()
        self._watch_for_the_end()
        if self._start_demo:
            self._enter_demo()
        elif self._entrance is not None:
            self._enter(self._entrance)
        else:
            problem = in_words(self._problem) if self._problem else None
            self.push_screen(WelcomeScreen(problem, self._base_url))

    @on(EntranceChosen)
    def _entrance_chosen(self, event: EntranceChosen) -> None:
        if event.remember and isinstance(event.entrance, AccountEntrance):
            try:
                self._vault.put(secret_name(event.entrance.base_url), event.entrance.token.reveal())
            except StorageError as error:
                self._warn(error)
        self._enter(event.entrance)

    @on(DemoAsked)
    def _demo_asked(self) -> None:
        self._enter_demo()

    @work(exclusive=True, group="demo")
    async def _enter_demo(self) -> None:
        starting = StartingScreen("Starting the demo: a Turso account on this machine…")
        await self.push_screen(starting)
        try:
            entrance = await self._demo.start()
        except TursoTuiError as error:
            await self.switch_screen(WelcomeScreen(in_words(error), self._base_url))
        else:
            self._enter(entrance)

    def _enter(self, entrance: Entrance) -> None:
        try:
            desk = self._services.desk()
        except StorageError as error:
            self.push_screen(WelcomeScreen(in_words(error), self._base_url))
            return
        home = home_for(self._services, entrance, self._settings.organization)
        screen = ConsoleScreen(home, desk)
        # The default screen at the bottom of the stack was never pushed, and cannot be switched.
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _watch_for_the_end(self) -> None:
        """SIGTERM, SIGINT and a terminal that goes away end the program as quitting does: nothing is left behind."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()

        def end(number: int, _frame: object) -> None:
            # A stalled connection may never take the last line that is written to it.
            last_resort = threading.Timer(LEAVE_SECONDS, os._exit, [128 + number])
            last_resort.daemon = True
            last_resort.start()
            loop.call_soon_threadsafe(self._end, 128 + number)

        # Not the loop's own handlers: those wait for a loop that may itself be waiting for the terminal.
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, end)
        self.set_interval(HANGUP_SECONDS, self._notice_hangup)

    def _notice_hangup(self) -> None:
        poll = select.poll()
        poll.register(sys.__stdin__ or 0, select.POLLIN)
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            self._end(128 + signal.SIGHUP)

    def _end(self, code: int) -> None:
        self.exit(return_code=code)

    def _fatal_error(self) -> None:
        """Textual's own report prints local variables, and a secret may be one of them."""
        self.panic(Text(printable_lines("".join(traceback.format_exception(sys.exception())))))

    # --- keys

    @property
    def console_screen(self) -> ConsoleScreen | None:
        return next((screen for screen in self.screen_stack if isinstance(screen, ConsoleScreen)), None)

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

    def action_doors(self) -> None:
        """Go in by another door; what is open stays until one is chosen."""
        self.push_screen(WelcomeScreen(None, self._base_url, closable=True))

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
