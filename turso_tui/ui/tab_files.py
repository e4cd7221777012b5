"""What opening, saving and naming do to the tabs of the editor."""

import asyncio
from typing import TYPE_CHECKING

from textual.app import App

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.sql_files import ChangedOnDisk, SqlFile, read_sql, save_sql, write_sql
from turso_tui.service.workspace import Tab
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.choice import Choice, ChoiceScreen
from turso_tui.ui.screens.sql_file import SqlFileScreen
from turso_tui.ui.screens.tab_name import TabNameScreen

if TYPE_CHECKING:
    from turso_tui.service.sql_files import FileStamp
    from turso_tui.ui.panes.editor import EditorPane

OVERWRITE, RELOAD, BOTH = "overwrite", "reload", "both"


class TabFiles:
    """Its methods are run by workers: they wait for the person, and what a tab holds is looked at when they go on."""

    def __init__(self, pane: "EditorPane") -> None:
        self._pane = pane
        self._suggestion = ""

    @property
    def _app(self) -> App[object]:
        return self._pane.app

    async def open(self, path: str = "") -> None:
        """A script in a tab of its own, or in the one that it is in already; ``path`` is what one may have meant."""
        opened = await self._app.push_screen_wait(SqlFileScreen(path or self._suggestion))
        if opened is not None:
            self._suggestion = str(opened.stamp.path)
            self._pane.open_file(opened)

    async def save(self, path: str = "", *, elsewhere: bool = False) -> None:
        """To the tab's file, which is asked for where there is none yet, or when it is to go ``elsewhere``; ``path``
        is what one may have meant."""
        tab = self._pane.tab
        if tab.file is None or elsewhere:
            await self._save_as(tab, path or (str(tab.file.path) if tab.file is not None else self._suggestion))
            return
        try:
            self._saved(tab, await asyncio.to_thread(save_sql, tab.file, tab.text))
        except ChangedOnDisk as error:
            await self._settle(tab, tab.file, error)
        except TursoTuiError as error:
            self._warn(error)

    async def rename(self) -> None:
        """An empty name gives the tab back the one that it has by itself."""
        tab = self._pane.tab
        name = await self._app.push_screen_wait(TabNameScreen(tab.name))
        if name is not None:
            self._pane.amend(tab.id, name=name)

    async def _save_as(self, tab: Tab, suggestion: str) -> None:
        saved = await self._app.push_screen_wait(SqlFileScreen(suggestion, tab.text))
        if saved is not None:
            self._saved(tab, saved.stamp)

    async def _settle(self, tab: Tab, file: "FileStamp", error: ChangedOnDisk) -> None:
        """There are two texts, and neither goes without being asked about."""
        choices = (
            Choice(OVERWRITE, "Overwrite the file", "with what is in this tab"),
            Choice(RELOAD, "Reload the file", "into this tab; undo brings back what is there now"),
            Choice(BOTH, "Keep both", "this tab goes to a file of another name"),
        )
        match await self._app.push_screen_wait(ChoiceScreen(printable(error.what), choices)):
            case "overwrite":
                await self._overwrite(tab, file)
            case "reload":
                await self._reload(tab, file)
            case "both":
                path = file.path
                await self._save_as(tab, str(path.with_name(f"{path.stem}-2{path.suffix}")))

    async def _overwrite(self, tab: Tab, file: "FileStamp") -> None:
        try:
            stamp = await asyncio.to_thread(write_sql, file.path, tab.text, overwrite=True, line_end=file.line_end)
        except TursoTuiError as error:
            self._warn(error)
        else:
            self._saved(tab, stamp)

    async def _reload(self, tab: Tab, file: "FileStamp") -> None:
        try:
            read: SqlFile = await asyncio.to_thread(read_sql, file.path)
        except TursoTuiError as error:
            self._warn(error)
        else:
            self._pane.amend(tab.id, file=read.stamp, text=read.text)

    def _saved(self, tab: Tab, stamp: "FileStamp") -> None:
        self._suggestion = str(stamp.path)
        self._pane.amend(tab.id, file=stamp)
        self._pane.notify(printable(f"Saved {stamp.path}."), markup=False)

    def _warn(self, error: TursoTuiError) -> None:
        self._pane.notify(printable(" ".join(in_words(error))), severity="warning", markup=False)
