"""What a piece of SQL is to be called that is kept as a snippet."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.snippets import Snippets
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field


class SaveSnippetScreen(Form[Path]):
    """Answers with the file that it is in."""

    name_field = query_one("#name", Input)
    about = query_one("#about", Input)

    def __init__(self, snippets: Snippets, sql: str) -> None:
        super().__init__()
        self._snippets = snippets
        self._sql = sql

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = "Keep the selection as a snippet"
            frame.border_subtitle = "enter keeps it · esc leaves"
            yield Field("name", Input(id="name", compact=True), word="What one types to have it.", id="called")
            yield Field("about", Input(id="about", compact=True), word="What it is for, in a few words.")
            with Horizontal(classes="buttons"):
                yield Button("Keep", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self.name_field.focus()

    @on(Input.Changed, "#name")
    def _name_changed(self) -> None:
        self.query_exactly_one("#called", Field).explain("What one types to have it.")

    def submit(self) -> None:
        self._keep()

    @work(exclusive=True, group="keep")
    async def _keep(self) -> None:
        try:
            self.dismiss(await self._snippets.keep(self.name_field.value.strip(), self._sql, self.about.value))
        except InputError as error:
            self.query_exactly_one("#called", Field).complain(*in_words(error))
        except TursoTuiError as error:
            self.fail(error)
