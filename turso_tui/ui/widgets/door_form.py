"""What a door asks for: a database's URL and token, or the path of a file, and a name to remember it by."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from turso_tui.errors import InputError
from turso_tui.hrana.url import is_database_url, parse_database_url
from turso_tui.printable import printable_lines
from turso_tui.service.entrance import MEMORY, Entrance, RemoteEntrance
from turso_tui.service.profiles import checked_name
from turso_tui.service.target import FileTarget, parse_target
from turso_tui.tokens import as_database_token
from turso_tui.ui.widgets.secret_input import SecretInput


class DoorForm(Widget):
    """Fields one below the other: enter goes to the next, and from the last one in; what is wrong is said at once."""

    DEFAULT_CSS = """
    DoorForm {
        height: auto;
        & Label { width: 1fr; }
        & .title { text-style: bold; color: $primary; margin-bottom: 1; }
        & .note { color: $muted; margin-top: 1; }
    }
    """
    TITLE: ClassVar[str]

    @dataclass
    class Filled(Message):
        """Everything was given; without a ``name`` nothing is remembered."""

        entrance: Entrance
        name: str

    @dataclass
    class Refused(Message):
        """What was given so far cannot be used."""

        error: InputError

    def compose(self) -> ComposeResult:
        yield Label(self.TITLE, classes="title", markup=False)
        yield from self.fields()
        yield Input(placeholder="a name to remember it by (empty: nothing is remembered)", id="name")
        yield Label(classes="note", markup=False)

    def fields(self) -> Iterator[Input]:
        """What is asked for before the name."""
        raise NotImplementedError

    def entrance(self) -> Entrance:
        """The way in that has been given so far. Raises `InputError`."""
        raise NotImplementedError

    def begin(self) -> None:
        """Empty, with the cursor in the first field."""
        for field in self.query(Input):
            field.clear()
        self.query(Input).first().focus()

    def note(self, text: str) -> None:
        self.query_exactly_one(".note", Label).update(printable_lines(text))

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            entrance = self.entrance()
            name = self.query_exactly_one("#name", Input).value.strip()
            name = checked_name(name) if name else ""
        except InputError as error:
            self.post_message(self.Refused(error))
            return
        fields = list(self.query(Input))
        if event.input is fields[-1]:
            self.post_message(self.Filled(entrance, name))
        else:
            fields[fields.index(event.input) + 1].focus()


class UrlForm(DoorForm):
    """A database by its URL."""

    TITLE = "Open a database by URL"

    def fields(self) -> Iterator[Input]:
        yield Input(placeholder="libsql://name-org.turso.io", id="url")
        yield SecretInput(placeholder="database token (empty when the server wants none)", id="database-token")

    def entrance(self) -> Entrance:
        text = self.query_exactly_one("#url", Input).value.strip()
        if not is_database_url(text):
            raise InputError("That is not the URL of a database.", next_step="For example libsql://name-org.turso.io.")
        url = parse_database_url(text)
        secret = self.query_exactly_one("#database-token", Input).value or url.auth_token
        if not secret:
            return RemoteEntrance(url)
        return RemoteEntrance(url, as_database_token(secret, time.time()), kept=MEMORY)


class FileForm(DoorForm):
    """A SQLite file on this machine."""

    TITLE = "Open a SQLite file"

    def fields(self) -> Iterator[Input]:
        yield Input(placeholder="path/to/file.db", id="path")

    def entrance(self) -> Entrance:
        path = self.query_exactly_one("#path", Input).value
        target = parse_target(path)
        if not isinstance(target, FileTarget):
            raise InputError(f"There is no file {path.strip()}.", next_step="Give the path of a file.")
        return target
