"""Servers to speak SQL over HTTP with: ours, the real sqld, and small ones that misbehave."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.applications import Starlette

from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.http import database_http_client
from turso_tui.hrana.url import DatabaseUrl, parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.tokens import DatabaseToken


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An empty database and the token that opens it."""

    url: DatabaseUrl
    token: DatabaseToken | None = None


def endpoint_of(server: LocalServer, database: str = "scratch", *, authorization: str = "full-access") -> Endpoint:
    """A database of the demo account with a freshly minted token."""
    path = f"{server.url}/v1/organizations/{server.organization}/databases/{database}"
    headers = {"authorization": f"Bearer {server.token}"}
    hostname = httpx.get(path, headers=headers).json()["database"]["Hostname"]
    minted = httpx.post(f"{path}/auth/tokens", headers=headers, params={"authorization": authorization})
    return Endpoint(parse_database_url(f"http://{hostname}"), DatabaseToken(minted.json()["jwt"]))


@asynccontextmanager
async def client_of(url: DatabaseUrl | str) -> AsyncIterator[HranaClient]:
    async with database_http_client() as http:
        yield HranaClient(parse_database_url(url) if isinstance(url, str) else url, http)


@asynccontextmanager
async def serving(application: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free port; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", ws="none"))
    task = asyncio.create_task(server._serve([listener]))  # `serve` would take the signals of the test run
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


@asynccontextmanager
async def answering(behave: Callable[[bytes], Awaitable[bytes]]) -> AsyncIterator[str]:
    """Answer each connection's first request with ``behave(body)``, whatever bytes that are, and hang up."""
    connections: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        with suppress(ConnectionError):
            writer.write(await behave(await reader.readexactly(length)))
            writer.close()
            await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*connections)
