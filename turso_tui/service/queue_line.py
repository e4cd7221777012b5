"""The line of those who want to write to one database, among all processes of this user.

Who stands in line has a ticket: a FIFO whose writing end it holds open. Whoever stands behind waits for the end of that
file, which the kernel brings when the owner leaves and when it dies, also by ``kill -9``. The lowest living ticket has
the turn. Numbers are given out behind a locked door, so that nobody can come in below a living ticket. Who leaves takes
the ticket along; what the dead left is removed by the next who looks.
"""

import asyncio
import errno
import fcntl
import hashlib
import os
import random
import re
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FIRST_PAUSE = 0.0005
LONGEST_PAUSE = 0.02
"""Between two tries of the door, in seconds. It is shut for a tenth of a millisecond when someone comes or goes."""

LOOK_AGAIN = 1.0
"""macOS tells the death of a FIFO's writer to who reads, not to who waits; so who waits looks again (seconds)."""

RECORD_BYTES = 4096
"""The longest record, and the size of each: spaces fill it up."""

DOORS = "doors"
"""The one file that stays. It is empty."""

_NAME_CHARACTERS = 32
_FILE = re.compile(rf"([0-9a-f]{{{_NAME_CHARACTERS}}})\.")
_TICKET = re.compile(r"(\d+)\.[0-9a-f]+").fullmatch


class Line:
    """One database's line. Its methods touch small local files only, and raise `OSError`."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self.name = name

    @classmethod
    def of(cls, directory: Path, identity: str) -> "Line":
        return cls(directory, hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:_NAME_CHARACTERS])

    async def enter(self, record: bytes) -> "Ticket":
        """Take the last place; others read ``record`` there. Cancelled, it has left nothing behind."""
        pause = FIRST_PAUSE
        while (ticket := self._try_enter(record)) is None:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
            pause = min(LONGEST_PAUSE, pause * 1.5)
        return ticket

    def records(self) -> list[tuple[int, bytes]]:
        """The numbers and records of the living, in order; the first has the turn."""
        found = []
        for number, fifo in self._tickets():
            if _lives(fifo):
                with suppress(FileNotFoundError):  # left in this very moment
                    found.append((number, Path(_record_of(fifo)).read_bytes()))
        return found

    def ahead_of(self, number: int) -> int | None:
        """The reading end of the nearest living ticket before ``number``; None when the turn has come.

        What dead processes left in between is removed. No lock is needed: no ticket can appear below a living one.
        """
        for before, fifo in reversed(self._tickets()):
            if before < number:
                end = _watch(fifo)
                if end is not None:
                    return end
                _remove(fifo)
        return None

    def sweep(self) -> None:
        """Remove what dead processes left, unless someone is just coming in: they look themselves."""
        with self.door() as is_inside:
            if is_inside:
                for _, fifo in self._tickets():
                    if not _lives(fifo):
                        _remove(fifo)

    def _try_enter(self, record: bytes) -> "Ticket | None":
        with self.door() as is_inside:
            if not is_inside:
                return None
            others = self._tickets()
            number = others[-1][0] + 1 if others else 1
            fifo = f"{self._directory}/{self.name}.{number}.{os.urandom(4).hex()}"
            return Ticket(self, number, fifo, _issue(fifo, record), is_alone=not others)

    def _tickets(self) -> list[tuple[int, str]]:
        """The tickets' numbers and paths, in order, the dead included."""
        found = []
        with os.scandir(self._directory) as entries:
            for entry in entries:
                line, _, rest = entry.name.partition(".")
                if line == self.name and (match := _TICKET(rest)):
                    found.append((int(match[1]), entry.path))
        return sorted(found)

    @contextmanager
    def door(self) -> Iterator[bool]:
        """While one is inside nobody can come in. Yields False if someone else is.

        All doors are in one file, a byte for each database.
        These locks are the process's, so its threads need one more; in return no child process inherits them.
        """
        if not _indoors.acquire(blocking=False):
            yield False
            return
        try:
            doors = os.open(self._directory / DOORS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                yield _try_lock(doors, int(self.name[:15], 16))
            finally:
                os.close(doors)
        finally:
            _indoors.release()


class Ticket:
    """A place in line, held until `leave` or the end of the process."""

    def __init__(self, line: Line, number: int, fifo: str, end: int, *, is_alone: bool) -> None:
        self.number = number
        self._line = line
        self._fifo = fifo
        self._end: int | None = end
        self._is_alone = is_alone
        _held.add(self)

    async def reach_front(self) -> bool:
        """Wait until everyone before us has left or died; True if there was anyone. Raises `OSError`."""
        has_waited = False
        while not self._is_alone and (ahead := self._line.ahead_of(self.number)) is not None:
            has_waited = True
            try:
                await _ended(ahead)
            finally:
                os.close(ahead)
        return has_waited

    def describe(self, record: bytes) -> None:
        """Replace what others read here. Raises `OSError`."""
        _write(_record_of(self._fifo), record)

    def leave(self) -> None:
        """Pass the turn on. Never fails: with its end closed the ticket is dead, and what stays of it others remove."""
        if self._end is None:
            return
        end, self._end = self._end, None
        with suppress(BrokenPipeError):  # nobody waits
            os.write(end, b"\0")  # for whoever is not told the end of a FIFO
        os.close(end)
        with suppress(OSError):
            _remove(self._fifo)

    def disown(self) -> None:
        """In a forked child: what it inherited is its parent's place."""
        if self._end is not None:
            os.close(self._end)
            self._end = None


_indoors = threading.Lock()
_held: "weakref.WeakSet[Ticket]" = weakref.WeakSet()


def _disown_all() -> None:
    for ticket in _held:
        ticket.disown()


os.register_at_fork(after_in_child=_disown_all)


def lines(directory: Path) -> list[Line]:
    """Every line that has left a trace in ``directory``, empty ones too. Raises `OSError`."""
    try:
        with os.scandir(directory) as entries:
            names = {match[1] for entry in entries if (match := _FILE.match(entry.name))}
    except FileNotFoundError:
        return []
    return [Line(directory, name) for name in sorted(names)]


async def _ended(end: int) -> None:
    """Wait until the writing end of ``end`` has closed, `LOOK_AGAIN` at the longest."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    loop.add_reader(end, lambda: None if ended.done() else ended.set_result(None))
    try:
        await asyncio.wait([ended], timeout=LOOK_AGAIN)
    finally:
        loop.remove_reader(end)


def _watch(fifo: str) -> int | None:
    """The reading end of a ticket whose owner lives, else None."""
    try:
        end = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        os.read(end, 1)
    except BlockingIOError:
        return end
    os.close(end)
    return None


def _lives(fifo: str) -> bool:
    end = _watch(fifo)
    if end is None:
        return False
    os.close(end)
    return True


def _issue(fifo: str, record: bytes) -> int:
    """Make a ticket, complete before it lives; the result is the writing end that keeps it alive."""
    os.mkfifo(fifo, 0o600)
    try:
        _write(_record_of(fifo), record)
        reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # without a reader none can write
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        finally:
            os.close(reading)
    except OSError:
        _remove(fifo)
        raise


def _remove(fifo: str) -> None:
    """The FIFO last: while it is there, its record is found by its name."""
    Path(_record_of(fifo)).unlink(missing_ok=True)
    Path(fifo).unlink(missing_ok=True)


def _record_of(fifo: str) -> str:
    return f"{fifo}.json"


def _write(path: str, record: bytes) -> None:
    """In place and always of one size, so that whoever reads meanwhile finds no half of a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.write(file, record.ljust(RECORD_BYTES)) < RECORD_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(file)


def _try_lock(file: int, byte: int) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except (BlockingIOError, PermissionError):  # POSIX allows both
        return False
    return True
