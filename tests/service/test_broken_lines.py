"""A connection that breaks under an open transaction: what the server had not seen is sent again, and runs once."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from tests.hrana.endpoints import Endpoint, client_of
from tests.service.test_conversation import run
from tests.service.test_remote import read
from tests.stress.proxy import Cut, CuttingProxy
from turso_tui import errors
from turso_tui.service.broker import GivenToken
from turso_tui.service.conversation import RemoteConversation
from turso_tui.service.remote import RemoteLink
from turso_tui.values import Statement

UNSEEN = [Cut.BEFORE, Cut.HALF, Cut.LATE]
SEEN = [Cut.AFTER, Cut.MIDDLE]

BEGUN = ("BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")


@pytest.fixture
async def link(link: RemoteLink) -> RemoteLink:
    """The way in that does not break, to a database with an empty table ``t(a)``."""
    await link.write(Statement("CREATE TABLE t(a)"))
    return link


@pytest.fixture
def road(endpoint: Endpoint) -> CuttingProxy:
    """Where connections break when a test says so."""
    server = urlsplit(endpoint.url.origin)
    assert server.port is not None
    return CuttingProxy("127.0.0.1", server.port, percent=0, seed=1)


@pytest.fixture
async def conversation(endpoint: Endpoint, link: RemoteLink, road: CuttingProxy) -> AsyncIterator[RemoteConversation]:
    server = urlsplit(endpoint.url.origin)
    async with road.listening() as port, client_of(f"http://{server.hostname}:{port}") as client:
        conversation = RemoteConversation(client, GivenToken(endpoint.token))
        yield conversation
        await conversation.aclose()


@pytest.mark.parametrize("cut", UNSEEN)
async def test_what_the_server_had_not_seen_runs_once(
    conversation: RemoteConversation, road: CuttingProxy, link: RemoteLink, cut: Cut
) -> None:
    await run(conversation, *BEGUN)
    road.due.append(cut)
    await run(conversation, "INSERT INTO t VALUES (2)")
    road.due.append(cut)
    await conversation.keep_alive()
    road.due.append(cut)
    assert await run(conversation, "COMMIT") == [False]
    assert road.cuts == {cut: 3}
    assert await read(link, "SELECT a FROM t") == [(1,), (2,)]


@pytest.mark.parametrize("cut", SEEN)
async def test_what_it_had_seen_is_not_run_again_and_its_transaction_is_lost(
    conversation: RemoteConversation, road: CuttingProxy, link: RemoteLink, cut: Cut
) -> None:
    await run(conversation, *BEGUN)
    road.due.append(cut)
    with pytest.raises(errors.TransactionLost, match="its connection broke") as caught:
        await run(conversation, "INSERT INTO t VALUES (2)")
    assert caught.value.reason is errors.Loss.DISCONNECTED
    assert not conversation.in_transaction
    assert await read(link, "SELECT a FROM t") == []


@pytest.mark.parametrize("cut", SEEN)
async def test_of_a_commit_that_it_had_seen_nobody_knows(
    conversation: RemoteConversation, road: CuttingProxy, link: RemoteLink, cut: Cut
) -> None:
    await run(conversation, *BEGUN)
    road.due.append(cut)
    with pytest.raises(errors.OutcomeUnknown, match=r"The connection to .* broke"):
        await run(conversation, "COMMIT")
    assert await read(link, "SELECT a FROM t") == [(1,)]


async def test_what_breaks_twice_is_not_sent_a_third_time(
    conversation: RemoteConversation, road: CuttingProxy, link: RemoteLink
) -> None:
    await run(conversation, *BEGUN)
    before = road.requests
    road.due += [Cut.BEFORE, Cut.BEFORE]
    with pytest.raises(errors.OutcomeUnknown):
        await run(conversation, "COMMIT")
    assert road.requests == before + 2
    assert await read(link, "SELECT a FROM t") == []


async def test_what_opens_a_stream_is_never_sent_again(
    conversation: RemoteConversation, road: CuttingProxy, link: RemoteLink
) -> None:
    road.due.append(Cut.BEFORE)
    with pytest.raises(errors.StreamLost, match="did not begin"):
        await run(conversation, "BEGIN IMMEDIATE")
    assert road.requests == 1
