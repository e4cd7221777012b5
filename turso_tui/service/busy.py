"""Waiting for a writer who is not in our line: another machine, another program."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from turso_tui.errors import Busy

T = TypeVar("T")

BUSY_LIMIT = 30.0
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class BusyWait:
    """The database was busy again. Times in seconds."""

    attempt: int
    waited: float
    pause: float
    """Until the next attempt."""


async def while_busy(
    write: Callable[[], Awaitable[T]],
    *,
    once: bool = False,
    limit: float = BUSY_LIMIT,
    on_wait: Callable[[BusyWait], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[float, float], float] = random.uniform,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """Repeat ``write`` while the database is busy, up to ``limit`` seconds: `Busy` says that the statement did not run.

    Any other error is raised at once, because it does not say so. ``on_wait`` is called before each pause. ``once`` is
    for a statement inside a transaction, whose snapshot is out of date: repeating it cannot help. Raises the last
    `Busy`; can be cancelled in a pause.
    """
    began = clock()
    attempt = 0
    while True:
        try:
            return await write()
        except Busy as busy:
            attempt += 1
            waited = clock() - began
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 1.5 ** min(attempt - 1, 20)) * jitter(0.5, 1.5)
            if once:
                raise
            if waited + pause > limit:
                raise _gave_up(busy, waited) from busy
        if on_wait is not None:
            on_wait(BusyWait(attempt, waited, pause))
        await sleep(pause)


def _gave_up(busy: Busy, waited: float) -> Busy:
    return Busy(
        busy.message,
        code=busy.code,
        offset=busy.offset,
        means=f"A writer from elsewhere has held the database for {waited:.1f} s; the statement did not run.",
        next_step="Run it again when the other writer has finished.",
    )
