"""One writer for a database: first come, first served in this process, and in turn across processes.

SQLite has a single writer. Whoever wants to write takes the turn of that database first; reads never do. Between
processes the turn is a file lock, which the kernel releases when its holder dies, also by ``kill -9``.
"""

import asyncio
import fcntl
import hashlib
import os
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from turso_tui.errors import Busy, StorageError, TurnTimeout

T = TypeVar("T")

FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.1

BUSY_ATTEMPTS = 40
BUSY_FIRST_PAUSE = 0.02
BUSY_LONGEST_PAUSE = 1.0
"""A writer who is not in our queue (another machine, another program) is waited for, about half a minute in all."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """Who has the turn of a database in this process and who waits, in order; labels, not statements."""

    holder: str | None
    waiting: tuple[str, ...] = ()
    elsewhere: bool = False
    """True while the front of our queue waits for another process."""


class _Line:
    """The queue of one database in this process. Only the front one goes on to contend for the file lock."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[asyncio.Future[None], str]] = deque()
        self.holder: str | None = None
        self.elsewhere = False

    @property
    def state(self) -> QueueState:
        return QueueState(self.holder, tuple(label for _, label in self.waiting), self.elsewhere)


class Writers:
    """The turns of all databases, keyed by identity. ``directory`` is shared by every process of this user."""

    def __init__(self, directory: Path, *, limit: float | None = None, clock: Callable[[], float] = time.monotonic):
        self._directory = directory
        self._limit = limit
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self.on_change: Callable[[str, QueueState], None] | None = None

    def state(self, identity: str) -> QueueState:
        line = self._lines.get(identity)
        return line.state if line is not None else QueueState(None)

    @asynccontextmanager
    async def turn(self, identity: str, label: str = "") -> AsyncIterator[None]:
        """Hold the turn of a database. Waiting can be cancelled; raises `TurnTimeout` at the limit (seconds).

        Never take a second turn of the same database inside the first: it would wait for itself.
        """
        deadline = None if self._limit is None else self._clock() + self._limit
        line = self._lines.setdefault(identity, _Line())
        try:
            await self._reach_front(identity, line, label, deadline)
            try:
                with_file = await self._lock_file(identity, line, deadline)
                try:
                    yield
                finally:
                    os.close(with_file)
            finally:
                self._pass_on(identity, line)
        finally:
            if line.holder is None and not line.waiting:
                self._lines.pop(identity, None)

    async def _reach_front(self, identity: str, line: _Line, label: str, deadline: float | None) -> None:
        if line.holder is None and not line.waiting:
            line.holder = label
            self._changed(identity, line)
            return
        place = asyncio.get_running_loop().create_future()
        entry = (place, label)
        line.waiting.append(entry)
        self._changed(identity, line)
        try:
            async with asyncio.timeout(None if deadline is None else max(0.0, deadline - self._clock())):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled():
                self._pass_on(identity, line)  # the turn was handed over in the very moment we gave up
            elif entry in line.waiting:  # else it was passed over in that moment
                line.waiting.remove(entry)
                self._changed(identity, line)
            if isinstance(error, TimeoutError):
                raise self._timeout() from error
            raise

    def _pass_on(self, identity: str, line: _Line) -> None:
        line.holder = None
        while line.waiting:
            place, label = line.waiting.popleft()
            if not place.done():
                line.holder = label
                place.set_result(None)
                break
        self._changed(identity, line)

    async def _lock_file(self, identity: str, line: _Line, deadline: float | None) -> int:
        """Take the turn among processes, by two locks: with one, a process that has much to write would take it again
        before anyone else had looked. One of those who wait holds the place behind the writer."""
        try:
            next_in_line = await self._lock(identity, "next", line, deadline)
            try:
                return await self._lock(identity, "writer", line, deadline)
            finally:
                os.close(next_in_line)
        finally:
            if line.elsewhere:
                line.elsewhere = False
                self._changed(identity, line)

    async def _lock(self, identity: str, role: str, line: _Line, deadline: float | None) -> int:
        """Poll for the lock: a blocking wait could not be cancelled. The pauses grow, and differ between processes."""
        file = self._open(identity, role)
        pause = FIRST_PAUSE
        try:
            while not _try_lock(file):
                if deadline is not None and self._clock() >= deadline:
                    raise self._timeout()
                if not line.elsewhere:
                    line.elsewhere = True
                    self._changed(identity, line)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
                pause = min(LONGEST_PAUSE, pause * 1.5)
        except BaseException:
            os.close(file)
            raise
        return file

    def _open(self, identity: str, role: str) -> int:
        name = hashlib.sha256(identity.encode()).hexdigest()[:32]
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(self._directory / f"{name}.{role}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"The writer's lock cannot be opened: {error.strerror}.",
                means="Without it two programs could write at the same moment, so nothing was written.",
                next_step=f"Make {self._directory} writable.",
            ) from error

    def _timeout(self) -> TurnTimeout:
        return TurnTimeout(
            f"The writer's turn did not come within {self._limit:g} s.",
            means="Someone else is writing to this database; the statement did not run.",
            next_step="Run it again, or wait for the other writer.",
        )

    def _changed(self, identity: str, line: _Line) -> None:
        if self.on_change is not None:
            self.on_change(identity, line.state)


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def while_busy(write: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
    """Repeat ``write`` while the database is busy: SQLITE_BUSY means that the statement did not run.

    ``once`` is for a statement inside a transaction, whose snapshot is out of date: repeating it cannot help.
    """
    for attempt in range(1 if once else BUSY_ATTEMPTS):
        try:
            return await write()
        except Busy:
            if once or attempt == BUSY_ATTEMPTS - 1:
                raise
            pause = min(BUSY_LONGEST_PAUSE, BUSY_FIRST_PAUSE * 1.5**attempt)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
    raise AssertionError("the last attempt returns or raises")
