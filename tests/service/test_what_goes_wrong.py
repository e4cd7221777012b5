"""Every way in which a server can fail, what is said of it, what became of the write, and how often it was asked."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.hrana.endpoints import endpoint_of
from turso_tui import errors
from turso_tui.errors import Outcome
from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.http import database_http_client
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.database import Database
from turso_tui.service.patience import Patience
from turso_tui.service.remote import RemoteLink
from turso_tui.service.writer import Writers

INSERT = "INSERT INTO t (a) VALUES (1) RETURNING a"
SELECT = "SELECT a FROM t"
SILENCE = 0.5
"""Seconds after which we give up on an answer here."""


async def at_once(_seconds: float) -> None:
    """A pause that takes no time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path_factory.mktemp("server"), seed="demo", tenants=1) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with database_http_client() as client:
        client.timeout = httpx.Timeout(10.0, read=SILENCE)
        yield client


@pytest.fixture
async def database(server: LocalServer, http: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[Database]:
    """With an empty table ``t(a)``; our statements are known to it, so that each is one request."""
    server.faults.clear()
    endpoint = endpoint_of(server)
    link = RemoteLink(HranaClient(endpoint.url, http), GivenToken(endpoint.token), patience=Patience(sleep=at_once))
    database = Database("scratch", link, Writers(tmp_path / "locks", busy_limit=0.2))
    await database.execute("DROP TABLE IF EXISTS t")
    await database.execute("CREATE TABLE t (a)")
    for sql in (INSERT, SELECT, "DELETE FROM t"):
        await database.execute(sql)
    server.faults.clear_log()
    yield database
    server.faults.clear()


async def rows(server: LocalServer, database: Database) -> int:
    server.faults.clear()
    return len((await database.execute(SELECT)).rows)


APPLIED, NOT_APPLIED, UNKNOWN = Outcome.APPLIED, Outcome.NOT_APPLIED, Outcome.UNKNOWN

WRITES = [
    # what happens, what is raised, what became of the write, what is said, how often it was sent, rows afterwards
    ("status=429", errors.RateLimited, NOT_APPLIED, "called less often", 3, 0),
    ("status=429,retry-after=2s", errors.RateLimited, NOT_APPLIED, "Try again in 2 s", 3, 0),
    ("status=429,retry-after=60s", errors.RateLimited, NOT_APPLIED, "Try again in 60 s", 1, 0),
    ("status=429,retry-date=60s", errors.RateLimited, NOT_APPLIED, "Try again in", 1, 0),
    ("status=400", errors.HttpError, NOT_APPLIED, "did not take the request", 1, 0),
    ("status=401", errors.Unauthorized, NOT_APPLIED, "refused the token", 1, 0),
    ("status=403", errors.Forbidden, NOT_APPLIED, "may not do this", 1, 0),
    ("status=404", errors.NotFound, NOT_APPLIED, "deleted", 1, 0),
    ("status=408", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 0),
    ("status=500", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 0),
    ("status=500,after", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 1),
    ("status=502", errors.OutcomeUnknown, UNKNOWN, "After the statement had left", 1, 0),
    ("status=503", errors.OutcomeUnknown, UNKNOWN, "After the statement had left", 1, 0),
    ("status=503,after", errors.OutcomeUnknown, UNKNOWN, "After the statement had left", 1, 1),
    ("cut=before", errors.OutcomeUnknown, UNKNOWN, "broke", 1, 0),
    ("cut=before,reset", errors.OutcomeUnknown, UNKNOWN, "broke", 1, 0),
    ("cut=after", errors.OutcomeUnknown, UNKNOWN, "broke", 1, 1),
    ("cut=middle", errors.OutcomeUnknown, UNKNOWN, "broke", 1, 1),
    ("cut=middle,reset", errors.OutcomeUnknown, UNKNOWN, "broke", 1, 1),
    ("stall", errors.OutcomeUnknown, UNKNOWN, "did not answer in time", 1, 0),
    ("stall,after", errors.OutcomeUnknown, UNKNOWN, "did not answer in time", 1, 1),
    ("stall,middle", errors.OutcomeUnknown, UNKNOWN, "did not answer in time", 1, 1),
    ("garbage=html", errors.OutcomeUnknown, UNKNOWN, "does not speak SQL over HTTP", 1, 0),
    ("garbage=html,after", errors.OutcomeUnknown, UNKNOWN, "does not speak SQL over HTTP", 1, 1),
    ("garbage=json,after", errors.OutcomeUnknown, UNKNOWN, "does not speak SQL over HTTP", 1, 1),
    ("garbage=shape,after", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 1),
    ("garbage=utf8,after", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 1),
    ("garbage=empty,after", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 1),
    ("garbage=half", errors.OutcomeUnknown, UNKNOWN, "Look at the data", 1, 1),
    ("error=SQLITE_FULL", errors.SqlError, NOT_APPLIED, "size limit", 1, 0),
    ("error=SQLITE_IOERR", errors.SqlError, NOT_APPLIED, "could not read or write", 1, 0),
    ("error=SQLITE_CORRUPT", errors.SqlError, NOT_APPLIED, "damaged", 1, 0),
    ("error=SQLITE_TOOBIG", errors.SqlError, NOT_APPLIED, "in parts", 1, 0),
    ("error=SQLITE_NOMEM", errors.SqlError, NOT_APPLIED, "no memory", 1, 0),
    ("blocked", errors.Blocked, NOT_APPLIED, "Writing is blocked", 1, 0),
    ("too-large", errors.ResponseTooLarge, APPLIED, "The statement ran", 1, 1),
    ("archived", errors.GroupAsleep, NOT_APPLIED, "Unarchive the group", 1, 0),
    ("deleted", errors.NotFound, NOT_APPLIED, "may have been deleted", 1, 0),
]


@pytest.mark.parametrize(
    ("fault", "kind", "outcome", "words", "sent", "left"), WRITES, ids=[case[0] for case in WRITES]
)
async def test_a_write(
    server: LocalServer,
    database: Database,
    fault: str,
    kind: type[errors.TursoTuiError],
    outcome: Outcome,
    words: str,
    sent: int,
    left: int,
) -> None:
    server.faults.add(f"{fault},on=execute")
    with pytest.raises(errors.TursoTuiError) as caught:
        await database.execute(INSERT)
    assert type(caught.value) is kind
    assert caught.value.outcome is outcome
    assert words in str(caught.value)
    assert len(server.faults.log) == sent
    assert await rows(server, database) == left
    assert database.queue.holder is None


async def test_a_busy_database_is_waited_for_and_nothing_is_applied_twice(
    server: LocalServer, database: Database
) -> None:
    server.faults.add("busy,times=2,on=execute")
    await database.execute(INSERT)
    assert database.busy is None
    assert await rows(server, database) == 1


async def test_a_database_that_stays_busy_is_given_up(server: LocalServer, database: Database) -> None:
    server.faults.add("busy,on=execute")
    with pytest.raises(errors.Busy, match="has held the database for") as caught:
        await database.execute(INSERT)
    assert caught.value.outcome is NOT_APPLIED
    assert await rows(server, database) == 0


@pytest.mark.parametrize("fault", ["cut=after", "stall,after", "garbage=html,after"])
async def test_a_write_that_nobody_knows_of_is_shown_with_what_to_look_with(
    server: LocalServer, database: Database, fault: str
) -> None:
    server.faults.add(f"{fault},on=execute")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await database.execute(INSERT)
    assert caught.value.statements == (INSERT,)
    (check,) = caught.value.checks
    server.faults.clear()
    assert (await database.execute(check)).rows == [(1,)]


READS = [
    # what happens, how often (0: always), what is raised (None: nothing), what is said, how often it was sent
    ("status=429,retry-after=0.01s", 2, None, "", 2),
    ("status=429", 0, errors.RateLimited, "called less often", 3),
    ("status=500", 0, errors.ServerFault, "server", 1),
    ("status=502", 2, None, "", 2),
    ("status=503", 2, None, "", 2),
    ("status=504", 0, errors.ServerFault, "Try again later", 3),
    ("cut=before", 2, None, "", 2),
    ("cut=middle,reset", 2, None, "", 2),
    ("cut=after", 0, errors.ConnectionLost, "Is the network up?", 3),
    ("stall", 0, errors.TimedOut, "did not answer in time", 1),
    ("garbage=html", 0, errors.ProtocolError, "does not speak SQL over HTTP", 1),
    ("garbage=type", 0, None, "", 1),  # said to be something else, but it is an answer
    ("garbage=half", 0, errors.ProtocolError, "is this its address?", 1),
    ("blocked", 0, errors.Blocked, "Reading is blocked", 1),
    ("archived", 0, errors.GroupAsleep, "Unarchive the group", 1),
    ("deleted", 0, errors.NotFound, "may have been deleted", 1),
    ("error=SQLITE_CORRUPT", 0, errors.SqlError, "damaged", 1),
]


@pytest.mark.parametrize(("fault", "times", "kind", "words", "sent"), READS, ids=[case[0] for case in READS])
async def test_a_read(
    server: LocalServer,
    database: Database,
    fault: str,
    times: int,
    kind: type[errors.TursoTuiError] | None,
    words: str,
    sent: int,
) -> None:
    server.faults.add(f"{fault},on=execute" + (f",times={times}" if times else ""))
    if kind is None:
        assert (await database.execute(SELECT)).rows == []
    else:
        with pytest.raises(errors.TursoTuiError) as caught:
            await database.execute(SELECT)
        assert type(caught.value) is kind
        assert caught.value.outcome is NOT_APPLIED
        assert words in str(caught.value)
    assert len(server.faults.log) == sent


@pytest.mark.parametrize("fault", ["cut=middle", "cut=middle,reset", "stall,middle"])
async def test_a_long_answer_that_ends_in_the_middle_is_not_a_whole_one(
    server: LocalServer, database: Database, fault: str
) -> None:
    await database.execute("INSERT INTO t SELECT hex(zeroblob(500000)) FROM (VALUES (1), (2), (3))")
    server.faults.add("too-large,on=execute")
    server.faults.add(f"{fault},on=cursor")
    with pytest.raises((errors.ConnectionLost, errors.TimedOut), match=r"cut off|broke|in time"):
        await database.execute(SELECT)


async def test_a_cursor_that_does_not_begin_is_asked_for_again(server: LocalServer, database: Database) -> None:
    server.faults.add("too-large,on=execute")
    server.faults.add("status=503,on=cursor,times=2")
    assert (await database.execute(SELECT)).rows == []


ATOMIC = ["INSERT INTO t (a) VALUES (1)", "INSERT INTO t (a) VALUES (2)"]


@pytest.mark.parametrize(
    ("fault", "kind", "outcome", "left"),
    [
        ("cut=before,on=batch", errors.OutcomeUnknown, UNKNOWN, 0),
        ("cut=after,on=batch", errors.OutcomeUnknown, UNKNOWN, 2),
        ("status=500,after,on=batch", errors.OutcomeUnknown, UNKNOWN, 2),
        ("status=429,on=batch", errors.RateLimited, NOT_APPLIED, 0),
        ("error=SQLITE_FULL,sql=insert", errors.SqlError, NOT_APPLIED, 0),
        ("error=SQLITE_FULL,sql=commit", errors.SqlError, NOT_APPLIED, 0),
        ("blocked,on=batch", errors.Blocked, NOT_APPLIED, 0),
        ("busy,on=batch", errors.Busy, NOT_APPLIED, 0),
        ("archived,on=batch", errors.GroupAsleep, NOT_APPLIED, 0),
    ],
)
async def test_a_batch_is_applied_or_not_or_nobody_knows(
    server: LocalServer, database: Database, fault: str, kind: type[errors.TursoTuiError], outcome: Outcome, left: int
) -> None:
    server.faults.add(fault)
    with pytest.raises(errors.TursoTuiError) as caught:
        await database.batch(ATOMIC)
    assert (type(caught.value), caught.value.outcome) == (kind, outcome)
    if isinstance(caught.value, errors.OutcomeUnknown):
        assert caught.value.statements == tuple(ATOMIC)
        assert len(caught.value.checks) == 2
    assert await rows(server, database) == left


async def test_a_batch_whose_answers_are_too_large_leaves_nothing(server: LocalServer, database: Database) -> None:
    server.faults.add("too-large,on=batch")
    with pytest.raises(errors.SqlError, match="do not fit one response; nothing was applied") as caught:
        await database.batch([*ATOMIC, SELECT])
    assert caught.value.outcome is NOT_APPLIED
    assert await rows(server, database) == 0


async def test_a_server_that_fails_before_it_says_what_a_statement_is_has_run_nothing(
    server: LocalServer, database: Database
) -> None:
    server.faults.add("cut=before,on=describe")
    with pytest.raises(errors.ConnectionLost) as caught:
        await database.execute("INSERT INTO t VALUES ('unknown to us')")
    assert caught.value.outcome is NOT_APPLIED
    assert await rows(server, database) == 0
