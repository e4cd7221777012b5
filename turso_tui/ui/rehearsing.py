"""A dry run from its beginning to a person's answer."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App

from turso_tui.errors import InputError, Outcome, OutcomeUnknown, ScriptFailed, TursoTuiError
from turso_tui.service.caution import concerns
from turso_tui.service.console import Console, Event, Failed, Finished, Started
from turso_tui.service.outcomes import unknown_in
from turso_tui.service.rehearsal.rehearsal import Rehearsal, Rehearsed, Stage
from turso_tui.sql.effects import effect_of
from turso_tui.ui.asking import ask
from turso_tui.ui.home import Place
from turso_tui.ui.screens.rehearsal import RehearsalScreen
from turso_tui.ui.work import Work

if TYPE_CHECKING:
    from turso_tui.ui.caution import Caution


class DryRun:
    """Runs the work of one key, shows what it would do, and applies it or takes it back."""

    def __init__(self, app: App[Any], console: Console, caution: "Caution") -> None:
        self._app = app
        self._caution = caution
        self._clock = console.clock
        self._rehearsal = Rehearsal(console.session, hold=caution.hold, clock=console.clock)
        self.cancelled: OutcomeUnknown | None = None
        """After it was cancelled: what nobody knows the outcome of."""

    @property
    def ending(self) -> str:
        """How it ended where nothing was applied, in a sentence."""
        match self._rehearsal.stage:
            case Stage.EXPIRED:
                return "The dry run was rolled back: no answer came in time."
            case Stage.LOST:
                return "The dry run was rolled back by the server."
        return "The dry run is rolled back."

    async def run(
        self, place: Place, work: Work, asks: Callable[[], None], applies: Callable[[], None]
    ) -> Sequence[Event]:
        """What a console says of a run that was applied or failed; nothing where it was rolled back.

        ``asks`` is called when it has run and waits for an answer, ``applies`` when it is to be kept. Raises
        `InputError` for what cannot be tried out. Whatever happens, no transaction is left open.
        """
        began = self._clock()
        try:
            rehearsed = await self._rehearsal.run(work.statements, work.values, work.private)
            asks()
            screen = RehearsalScreen(place.path, self._rehearsal, rehearsed, self._word(place, work))
            if not await ask(self._app, screen):
                return ()
            applies()
            return await self._apply(work, rehearsed)
        except InputError:
            raise
        except TursoTuiError as error:
            index = error.index if isinstance(error, ScriptFailed) else 0
            return _failed(work, index, error, self._clock() - began)
        except asyncio.CancelledError as cancelled:
            self.cancelled = unknown_in(cancelled)
            raise
        finally:
            await self._rehearsal.roll_back()

    async def _apply(self, work: Work, rehearsed: Rehearsed) -> Sequence[Event]:
        """All as one transaction; inside an open one its COMMIT will decide."""
        await self._rehearsal.apply()
        outcome = None if self._rehearsal.is_inside else Outcome.APPLIED
        events = _started(work)
        for index, (sql, done) in enumerate(zip(work.statements, rehearsed.executed, strict=True)):
            if not effect_of(sql).only_reads:
                events.append(Finished(index, sql, None, done.summary, rehearsed.seconds, outcome))
        return events

    def _word(self, place: Place, work: Work) -> str:
        return self._caution.word(place, concerns(self._caution.level(place), work.statements))


def _started(work: Work) -> list[Event]:
    return [Started(0, work.statements[0], len(work.statements))]


def _failed(work: Work, index: int, error: TursoTuiError, seconds: float) -> Sequence[Event]:
    sql = work.statements[index]
    return [*_started(work), Failed(index, sql, error, None, seconds, error.outcome)]
