"""A SQL console without a screen: run statements in order, keep their results, say what each did and cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turso_tui.errors import Outcome, OutcomeUnknown, ScriptFailed, StorageError, TursoTuiError
from turso_tui.service.link import Executed, RowStream, Summary, stream_of
from turso_tui.service.outcomes import unknown_in
from turso_tui.service.scripts import Tally, atomic_failure, culprit, is_atomic
from turso_tui.service.statements import Parameters, one_statement

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.service.session import Session
    from turso_tui.values import Statement


@dataclass(frozen=True, slots=True)
class Started:
    """Statement number ``index`` (from 0) is on its way, and with it the ``count - 1`` after it, as one transaction."""

    index: int
    sql: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """The first rows may be shown: ``result`` grows from here on."""

    index: int
    result: ResultSet


@dataclass(frozen=True, slots=True)
class Finished:
    """The statement has ended well. ``seconds`` is what a person waited; the server's own time is in ``summary``.

    ``outcome`` is `APPLIED` for a write and for the COMMIT of several, None for what only reads and for what waits for
    its COMMIT.
    """

    index: int
    sql: str
    result: ResultSet | None
    summary: Summary
    seconds: float
    outcome: Outcome | None = None
    together: bool = False
    """``seconds`` are those of the whole transaction that it was sent with."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The statement failed and those after it did not run; ``result`` holds what had arrived, if anything.

    ``outcome`` is what became of the statement itself: a write may have been applied all the same, and only its rows
    did not fit anywhere. None inside a transaction that is still open: its COMMIT will decide.
    """

    index: int
    sql: str
    error: TursoTuiError
    result: ResultSet | None
    seconds: float
    outcome: Outcome | None = None

    @property
    def cause(self) -> TursoTuiError:
        """What went wrong with the statement, without what it means for its script."""
        return self.error.cause if isinstance(self.error, ScriptFailed) else self.error


Event = Started | Opened | Finished | Failed


class Console:
    """One session of a database with a place for its results."""

    def __init__(self, session: Session, store: ResultStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.session = session
        self.cancelled: OutcomeUnknown | None = None
        """After a run was cancelled: the write that had left and of which nobody knows what became, if there is one."""
        self._store = store
        self.clock = clock

    async def run(
        self, statements: Sequence[str], private: Collection[int] = (), values: Sequence[Parameters] = ()
    ) -> AsyncGenerator[Event, None]:
        """Run ``statements`` one after the other and stop at the first failure; those at the indices ``private`` are
        kept from others who look at the writer's line. ``values`` are for their parameters: none, or as many.

        Cancelling stops the server too, and so does closing the iterator; a result that was arriving stays, marked as
        incomplete.
        """
        self.cancelled = None
        for index, sql in enumerate(statements):
            yield Started(index, sql)
            async with aclosing(self._run_one(index, sql, _given(values, index), private=index in private)) as events:
                async for event in events:
                    yield event
                    if isinstance(event, Failed):
                        return

    async def run_script(
        self, statements: Sequence[str], private: Collection[int] = (), values: Sequence[Parameters] = ()
    ) -> AsyncGenerator[Event, None]:
        """Run ``statements`` as one transaction where they write and can be one; otherwise as `run` does.

        A script that fails says how far it got: then ``Failed.error`` is `ScriptFailed`.
        """
        is_alone = self.session.is_free and len(statements) > 1
        began = self.clock()
        try:
            if is_alone and await is_atomic(statements, self.session.database.kinds.writes):
                events = self._run_as_one(statements, values, private=bool(private))
            else:
                events = self._run_and_count(statements, private, values)
        except TursoTuiError as error:  # it could not be asked what writes: nothing has run
            yield Started(0, statements[0])
            yield Failed(0, statements[0], error, None, self.clock() - began, Outcome.NOT_APPLIED)
            return
        async with aclosing(events) as told:
            async for event in told:
                yield event

    async def _run_as_one(
        self, statements: Sequence[str], values: Sequence[Parameters], *, private: bool
    ) -> AsyncGenerator[Event, None]:
        self.cancelled = None
        database = self.session.database
        yield Started(0, statements[0], len(statements))
        began = self.clock()
        try:
            done = await database.batch(_prepared(statements, values), label=self.session.label, private=private)
        except TursoTuiError as error:
            index, cause = await culprit(statements, error, database.describe)
            failure = atomic_failure(cause, index, len(statements))
            yield Failed(index, statements[index], failure, None, self.clock() - began, failure.outcome)
            return
        except asyncio.CancelledError as cancelled:
            self.cancelled = unknown_in(cancelled)
            raise
        seconds = self.clock() - began
        for index, (sql, executed) in enumerate(zip(statements, done, strict=True)):
            async with aclosing(self._keep(index, sql, executed, seconds)) as events:
                async for event in events:
                    yield event

    async def _keep(self, index: int, sql: str, executed: Executed, seconds: float) -> AsyncGenerator[Event, None]:
        """The result of a statement that is applied, whether or not there is room for its rows."""
        result: ResultSet | None = None
        try:
            if executed.columns:
                result = await self._store.create(executed.columns)
                yield Opened(index, result)
                await _fill(result, stream_of(executed))
        except StorageError as error:
            if result is not None:
                result.finish(error)
            yield Failed(index, sql, error, result, seconds, Outcome.APPLIED)
            return
        yield Finished(index, sql, result, executed.summary, seconds, Outcome.APPLIED, together=True)

    async def _run_and_count(
        self, statements: Sequence[str], private: Collection[int], values: Sequence[Parameters]
    ) -> AsyncGenerator[Event, None]:
        tally = Tally(len(statements))
        has_written = self.session.transaction is not None
        async with aclosing(self.run(statements, private, values)) as events:
            async for event in events:
                is_open = self.session.transaction is not None
                if isinstance(event, Finished):
                    has_written = has_written or is_open or event.outcome is not None
                    tally.ran(event.sql, in_transaction=is_open)
                elif isinstance(event, Failed) and len(statements) > 1 and (has_written or _is_unknown(event)):
                    yield replace(event, error=tally.failure(event.error, in_transaction=is_open))
                    continue
                yield event

    async def _run_one(self, index: int, sql: str, values: Parameters, *, private: bool) -> AsyncGenerator[Event, None]:
        began = self.clock()
        result: ResultSet | None = None
        stream: RowStream | None = None
        try:
            async with self.session.stream(sql, values, private=private) as stream:
                if stream.columns:
                    result = await self._store.create(stream.columns)
                    yield Opened(index, result)
                    await _fill(result, stream)
                summary = stream.summary
        except TursoTuiError as error:
            if result is not None:
                result.finish(error)
            outcome = stream.outcome if stream is not None else self._outcome_of(error)
            yield Failed(index, sql, error, result, self.clock() - began, outcome)
            return
        except asyncio.CancelledError as cancelled:
            self.cancelled = unknown_in(cancelled)
            raise
        yield Finished(index, sql, result, summary, self.clock() - began, stream.outcome)

    def _outcome_of(self, error: TursoTuiError) -> Outcome | None:
        return None if self.session.transaction is not None else error.outcome


def _given(values: Sequence[Parameters], index: int) -> Parameters:
    return values[index] if values else ()


def _prepared(statements: Sequence[str], values: Sequence[Parameters]) -> Sequence[str | Statement]:
    return [one_statement(*pair) for pair in zip(statements, values, strict=True)] if values else statements


def _is_unknown(event: Failed) -> bool:
    return event.outcome is Outcome.UNKNOWN


async def _fill(result: ResultSet, stream: RowStream) -> None:
    async for rows in stream:
        await result.append(rows)
    result.finish()
