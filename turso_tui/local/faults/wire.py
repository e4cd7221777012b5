"""The connection below HTTP, so that it can be cut: uvicorn's own protocol, which tells requests of its transport."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_KEY = "line"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: what is unsent is dropped, and the peer gets a reset."""


class Line:
    """What can be done to a connection besides answering on it. For the event loop only."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.gone = asyncio.Event()
        """Set when the connection is closed, by whichever side."""
        self.ending = asyncio.Event()
        """Set when the server stops."""

    async def cut(self, *, reset: bool) -> None:
        """Closes the connection, after what has been written or with a reset; returns when it is closed."""
        if reset:
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
        else:
            self._transport.close()
        await self.gone.wait()

    async def pause(self, seconds: float) -> None:
        """Waits, but not when the server stops."""
        await _first_of(self.ending, within=seconds)

    async def hold(self, limit: float | None) -> None:
        """Keeps the connection, silent, until the client leaves; then, or after ``limit`` seconds, it is closed."""
        await _first_of(self.gone, self.ending, within=limit)
        await self.cut(reset=False)


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 as ever; each request finds its `Line` by `line_of`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._line = Line(transport)
        self.app_state = {**self.app_state, _KEY: self._line}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._line.gone.set()

    def shutdown(self) -> None:
        super().shutdown()
        self._line.ending.set()


def line_of(scope: Scope) -> Line:
    """The connection that a request came on."""
    line: Line = scope["state"][_KEY]
    return line


async def _first_of(*events: asyncio.Event, within: float | None) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
