"""The snippets that the editor offers, and what is done with them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from turso_tui.printable import printable
from turso_tui.service.snippets import Snippet, Snippets
from turso_tui.ui.screens.save_snippet import SaveSnippetScreen
from turso_tui.ui.screens.snippets import SnippetsScreen

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


class SnippetShelf:
    """Its methods are run by workers: they read files, and wait for the person."""

    def __init__(self, editor: "SqlEditor", snippets: Snippets) -> None:
        self._editor = editor
        self._snippets = snippets
        self.known: Mapping[str, Snippet] = {}

    async def load(self) -> None:
        """Read them, and say which of them cannot be used."""
        loaded = await self._snippets.load()
        self.known = loaded.snippets
        for failure in loaded.failures:
            self._editor.notify(printable(failure), title="A snippet cannot be used", severity="warning", markup=False)

    async def choose(self) -> None:
        """Put one of them in the place of the selection."""
        await self.load()
        chosen = await self._editor.app.push_screen_wait(SnippetsScreen(self.known))
        if chosen is not None:
            start, end = sorted(map(self._editor.offset_of, self._editor.selection))
            self._editor.snippet.begin(chosen.template, start, end)

    async def keep(self) -> None:
        """The selection, or the statement under the cursor, as one of them."""
        editor = self._editor
        span = editor.statement_under_cursor()
        sql = editor.selected_text or (span.text if span is not None else "")
        if not sql.strip():
            editor.notify("There is no statement here, and nothing is selected.", severity="warning")
            return
        path = await editor.app.push_screen_wait(SaveSnippetScreen(self._snippets, sql))
        if path is not None:
            await self.load()
            editor.notify(printable(f"Kept as {path}."), markup=False)
