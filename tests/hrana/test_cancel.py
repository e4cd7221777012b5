"""Giving up stops the server too: it answers at once, and nobody holds its lock."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.hrana.endpoints import Endpoint, client_of
from turso_tui.hrana import messages
from turso_tui.hrana.client import HranaClient
from turso_tui.values import Statement

_NUMBERS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT"
ENDLESS = Statement(f"{_NUMBERS} max(i) FROM n")
ENDLESS_ROWS = Statement(f"{_NUMBERS} i FROM n")
ENDLESS_WRITE = Statement(f"INSERT INTO t {_NUMBERS} max(i) FROM n")
SOON = 3.0
"""Seconds; an endless statement would go on for minutes."""


@pytest.fixture
async def client(endpoint: Endpoint) -> AsyncIterator[HranaClient]:
    async with client_of(endpoint.url) as client:
        await write(client, endpoint, "CREATE TABLE t(a)")
        yield client


async def write(client: HranaClient, endpoint: Endpoint, sql: str) -> None:
    answer = await client.pipeline([messages.execute(Statement(sql)), messages.CLOSE], token=endpoint.token)
    assert answer.results[0].error is None


async def expect_a_free_server(client: HranaClient, endpoint: Endpoint) -> None:
    started = time.monotonic()
    await write(client, endpoint, "INSERT INTO t VALUES (1)")
    assert time.monotonic() - started < SOON


async def give_up_on(work: "asyncio.Task[object]") -> None:
    """Long enough for the request to arrive, which nothing on this side can see."""
    await asyncio.wait({work}, timeout=0.3)
    assert not work.done()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


@pytest.mark.parametrize("statement", [ENDLESS, ENDLESS_WRITE], ids=["read", "write"])
async def test_a_cancelled_pipeline(client: HranaClient, endpoint: Endpoint, statement: Statement) -> None:
    call = client.pipeline([messages.execute(statement), messages.CLOSE], token=endpoint.token)
    await give_up_on(asyncio.create_task(call))
    await expect_a_free_server(client, endpoint)


@pytest.mark.parametrize("statement", [ENDLESS, ENDLESS_WRITE], ids=["read", "write"])
async def test_a_cancelled_cursor(client: HranaClient, endpoint: Endpoint, statement: Statement) -> None:
    async def read() -> None:
        async with client.cursor(messages.batch_body([(statement, None)]), token=endpoint.token) as cursor:
            async for _ in cursor:
                pass

    await give_up_on(asyncio.create_task(read()))
    await expect_a_free_server(client, endpoint)


async def test_a_cursor_that_is_left_early(client: HranaClient, endpoint: Endpoint) -> None:
    async with client.cursor(messages.batch_body([(ENDLESS_ROWS, None)]), token=endpoint.token) as cursor:
        async for _ in cursor:
            break
    await expect_a_free_server(client, endpoint)


async def test_a_cancelled_transaction_gives_the_lock_back(client: HranaClient, endpoint: Endpoint) -> None:
    begin_and_stay = [messages.execute(Statement("BEGIN IMMEDIATE")), messages.execute(ENDLESS_WRITE)]
    await give_up_on(asyncio.create_task(client.pipeline(begin_and_stay, token=endpoint.token)))
    await expect_a_free_server(client, endpoint)
