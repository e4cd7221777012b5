"""The rows of one table, read page by page; sorted, filtered and counted at the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from textual import events, on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from turso_tui.errors import Blocked, Busy, InputError, SqlError, TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.browse_order import signs, turned
from turso_tui.ui.browse_words import count_words, foot_lines, footing, nothing_words
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.browse_table import BrowseTable
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.panes.table_keys import READING
from turso_tui.ui.problems import in_words
from turso_tui.ui.runs import runs
from turso_tui.ui.widgets.browse_bar import BrowseBar
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.notice import PATIENCE, Notice
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.service.rows.browsing import BrowseQuery
    from turso_tui.service.rows.facts import TableFacts
    from turso_tui.service.schema import Table
    from turso_tui.ui.home import Place
    from turso_tui.ui.staged_rows import StagedRows

_STOPS = "esc in the table stops it"
_SLOW = ("read", "more", "count")
_FRAME = 4
"""Cells of the frame around the footing."""


class TableRows(Widget):
    """The rows of ``table`` at ``place``. What is on show stays until something else has been read."""

    DEFAULT_CSS = """
    TableRows { height: 1fr; layout: vertical; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*READING]

    leaves_before_filter = False
    """Whether esc goes elsewhere before it takes the filter away."""

    bar = query_one(BrowseBar)
    notice = query_one(Notice)
    rows = query_one(BrowseTable)
    grid = query_one(ResultGrid)

    @dataclass
    class Failed(Message):
        """The database did not answer as it should."""

        page: TableRows
        error: TursoTuiError

    @dataclass
    class Changed(Message):
        """What is said in its tab and under it is not what it was."""

        page: TableRows

    def __init__(self, place: Place, table: Table, store: ResultStore, query: BrowseQuery | None = None) -> None:
        from turso_tui.service.rows.browsing import BrowseQuery, Browser

        super().__init__()
        self.place = place
        self.table = table
        self.browser = Browser(place.database, table, store)
        self.foot = ""
        """What the frame is to say under it."""
        self._first = self._wanted = query or BrowseQuery()
        self._total: int | None = None
        self._stuck_at: int | None = None
        """How many rows there were when the next page did not come."""
        self._reading = asyncio.Lock()
        self._patience: Timer | None = None
        self._news: Status | None = None

    def compose(self) -> ComposeResult:
        yield BrowseBar()
        yield Notice()
        yield BrowseTable()

    def on_mount(self) -> None:
        self.watch(self.grid, "scroll_y", self._scrolled, init=False)
        self.read(self._first)
        self.call_after_refresh(self.focus)

    def focus(self, scroll_visible: bool = True) -> Self:
        self.rows.focus(scroll_visible)
        return self

    @property
    def facts(self) -> TableFacts | None:
        """What is known of the table; None until it has been read."""
        return self.browser.facts

    def staged(self, result: ResultSet) -> StagedRows | None:  # noqa: ARG002
        """What is laid over ``result``, which has just been read."""
        return None

    def foot_words(self) -> tuple[str, str]:
        """What else is to be said under the rows, at length and in short."""
        return "", ""

    def scope_words(self) -> Sequence[str]:
        """What else is to be known of the rows when they are exported."""
        return ()

    # --- reading

    def read(self, query: BrowseQuery, row: int = 0) -> None:
        """Ask for other rows, the cursor then in ``row``."""
        for group in ("more", "count"):
            self.workers.cancel_group(self, group)
        self._wanted = query
        self._read(query, row)

    def action_reread(self) -> None:
        """As many rows as there were; the cursor stays in its row."""
        self.read(self.browser.query if self.browser.result is not None else self._first, self.grid.cursor_row)

    def read_after(self, status: Status) -> None:
        """Read again, and then go on saying ``status``: what has happened matters more than what was read."""
        self._news = status
        self.action_reread()

    @work(exclusive=True, group="read")
    async def _read(self, query: BrowseQuery, row: int) -> None:
        browser = self.browser
        self._begin_waiting(f"Reading {printable(self.table.name)}")
        try:
            async with self._reading:
                if query is browser.query and browser.result is not None:
                    await browser.refresh()
                else:
                    await browser.read(query)
        except TursoTuiError as error:
            self._wanted = self.browser.query
            self._read_failed(error, query)
        else:
            self._total = self._stuck_at = None
            self._say_read()
            self._show_rows(row)
        finally:
            self._end_waiting()

    def _say_read(self) -> None:
        news, self._news = self._news, None
        cost = f"read {grouped(self.browser.rows_read)}" if self.browser.rows_read is not None else ""
        self.post_message(ResultTable.Told(news or Status(StatusKind.OK, self._rows_words, cost)))

    def _read_failed(self, error: TursoTuiError, query: BrowseQuery) -> None:
        """A filter that is wrong is said beside it."""
        is_filter = bool(query.where or query.conditions) and query != self.browser.query
        if is_filter and isinstance(error, InputError | SqlError) and not isinstance(error, Blocked | Busy):
            self._complain(error)
            return
        if self.browser.result is None:
            self.rows.display = False
        self.post_message(self.Failed(self, error))

    def say_failure(self, what: str, next_step: str) -> None:
        """In place of rows, where there are none."""
        if self.browser.result is None:
            self.notice.say(f"✗ {what}", next_step or "F9 tries again.", tone="$bad")

    def _show_rows(self, row: int) -> None:
        result, top = self.browser.result, self.grid.scroll_offset.y
        if result is None:
            return
        self.rows.display = True
        self.rows.open(result, self.staged(result), self.table.name)
        self.grid.cursor_row = row
        if row:
            self.grid.scroll_to(y=top, animate=False)
        self._show_query()
        self.explain()
        self.say_foot()

    def _show_query(self) -> None:
        """Signs of the order in the header, and the filter in its bar."""
        self.grid.layout_of_columns.marks = signs(self.browser.query, self.browser.columns)
        self.grid.refresh()
        if not self.bar.input.has_focus:
            self.bar.show_text(self._filter_text)

    def explain(self) -> None:
        """Why there is nothing, where there is nothing."""
        if self.grid.row_count and self.browser.columns:
            self.notice.hush()
        else:
            self.notice.say(*nothing_words(bool(self.browser.columns), self._is_filtered, self.how_to_add()))

    def how_to_add(self) -> str:
        """What to press for a first row, if anything."""
        return ""

    def _begin_waiting(self, what: str) -> None:
        self._end_waiting()
        if self.browser.result is None:
            self.notice.say(f"{what}…", _STOPS, after=PATIENCE)
        self._patience = self.set_timer(PATIENCE, lambda: self.tell(StatusKind.BUSY, what, _STOPS))

    def _end_waiting(self) -> None:
        if self._patience is not None:
            self._patience.stop()
            self._patience = None

    # --- the next page

    @on(ResultGrid.CursorMoved)
    def _cursor_moved(self) -> None:
        self._scrolled()
        self.say_foot()

    @on(events.Resize)
    @on(ResultGrid.ColumnsChanged)
    @on(ResultTable.Summed)
    def _room_changed(self) -> None:
        self.say_foot()

    def _scrolled(self) -> None:
        """The next page is asked for one screenful before the end; where it did not come, only by coming back."""
        browser, grid = self.browser, self.grid
        if browser.complete or browser.result is None or runs(self, "read", "more"):
            return
        height = grid.scrollable_content_region.height
        seen = max(grid.scroll_offset.y + height, grid.cursor_row)
        if not height or seen + height < grid.row_count:
            self._stuck_at = None
        elif self._stuck_at != grid.row_count:
            self._more()

    @work(exclusive=True, group="more")
    async def _more(self) -> None:
        self._begin_waiting(f"Reading more of {printable(self.table.name)}")
        try:
            async with self._reading:
                await self.browser.more()
        except TursoTuiError as error:
            self._stuck_at = self.grid.row_count
            self.post_message(self.Failed(self, error))
        else:
            self.rows.grow()
            self.tell(StatusKind.OK, self._rows_words)
            self.say_foot()
        finally:
            self._end_waiting()

    # --- which rows, and in which order

    def action_sort(self, further: bool = False) -> None:
        """By the cursor's column; the same again turns it round, and once more takes it out."""
        if self.browser.result is not None and self.browser.columns:
            name = self.browser.columns[self.grid.cursor_column].name
            self.read(turned(self._wanted, name, further=further))

    def action_filter(self) -> None:
        if self.facts is not None:
            self.bar.begin()

    @on(BrowseBar.Asked)
    def _filter_asked(self, event: BrowseBar.Asked) -> None:
        from turso_tui.service.rows.typed_filter import read_filter

        event.stop()
        if self.facts is None:
            return
        try:
            typed = read_filter(event.text, self.facts)
        except InputError as error:
            self._complain(error)
            return
        self.focus()
        self.bar.forgive()
        if event.text != self._filter_text:
            self.read(replace(self.browser.query, conditions=typed.conditions, where=typed.where))

    def _complain(self, error: TursoTuiError) -> None:
        self.bar.complain(*in_words(error))
        self.bar.begin()

    @property
    def _is_filtered(self) -> bool:
        return bool(self.browser.query.conditions or self.browser.query.where)

    @property
    def _filter_text(self) -> str:
        from turso_tui.service.rows.typed_filter import filter_text

        return filter_text(self.browser.query.conditions, self.browser.query.where)

    @work(exclusive=True, group="count")
    async def action_count(self) -> None:
        """How many rows there are, with the same filter; the server looks at all of them."""
        self._begin_waiting(f"Counting the rows of {printable(self.table.name)}")
        try:
            self._total = await self.browser.count()
        except TursoTuiError as error:
            self.post_message(self.Failed(self, error))
        else:
            rows, matching = "row" if self._total == 1 else "rows", " match" if self._is_filtered else ""
            self.tell(StatusKind.OK, f"{grouped(self._total)} {rows} of {printable(self.table.name)}{matching}")
            self.say_foot()
        finally:
            self._end_waiting()

    # --- keys

    def on_key(self, event: events.Key) -> None:
        """What is typed right behind the key of a field belongs to it: over SSH it comes in the same packet."""
        focused = self.screen.focused
        if focused is self.grid:
            active = self.screen.active_bindings.get(event.key)
            if active is not None and active.node is self and self.open_field(active.binding.action):
                event.stop()
        elif focused is self.bar.input and event.is_printable and event.character is not None:
            self.bar.input.insert_text_at_cursor(event.character)
            event.stop()

    def open_field(self, action: str) -> bool:
        """Do what opens a field to type into, at once; False for any other action."""
        if action == "filter":
            self.action_filter()
        return action == "filter"

    def action_back(self) -> None:
        """One step back: a bar closes, what runs stops, the filter goes."""
        if self.bar.input.has_focus:
            self.focus()
            self.bar.show_text(self._filter_text)
            self.bar.display = self._is_filtered
        elif self.rows.back():
            return
        elif runs(self, *_SLOW):
            self._stop()
        elif self._is_filtered and not self.leaves_before_filter:
            self.read(replace(self.browser.query, conditions=(), where=""))
        else:
            self.leave()

    def leave(self) -> None:
        """Nothing is left here to step back from."""
        raise SkipAction

    def _stop(self) -> None:
        for group in _SLOW:
            self.workers.cancel_group(self, group)
        self._wanted = self.browser.query
        self.tell(StatusKind.WARNING, "Stopped.")
        if self.browser.result is None:
            self.notice.say("Nothing was read.", "F9 reads it.")

    # --- what is said

    def tell(self, kind: StatusKind, text: str, detail: str = "") -> None:
        """Something for the status line."""
        self.post_message(ResultTable.Told(Status(kind, text, detail)))

    def say_foot(self) -> None:
        """What the frame says under the rows, as much as there is room for."""
        if self.browser.result is None:
            return
        count = " · ".join(self.rows.selected_words) or self._count_words
        hidden = self.grid.layout_of_columns.hidden
        here = self.grid.cursor_row + 1 if self.grid.row_count else None
        lines = foot_lines(count, hidden, self.foot_words(), here)
        self.rows.scope = [*([] if self.browser.complete else [self._count_words]), *self.scope_words()]
        foot = footing(lines, self.size.width - _FRAME)
        if foot != self.foot:
            self.foot = foot
            self.post_message(self.Changed(self))

    @property
    def _count_words(self) -> str:
        read = self.browser.result.row_count if self.browser.result is not None else 0
        return count_words(read, self._total, complete=self.browser.complete)

    @property
    def _rows_words(self) -> str:
        return f"{self._count_words} of {printable(self.table.name)}"
