"""A transaction over HTTP: what it keeps, and that nothing runs outside it when it is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hrana.endpoints import Endpoint, answering, client_of, endpoint_of
from tests.service.test_remote import Tokens, read
from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.conversation import RemoteConversation
from turso_tui.service.link import Conversation
from turso_tui.service.remote import RemoteLink
from turso_tui.values import Statement

SHORT, LONG = 0.3, 30.0
"""Seconds."""
INSERT = Statement("INSERT INTO t VALUES (?)", (1,))


@pytest.fixture
async def table(link: RemoteLink) -> RemoteLink:
    """A link to a database with an empty table ``t(a)``."""
    await link.write(Statement("CREATE TABLE t(a UNIQUE)"))
    return link


@pytest.fixture(params=[(SHORT, LONG), (LONG, SHORT)], ids=["forgets streams", "takes locks away"])
async def impatient(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[RemoteLink]:
    """The same on a server that ends a transaction after a moment. Whoever writes next waits for just that."""
    idle, transaction = request.param
    options = {"seed": "demo", "tenants": 1, "stream_idle_seconds": idle, "transaction_seconds": transaction}
    with LocalServer.in_thread(tmp_path / "impatient", **options) as server:
        endpoint = endpoint_of(server)
        async with client_of(endpoint.url) as client:
            link = RemoteLink(client, GivenToken(endpoint.token))
            await link.write(Statement("CREATE TABLE t(a)"))
            yield link


async def run(conversation: Conversation, *statements: str) -> list[bool]:
    """Whether a transaction is open after each."""
    states = []
    for sql in statements:
        await conversation.run(Statement(sql))
        states.append(conversation.in_transaction)
    return states


@pytest.mark.parametrize(("end", "kept"), [("COMMIT", [(1,)]), ("ROLLBACK", [])])
async def test_a_transaction_from_its_beginning_to_its_end(table: RemoteLink, end: str, kept: list[object]) -> None:
    conversation = table.converse()
    assert await run(conversation, "BEGIN", "INSERT INTO t VALUES (1)") == [True, True]
    assert (await conversation.run(Statement("SELECT a FROM t"))).rows == [(1,)]
    assert await read(table, "SELECT a FROM t") == []
    assert await run(conversation, end) == [False]
    await conversation.aclose()
    assert await read(table, "SELECT a FROM t") == kept


async def test_leaving_rolls_back_and_gives_the_lock_back(table: RemoteLink) -> None:
    conversation = table.converse()
    await run(conversation, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await conversation.aclose()
    await conversation.aclose()
    assert await read(table, "SELECT a FROM t") == []
    await table.write(INSERT)


async def test_a_mistake_does_not_end_the_transaction(table: RemoteLink) -> None:
    conversation = table.converse()
    await run(conversation, "BEGIN", "INSERT INTO t VALUES (1)")
    for mistake in ("SELEC", "SELECT * FROM nowhere", "INSERT INTO t VALUES (1)"):
        with pytest.raises(errors.SqlError):
            await conversation.run(Statement(mistake))
        assert conversation.in_transaction
    await run(conversation, "COMMIT")
    await conversation.aclose()
    assert await read(table, "SELECT a FROM t") == [(1,)]


async def test_a_statement_that_rolls_back_is_noticed(table: RemoteLink) -> None:
    conversation = table.converse()
    await run(conversation, "BEGIN", "INSERT INTO t VALUES (1)")
    with pytest.raises(errors.SqlError, match="UNIQUE"):
        await conversation.run(Statement("INSERT OR ROLLBACK INTO t VALUES (1)"))
    assert not conversation.in_transaction
    await conversation.aclose()


async def test_someone_who_is_still_here_can_say_so(table: RemoteLink) -> None:
    conversation = table.converse()
    await run(conversation, "BEGIN", "INSERT INTO t VALUES (1)")
    await conversation.keep_alive()
    assert await run(conversation, "COMMIT") == [False]
    await conversation.aclose()


async def test_nothing_runs_outside_a_transaction_that_was_ended(impatient: RemoteLink) -> None:
    conversation = impatient.converse()
    await run(conversation, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await impatient.write(Statement("INSERT INTO t VALUES (2)"))
    with pytest.raises(errors.TransactionLost, match="rolled it back"):
        await conversation.run(Statement("INSERT INTO t VALUES (3)"))
    assert not conversation.in_transaction
    await conversation.aclose()
    assert await read(impatient, "SELECT a FROM t") == [(2,)]


async def test_keeping_alive_tells_of_the_loss(impatient: RemoteLink) -> None:
    conversation = impatient.converse()
    await run(conversation, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await impatient.write(Statement("INSERT INTO t VALUES (2)"))
    with pytest.raises(errors.TransactionLost):
        await conversation.keep_alive()
    assert not conversation.in_transaction
    await conversation.aclose()


async def test_after_the_loss_a_new_transaction_can_begin(impatient: RemoteLink) -> None:
    conversation = impatient.converse()
    await run(conversation, "BEGIN IMMEDIATE")
    await impatient.write(Statement("INSERT INTO t VALUES (2)"))
    with pytest.raises(errors.TransactionLost):
        await conversation.run(Statement("INSERT INTO t VALUES (3)"))
    assert await run(conversation, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (4)", "COMMIT") == [True, True, False]
    await conversation.aclose()
    assert await read(impatient, "SELECT a FROM t") == [(2,), (4,)]


async def test_a_token_that_ends_in_the_middle_costs_nothing(local_endpoint: Endpoint) -> None:
    tokens = Tokens(local_endpoint.token)
    async with client_of(local_endpoint.url) as client:
        conversation = RemoteConversation(client, tokens)
        await run(conversation, "CREATE TABLE t(a)", "BEGIN", "INSERT INTO t VALUES (1)")
        tokens.replaced = 0  # from here on the first token is offered again, and refused
        assert await run(conversation, "INSERT INTO t VALUES (2)", "COMMIT") == [True, False]
        await conversation.aclose()
        assert await read(RemoteLink(client, tokens), "SELECT a FROM t") == [(1,), (2,)]


async def test_a_broken_connection_inside_leaves_the_outcome_unknown(local_endpoint: Endpoint) -> None:
    """The server moves the stream to an address that hangs up."""
    async with answering(_hang_up) as broken, client_of(local_endpoint.url) as client:
        conversation = RemoteConversation(client, GivenToken(local_endpoint.token))
        await run(conversation, "BEGIN")
        client.url = type(client.url)(broken, "broken.example")
        with pytest.raises(errors.OutcomeUnknown, match="COMMIT"):
            await conversation.run(Statement("COMMIT"))
        assert not conversation.in_transaction
        await conversation.aclose()


async def _hang_up(_body: bytes) -> bytes:
    return b""
