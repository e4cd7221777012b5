"""Servers that are absent, hang up or never answer, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from turso_tui import errors
from turso_tui.platform import PlatformTransport
from turso_tui.tokens import PlatformToken


async def hang_up(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def say_nothing(reader: asyncio.StreamReader) -> None:
    await reader.read()


@asynccontextmanager
async def transport_to(behave: Callable[[asyncio.StreamReader], Awaitable[None]]) -> AsyncIterator[PlatformTransport]:
    """A transport to a server that behaves so with each connection and then closes it."""
    connections: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await behave(reader)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        async with PlatformTransport(url, PlatformToken("eyJ"), timeout=httpx.Timeout(0.2)) as transport:
            yield transport
        await asyncio.gather(*connections)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    listener = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    async with PlatformTransport(f"http://127.0.0.1:{port}", PlatformToken("eyJ")) as transport:
        with pytest.raises(errors.Unreachable, match=r"127\.0\.0\.1 cannot be reached"):
            await transport.post("v1", "x")


async def test_a_server_that_hangs_up_leaves_the_outcome_open() -> None:
    async with transport_to(hang_up) as transport:
        with pytest.raises(errors.ConnectionLost, match="broke"):
            await transport.post("v1", "x")


async def test_a_server_that_says_nothing_leaves_the_outcome_open() -> None:
    async with transport_to(say_nothing) as transport:
        with pytest.raises(errors.TimedOut, match="in time"):
            await transport.post("v1", "x")
