"""The editor's text in files, and in the person's own editor."""

from pathlib import Path
from typing import TYPE_CHECKING

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.outside import edit_outside
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.sql_file import SqlFileScreen
from turso_tui.ui.widgets.editor_text import with_line_feeds

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


class EditorFiles:
    """Suggests the path of the last time. Its methods are run by workers: they wait for the person."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor
        self._path = ""

    async def open(self) -> tuple[Path, str] | None:
        """A path and what is in it."""
        opened = await self._editor.app.push_screen_wait(SqlFileScreen())
        if opened is not None:
            self._path = str(opened[0])
        return opened

    async def save(self) -> None:
        editor = self._editor
        saved = await editor.app.push_screen_wait(SqlFileScreen(self._path, editor.text))
        if saved is not None:
            self._path = str(saved[0])
            editor.notify(printable(f"Saved {self._path}."), markup=False)

    async def edit_outside(self) -> None:
        editor = self._editor
        before = editor.text
        try:
            after = with_line_feeds(await edit_outside(editor.app, before))
        except TursoTuiError as error:
            editor.notify(printable(" ".join(in_words(error))), severity="warning", markup=False)
            return
        if after != before:
            cursor = editor.cursor_location
            editor.replace(after, editor.document.start, editor.document.end)
            editor.move_cursor(editor.clamp_visitable(cursor))
