"""Paste a database token: asked for when a server wants one and none was given."""

import time

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.tokens import DatabaseToken, as_database_token
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.secret_input import SecretInput


class PasteScreen(Dialog[DatabaseToken]):
    """Answers with a token of the right kind; the wrong kind is explained, and may be corrected."""

    DEFAULT_CSS = """
    PasteScreen {
        Label { width: 1fr; }
        Input { margin: 1 0; }
        .problem { color: $bad; }
        .next { color: $muted; }
    }
    """

    def __init__(self, database: str = "") -> None:
        """``database`` is whose token is wanted, by name."""
        super().__init__()
        self._database = database or "This database"

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(printable(f"{self._database} wants a token"))
            frame.border_subtitle = "enter uses it · esc leaves"
            yield Label("Paste a database token. It is kept in memory only, until the program ends.", markup=False)
            yield SecretInput(placeholder="eyJ…")
            yield Label(classes="problem", markup=False)
            yield Label(classes="next", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            token = as_database_token(event.value, time.time())
        except InputError as error:
            what, next_step = in_words(error)
            self.query_one(".problem", Label).update(printable(what))
            self.query_one(".next", Label).update(printable(next_step))
            event.input.clear()
        else:
            self.dismiss(token)
