"""An open transaction: its age, the server's limits, and every way to lose it by name."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.service.doors import open_file, open_tenant, until
from turso_tui import errors
from turso_tui.errors import Loss, Outcome
from turso_tui.local.server import LocalServer
from turso_tui.service.database import Database
from turso_tui.service.outcomes import outcome_of, unknown_in
from turso_tui.service.services import Services
from turso_tui.service.session import Session

BEGUN = ["BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=1) as server:
        yield server


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
async def database(server: LocalServer, services: Services) -> Database:
    database = await open_tenant(services, server)
    await database.execute("CREATE TABLE t (a UNIQUE)")
    return database


@pytest.fixture
async def session(database: Database) -> AsyncIterator[Session]:
    session = database.session(label="pane", keep_alive_seconds=60)
    yield session
    await session.aclose()


async def run(session: Session, *statements: str) -> Outcome | None:
    """The outcome of the last one."""
    outcomes: list[Outcome | None] = []
    for sql in statements:
        async with session.stream(sql) as stream:
            outcomes.append(stream.outcome)
    return outcomes[-1]


async def count(server: LocalServer, database: Database) -> object:
    server.faults.clear()
    return (await database.execute("SELECT count(*) FROM t")).rows[0][0]


async def test_what_is_open_can_be_seen(session: Session) -> None:
    await run(session, "BEGIN")
    reading = session.transaction
    assert reading is not None
    assert reading.writing is None
    assert reading.limits is not None
    assert (reading.limits.idle, reading.limits.lock) == (10.0, 5.0)
    await run(session, "INSERT INTO t VALUES (1)")
    writing = session.transaction
    assert writing is not None
    assert writing.writing is not None
    assert 0.0 <= writing.idle <= writing.age < 10.0
    assert writing.statements == ("BEGIN", "INSERT INTO t VALUES (1)")
    assert session.database.queue.holder == "pane: transaction"
    assert await run(session, "COMMIT") is Outcome.APPLIED
    assert session.transaction is None


async def test_others_see_what_it_writes_now_but_not_what_is_private(session: Session) -> None:
    await run(session, *BEGUN)
    writing = session.database.queue.writing
    assert writing is not None
    assert writing.statement == "INSERT INTO t VALUES (1)"
    await run(session, " INSERT INTO t VALUES ('secret')")
    writing = session.database.queue.writing
    assert writing is not None
    assert writing.statement is None


async def test_a_file_has_no_limits(services: Services, tmp_path: Path) -> None:
    session = open_file(services, tmp_path / "file.db").session()
    await run(session, "BEGIN")
    assert session.transaction is not None
    assert session.transaction.limits is None
    await session.aclose()


LOSSES = [
    # what happens to the next statement, which is lost how, in which words
    ("expired,times=1", "INSERT INTO t VALUES (2)", Loss.EXPIRED, "idle too long"),
    ("expired,times=1", "COMMIT", Loss.EXPIRED, "idle too long"),
    ("stolen,times=1", "INSERT INTO t VALUES (2)", Loss.LOCK_TAKEN, "waiting for the lock"),
    ("stolen,times=1", "COMMIT", Loss.LOCK_TAKEN, "waiting for the lock"),
    ("cut=before,times=2", "INSERT INTO t VALUES (2)", Loss.DISCONNECTED, "its connection broke"),
    ("cut=after,times=1", "INSERT INTO t VALUES (2)", Loss.DISCONNECTED, "All of it is rolled back"),
    ("status=500,times=1", "SELECT 1", Loss.DISCONNECTED, "its connection broke"),
    ("garbage=html,times=1", "ROLLBACK", Loss.DISCONNECTED, "its connection broke"),
    ("deleted", "SELECT 1", Loss.DISCONNECTED, "may have been deleted"),
    ("deleted", "COMMIT", Loss.DISCONNECTED, "may have been deleted"),
    ("archived", "SELECT 1", Loss.DISCONNECTED, "Unarchive the group"),
]


@pytest.mark.parametrize(("fault", "sql", "reason", "words"), LOSSES)
async def test_a_lost_transaction_says_how_and_what_was_lost(
    server: LocalServer, database: Database, session: Session, fault: str, sql: str, reason: Loss, words: str
) -> None:
    await run(session, *BEGUN)
    server.faults.add(f"{fault},on=batch")
    with pytest.raises(errors.TransactionLost) as caught:
        await run(session, sql)
    assert caught.value.reason is reason
    assert words in str(caught.value)
    assert caught.value.statements == tuple(BEGUN)
    assert caught.value.outcome is Outcome.NOT_APPLIED
    assert session.transaction is None
    assert database.queue.holder is None
    assert await count(server, database) == 0


BAD_COMMITS = [("cut=before,times=2", 0), ("cut=after,times=1", 1), ("garbage=html,after,times=1", 1)]


@pytest.mark.parametrize(("fault", "left"), BAD_COMMITS)
@pytest.mark.parametrize("end", ["COMMIT", "END", "RELEASE s"])
async def test_of_a_commit_on_a_bad_line_nobody_knows(
    server: LocalServer, database: Database, session: Session, fault: str, left: int, end: str
) -> None:
    begin = "SAVEPOINT s" if end == "RELEASE s" else "BEGIN"
    await run(session, begin, "INSERT INTO t VALUES (1)")
    server.faults.add(f"{fault},on=batch")
    with pytest.raises(errors.OutcomeUnknown, match="All of it is applied, or nothing") as caught:
        await run(session, end)
    assert caught.value.statements == (begin, "INSERT INTO t VALUES (1)", end)
    assert len(caught.value.checks) == 1
    assert session.transaction is None
    assert database.queue.holder is None
    assert await count(server, database) == left


@pytest.mark.parametrize("fault", ["status=429", "status=429,retry-after=0.01s"])
async def test_a_server_that_asks_for_patience_inside_gets_it(
    server: LocalServer, database: Database, session: Session, fault: str
) -> None:
    await run(session, *BEGUN)
    server.faults.add(f"{fault},on=batch,times=2")
    await run(session, "INSERT INTO t VALUES (2)", "COMMIT")
    assert await count(server, database) == 2


async def test_one_that_does_not_begin_has_changed_nothing(
    server: LocalServer, database: Database, session: Session
) -> None:
    server.faults.add("cut=after,on=batch")
    with pytest.raises(errors.StreamLost, match="did not begin") as caught:
        await run(session, "BEGIN IMMEDIATE")
    assert caught.value.outcome is Outcome.NOT_APPLIED
    assert database.queue.holder is None


async def test_a_busy_database_is_waited_for_at_its_beginning(
    server: LocalServer, database: Database, session: Session
) -> None:
    server.faults.add("busy,times=2")
    await run(session, *BEGUN, "COMMIT")
    assert await count(server, database) == 1


async def test_one_whose_snapshot_is_out_of_date_stays_open_and_is_not_repeated(
    server: LocalServer, database: Database, session: Session
) -> None:
    await run(session, "BEGIN", "SELECT * FROM t")
    server.faults.add("busy")
    with pytest.raises(errors.Busy):
        await run(session, "INSERT INTO t VALUES (1)")
    assert len(server.faults.log) == 1
    assert session.transaction is not None
    await run(session, "ROLLBACK")


async def test_a_commit_that_is_cancelled_on_its_way_is_named(
    server: LocalServer, database: Database, session: Session
) -> None:
    await run(session, *BEGUN)
    server.faults.add("stall,after,on=batch")
    commit = asyncio.ensure_future(run(session, "COMMIT"))
    await asyncio.to_thread(server.faults.wait_for_hits)
    commit.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await commit
    assert outcome_of(caught.value) is Outcome.UNKNOWN
    unknown = unknown_in(caught.value)
    assert unknown is not None
    assert unknown.statements == (*BEGUN, "COMMIT")
    with pytest.raises(errors.TransactionLost, match="it may have been applied"):
        await run(session, "SELECT 1")


class TestWhileNobodyLooks:
    async def loses(self, session: Session, seconds: float = 30.0) -> errors.TransactionLost:
        await until(lambda: session.transaction is None, seconds)
        with pytest.raises(errors.TransactionLost) as caught:
            await run(session, "SELECT 1")
        return caught.value

    async def test_a_server_that_cannot_be_reached_for_a_moment_loses_nothing(
        self, server: LocalServer, database: Database
    ) -> None:
        session = database.session(keep_alive_seconds=0.05)
        await run(session, *BEGUN)
        server.faults.add("status=429,retry-after=60s,on=get_autocommit,times=3")
        await asyncio.to_thread(server.faults.wait_for_hits, 3)
        await run(session, "COMMIT")
        assert await count(server, database) == 1

    @pytest.mark.parametrize("fault", ["status=502", "status=503", "status=504", "cut=before"])
    async def test_a_sign_of_life_that_does_not_get_through_loses_nothing(
        self, server: LocalServer, database: Database, fault: str
    ) -> None:
        session = database.session(keep_alive_seconds=0.05)
        await run(session, *BEGUN)
        server.faults.add(f"{fault},on=get_autocommit,times=3")
        await asyncio.to_thread(server.faults.wait_for_hits, 3)
        await run(session, "COMMIT")
        assert await count(server, database) == 1

    async def test_one_that_does_not_get_through_until_the_server_has_forgotten_it_gives_the_lock_back(
        self, server: LocalServer, database: Database
    ) -> None:
        now = 1000.0
        session = Session(database, database._link, database._writers, keep_alive_seconds=0.05, clock=lambda: now)
        await run(session, *BEGUN)
        server.faults.add("status=503,on=get_autocommit")
        await asyncio.to_thread(server.faults.wait_for_hits)
        now += 10.0
        lost = await self.loses(session)
        assert lost.reason is Loss.DISCONNECTED
        assert lost.statements == tuple(BEGUN)
        await until(lambda: database.queue.holder is None)
        await database.execute("INSERT INTO t VALUES (2)")
        assert database.busy is None
        assert await count(server, database) == 1

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ("expired", Loss.EXPIRED),
            ("stolen", Loss.LOCK_TAKEN),
            ("cut=after", Loss.DISCONNECTED),
            ("status=500", Loss.DISCONNECTED),
        ],
    )
    async def test_the_loss_is_told_with_what_was_lost(
        self, server: LocalServer, database: Database, fault: str, reason: Loss
    ) -> None:
        session = database.session(keep_alive_seconds=0.05)
        await run(session, *BEGUN)
        server.faults.add(f"{fault},on=get_autocommit,times=1")
        lost = await self.loses(session)
        assert lost.reason is reason
        assert lost.statements == tuple(BEGUN)
        await until(lambda: database.queue.holder is None)


class TestClocks:
    async def test_a_clock_that_jumps_does_not_end_a_transaction(self, database: Database) -> None:
        """A laptop that slept: its monotonic clock may say anything; the server decides."""
        now = 1000.0
        session = Session(database, database._link, database._writers, keep_alive_seconds=60, clock=lambda: now)
        await run(session, *BEGUN)
        now += 86_400
        assert session.transaction is not None
        assert session.transaction.age == 86_400
        await run(session, "COMMIT")
        assert session.transaction is None


def test_the_outcome_of_any_error_is_known() -> None:
    cases: list[tuple[BaseException, Outcome]] = [
        (errors.SqlError("no"), Outcome.NOT_APPLIED),
        (errors.OutcomeUnknown("?"), Outcome.UNKNOWN),
        (asyncio.CancelledError(), Outcome.NOT_APPLIED),
    ]
    assert [outcome_of(error) for error, _ in cases] == [outcome for _, outcome in cases]
