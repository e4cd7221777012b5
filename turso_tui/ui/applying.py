"""Staged changes on their way to the database: what is awaited, what became of them, and how they are taken back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.screen import Screen

from turso_tui.errors import Outcome, OutcomeUnknown, TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.console import Failed, Finished, Started
from turso_tui.service.outcomes import unknown_in
from turso_tui.sql.split import split
from turso_tui.ui.browse_words import change_words
from turso_tui.ui.line_words import busy_status, waiting_status
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.results import ResultsPane
from turso_tui.ui.panes.table_browser import TableBrowser
from turso_tui.ui.running import LOOK_AGAIN
from turso_tui.ui.speaking import Speaker
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.database import Database
    from turso_tui.service.history import History
    from turso_tui.service.rows.applying import Applied, RowConflict
    from turso_tui.service.rows.staging import Change
    from turso_tui.service.writer import Writers

Conflicted = Callable[[TableBrowser, "RowConflict"], object]


class Applying:
    """One batch at a time. Whatever happens, what is staged stays until it is known to be applied."""

    def __init__(
        self,
        screen: Screen[None],
        results: ResultsPane,
        speaker: Speaker,
        writers: "Writers",
        history: "History",
        conflicted: Conflicted,
    ) -> None:
        self._screen = screen
        self._history = history
        self._results = results
        self._speaker = speaker
        self._writers = writers
        self._conflicted = conflicted

    async def apply(self, page: TableBrowser) -> None:
        """What is staged in ``page``."""
        from turso_tui.service.rows.applying import apply

        changes, facts = page.changes, page.facts
        if changes is None or facts is None:
            return
        diff = changes.diff()

        async def write() -> "Applied":
            return await apply(page.place.database, facts, diff, label=change_words(diff, page.table.name))

        applied = await self._write(page, diff, write, "Applying")
        if applied is not None:
            changes.clear()
            self._done(page, applied, "Applied", "u takes them back")

    async def undo(self, page: TableBrowser) -> None:
        """What was applied last in ``page``."""
        from turso_tui.service.rows.applying import undo
        from turso_tui.service.rows.identity import Refused

        last, facts = page.applied, page.facts
        if last is None or facts is None or isinstance(last.inverse, Refused):
            return

        async def write() -> "Applied":
            return await undo(page.place.database, facts, last)

        applied = await self._write(page, last.inverse, write, "Undoing")
        if applied is not None:
            self._done(page, applied, "Undone by", "u applies them again")

    async def _write(
        self, page: TableBrowser, changes: "Sequence[Change]", write: Callable[[], Awaitable["Applied"]], doing: str
    ) -> "Applied | None":
        from turso_tui.service.rows.applying import RowConflict, RowRefused

        page.is_applying = True
        name = printable(page.table.name)
        try:
            with self._looking(page.place.database, f"{doing} the changes of {name}"), self._recorded(page, changes):
                return await write()
        except RowConflict as conflict:
            self._note(f"✗ not applied: {conflict.what}", "$bad")
            self._speaker.say(Status(StatusKind.FAILED, f"Conflict: {conflict.what}", "Nothing was applied."))
            self._conflicted(page, conflict)
        except RowRefused as refused:
            self._fail(page, refused, prefix="")
            _go_to(page, refused.change)
        except TursoTuiError as error:
            self._fail(page, error)
        except asyncio.CancelledError as cancelled:
            if page.is_attached:
                self._say_cancelled(page, unknown_in(cancelled))
            raise
        finally:
            page.is_applying = False
        return None

    def _done(self, page: TableBrowser, applied: "Applied", done: str, undoable: str) -> None:
        from turso_tui.service.rows.identity import Refused

        is_final = isinstance(applied.inverse, Refused)
        page.applied = None if is_final else applied
        words = f"{done} {change_words(applied.changes, printable(page.table.name))}"
        detail = (
            f"It cannot be undone here: {applied.inverse.reason}" if isinstance(applied.inverse, Refused) else undoable
        )
        self._note(f"✓ {words}, as one transaction", "$good")
        page.show_changes()
        page.read_after(Status(StatusKind.OK, words, detail))

    def _fail(self, page: TableBrowser, error: TursoTuiError, prefix: str = "Not applied: ") -> None:
        is_unknown = isinstance(error, OutcomeUnknown)
        page.in_doubt = page.in_doubt or (is_unknown and page.unsaved > 0)
        self._speaker.failed(error, "" if is_unknown else prefix, page.place)
        if is_unknown:
            self._note(f"? unknown: {error.what} {error.means} The changes are still staged.", "$warning")
        else:
            self._note(f"✗ not applied: {error.what}", "$bad")

    def _say_cancelled(self, page: TableBrowser, unknown: OutcomeUnknown | None) -> None:
        if unknown is not None:
            self._fail(page, unknown)
        else:
            self._speaker.say(Status(StatusKind.WARNING, "Cancelled. Nothing was applied.", "It is still staged."))

    def _note(self, text: str, tone: str) -> None:
        self._results.note(text, tone)

    @contextmanager
    def _recorded(self, page: TableBrowser, changes: "Sequence[Change]") -> Iterator[None]:
        """What runs stands in the history, as the statements that one could run by hand."""
        from turso_tui.service.link import Summary
        from turso_tui.service.rows.applying import plan, sql_text

        facts = page.facts
        script = sql_text(plan(facts, changes), checked=False) if facts is not None else ""
        statements = [span.text for span in split(script)]
        if not statements:
            yield
            return
        record, began = self._history.record(page.place.path, statements, ()), self._writers.now()
        record.saw(Started(0, statements[0], len(statements)))
        try:
            yield
        except TursoTuiError as error:
            record.saw(Failed(0, statements[0], error, None, self._writers.now() - began, error.outcome))
            raise
        except asyncio.CancelledError as cancelled:
            record.cancelled(is_unknown=unknown_in(cancelled) is not None)
            raise
        seconds = self._writers.now() - began
        for index, sql in enumerate(statements):
            record.saw(Finished(index, sql, None, Summary(), seconds, Outcome.APPLIED))

    @contextmanager
    def _looking(self, database: "Database", what: str) -> Iterator[None]:
        """Say what is awaited: the answer, or the turn."""
        busy = Status(StatusKind.BUSY, what, "ctrl+c cancels")
        self._speaker.say(busy)

        def look() -> None:
            now = self._writers.now()
            position = database.queue.position()
            if database.busy is not None and database.busy.waited >= PATIENCE:
                self._speaker.say(busy_status(database.busy))
            elif position is not None and now - position.since >= PATIENCE:
                self._speaker.say(waiting_status(database.queue, now) or busy)

        timer = self._screen.set_interval(LOOK_AGAIN, look)
        try:
            yield
        finally:
            timer.stop()


def _go_to(page: TableBrowser, change: "Change") -> None:
    """The row that was refused."""
    column = min(change.values, default=None)
    page.go_to(change.seen.identity if change.seen is not None else (), change.number, column)


def losses(pages: list[TableBrowser]) -> str:
    """What closing ``pages`` would throw away, in a sentence; empty where it is nothing."""
    changed = [page for page in pages if page.unsaved]
    count = sum(page.unsaved for page in changed)
    if not count:
        return ""
    names = ", ".join(dict.fromkeys(printable(page.table.name) for page in changed))
    changes, are = ("change", "is") if count == 1 else ("changes", "are")
    return (
        f"{grouped(count)} staged {changes} in {names} {are} not applied: {'it is' if count == 1 else 'they are'} lost."
    )
