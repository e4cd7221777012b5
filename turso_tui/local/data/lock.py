"""The one write lock of a database: first come, first served, and taken from those who sit on it.

SQLite has one writer at a time and lets the others race; sqld lets them queue. Whoever waits at the head of the queue
may roll back a holder that has had the lock for longer than the limit. A holder that nobody waits for keeps it.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol


class Writer(Protocol):
    """Who may hold the lock: a connection."""

    def raise_if_cancelled(self) -> None:
        """Ends the wait of a writer whose client has gone."""

    def try_roll_back(self) -> bool:
        """Rolls the open transaction back and says True; False while a statement runs on the connection."""


class WriteLock:
    """Waits happen in the threads of the waiting connections. ``limit`` is in seconds."""

    def __init__(self, limit: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._changed = threading.Condition()
        self._queue: deque[Writer] = deque()
        self._holder: Writer | None = None
        self._since = 0.0

    def acquire(self, writer: Writer) -> None:
        """Returns when ``writer`` holds the lock, at once if it already does. There is no longest wait."""
        with self._changed:
            if self._holder is writer:
                return
            self._queue.append(writer)
            try:
                while self._holder is not None or self._queue[0] is not writer:
                    writer.raise_if_cancelled()
                    self._wait(writer)
                writer.raise_if_cancelled()
                self._holder, self._since = writer, self._clock()
            finally:
                self._queue.remove(writer)
                self._changed.notify_all()

    def release(self, writer: Writer) -> bool:
        """Gives the lock to the next in line; False, and nothing happens, if ``writer`` does not hold it."""
        with self._changed:
            if self._holder is not writer:
                return False
            self._holder = None
            self._changed.notify_all()
            return True

    def is_held_by(self, writer: Writer) -> bool:
        """Whether ``writer`` would not have to wait."""
        with self._changed:
            return self._holder is writer

    def take_from(self, writer: Writer) -> None:
        """As if somebody had waited for ``writer`` to let go, and for longer than the limit."""
        with self._changed:
            if self._holder is writer and writer.try_roll_back():
                self._holder = None
                self._changed.notify_all()

    def wake(self) -> None:
        """Something that waiters look at has changed: one was cancelled, or the holder's statement ended."""
        with self._changed:
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        with self._changed:
            return len(self._queue)

    def _wait(self, writer: Writer) -> None:
        if self._queue[0] is not writer or self._holder is None:
            self._changed.wait()
            return
        remaining = self._since + self._limit - self._clock()
        if remaining > 0:
            self._changed.wait(remaining)
        elif self._holder.try_roll_back():
            self._holder = None
        else:
            # A statement is never interrupted for the sake of the next one: its end wakes us.
            self._changed.wait()
