"""A road to an HTTP/1.1 server on which connections break: before a request, in it, after it, in its answer."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from random import Random

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: the peer gets a reset."""

_HEAD_BYTES = 2**20

LATE_SECONDS = 1.0


class Cut(StrEnum):
    """When a connection breaks. The server has got nothing, or a half; or all, and then runs it or not (``DURING``),
    has run it (``AFTER``), has been half understood (``MIDDLE``), or will get it when nobody expects it any more."""

    BEFORE = "before"
    HALF = "half"
    DURING = "during"
    AFTER = "after"
    MIDDLE = "middle"
    LATE = "late"


class CuttingProxy:
    """``percent`` of the requests lose their connection, each in one of ``kinds`` of ways; half of them by a reset.

    What is in ``due`` strikes the next requests, whatever chance says.
    """

    def __init__(self, host: str, port: int, *, percent: float, seed: int, kinds: Sequence[Cut] = tuple(Cut)) -> None:
        self.cuts: Counter[Cut] = Counter()
        self.due: list[Cut] = []
        self.requests = 0
        self._server = (host, port)
        self._percent = percent
        self._chance = Random(seed)
        self._kinds = kinds
        self._open: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Gives its port, on 127.0.0.1."""
        listener = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_BYTES)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(*self._server, limit=_HEAD_BYTES)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):  # either side has left
                while await self._pass_on(reader, writer, server, to_server):
                    pass
        finally:
            writer.close()
            to_server.close()

    async def _pass_on(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False when the connection has been cut."""
        request = await _message(client)
        cut = self._throw()
        if cut in (Cut.BEFORE, Cut.LATE):
            self._break_off(to_client)
        if cut is Cut.BEFORE:
            return False
        if cut is Cut.LATE:
            await asyncio.sleep(LATE_SECONDS)
        to_server.write(request[: len(request) // 2] if cut is Cut.HALF else request)
        await to_server.drain()
        answer = b"" if cut in (Cut.HALF, Cut.DURING) else await _message(server)
        if cut in (None, Cut.MIDDLE):
            to_client.write(answer[: len(answer) // 2] if cut is Cut.MIDDLE else answer)
            await to_client.drain()
        if cut is not None:
            self._break_off(to_client)
        return cut is None

    def _break_off(self, connection: asyncio.StreamWriter) -> None:
        if not connection.is_closing() and self._chance.random() < 0.5:
            line: socket.socket = connection.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.close()

    def _throw(self) -> Cut | None:
        self.requests += 1
        if not self.due and self._chance.uniform(0, 100) >= self._percent:
            return None
        cut = self.due.pop(0) if self.due else self._chance.choice(self._kinds)
        self.cuts[cut] += 1
        return cut


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A whole request or answer, as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = {name.strip().lower(): value.strip().lower() for name, _, value in _fields(head)}
    if fields.get(b"transfer-encoding") != b"chunked":
        return head + await reader.readexactly(int(fields.get(b"content-length", b"0")))
    parts = [head]
    while True:
        size = await reader.readuntil(b"\r\n")
        parts += [size, await reader.readexactly(int(size.partition(b";")[0], 16) + 2)]
        if len(parts[-1]) == 2:
            return b"".join(parts)


def _fields(head: bytes) -> list[tuple[bytes, bytes, bytes]]:
    return [line.partition(b":") for line in head.split(b"\r\n")[1:]]
