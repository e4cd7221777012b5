"""Pipelines, cursors and streams against our server and the real one."""

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hrana.endpoints import Endpoint, client_of
from tests.hrana.test_values import values
from turso_tui.errors import HttpError, StreamLost, Unauthorized, Unreachable
from turso_tui.hrana import messages
from turso_tui.hrana.client import HranaClient, StreamKey
from turso_tui.hrana.cursor import RowBatch
from turso_tui.hrana.messages import BatchResult, DescribeResult, Request, StatementResult, StreamResult
from turso_tui.hrana.values import decode
from turso_tui.tokens import DatabaseToken
from turso_tui.values import Row, Statement, Value

T = TypeVar("T")


@pytest.fixture
async def client(endpoint: Endpoint) -> AsyncIterator[HranaClient]:
    async with client_of(endpoint.url) as client:
        yield client


def result(answer: StreamResult, kind: type[T]) -> T:
    assert answer.error is None
    assert answer.response is not None
    return msgspec.json.decode(answer.response.result, type=kind)


def rows(answer: StreamResult) -> list[Row]:
    return [tuple(decode(value) for value in row) for row in result(answer, StatementResult).rows]


async def run(client: HranaClient, endpoint: Endpoint, *requests: Request) -> list[StreamResult]:
    return (await client.pipeline([*requests, messages.CLOSE], token=endpoint.token)).results


async def test_each_request_is_answered_in_its_place(client: HranaClient, endpoint: Endpoint) -> None:
    one, failed, two, _ = await run(
        client,
        endpoint,
        messages.execute(Statement("SELECT 1")),
        messages.execute(Statement("SELECT * FROM nowhere")),
        messages.execute(Statement("SELECT :two", named_args={":two": 2})),
    )
    assert rows(one) == [(1,)]
    assert failed.error is not None
    assert "no such table: nowhere" in failed.error.message
    assert rows(two) == [(2,)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(values, min_size=1, max_size=8))
async def test_values_survive_the_journey(endpoint: Endpoint, sent: list[Value]) -> None:
    async with client_of(endpoint.url) as client:
        marks = ",".join("?" * len(sent))
        received, _ = await run(client, endpoint, messages.execute(Statement(f"SELECT {marks}", sent)))
    assert rows(received) == [tuple(sent)]


async def test_a_write_says_what_it_did(client: HranaClient, endpoint: Endpoint) -> None:
    _, answer, _ = await run(
        client,
        endpoint,
        messages.execute(Statement("CREATE TABLE t(a INTEGER PRIMARY KEY, b)")),
        messages.execute(Statement("INSERT INTO t(b) VALUES (1), (2)")),
    )
    inserted = result(answer, StatementResult)
    assert inserted.affected_row_count == 2
    assert int(inserted.last_insert_rowid or 0) == 2


async def test_describe_says_what_a_statement_is(client: HranaClient, endpoint: Endpoint) -> None:
    read, write, _ = await run(
        client, endpoint, messages.describe("SELECT :a AS x"), messages.describe("CREATE TABLE t(a)")
    )
    described = result(read, DescribeResult)
    assert described.is_readonly
    assert described.cols[0].name == "x"
    assert described.params[0].name == ":a"
    assert not result(write, DescribeResult).is_readonly


async def test_a_stream_keeps_its_transaction_until_it_is_closed(client: HranaClient, endpoint: Endpoint) -> None:
    begun = await client.pipeline([messages.execute(Statement("BEGIN")), messages.GET_AUTOCOMMIT], token=endpoint.token)
    assert begun.baton is not None
    assert begun.results[1].response is not None
    assert begun.results[1].response.is_autocommit is False
    stream = StreamKey(begun.baton, begun.base_url)
    created = await client.pipeline(
        [messages.batch([(Statement("CREATE TABLE gone(a)"), messages.IN_TRANSACTION)]), messages.CLOSE],
        token=endpoint.token,
        stream=stream,
    )
    assert result(created.results[0], BatchResult).step_results[0] is not None
    assert created.baton is None
    (answer, _) = await run(client, endpoint, messages.execute(Statement("SELECT * FROM gone")))
    assert answer.error is not None


async def test_a_stream_that_the_server_does_not_know_is_lost(client: HranaClient, endpoint: Endpoint) -> None:
    with pytest.raises(StreamLost):
        await client.pipeline([messages.GET_AUTOCOMMIT], token=endpoint.token, stream=StreamKey("bm9uc2Vuc2U"))


async def test_a_used_baton_is_a_lost_stream(client: HranaClient, endpoint: Endpoint) -> None:
    first = await client.pipeline([messages.execute(Statement("BEGIN"))], token=endpoint.token)
    assert first.baton is not None
    second = await client.pipeline([messages.GET_AUTOCOMMIT], token=endpoint.token, stream=StreamKey(first.baton))
    with pytest.raises(StreamLost):
        await client.pipeline([messages.GET_AUTOCOMMIT], token=endpoint.token, stream=StreamKey(first.baton))
    assert second.baton is not None
    await client.pipeline([messages.CLOSE], token=endpoint.token, stream=StreamKey(second.baton))


async def test_a_cursor_streams_what_no_response_could_hold(client: HranaClient, endpoint: Endpoint) -> None:
    numbers = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    statement = Statement(f"{numbers} SELECT i, 'x' || i FROM n", [20_000])
    received: list[Row] = []
    kinds: list[str] = []
    async with client.cursor(messages.batch_body([(statement, None)]), token=endpoint.token) as cursor:
        async for event in cursor:
            if isinstance(event, RowBatch):
                received += event
            else:
                kinds.append(event.type)
    assert received == [(i, f"x{i}") for i in range(1, 20_001)]
    assert kinds[:2] == ["step_begin", "step_end"]


async def test_a_cursor_that_fails_before_it_begins(client: HranaClient, endpoint: Endpoint) -> None:
    batch = messages.batch_body([(Statement("SELECT 1"), messages.ok(5))])
    with pytest.raises(HttpError):
        async with client.cursor(batch, token=endpoint.token):
            pytest.fail("a cursor was opened")


async def test_the_version_is_said_without_a_token(client: HranaClient) -> None:
    assert (await client.version_text()).startswith("sqld 0.")


async def test_a_wrong_token_is_refused_with_a_reason(local_endpoint: Endpoint) -> None:
    async with client_of(local_endpoint.url) as client:
        with pytest.raises(Unauthorized, match="refused the token"):
            await client.pipeline([messages.CLOSE], token=DatabaseToken("wrong.wrong.wrong"))
        with pytest.raises(Unauthorized):
            await client.pipeline([messages.CLOSE], token=None)


async def test_names_under_localhost_need_no_resolver(local_endpoint: Endpoint) -> None:
    assert local_endpoint.url.host.partition(":")[0].endswith(".localhost")
    async with client_of(local_endpoint.url) as client:
        assert rows((await run(client, local_endpoint, messages.execute(Statement("SELECT 1"))))[0]) == [(1,)]


async def test_nobody_listens(unused_tcp_port: int) -> None:
    async with client_of(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(Unreachable):
            await client.pipeline([messages.CLOSE], token=None)
