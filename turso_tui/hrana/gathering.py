"""Small pieces of an answer joined to larger ones, without holding any back."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

MOST_BYTES = 1_000_000
"""How far the network may run ahead of whoever reads."""


@asynccontextmanager
async def gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    """``pieces``, as many at once as have arrived by the time that somebody asks for more.

    sqld sends each row as an HTTP chunk of its own: what is done for each piece would be done for each row.
    """
    gathering = _Gathering(pieces)
    try:
        async with aclosing(gathering.joined()) as joined:
            yield joined
    finally:
        await gathering.aclose()


class _Gathering:
    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._waiting = bytearray()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._pump = asyncio.create_task(self._fetch())
        self._pump.add_done_callback(lambda _: self._arrived.set())

    async def joined(self) -> AsyncGenerator[bytes, None]:
        """Ends as the pieces did: quietly, or with their error after the last of them."""
        while self._waiting or not self._pump.done():
            await self._arrived.wait()
            self._arrived.clear()
            if self._waiting:
                whole = bytes(self._waiting)
                self._waiting.clear()
                self._room.set()
                yield whole
        self._pump.result()

    async def aclose(self) -> None:
        self._pump.cancel()
        await asyncio.wait([self._pump])
        if not self._pump.cancelled():
            self._pump.exception()  # whoever stops reading early does not care how it would have ended

    async def _fetch(self) -> None:
        async for piece in self._pieces:
            self._waiting += piece
            self._arrived.set()
            if len(self._waiting) >= MOST_BYTES:
                self._room.clear()
                await self._room.wait()
