"""Tables that are browsed, as tabs of the results: opened, followed from one to another, changed, and left."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.getters import query_one

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.ui.applying import Applying, losses
from turso_tui.ui.browse_words import change_words
from turso_tui.ui.home import Home, Place
from turso_tui.ui.panes.results import ResultsPane
from turso_tui.ui.panes.table_browser import TableBrowser
from turso_tui.ui.panes.table_rows import TableRows
from turso_tui.ui.running import GROUP
from turso_tui.ui.screens.choice import Choice, ChoiceScreen
from turso_tui.ui.screens.confirm import ConfirmScreen
from turso_tui.ui.screens.place import PlaceScreen
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.desk import Desk
    from turso_tui.service.history import History
    from turso_tui.service.rows.applying import RowConflict
    from turso_tui.service.rows.references import Link
    from turso_tui.service.schema import Schema, Table
    from turso_tui.service.workspace import Workspace


class BrowsingScreen(PlaceScreen):
    """Each table is a tab of its own, and keeps its database when another one is opened."""

    results = query_one(ResultsPane)

    def __init__(self, home: Home, desk: "Desk", history: "History", workspace: "Workspace") -> None:
        super().__init__(home, workspace)
        self._desk = desk
        self._history = history
        self._pages: list[TableBrowser] = []
        self._page_count = 0
        self._titles: dict[str, str] = {}

    @property
    def runs_something(self) -> bool:
        """Whether there is something that ctrl+c cancels."""
        return any(worker.group == GROUP and worker.is_running for worker in self.workers)

    @property
    def staged_losses(self) -> str:
        """What leaving would throw away of what is staged; empty when it is nothing."""
        return losses(self._pages)

    # --- tabs

    def browse(self, place: Place, table: "Table") -> None:
        """The rows of a table, in the tab where they are already, else in a new one."""
        is_open = [
            page
            for page in self._pages
            if page.origin is None
            and page.table.name == table.name
            and page.place.database.identity == place.database.identity
        ]
        self._show_page(is_open[0] if is_open else TableBrowser(place, table, self._desk.results))

    def _show_page(self, page: TableBrowser) -> None:
        if page not in self._pages:
            self._page_count += 1
            page.panel = f"table-{self._page_count}"
            self._pages.append(page)
        self.results.add_panel(page.panel, self._title(page), page)
        if page.is_mounted:
            page.focus()

    def tend_pages(self, here: Place) -> None:
        """Tables of the database that is open go on with its newest handle, which may have another token."""
        for page in self._pages:
            if page.place.database.identity == here.database.identity:
                page.place, page.browser.database = here, here.database
            if (title := self._title(page)) != self._titles.get(page.panel):
                self._titles[page.panel] = title
                self.results.update_panel(page.panel, title=title)

    def _title(self, page: TableBrowser) -> str:
        """With its database, where that is not the one that is open."""
        is_here = self._place is not None and page.place.database.identity == self._place.database.identity
        return page.table.name if is_here else f"{page.place.name} {page.table.name}"

    @on(TableRows.Changed)
    def _page_changed(self, event: TableRows.Changed) -> None:
        page = event.page
        if isinstance(page, TableBrowser) and page in self._pages:
            self.results.update_panel(page.panel, title=self._title(page), footing=page.foot, changed=page.unsaved > 0)

    @on(TableRows.Failed)
    def _page_failed(self, event: TableRows.Failed) -> None:
        self.failed(event.error, place=event.page.place)
        event.page.say_failure(*self.in_words_here(event.error))

    @on(ResultsPane.PanelCloseAsked)
    @work(group="close table")
    async def _close_asked(self, event: ResultsPane.PanelCloseAsked) -> None:
        page = event.widget
        if not isinstance(page, TableBrowser) or self._is_kept(page):
            return
        if page.unsaved:
            question = ConfirmScreen(
                f"Close {page.table.name}?", consequence=losses([page]), keys="enter throws them away · esc stays"
            )
            if await self.app.push_screen_wait(question) is not True:
                return
        self._close(page)

    def _is_kept(self, page: TableBrowser) -> bool:
        """Whether its tab must stay, and said: what becomes of its changes is to be seen there."""
        if page.is_applying:
            self.say(Status(StatusKind.BUSY, f"The changes of {page.table.name} are on their way.", "ctrl+c cancels."))
        return page.is_applying

    def _close(self, page: TableBrowser) -> None:
        if page in self._pages:
            self._pages.remove(page)
            self.results.close_panel(page.panel)
            self._retire(page)

    @work(group="retire")
    async def _retire(self, page: TableBrowser) -> None:
        result = page.browser.result
        if result is not None:
            try:
                await result.retire()
            except TursoTuiError as error:  # its space is not given back before the program ends
                self.say_error(error)

    # --- references

    @on(TableBrowser.LinksAsked)
    @work(exclusive=True, group="follow")
    async def _follow(self, event: TableBrowser.LinksAsked) -> None:
        from turso_tui.service.rows.browsing import BrowseQuery

        page, link = event.page, await self._choose_link(event.links)
        if link is None:
            return
        try:
            schema = await self._schema_of(page.place)
        except TursoTuiError as error:
            self.failed(error, place=page.place)
            return
        table = next((each for each in schema.tables if each.name.lower() == link.table.lower()), None)
        if table is None:
            self.say(Status(StatusKind.WARNING, f"There is no table {link.table}."))
            return
        query: BrowseQuery = BrowseQuery(conditions=link.conditions)
        self._show_page(TableBrowser(page.place, table, self._desk.results, query, page))

    async def _choose_link(self, links: "Sequence[Link]") -> "Link | None":
        if len(links) == 1:
            return links[0]
        choices = [
            Choice(str(index), link.table, f"{', '.join(link.key.columns)} → {', '.join(link.key.parent_columns)}")
            for index, link in enumerate(links)
        ]
        chosen = await self.app.push_screen_wait(ChoiceScreen("Follow which reference?", choices))
        return links[int(chosen)] if chosen is not None else None

    async def _schema_of(self, place: Place) -> "Schema":
        schema = self.schema.schema
        is_here = self._place is not None and self._place.database is place.database
        return schema if schema is not None and is_here else await place.database.schema()

    @on(TableBrowser.ReturnAsked)
    def _return(self, event: TableBrowser.ReturnAsked) -> None:
        """What was opened on the way goes, unless something is staged in it."""
        page, origin = event.page, event.page.origin
        if self._is_kept(page):
            return
        if origin is not None and origin in self._pages:
            self._show_page(origin)
        elif page.unsaved:
            self.say(Status(StatusKind.WARNING, "Where this was followed from is closed.", "w reviews what is staged."))
        if not page.unsaved:
            self._close(page)

    # --- applying

    @on(TableBrowser.ReviewAsked)
    @work(exclusive=True, group="review")
    async def _review(self, event: TableBrowser.ReviewAsked) -> None:
        from turso_tui.service.rows.applying import plan, sql_text
        from turso_tui.ui.screens.row_changes import APPLY, EDITOR, RowChangesScreen

        page = event.page
        if page.changes is None or page.facts is None:
            return
        changes = page.changes.diff()
        try:
            steps = plan(page.facts, changes)
        except InputError as error:
            self.say_error(error)
            return
        screen = RowChangesScreen(steps, changes, " › ".join(page.place.path), in_doubt=page.in_doubt)
        answer = await self.app.push_screen_wait(screen)
        if answer == EDITOR:
            self.editor.open_text(sql_text(steps, checked=False))
            self.editor.focus()
            self.say(Status(StatusKind.IDLE, "The SQL is in the editor.", "The changes are still staged too."))
        elif answer == APPLY:
            self._start_writing(page)

    @on(TableBrowser.UndoAsked)
    @work(exclusive=True, group="review")
    async def _undo_asked(self, event: TableBrowser.UndoAsked) -> None:
        page = event.page
        if page.applied is None:
            return
        what = change_words(page.applied.changes, page.table.name)
        text = f"What was applied last is taken back, unless the rows have been changed since: {what}."
        if await self.app.push_screen_wait(ConfirmScreen("Undo?", text, keys="enter undoes · esc leaves")) is True:
            self._start_writing(page, is_undo=True)

    def _start_writing(self, page: TableBrowser, *, is_undo: bool = False) -> None:
        """Like any run: beside everything else, until ctrl+c."""
        identity = page.place.database.identity
        if self.runs_something:
            self.say(Status(StatusKind.BUSY, "A statement is still running.", "ctrl+c cancels it."))
            return
        if any(database.identity == identity for database in self._desk.in_transaction):
            told = f"A transaction is open in {page.place.name}, and has the turn to write."
            self.say(Status(StatusKind.WARNING, told, "COMMIT or ROLLBACK it first; what is staged stays."))
            return
        applying = Applying(self, self.results, self, self._home.writers, self._history, self._show_conflict)
        self.run_worker(applying.undo(page) if is_undo else applying.apply(page), group=GROUP, exclusive=True)

    @work(exclusive=True, group="review")
    async def _show_conflict(self, page: TableBrowser, conflict: "RowConflict") -> None:
        from turso_tui.ui.screens.row_conflict import KEEP, RowConflictScreen

        if page.facts is None or page.changes is None:
            return
        changes = page.changes.diff()
        answer = await self.app.push_screen_wait(RowConflictScreen(page.facts, conflict, changes))
        if answer is None:
            page.action_reread()
            return
        page.resolve(conflict.rows, keep=answer == KEEP)
        kept = "Staged over the rows as they are now." if answer == KEEP else "Those rows are left alone."
        page.read_after(Status(StatusKind.OK, kept, "w reviews what is staged." if page.unsaved else ""))
