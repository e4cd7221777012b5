"""A listener that only this machine can reach: one port on both loopback addresses, one short answer a connection."""

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self

import h11

REQUEST_SECONDS = 10.0
"""How long a connection may take; browsers open some ahead and never use them."""

FAREWELL_SECONDS = 1.0
"""How long an answer that is under way may take when the listener closes."""

LONGEST_REQUEST = 64 * 1024
PORTS_TRIED = 20

_NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}

_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``location`` makes it a redirect."""

    status: HTTPStatus
    page: str = ""
    location: str = ""


class Loopback:
    """An async context manager; GET requests, by path and query, are answered by ``answer``.

    Entering raises `OSError` where nothing can listen. When it is left, no listener and no connection is.
    """

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self._answer = answer
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        sockets = _listen()
        self.port = sockets[0].getsockname()[1]
        self._servers = [
            await asyncio.start_server(self._connected, sock=listening, limit=LONGEST_REQUEST) for listening in sockets
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        try:
            if self._answering:
                await asyncio.wait(self._answering, timeout=FAREWELL_SECONDS)
        finally:
            for connection in self._connections:
                connection.cancel()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._converse(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)
        connection.add_done_callback(self._answering.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Whoever speaks no HTTP, or is silent, or leaves, gets no answer and wants none.
            with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                async with asyncio.timeout(REQUEST_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    if (task := asyncio.current_task()) is not None:
                        self._answering.add(task)
                    writer.write(self._response(head))
                    await writer.drain()
        finally:
            writer.close()

    def _response(self, head: bytes) -> bytes:
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_REQUEST)
        http.receive_data(head)
        try:
            request = http.next_event()
        except h11.RemoteProtocolError:
            return _written(http, Answer(HTTPStatus.BAD_REQUEST))
        if not isinstance(request, h11.Request) or request.method != b"GET":
            return _written(http, Answer(HTTPStatus.METHOD_NOT_ALLOWED))
        return _written(http, self._answer(request.target.decode("ascii", "replace")))


def _written(http: h11.Connection, answer: Answer) -> bytes:
    body = answer.page.encode()
    headers = [*_HEADERS, ("Content-Length", str(len(body)))]
    if answer.location:
        headers.append(("Location", answer.location))
    start = h11.Response(status_code=answer.status, headers=headers, reason=answer.status.phrase)
    return b"".join(http.send(event) or b"" for event in (start, h11.Data(body), h11.EndOfMessage()))


def _listen() -> list[socket.socket]:
    """The same free port on 127.0.0.1 and, where this machine has it, on ::1."""
    for _ in range(PORTS_TRIED):
        first = socket.create_server(("127.0.0.1", 0))
        try:
            return [first, socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6)]
        except OSError as error:
            if error.errno in _NO_IPV6:
                return [first]
            first.close()
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both loopback addresses")
