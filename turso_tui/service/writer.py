"""One writer for a database: first come, first served, in this process and across the processes of this user.

SQLite has a single writer. Whoever wants to write takes the turn of that database first; reads never do. Where a
process stands in line, and what becomes of its place when it dies, is `turso_tui.service.queue_line`'s.
"""

import asyncio
import os
import stat
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import msgspec

from turso_tui.errors import StorageError, TurnTimeout
from turso_tui.service.busy import BUSY_LIMIT, while_busy
from turso_tui.service.queue_line import Line, Ticket
from turso_tui.service.queue_state import Place, QueueState, decode, encode, shown

__all__ = ["Place", "QueueState", "Turn", "Writers", "while_busy"]

PLACES = 16
"""Of one process in one line. Who comes after waits outside, in order: so a process with a thousand writes makes nobody
else wait for more than sixteen of them, and needs no thousand files."""

LOOK_AGAIN = 1.0
"""How often others are looked at, in seconds."""


class Turn:
    """The turn while one has it."""

    def __init__(self, ticket: Ticket, place: Place) -> None:
        self._ticket = ticket
        self._place = place

    def note(self, statement: str, *, private: bool = False) -> None:
        """Say what is being written now, for those who look. Where that cannot be kept, they see what was said before:
        a write that has its turn does not fail for its label."""
        self._place = msgspec.structs.replace(self._place, statement=shown(statement, private=private))
        with suppress(OSError):
            self._ticket.describe(encode(self._place))


class _Local:
    """Our part of one line: who of us stands in it, and who waits outside for one of our places."""

    def __init__(self, line: Line, places: int) -> None:
        self.line = line
        self.free = asyncio.Semaphore(places)
        self.entry = asyncio.Lock()
        self.inside: set[int] = set()
        self.outside: list[Place] = []
        self.users = 0


class Writers:
    """The turns of all databases, keyed by identity. ``directory`` is shared by every process of this user.

    ``limit`` is how long a turn is waited for, in seconds (None: for ever). ``program`` is what others see beside the
    process id, ``places`` how many of us stand in one line at once. For use in one event loop at a time.
    """

    def __init__(
        self,
        directory: Path,
        *,
        limit: float | None = None,
        busy_limit: float = BUSY_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        program: str = "turso-tui",
        places: int = PLACES,
    ) -> None:
        self.limit = limit
        self.busy_limit = busy_limit
        """How long who has the turn waits for writers that are in no line of ours, in seconds."""
        self.on_change: Callable[[str, QueueState], None] | None = None
        """Called at once when one of ours comes, gets the turn or leaves; for what others do, see `changes`."""
        self.directory = directory
        self._clock = clock
        self._program = program
        self._places = places
        self._locals: dict[str, _Local] = {}
        self._told: dict[str, QueueState] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    def now(self) -> float:
        """Seconds on the clock that `Place.since` is told by."""
        return self._clock()

    def state(self, identity: str) -> QueueState:
        """Who writes and who waits, in all processes; a few small files are read. What cannot be read is not there."""
        local = self._locals.get(identity)
        line = local.line if local is not None else Line.of(self.directory, identity)
        inside: set[int] = local.inside if local is not None else set()
        try:
            records = line.records()
        except OSError:
            records = []  # no directory: nobody has ever written. Whoever wants to write is told what is wrong with it.
        places = [decode(record, mine=number in inside) for number, record in records]
        return QueueState((*places, *(local.outside if local is not None else ())))

    async def changes(self, identity: str, *, look_again: float = LOOK_AGAIN) -> AsyncGenerator[QueueState, None]:
        """The state now and after each change: ours at once, those of other processes within ``look_again`` seconds.

        Close it when done (`contextlib.aclosing`).
        """
        changed = asyncio.Event()
        self._watchers.setdefault(identity, set()).add(changed)
        last: QueueState | None = None
        try:
            while True:
                changed.clear()
                if (state := self.state(identity)) != last:
                    last = state
                    yield state
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), look_again)
        finally:
            self._watchers[identity].discard(changed)
            if not self._watchers[identity]:
                del self._watchers[identity]

    @asynccontextmanager
    async def turn(
        self, identity: str, label: str = "", statement: str = "", *, private: bool = False
    ) -> AsyncIterator[Turn]:
        """Hold the turn of a database. Waiting can be cancelled; raises `TurnTimeout` at the limit, and `StorageError`
        when one cannot stand in line.

        Others see ``label`` and how ``statement`` begins, unless it is ``private`` or begins with a space. Never take a
        second turn of the same database inside the first: it would wait for itself.
        """
        place = Place.of(identity, self._program, label, statement, private=private, since=self._clock())
        async with AsyncExitStack() as stack:
            local = stack.enter_context(self._local(identity))
            limit = self.limit
            try:
                async with asyncio.timeout(limit):
                    turn = await self._take(identity, local, place, stack)
            except TimeoutError as error:
                raise _timeout(limit or 0.0) from error
            except OSError as error:
                raise self._storage_error(error) from error
            yield turn

    async def _take(self, identity: str, local: _Local, place: Place, stack: AsyncExitStack) -> Turn:
        ticket = await self._enter(identity, local, place, stack)
        if await ticket.reach_front():
            place = msgspec.structs.replace(place, since=self._clock())
            with suppress(OSError):  # others see an older time
                ticket.describe(encode(place))
            self._changed(identity)
        return Turn(ticket, place)

    async def _enter(self, identity: str, local: _Local, place: Place, stack: AsyncExitStack) -> Ticket:
        local.outside.append(place)
        try:
            if local.free.locked() or local.entry.locked():
                self._changed(identity)
            await stack.enter_async_context(local.free)
            async with local.entry:
                self._prepare()
                ticket = await local.line.enter(encode(place))
        finally:
            local.outside.remove(place)
        local.inside.add(ticket.number)
        stack.callback(local.inside.discard, ticket.number)
        stack.callback(ticket.leave)
        self._changed(identity)
        return ticket

    @contextmanager
    def _local(self, identity: str) -> Iterator[_Local]:
        local = self._locals.get(identity)
        if local is None:
            local = self._locals[identity] = _Local(Line.of(self.directory, identity), self._places)
        local.users += 1
        try:
            yield local
        finally:
            local.users -= 1
            if not local.users:
                del self._locals[identity]
            self._changed(identity)

    def _prepare(self) -> None:
        """What we write down may be a secret: the directory must be ours, and nobody else's to look into."""
        try:
            found = self.directory.stat()
        except FileNotFoundError:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = self.directory.stat()
        if found.st_uid != os.geteuid():
            raise StorageError(
                f"{self.directory} belongs to another user.",
                means="They could read what you write, and take turns away; so nothing was written.",
                next_step="Set XDG_STATE_HOME to a directory of your own.",
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            self.directory.chmod(0o700)

    def _storage_error(self, error: OSError) -> StorageError:
        return StorageError(
            f"The writer's line cannot be entered: {error.strerror}.",
            means="Without it two programs could write at the same moment, so nothing was written.",
            next_step=f"Make {self.directory} writable, and free some space if its disk is full.",
        )

    def _changed(self, identity: str) -> None:
        for watcher in self._watchers.get(identity, ()):
            watcher.set()
        if self.on_change is None:
            return
        state = self.state(identity)
        if state == self._told.get(identity, QueueState()):
            return
        if state.places:
            self._told[identity] = state
        else:
            self._told.pop(identity, None)
        self.on_change(identity, state)


def _timeout(limit: float) -> TurnTimeout:
    return TurnTimeout(
        f"The writer's turn did not come within {limit:g} s.",
        means="Someone else is writing to this database; the statement did not run.",
        next_step="Run it again, or wait for the other writer.",
    )
