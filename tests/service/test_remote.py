"""A link to a server: what is sent where, what is tried again, and what never is."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.hrana.endpoints import Endpoint, answering, client_of, endpoint_of
from turso_tui import errors
from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.patience import Patience
from turso_tui.service.remote import RemoteLink
from turso_tui.tokens import Access, DatabaseToken
from turso_tui.values import Column, Row, Statement, Value

ATTEMPTS = Patience().attempts
NUMBERS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT %d) SELECT %s FROM n"
CLOSED = {"type": "ok", "response": {"type": "close"}}
ONE = {"cols": [{"name": "1"}], "rows": [[{"type": "integer", "value": "1"}]], "affected_row_count": 0}
READ_ONE = {"results": [{"type": "ok", "response": {"type": "execute", "result": ONE}}, CLOSED]}


async def read(link: RemoteLink, sql: str, *args: Value) -> list[Row]:
    async with link.read(Statement(sql, args)) as stream:
        return [row async for chunk in stream for row in chunk]


async def test_what_a_statement_is_before_it_runs(link: RemoteLink) -> None:
    described = await link.describe("SELECT :a AS x, ? AS y")
    assert described.readonly
    assert [column.name for column in described.columns] == ["x", "y"]
    assert described.parameters == (":a", None)
    assert (await link.describe("CREATE TABLE t(a)")).readonly is False
    assert (await link.describe("EXPLAIN SELECT 1")).is_explain
    with pytest.raises(errors.SqlError, match="no such table: t"):
        await link.describe("SELECT * FROM t")


async def test_a_small_result_comes_in_one_answer_with_its_cost(link: RemoteLink) -> None:
    await link.write(Statement("CREATE TABLE t(a INTEGER)"))
    inserted = await link.write(Statement("INSERT INTO t VALUES (?), (?)", (1, 2)))
    assert (inserted.summary.affected_rows, inserted.summary.last_insert_rowid) == (2, 2)
    async with link.read(Statement("SELECT a FROM t")) as stream:
        assert [row async for chunk in stream for row in chunk] == [(1,), (2,)]
    assert stream.columns == (Column("a", "INTEGER"),)
    assert (stream.summary.rows_read or 0) >= 2


async def test_chunks_are_bounded(link: RemoteLink) -> None:
    async with link.read(Statement(NUMBERS % (5000, "i"))) as stream:
        assert [len(chunk) async for chunk in stream] == [2000, 2000, 1000]


async def test_a_result_that_fits_no_answer_comes_by_cursor(link: RemoteLink) -> None:
    rows = await read(link, NUMBERS % (300, "i, hex(zeroblob(20000))"))
    assert [row[0] for row in rows] == list(range(1, 301))
    assert {len(str(row[1])) for row in rows} == {40_000}


async def test_leaving_a_large_result_early_stops_the_server(link: RemoteLink) -> None:
    async with link.read(Statement(NUMBERS % (10**9, "i, hex(zeroblob(20000))"))) as stream:
        async for _ in stream:
            break
    async with asyncio.timeout(5):
        await link.write(Statement("CREATE TABLE t(a)"))


async def test_several_reads_in_one_round_trip(link: RemoteLink) -> None:
    one, two = await link.read_batch([Statement("SELECT 1"), Statement("SELECT 2")])
    assert (one.rows, two.rows) == ([(1,)], [(2,)])


async def test_a_refusal_is_told_in_sqlites_words(link: RemoteLink) -> None:
    await link.write(Statement("CREATE TABLE t(a UNIQUE)"))
    await link.write(Statement("INSERT INTO t VALUES (1)"))
    with pytest.raises(errors.SqlError, match=r"^UNIQUE constraint failed: t\.a$"):
        await link.write(Statement("INSERT INTO t VALUES (1)"))


async def test_a_batch_is_applied_as_a_whole(link: RemoteLink) -> None:
    statements = [
        Statement("CREATE TABLE t(a)"),
        Statement("INSERT INTO t VALUES (?)", (7,)),
        Statement("SELECT a FROM t"),
    ]
    done = await link.write_batch(statements)
    assert [one.summary.affected_rows for one in done] == [0, 1, 0]
    assert done[2].rows == [(7,)]
    assert await read(link, "SELECT a FROM t") == [(7,)]


@pytest.mark.parametrize("failing", range(3))
async def test_a_batch_that_fails_anywhere_leaves_nothing(link: RemoteLink, failing: int) -> None:
    await link.write(Statement("CREATE TABLE t(a UNIQUE)"))
    await link.write(Statement("INSERT INTO t VALUES (0)"))
    statements = [Statement("INSERT INTO t VALUES (?)", (n,)) for n in (1, 2, 3)]
    statements[failing] = Statement("INSERT INTO t VALUES (0)")
    with pytest.raises(errors.SqlError, match="UNIQUE"):
        await link.write_batch(statements)
    assert await read(link, "SELECT a FROM t") == [(0,)]


async def test_a_batch_that_cannot_be_read_leaves_nothing(link: RemoteLink) -> None:
    with pytest.raises(errors.SqlError):
        await link.write_batch([Statement("CREATE TABLE t(a)"), Statement("SELEC")])
    with pytest.raises(errors.SqlError, match="no such table"):
        await read(link, "SELECT * FROM t")


async def test_an_empty_batch(link: RemoteLink) -> None:
    assert await link.write_batch([]) == []


async def test_a_batch_that_ends_its_own_transaction_runs_nothing_outside_it(link: RemoteLink) -> None:
    """As a server does that takes the lock away: what comes after must not run on its own."""
    await link.write(Statement("CREATE TABLE t(a)"))
    with pytest.raises(errors.TransactionLost):
        await link.write_batch([Statement("ROLLBACK"), Statement("INSERT INTO t VALUES (1)")])
    assert await read(link, "SELECT a FROM t") == []


async def test_another_writer_is_waited_for(link: RemoteLink) -> None:
    await link.write(Statement("CREATE TABLE t(a)"))
    conversation = link.converse()
    await conversation.run(Statement("BEGIN IMMEDIATE"))
    await conversation.run(Statement("INSERT INTO t VALUES (1)"))
    waiting = asyncio.create_task(link.write(Statement("INSERT INTO t SELECT max(a) + 1 FROM t")))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    await conversation.run(Statement("COMMIT"))
    await conversation.aclose()
    await asyncio.wait_for(waiting, 5)
    assert await read(link, "SELECT a FROM t") == [(1,), (2,)]


@dataclass
class Tokens:
    """A token that is refused, and the good one that replaces it."""

    good: DatabaseToken | None
    asked: list[Access] = field(default_factory=list)
    replaced: int = 0

    async def token(self, access: Access) -> DatabaseToken | None:
        self.asked.append(access)
        return self.good if self.replaced else DatabaseToken("wrong.wrong.wrong")

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        self.replaced += 1
        return self.good

    def now(self) -> float:
        return 0.0


async def test_a_refused_token_is_replaced_once_and_the_call_repeated(local_endpoint: Endpoint) -> None:
    tokens = Tokens(local_endpoint.token)
    async with client_of(local_endpoint.url) as client:
        link = RemoteLink(client, tokens)
        await link.write(Statement("CREATE TABLE t AS SELECT 1 AS a"))
        assert await read(link, "SELECT a FROM t") == [(1,)]
    assert tokens.replaced == 1
    assert tokens.asked == [Access.READ_WRITE, Access.READ_ONLY]


async def test_a_read_only_token_reads_and_never_writes(local_server: LocalServer) -> None:
    endpoint = endpoint_of(local_server, authorization="read-only")
    async with client_of(endpoint.url) as client:
        link = RemoteLink(client, GivenToken(endpoint.token))
        assert await read(link, "SELECT 1") == [(1,)]
        with pytest.raises((errors.Forbidden, errors.SqlError)):
            await link.write(Statement("CREATE TABLE t(a)"))


def answer(body: object, status: str = "200 OK", *headers: str) -> bytes:
    content = json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(content)}", *headers]
    return "\r\n".join([*head, "connection: close", "", ""]).encode() + content


@dataclass
class Scripted:
    """A server that gives these answers, one for each connection; an empty one hangs up."""

    answers: list[bytes]
    requests: int = 0

    async def behave(self, _body: bytes) -> bytes:
        self.requests += 1
        return self.answers.pop(0)

    @asynccontextmanager
    async def link(self) -> AsyncIterator[RemoteLink]:
        async with answering(self.behave) as url, client_of(url) as client:
            yield RemoteLink(client, GivenToken())


async def test_a_read_is_repeated_when_the_connection_breaks() -> None:
    server = Scripted([b"", b"", answer(READ_ONE)])
    async with server.link() as link:
        assert await read(link, "SELECT 1") == [(1,)]


async def test_a_read_is_not_repeated_for_ever() -> None:
    server = Scripted([b""] * ATTEMPTS)
    async with server.link() as link:
        with pytest.raises(errors.ConnectionLost):
            await read(link, "SELECT 1")
    assert server.requests == ATTEMPTS


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", answer({}, "500 Oh")])
async def test_a_write_that_was_sent_is_never_repeated(reply: bytes) -> None:
    server = Scripted([reply])
    async with server.link() as link:
        with pytest.raises(errors.OutcomeUnknown, match="Look at the data"):
            await link.write(Statement("DELETE FROM t"))
    assert server.requests == 1


async def test_a_batch_that_was_sent_is_never_repeated() -> None:
    server = Scripted([b""])
    async with server.link() as link:
        with pytest.raises(errors.OutcomeUnknown):
            await link.write_batch([Statement("DELETE FROM t")])
    assert server.requests == 1


async def test_a_write_that_was_not_taken_is_repeated() -> None:
    server = Scripted([answer({"error": "Too many"}, "429 Too Many", "retry-after: 0.01"), answer(READ_ONE)])
    async with server.link() as link:
        assert (await link.write(Statement("INSERT INTO t VALUES (1) RETURNING 1"))).rows == [(1,)]


async def test_a_server_that_is_not_there_has_applied_nothing(unused_tcp_port: int) -> None:
    async with client_of(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(errors.Unreachable):
            await RemoteLink(client, GivenToken()).write(Statement("DELETE FROM t"))


async def test_a_server_without_describe_is_taken_at_its_word() -> None:
    async with Scripted([answer({"error": "unknown variant"}, "500 Oh")]).link() as link:
        assert (await link.describe("SELECT 1")).readonly is None


async def test_a_cursor_that_is_cut_off_is_not_a_whole_result() -> None:
    too_large = {"results": [{"type": "error", "error": {"message": "x", "code": "RESPONSE_TOO_LARGE"}}, CLOSED]}
    lines = [{}, {"type": "step_begin", "cols": [{"name": "a"}]}, {"type": "row", "row": [{"type": "null"}]}]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    cut_off = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n" + body
    async with Scripted([answer(too_large), cut_off]).link() as link, link.read(Statement("SELECT 1")) as stream:
        chunks = aiter(stream)
        assert await anext(chunks) == [(None,)]
        with pytest.raises(errors.ConnectionLost, match="cut off"):
            await anext(chunks)


async def test_without_cursors_a_result_that_is_too_large_says_what_to_do() -> None:
    too_large = {"results": [{"type": "error", "error": {"message": "x", "code": "RESPONSE_TOO_LARGE"}}, CLOSED]}
    no_such_path = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    async with Scripted([answer(too_large), no_such_path]).link() as link:
        with pytest.raises(errors.ResponseTooLarge, match="LIMIT"):
            await read(link, "SELECT 1")


@pytest.mark.parametrize(
    "spelling",
    ["http://127.0.0.1:8080", "http://localhost:8080/", "ws://LOCALHOST:8080", "libsql://localhost:8080?tls=0"],
)
async def test_every_spelling_of_an_address_is_one_database(spelling: str) -> None:
    async with httpx.AsyncClient() as http:
        link = RemoteLink(HranaClient(parse_database_url(spelling), http), GivenToken())
    assert link.identity == "sql:127.0.0.1:8080"


async def test_names_that_only_begin_like_localhost_are_others() -> None:
    async with httpx.AsyncClient() as http:
        link = RemoteLink(HranaClient(parse_database_url("https://localhost.example"), http), GivenToken())
    assert link.identity == "sql:localhost.example"


async def test_the_local_server_takes_the_lock_from_a_batch_that_sits_on_it(tmp_path: Path) -> None:
    """The stolen transaction is not finished in autocommit: none of its statements is applied."""
    with LocalServer.in_thread(tmp_path, seed="demo", tenants=1, transaction_seconds=0.1) as server:
        endpoint = endpoint_of(server)
        async with client_of(endpoint.url) as client:
            link = RemoteLink(client, GivenToken(endpoint.token))
            await link.write(Statement("CREATE TABLE t(a)"))
            conversation = link.converse()
            await conversation.run(Statement("BEGIN IMMEDIATE"))
            await conversation.run(Statement("INSERT INTO t VALUES ('lost')"))
            await link.write_batch([Statement("INSERT INTO t VALUES ('kept')")])
            with pytest.raises(errors.TransactionLost):
                await conversation.run(Statement("INSERT INTO t VALUES ('outside')"))
            await conversation.aclose()
            assert await read(link, "SELECT a FROM t") == [("kept",)]
