"""Statements that run, as the panes of the Console show it: what is awaited, what came, and what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui.service.console import Console, Failed, Finished, Opened, Started
from turso_tui.service.outcomes import unknown_in
from turso_tui.ui.line_words import busy_status, waiting_status
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.panes.results import ResultsPane, outcome
from turso_tui.ui.speaking import Speaker
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.database import Database
    from turso_tui.service.writer import Writers

LOOK_AGAIN = 0.25
"""Seconds between two looks at the line that a write may stand in."""

COUNTED = 1.0
"""Seconds between two times of a wait that are shown: each costs a line on the wire."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to run. ``places`` are the offsets in the editor at which the statements begin, if they come from it."""

    statements: Sequence[str]
    places: Sequence[int] = ()
    as_script: bool = False
    """All of it or nothing, where that is possible."""


class Runner:
    """Shows one run after the other; there is never more than one at a time."""

    def __init__(self, results: ResultsPane, editor: EditorPane, speaker: Speaker, writers: "Writers") -> None:
        self._results = results
        self._editor = editor
        self._speaker = speaker
        self._writers = writers
        self._status = Status()
        self._waiting: Status | None = None
        self._counted_at = 0.0

    async def run(self, console: Console, work: Work) -> None:
        """Cancelling stops the server too, and says what that means for what was running."""
        self._results.begin()
        self._waiting = None
        timer = self._results.set_interval(LOOK_AGAIN, lambda: self._look(console.session.database))
        try:
            async for event in console.run(work.statements):
                self._show(event, work)
        except asyncio.CancelledError as cancelled:
            if self._results.is_attached:  # not when the end of the program is what cancels us
                self._say_cancelled(cancelled)
            raise
        finally:
            timer.stop()

    def _show(self, event: Started | Opened | Finished | Failed, work: Work) -> None:
        count = len(work.statements)
        match event:
            case Started(index, _):
                which = f"Statement {index + 1} of {count} is running" if count > 1 else "Running"
                self._say_running(Status(StatusKind.BUSY, which, "ctrl+c cancels"))
            case Opened(index, result):
                self._results.open(index, result)
            case Finished():
                self._results.finish(event)
                self._speaker.say(Status(StatusKind.OK, f"{outcome(event)} in {duration(event.seconds)}", _cost(event)))
            case Failed(index, _, error):
                self._results.finish(event)
                self._speaker.failed(error, f"Statement {index + 1} of {count}: " if count > 1 else "")
                if work.places:
                    self._editor.mark_error(event, work.places[index])

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

    def _say_cancelled(self, cancelled: asyncio.CancelledError) -> None:
        unknown = unknown_in(cancelled)
        if unknown is not None:
            self._speaker.failed(unknown, "Cancelled. ")
            self._results.note(f"? unknown: cancelled. {unknown.means}", "$warning")
            return
        if self._waiting is not None:
            words = "Cancelled while it waited.", "The statement did not run."
        else:
            words = "Cancelled.", "What had arrived is still here."
        self._speaker.say(Status(StatusKind.WARNING, *words))
        self._results.note(" ".join(words) if self._waiting is not None else words[0], "$warning")


def _cost(event: Finished) -> str:
    summary = event.summary
    if summary.rows_read is None:
        return "streamed, so its cost is not reported" if event.result is not None else ""
    parts = [f"read {grouped(summary.rows_read)}"]
    if summary.rows_written:
        parts.append(f"wrote {grouped(summary.rows_written)}")
    return " · ".join(parts)
