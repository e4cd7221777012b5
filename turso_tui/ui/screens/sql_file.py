"""The path of a script, to open it or to write it."""

import asyncio
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Button, Input

from turso_tui.errors import TursoTuiError
from turso_tui.service.sql_files import IsThere, SqlFile, read_sql, write_sql
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field


class SqlFileScreen(Form[SqlFile]):
    """Answers with the text and what its file is known by, once it is read, or written when ``text`` was given.

    A file that is there already is replaced only when asked twice.
    """

    path = query_one("#path", Input)

    def __init__(self, suggestion: str = "", text: str | None = None) -> None:
        super().__init__()
        self._suggestion = suggestion
        self._text = text
        self._replaces: Path | None = None

    def compose(self) -> ComposeResult:
        verb = "Open" if self._text is None else "Save"
        with FormFrame(classes="frame") as frame:
            frame.border_title = f"{verb} a script"
            frame.border_subtitle = f"enter {verb.lower()}s · esc leaves"
            yield Field("file", Input(self._suggestion, id="path", compact=True), id="file")
            with Horizontal(classes="buttons"):
                yield Button(verb, compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self.path.focus()

    @on(Input.Changed)
    def _path_changed(self) -> None:
        self._replaces = None
        self.query_one(Field).explain()

    def submit(self) -> None:
        text = self.path.value.strip()
        if not text:
            self.query_one(Field).complain("Give the path of a file.")
            return
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            self.query_one(Field).complain("There is no such user.", "Write the path without ~.")
        else:
            self._go(path)

    @work(exclusive=True, group="file")
    async def _go(self, path: Path) -> None:
        try:
            if self._text is None:
                self.dismiss(await asyncio.to_thread(read_sql, path))
            else:
                stamp = await asyncio.to_thread(write_sql, path, self._text, overwrite=path == self._replaces)
                self.dismiss(SqlFile(self._text, stamp))
        except TursoTuiError as error:
            what, next_step = in_words(error)
            if isinstance(error, IsThere) and path.is_file():
                self._replaces = path
                next_step = "Enter again replaces it, or choose another name."
            self.query_one(Field).complain(what, next_step)
