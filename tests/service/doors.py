"""The three ways into a database, opened for a test; and how a test waits for something to be so."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import httpx
import pytest

from turso_tui.hrana.http import database_http_client
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import DEFAULT_TIMEOUT, PlatformTransport
from turso_tui.service.account import GROUP_FROM, Account
from turso_tui.service.database import Database
from turso_tui.service.minted_tokens import Lifetimes
from turso_tui.service.services import Services
from turso_tui.tokens import PlatformToken

FOREVER = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n
"""
"""A read that takes minutes where nobody interrupts it."""


async def open_tenant(services: Services, server: LocalServer, name: str = "scratch") -> Database:
    """A database of the demo account by its platform token."""
    account = services.account(PlatformToken(server.token), server.url)
    return account.open(server.organization, await account.find(server.organization, name))


def open_url(services: Services, url: str) -> Database:
    return services.remote(parse_database_url(url))


def open_file(services: Services, path: Path) -> Database:
    apsw.Connection(str(path)).close()
    return services.file(path)


@asynccontextmanager
async def account_of(
    server: LocalServer,
    services: Services,
    *,
    token: str = "",
    lifetimes: Lifetimes | None = None,
    clock: Callable[[], float] = time.time,
    group_from: int = GROUP_FROM,
    organization: str = "",
    patience: httpx.Timeout = DEFAULT_TIMEOUT,
) -> AsyncIterator[Account]:
    """An account, of the demo's token or another one, with tokens that live and a clock that goes as the test likes."""
    secret = PlatformToken(token or server.token)
    platform = PlatformClient(PlatformTransport(server.url, secret, clock=clock, timeout=patience))
    async with database_http_client() as http:
        account = Account(
            platform, http, services.writers, lifetimes=lifetimes, group_from=group_from, organization=organization
        )
        try:
            yield account
        finally:
            await account.aclose()


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for ``condition``; fails the test when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.005)


DOORS = ("account", pytest.param("url", marks=pytest.mark.sqld), "file")
"""Parameters for a fixture that calls `open_door`."""


async def open_door(request: pytest.FixtureRequest, services: Services, directory: Path) -> Database:
    """An empty database by the way in that ``request.param`` names."""
    match request.param:
        case "account":
            return await open_tenant(services, request.getfixturevalue("local_server"))
        case "url":
            return open_url(services, request.getfixturevalue("sqld"))
        case _:
            return open_file(services, directory / "file.db")
