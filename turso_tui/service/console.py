"""A SQL console without a screen: run statements in order, keep their results, say what each did and cost."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui.errors import TursoTuiError
from turso_tui.service.link import RowStream, Summary

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.service.session import Session


@dataclass(frozen=True, slots=True)
class Started:
    """Statement number ``index`` (from 0) is on its way."""

    index: int
    sql: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The first rows may be shown: ``result`` grows from here on."""

    index: int
    result: ResultSet


@dataclass(frozen=True, slots=True)
class Finished:
    """The statement has ended well. ``seconds`` is what a person waited; the server's own time is in ``summary``."""

    index: int
    sql: str
    result: ResultSet | None
    summary: Summary
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The statement failed and those after it did not run; ``result`` holds what had arrived, if anything."""

    index: int
    sql: str
    error: TursoTuiError
    result: ResultSet | None
    seconds: float


Event = Started | Opened | Finished | Failed


class Console:
    """One session of a database with a place for its results."""

    def __init__(self, session: Session, store: ResultStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.session = session
        self._store = store
        self._clock = clock

    async def run(self, statements: Sequence[str]) -> AsyncGenerator[Event, None]:
        """Run ``statements`` one after the other and stop at the first failure.

        Cancelling stops the server too, and so does closing the iterator; a result that was arriving stays, marked as
        incomplete.
        """
        for index, sql in enumerate(statements):
            yield Started(index, sql)
            async with aclosing(self._run_one(index, sql)) as events:
                async for event in events:
                    yield event
                    if isinstance(event, Failed):
                        return

    async def _run_one(self, index: int, sql: str) -> AsyncGenerator[Event, None]:
        began = self._clock()
        result: ResultSet | None = None
        try:
            async with self.session.stream(sql) as stream:
                if stream.columns:
                    result = await self._store.create(stream.columns)
                    yield Opened(index, result)
                    await _fill(result, stream)
                summary = stream.summary
        except TursoTuiError as error:
            if result is not None:
                result.finish(error)
            yield Failed(index, sql, error, result, self._clock() - began)
            return
        yield Finished(index, sql, result, summary, self._clock() - began)


async def _fill(result: ResultSet, stream: RowStream) -> None:
    async for rows in stream:
        await result.append(rows)
    result.finish()
