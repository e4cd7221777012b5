"""Streams: the connections that clients hold from request to request by their batons.

Everything here happens on the event loop, except opening and closing connections, which the worker threads do.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from turso_tui.local.data.batons import Batons
from turso_tui.local.data.connection import Connection, Database
from turso_tui.local.data.errors import HttpFailure, protocol_violation
from turso_tui.local.tenant import Dialect

_REMEMBERED_SECONDS = 300.0
"""How long an expired stream is told apart from one that never was, as on sqld."""

_SEQUENCES = 2**64

_T = TypeVar("_T")


class Stream:
    """A connection, the texts stored on it, and whose turn it is. ``database`` is the tenant's key."""

    def __init__(self, identity: int, database: str, connection: Connection) -> None:
        self.identity = identity
        self.database = database
        self.connection = connection
        self.stored_sql: dict[int, str] = {}
        self.is_closed = False
        self.sequence = secrets.randbelow(_SEQUENCES)
        self.idle = asyncio.Event()
        """Set while no request uses the stream."""
        self.serves_cursor = False
        self.ended = asyncio.Event()
        """Set when the stream is taken from the request that uses it."""
        self.expiry: asyncio.TimerHandle | None = None


class Streams:
    """All open streams of the server. ``idle_seconds`` is how long one lives between two requests."""

    def __init__(self, executor: Executor, dialect: Dialect, idle_seconds: float, clock: Callable[[], float]) -> None:
        self._executor = executor
        self._dialect = dialect
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._batons = Batons(secrets.token_bytes(32))
        self._open: dict[int, Stream] = {}
        self._expired: dict[int, float] = {}

    async def open(self, key: str, database: Database) -> Stream:
        """A new stream, busy with the request that asks for it."""
        connection = await self._in_thread(lambda: Connection(database, self._dialect))
        stream = Stream(secrets.randbits(64), key, connection)
        self._open[stream.identity] = stream
        return stream

    async def take(self, baton: str, key: str) -> Stream:
        """The stream that a baton continues, busy from now on. Raises `HttpFailure` for all the ways a baton is bad.

        A request that comes while a cursor is still being read waits for it, as on sqld. A baton of another database
        is no baton here, or the right to use one database would reach into the next.
        """
        try:
            identity, sequence = self._batons.read(baton)
        except ValueError as error:
            raise self._gone("Received an invalid baton") from error
        stream = self._open.get(identity)
        if stream is not None and sequence == stream.sequence and stream.serves_cursor:
            await stream.idle.wait()
            stream = self._open.get(identity)
        if stream is None or stream.database != key:
            raise self._lost(identity)
        if sequence != stream.sequence or not stream.idle.is_set():
            raise self._gone("Received a baton that has already been used")
        stream.idle.clear()
        stream.sequence = (stream.sequence + 1) % _SEQUENCES
        if stream.expiry is not None:
            stream.expiry.cancel()
        return stream

    def is_idle(self, baton: str) -> bool:
        """Whether the baton continues a stream that no request uses now."""
        stream = self._of(baton)
        return stream is not None and stream.idle.is_set()

    def expire(self, baton: str) -> None:
        """As if the stream had been idle for too long."""
        stream = self._of(baton)
        if stream is not None:
            if stream.expiry is not None:
                stream.expiry.cancel()
            self._expire(stream)

    def baton(self, stream: Stream) -> str:
        """The baton for the request after the one that the stream is busy with."""
        return self._batons.sign(stream.identity, stream.sequence)

    def put_back(self, stream: Stream) -> None:
        """The request is over, and the stream waits for the next one."""
        stream.serves_cursor = False
        stream.idle.set()
        if stream.identity in self._open:
            loop = asyncio.get_running_loop()
            stream.expiry = loop.call_later(self._idle_seconds, self._expire, stream)

    async def end(self, stream: Stream) -> None:
        """Closes the stream: rolls back, and lets the next writer write."""
        self._open.pop(stream.identity, None)
        if stream.expiry is not None:
            stream.expiry.cancel()
        await self._in_thread(stream.connection.close)
        stream.idle.set()

    async def end_all(self, database: str | None = None) -> None:
        """Ends the streams of one database, or all of them, whatever they are doing."""
        chosen = [stream for stream in self._open.values() if database in (None, stream.database)]
        for stream in chosen:
            self._open.pop(stream.identity)
            stream.ended.set()
            stream.connection.cancel()
        await asyncio.gather(*(self.end(stream) for stream in chosen))

    def __len__(self) -> int:
        return len(self._open)

    def _of(self, baton: str) -> Stream | None:
        try:
            identity, sequence = self._batons.read(baton)
        except ValueError:
            return None
        stream = self._open.get(identity)
        return stream if stream is not None and stream.sequence == sequence else None

    def _expire(self, stream: Stream) -> None:
        if self._open.pop(stream.identity, None) is None:
            return
        now = self._clock()
        self._expired = {known: at for known, at in self._expired.items() if now - at < _REMEMBERED_SECONDS}
        self._expired[stream.identity] = now
        self._executor.submit(stream.connection.close)

    def _lost(self, identity: int) -> HttpFailure:
        expired_at = self._expired.get(identity)
        if expired_at is None or self._clock() - expired_at >= _REMEMBERED_SECONDS:
            return self._gone("Received an invalid baton")
        message = "The stream has expired due to inactivity"
        if self._dialect is Dialect.CLOUD:
            return self._gone(message)
        return HttpFailure(400, {"message": message, "code": "STREAM_EXPIRED"})

    def _gone(self, reason: str) -> HttpFailure:
        if self._dialect is Dialect.CLOUD:
            return HttpFailure(404, {"error": f"stream not found: {reason}"})
        return protocol_violation(reason)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
