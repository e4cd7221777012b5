"""The SQL that made a table, view, index or trigger, and what stands on it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.screens.dialog import Dialog


class DefinitionScreen(Dialog[str]):
    """Shows, copies, and answers with the SQL if it is wanted in the editor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="definition.copy"),
        Binding("e", "send", "To the editor", id="definition.send"),
    ]

    def __init__(self, object_name: str, sql: str) -> None:
        super().__init__()
        self._object = object_name
        self._sql = sql

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = Content(printable(self._object))
            frame.border_subtitle = "y copies · e to the editor · esc leaves"
            yield Static(printable_lines(self._sql) or "SQLite keeps no definition for this.", markup=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._sql)
        self.notify("Copied the definition.")

    def action_send(self) -> None:
        if self._sql:
            self.dismiss(self._sql)
