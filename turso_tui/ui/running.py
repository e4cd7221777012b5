"""Statements that run, as the panes of the Console show it: what is awaited, what came, and what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.screen import Screen

from turso_tui.errors import Outcome, OutcomeUnknown, ScriptFailed, StorageError, TursoTuiError
from turso_tui.service.console import Console, Event, Failed, Finished, Opened, Started
from turso_tui.service.parameters import ParameterMemory
from turso_tui.ui.caution import Caution
from turso_tui.ui.home import Place
from turso_tui.ui.line_words import busy_status, waiting_status
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.panes.results import ResultsPane
from turso_tui.ui.rehearsing import DryRun
from turso_tui.ui.run_words import costs, outcome, times
from turso_tui.ui.screens.parameters import ask_for_values
from turso_tui.ui.speaking import Speaker
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.statusline import Status, StatusKind
from turso_tui.ui.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turso_tui.service.database import Database
    from turso_tui.service.history import Record
    from turso_tui.service.results import ResultSet
    from turso_tui.service.writer import Writers

GROUP = "run"
"""Of the workers that ctrl+c cancels."""

LOOK_AGAIN = 0.25
"""Seconds between two looks at the line that a write may stand in."""

COUNTED = 1.0
"""Seconds between two times of a wait that are shown: each costs a line on the wire."""


__all__ = ["GROUP", "Runner", "Work"]


class Runner:
    """Shows one run after the other; there is never more than one at a time."""

    def __init__(
        self,
        screen: Screen[None],
        results: ResultsPane,
        editor: EditorPane,
        speaker: Speaker,
        writers: "Writers",
        caution: Caution,
    ) -> None:
        """``screen`` is whose workers run; ``caution`` is asked before they do."""
        self._screen = screen
        self._results = results
        self._editor = editor
        self._speaker = speaker
        self._writers = writers
        self._caution = caution
        self._parameters = ParameterMemory()
        self._status = Status()
        self._waiting: Status | None = None
        self._counted_at = 0.0
        self._together = self._wrote = False

    def start(self, console: Console, place: Place, work: Work, record: "Record", then: Callable[[], None]) -> None:
        """Run ``work`` beside everything else; ``then`` is called at its end, unless it was cancelled or not wanted."""
        self._screen.run_worker(self._run(console, place, work, record, then), group=GROUP, exclusive=True)

    async def _run(
        self, console: Console, place: Place, work: Work, record: "Record", then: Callable[[], None]
    ) -> None:
        allowed = None
        try:
            values = await ask_for_values(self._screen.app, work.statements, self._parameters)
            if values is not None:
                allowed = await self._caution.allows(place, replace(work, values=values), console.session)
        finally:
            if allowed is None and self._results.is_attached:
                self._speaker.say(Status(StatusKind.WARNING, "Not run."))
        if allowed is None:
            return
        before = self._results.results
        try:
            if allowed.rehearse:
                await self._rehearse(console, place, allowed, record)
            else:
                await self._show_run(console, allowed, record)
        finally:
            if self._results.is_attached:
                self._results.end()
                self._screen.run_worker(self._retire(before), group="retire")
        then()

    async def _retire(self, results: Sequence["ResultSet"]) -> None:
        """Results that are no longer on show give their space back."""
        for result in results:
            if result not in self._results.results:
                try:
                    await result.retire()
                except StorageError as error:  # its space is not given back before the program ends
                    self._speaker.say_error(error)

    async def _show_run(self, console: Console, work: Work, record: "Record") -> None:
        """Cancelling stops the server too, and says what that means for what was running."""
        self._results.begin()
        try:
            with self._looking(console.session.database):
                run = console.run_script if work.as_script else console.run
                async for event in run(work.statements, work.private, work.values):
                    record.saw(event)
                    self._show(event, work)
        except asyncio.CancelledError:
            record.cancelled(is_unknown=console.cancelled is not None)
            if self._results.is_attached:  # not when the end of the program is what cancels us
                self._say_cancelled(console.cancelled)
            raise

    async def _rehearse(self, console: Console, place: Place, work: Work, record: "Record") -> None:
        """What is applied at its end is written down as any other run is; nothing of it where it is rolled back."""
        dry_run = DryRun(self._screen.app, console, self._caution)
        self._say_running(Status(StatusKind.BUSY, "Trying it out in a transaction", "ctrl+c rolls it back"))
        try:
            with self._looking(console.session.database):
                events = await dry_run.run(place, work, self._say_that_it_asks, self._say_that_it_applies)
        except asyncio.CancelledError:
            record.cancelled(is_unknown=dry_run.cancelled is not None)
            if self._results.is_attached:
                self._say_cancelled(dry_run.cancelled, dry_run.ending)
            raise
        except TursoTuiError as error:  # before anything ran
            self._speaker.failed(error)
            return
        if not events:
            self._speaker.say(Status(StatusKind.WARNING, dry_run.ending, "Nothing is applied."))
            return
        self._results.begin()
        for event in events:
            record.saw(event)
            self._show(event, work)

    def _say_that_it_asks(self) -> None:
        self._say_running(Status(StatusKind.WARNING, "The dry run waits for an answer.", "ctrl+c rolls it back"))

    def _say_that_it_applies(self) -> None:
        self._say_running(Status(StatusKind.BUSY, "Applying what was tried out", "ctrl+c cancels"))

    @contextmanager
    def _looking(self, database: "Database") -> "Iterator[None]":
        """Look after the line that a write may stand in."""
        self._waiting = None
        self._together = self._wrote = False
        timer = self._results.set_interval(LOOK_AGAIN, lambda: self._look(database))
        try:
            yield
        finally:
            timer.stop()

    def _show(self, event: Event, work: Work) -> None:
        match event:
            case Started():
                self._together = event.count > 1
                self._say_running(_started(event, len(work.statements)))
            case Opened(index, result):
                self._results.open(index, result)
            case Finished():
                self._wrote = self._wrote or event.outcome is Outcome.APPLIED
                self._results.finish(event)
                self._say_finished(event, len(work.statements))
            case Failed():
                self._results.finish(event, self._say_failed(event, work))

    def _say_finished(self, event: Finished, total: int) -> None:
        status = Status(StatusKind.OK, f"{outcome(event)} in {duration(event.seconds)}", " · ".join(_cost(event)))
        if event.index == total - 1 > 0 and self._wrote:
            how = "are applied, as one transaction" if self._together else "have run, one by one"
            status = Status(StatusKind.OK, f"All {grouped(total)} statements {how}.", f"The last: {status.text}")
        self._speaker.say(status)

    def _say_failed(self, event: Failed, work: Work) -> str:
        """What to do next. A script says itself how far it got."""
        counts_itself = len(work.statements) == 1 or isinstance(event.error, ScriptFailed)
        which = "" if counts_itself else f"Statement {event.index + 1} of {len(work.statements)}: "
        if work.places:
            self._editor.mark_error(replace(event, error=event.cause), work.places[event.index])
        return self._speaker.failed(event.error, which)

    # --- while it waits

    def _say_running(self, status: Status) -> None:
        self._status, self._waiting = status, None
        self._speaker.say(status)

    def _look(self, database: "Database") -> None:
        """Whether ours stands in line, or waits for a writer who does not; a moment of that is nobody's business."""
        now = self._writers.now()
        status, waited = self._wait(database, now)
        if status is None:
            if self._waiting is not None:
                self._say_running(self._status)
        elif waited >= PATIENCE and (self._is_news(status) or now - self._counted_at >= COUNTED):
            self._waiting, self._counted_at = status, now
            self._speaker.say(status)

    def _wait(self, database: "Database", now: float) -> tuple[Status | None, float]:
        """What to say of a wait, None while there is none; and its seconds."""
        if database.busy is not None:
            return busy_status(database.busy), database.busy.waited
        queue = database.queue
        position = queue.position()
        return waiting_status(queue, now), now - position.since if position is not None else 0.0

    def _is_news(self, status: Status) -> bool:
        """More than that time has passed."""
        return self._waiting is None or self._waiting.detail != status.detail

    def _say_cancelled(self, unknown: OutcomeUnknown | None, ending: str = "") -> None:
        """``unknown`` is the write that had left, if there was one; then nobody knows. ``ending`` is a dry run's."""
        if unknown is not None:
            self._speaker.failed(unknown, "Cancelled. ")
            self._results.note(f"? unknown: {unknown.what} {unknown.means}", "$warning")
        elif ending:
            self._speaker.say(Status(StatusKind.WARNING, ending, "Nothing is applied."))
            self._results.note(f"{ending} Nothing is applied.", "$warning")
        elif self._waiting is not None:
            self._speaker.say(Status(StatusKind.WARNING, "Cancelled while it waited.", "The statement did not run."))
            self._results.note("✗ not applied: cancelled while it waited. The statement did not run.", "$warning")
        else:
            self._speaker.say(Status(StatusKind.WARNING, "Cancelled.", "What had arrived is still here."))
            self._results.note("Cancelled.", "$warning")


def _started(event: Started, total: int) -> Status:
    if event.count > 1:
        which = f"{grouped(event.count)} statements are running as one transaction"
    else:
        which = f"Statement {event.index + 1} of {total} is running" if total > 1 else "Running"
    return Status(StatusKind.BUSY, which, "ctrl+c cancels")


def _cost(event: Finished) -> list[str]:
    if event.summary.rows_read is None and event.result is not None:
        return ["streamed, so its cost is not reported"]
    return [*costs(event), *times(event)]
