"""A connection for one person: transactions are kept, held, and never silently left."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.service.doors import DOORS, FOREVER, open_door, open_tenant, until
from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.service.database import Database
from turso_tui.service.ddl import NewColumn
from turso_tui.service.link import Executed
from turso_tui.service.rebuild import change_column
from turso_tui.service.services import Services
from turso_tui.service.session import Session
from turso_tui.sql.split import split

INSERT = "INSERT INTO t VALUES (1)"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, services: Services, tmp_path: Path) -> Database:
    database = await open_door(request, services, tmp_path)
    await database.execute("CREATE TABLE t (x UNIQUE)")
    return database


@pytest.fixture
async def session(database: Database) -> AsyncIterator[Session]:
    session = database.session()
    yield session
    await session.aclose()


async def run(session: Session, sql: str) -> Executed:
    async with session.stream(sql) as stream:
        rows = [row async for chunk in stream for row in chunk]
        return Executed(stream.columns, rows, stream.summary)


def in_transaction(session: Session) -> bool:
    return session.transaction_age is not None


def holder(database: Database) -> str | None:
    return database.queue.holder


async def count(database: Database) -> object:
    return (await database.execute("SELECT count(*) FROM t")).rows[0][0]


class TestForeignKeys:
    async def test_keys_that_were_turned_off_are_off_in_the_transaction_that_follows(self, session: Session) -> None:
        await run(session, "PRAGMA foreign_keys = off")
        await run(session, "BEGIN")
        assert (await run(session, "SELECT foreign_keys FROM pragma_foreign_keys")).rows == [(0,)]
        await run(session, "ROLLBACK")
        await run(session, "PRAGMA foreign_keys = on")
        await run(session, "BEGIN")
        assert (await run(session, "SELECT foreign_keys FROM pragma_foreign_keys")).rows == [(1,)]
        await run(session, "COMMIT")

    async def test_a_table_that_others_refer_to_is_written_anew_and_they_stay(self, session: Session) -> None:
        database = session.database
        await database.execute("CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT)")
        await database.execute("CREATE TABLE c (u_id REFERENCES u(id) ON DELETE CASCADE)")
        await database.execute("INSERT INTO u VALUES (1, '2')")
        await database.execute("INSERT INTO c VALUES (1)")
        schema = await database.schema()
        table = schema.table("u")
        assert table is not None
        for statement in split(change_column(schema, table, "a", NewColumn("a", "INTEGER"))):
            await run(session, statement.text)
        assert (await database.execute("SELECT typeof(a) FROM u")).rows == [("integer",)]
        assert (await database.execute("SELECT count(*) FROM c")).rows == [(1,)]


class TestTransactions:
    async def test_what_is_rolled_back_was_never_there(self, session: Session) -> None:
        await run(session, "BEGIN")
        await run(session, INSERT)
        assert (await run(session, "SELECT count(*) FROM t")).rows == [(1,)]
        assert await count(session.database) == 0
        await run(session, "ROLLBACK")
        assert await count(session.database) == 0

    async def test_what_is_committed_stays(self, session: Session) -> None:
        await run(session, "BEGIN IMMEDIATE")
        await run(session, INSERT)
        await run(session, "COMMIT")
        assert await count(session.database) == 1

    async def test_a_savepoint_begins_one_and_its_release_ends_it(self, session: Session) -> None:
        await run(session, "SAVEPOINT s")
        await run(session, INSERT)
        assert in_transaction(session)
        await run(session, "RELEASE s")
        assert not in_transaction(session)
        assert await count(session.database) == 1

    async def test_a_table_made_inside_can_be_used_inside(self, session: Session) -> None:
        await run(session, "BEGIN")
        await run(session, "CREATE TABLE new (x)")
        await run(session, "INSERT INTO new VALUES (7)")
        assert (await run(session, "SELECT * FROM new")).rows == [(7,)]

    async def test_a_failing_statement_leaves_the_transaction_open(self, session: Session) -> None:
        await run(session, "BEGIN")
        await run(session, INSERT)
        with pytest.raises(errors.SqlError, match="UNIQUE"):
            await run(session, INSERT)
        assert in_transaction(session)
        await run(session, "COMMIT")
        assert await count(session.database) == 1

    async def test_its_beginning_and_its_end_are_told(self, session: Session) -> None:
        told: list[bool] = []
        session.on_change = lambda: told.append(in_transaction(session))
        await run(session, "SELECT 1")
        await run(session, "BEGIN")
        await run(session, INSERT)
        await run(session, "COMMIT")
        assert told == [True, False]

    async def test_autocommit_outside(self, session: Session) -> None:
        await run(session, INSERT)
        assert not in_transaction(session)
        assert await count(session.database) == 1

    async def test_closing_rolls_back(self, session: Session) -> None:
        await run(session, "BEGIN IMMEDIATE")
        await run(session, INSERT)
        await session.aclose()
        assert not in_transaction(session)
        assert holder(session.database) is None
        await session.database.execute("INSERT INTO t VALUES (2)")
        assert await count(session.database) == 1


class TestTurns:
    async def test_the_turn_is_held_from_the_first_write_to_the_end(self, session: Session) -> None:
        database = session.database
        await run(session, "BEGIN")
        await run(session, "SELECT * FROM t")
        assert holder(database) is None
        await run(session, INSERT)
        assert holder(database) is not None
        other = asyncio.create_task(database.execute("INSERT INTO t VALUES (2)"))
        await until(lambda: bool(database.queue.waiting))
        assert await count(database) == 0
        await run(session, "COMMIT")
        await other
        assert await count(database) == 2
        assert holder(database) is None

    async def test_a_failed_beginning_holds_nothing(self, session: Session) -> None:
        with pytest.raises(errors.SqlError):
            await run(session, "BEGIN NONSENSE")
        assert not in_transaction(session)
        assert holder(session.database) is None

    async def test_cancelled_while_it_waits_it_stays_open(self, session: Session, services: Services) -> None:
        database = session.database
        await run(session, "BEGIN")
        await run(session, "SELECT * FROM t")
        async with services.writers.turn(database.identity, "someone"):
            write = asyncio.create_task(run(session, INSERT))
            await until(lambda: bool(database.queue.waiting))
            write.cancel()
            await asyncio.wait([write])
            assert not database.queue.waiting
        assert in_transaction(session)
        await run(session, INSERT)
        await run(session, "COMMIT")
        assert await count(database) == 1


class TestLosing:
    """What was meant to run inside a transaction never runs outside of it."""

    async def loses_once(self, session: Session) -> None:
        with pytest.raises(errors.TransactionLost):
            await run(session, "INSERT INTO t VALUES (99)")
        assert await count(session.database) == 0
        await run(session, INSERT)
        assert await count(session.database) == 1
        assert holder(session.database) is None

    async def test_to_a_conflict_that_rolls_back(self, session: Session) -> None:
        await run(session, "BEGIN")
        await run(session, INSERT)
        with pytest.raises(errors.SqlError, match="UNIQUE"):
            await run(session, "INSERT OR ROLLBACK INTO t VALUES (1)")
        assert not in_transaction(session)
        await self.loses_once(session)

    async def test_to_a_cancelled_write(self, session: Session) -> None:
        await run(session, "BEGIN IMMEDIATE")
        task = asyncio.create_task(run(session, f"INSERT INTO t {FOREVER}"))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait([task])
        assert not in_transaction(session)
        await self.loses_once(session)


@pytest.fixture
def impatient_server(tmp_path: Path) -> Iterator[LocalServer]:
    """Forgets a connection after a second, and takes the lock away after half of one if somebody waits."""
    with LocalServer.in_thread(
        tmp_path / "server", seed="demo", tenants=1, stream_idle_seconds=1.0, transaction_seconds=0.5
    ) as server:
        yield server


class TestAgainstAnImpatientServer:
    @pytest.fixture
    async def tenant(self, impatient_server: LocalServer, services: Services) -> Database:
        database = await open_tenant(services, impatient_server)
        await database.execute("CREATE TABLE t (x UNIQUE)")
        return database

    async def test_a_transaction_is_kept_alive(self, tenant: Database) -> None:
        session = tenant.session(keep_alive_seconds=0.2)
        await run(session, "BEGIN")
        await run(session, INSERT)
        await asyncio.sleep(1.5)
        await run(session, "COMMIT")
        assert await count(tenant) == 1

    async def test_also_while_it_waits_for_its_turn(self, tenant: Database, services: Services) -> None:
        session = tenant.session(keep_alive_seconds=0.2)
        await run(session, "BEGIN")
        await run(session, "SELECT * FROM t")
        async with services.writers.turn(tenant.identity, "someone"):
            write = asyncio.create_task(run(session, INSERT))
            await asyncio.sleep(1.5)
            assert not write.done()
        await write
        await run(session, "COMMIT")
        assert await count(tenant) == 1

    async def test_forgotten_it_is_lost_once(self, tenant: Database) -> None:
        session = tenant.session(keep_alive_seconds=60)
        await run(session, "BEGIN")
        await run(session, INSERT)
        await asyncio.sleep(1.2)
        with pytest.raises(errors.TransactionLost):
            await run(session, "INSERT INTO t VALUES (2)")
        assert holder(tenant) is None
        assert await count(tenant) == 0
        await run(session, INSERT)
        assert await count(tenant) == 1

    async def test_taken_away_while_nobody_looks_it_is_told_and_lost_once(
        self, tenant: Database, impatient_server: LocalServer, tmp_path: Path
    ) -> None:
        session = tenant.session(keep_alive_seconds=0.2)
        is_over = asyncio.Event()
        await run(session, "BEGIN IMMEDIATE")
        await run(session, INSERT)
        session.on_change = is_over.set
        async with Services(scratch=tmp_path / "other", locks=tmp_path / "other-locks") as another_machine:
            other = await open_tenant(another_machine, impatient_server)
            await other.execute("INSERT INTO t VALUES (2)")
        await asyncio.wait_for(is_over.wait(), 5)
        assert not in_transaction(session)
        assert holder(tenant) is None
        with pytest.raises(errors.TransactionLost):
            await run(session, "INSERT INTO t VALUES (3)")
        await run(session, INSERT)
        assert await count(tenant) == 2

    async def test_lost_while_it_waits_for_its_turn_it_runs_nothing(self, tenant: Database, services: Services) -> None:
        session = tenant.session(keep_alive_seconds=1.3)
        is_over = asyncio.Event()
        await run(session, "BEGIN")
        await run(session, "SELECT * FROM t")
        session.on_change = is_over.set
        async with services.writers.turn(tenant.identity, "someone"):
            write = asyncio.create_task(run(session, INSERT))
            await asyncio.wait_for(is_over.wait(), 5)
        with pytest.raises(errors.TransactionLost):
            await write
        assert holder(tenant) is None
        assert await count(tenant) == 0


async def test_a_server_that_is_gone_does_not_keep_a_session_from_closing(tmp_path: Path, services: Services) -> None:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=1) as server:
        database = await open_tenant(services, server)
        session = database.session()
        await run(session, "BEGIN IMMEDIATE")
    await session.aclose()
    assert holder(database) is None


@pytest.mark.parametrize("fault", ["stall=1s,on=close,times=1", "garbage=json,on=close,times=1"])
async def test_a_commit_does_not_depend_on_how_its_connection_ends(
    services: Services, local_server: LocalServer, fault: str
) -> None:
    database = await open_tenant(services, local_server)
    await database.execute("CREATE TABLE t (x UNIQUE)")
    session = database.session()
    await run(session, "BEGIN")
    await run(session, INSERT)
    local_server.faults.add(fault)
    async with session.stream("COMMIT") as stream:
        assert stream.outcome is errors.Outcome.APPLIED
    assert holder(database) is None
    assert await asyncio.to_thread(local_server.faults.wait_for_hits)
    assert await count(database) == 1
    await session.aclose()
