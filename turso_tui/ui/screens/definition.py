"""The SQL that made a table, view, index or trigger."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.screens.dialog import Dialog


class DefinitionScreen(Dialog[None]):
    """Shows, and copies with y."""

    BINDINGS = [("y", "copy", "Copy")]

    def __init__(self, object_name: str, sql: str) -> None:
        super().__init__()
        self._object = object_name
        self._sql = sql

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = Content(printable(self._object))
            frame.border_subtitle = "y copies · esc leaves"
            yield Static(printable_lines(self._sql) or "SQLite keeps no definition for this.", markup=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._sql)
        self.notify("Copied the definition.")
