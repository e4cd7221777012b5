"""The first screen of someone who has nothing yet: four doors, each opened with what one has."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Footer, Input, Label, OptionList
from textual.widgets.option_list import Option

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl
from turso_tui.printable import printable
from turso_tui.service.entrance import AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.services import API_URL
from turso_tui.service.target import FileTarget, parse_target
from turso_tui.tokens import as_database_token, as_platform_token
from turso_tui.ui.messages import DemoAsked, EntranceChosen
from turso_tui.ui.problems import in_words


@dataclass(frozen=True, slots=True)
class Door:
    """What is needed to go in: ``first`` and ``second`` are what the two fields ask for, None for no field."""

    title: str
    detail: str
    first: str | None = None
    second: str | None = None
    is_secret: bool = False
    help: str = ""


ACCOUNT = Door(
    "Sign in to Turso",
    "paste a platform token: every organization and database of the account",
    first="platform token",
    is_secret=True,
    help="Make one with `turso auth api-tokens mint NAME`, or in the dashboard. It is remembered in a file that only"
    " you can read.",
)
URL = Door(
    "Open a database by URL",
    "libsql://…, https://… or a self-hosted sqld at http://…",
    first="libsql://name-org.turso.io",
    second="database token (leave empty when the server wants none)",
    help="Nothing of it is remembered.",
)
FILE = Door("Open a SQLite file", "on this machine", first="path/to/file.db")
DEMO = Door("Look around", "the demo: two organizations and 200 databases, all on this machine")

DOORS = (ACCOUNT, URL, FILE, DEMO)


class WelcomeScreen(Screen[None]):
    """Answers with `EntranceChosen` or `DemoAsked`."""

    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="welcome.back")]

    doors = query_one(OptionList)
    form = query_one("#form", Vertical)
    first = query_one("#first", Input)
    second = query_one("#second", Input)

    def __init__(self, problem: tuple[str, str] | None = None, base_url: str = API_URL, *, closable: bool = False):
        super().__init__()
        self._problem = problem
        self._base_url = base_url
        self._closable = closable
        self._door: Door = ACCOUNT

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"):
            yield Label(Content.assemble((" turso ", "bold $background on $primary"), ("  tui", "bold")), id="name")
            yield Label("The terminal home of a Turso account. How do you want to come in?", id="greeting")
            yield OptionList(*(Option(_label(door)) for door in DOORS), markup=False)
            with Vertical(id="form"):
                yield Label(id="door", markup=False)
                yield Label(id="help", markup=False)
                yield Input(id="first")
                yield Input(id="second", password=True)
            yield Label(id="problem", markup=False)
            yield Label(id="next", markup=False)
        yield Footer(compact=True)

    def on_mount(self) -> None:
        self._show_form(False)
        self._say(*(self._problem or ("", "")))
        self.doors.focus()

    @on(OptionList.OptionSelected)
    def _door_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._door = door = DOORS[event.option_index]
        self._say()
        if door is DEMO:
            self.post_message(DemoAsked())
            return
        self.query_one("#door", Label).update(door.title)
        self.query_one("#help", Label).update(door.help or door.detail)
        self.first.placeholder = door.first or ""
        self.first.password = door.is_secret
        self.second.placeholder = door.second or ""
        self.second.display = door.second is not None
        self.first.clear()
        self.second.clear()
        self._show_form(True)
        self.first.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input is self.first and self.second.display and not self.second.value:
            self.second.focus()
            if event.value:
                return
        try:
            entrance = self._entrance()
        except InputError as error:
            self._say(*in_words(error))
        else:
            self.post_message(EntranceChosen(entrance, remember=self._door is ACCOUNT))

    def action_back(self) -> None:
        """One step: from the form to the doors, from the doors to where one came from."""
        if self.form.display:
            self._show_form(False)
            self._say()
            self.doors.focus()
        elif self._closable:
            self.app.pop_screen()

    def _show_form(self, is_shown: bool) -> None:
        """One at a time: on 24 lines there is no room for both and for what may be wrong."""
        self.form.display = is_shown
        self.doors.display = not is_shown

    def _entrance(self) -> Entrance:
        openers: dict[Door, Callable[[], Entrance]] = {ACCOUNT: self._account, URL: self._url, FILE: self._file}
        return openers[self._door]()

    def _account(self) -> Entrance:
        return AccountEntrance(as_platform_token(self.first.value, time.time()), self._base_url)

    def _url(self) -> Entrance:
        target = parse_target(self.first.value)
        if not isinstance(target, DatabaseUrl):
            raise InputError("That is not the URL of a database.", next_step="For example libsql://name-org.turso.io.")
        secret = self.second.value or target.auth_token
        return RemoteEntrance(target, as_database_token(secret, time.time()) if secret else None)

    def _file(self) -> Entrance:
        target = parse_target(self.first.value)
        if not isinstance(target, FileTarget):
            raise InputError(f"There is no file {self.first.value.strip()}.", next_step="Give the path of a file.")
        return target

    def _say(self, what: str = "", next_step: str = "") -> None:
        self.query_one("#problem", Label).update(printable(what))
        self.query_one("#next", Label).update(printable(next_step))


def _label(door: Door) -> Content:
    return Content.assemble((door.title, "bold"), "\n", (f"  {door.detail}", "$muted"))
