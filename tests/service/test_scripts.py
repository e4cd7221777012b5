"""Half a script is never applied without saying so."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.service.doors import DOORS, open_door, open_tenant, until
from turso_tui import errors
from turso_tui.errors import Outcome
from turso_tui.local.server import LocalServer
from turso_tui.service.console import Console, Event, Failed, Finished, Opened, Started
from turso_tui.service.database import Database
from turso_tui.service.scripts import Tally, is_atomic, ordinal
from turso_tui.service.services import Services
from turso_tui.values import Statement

GOOD = ["INSERT INTO t VALUES (1)", "SELECT a FROM t", "INSERT INTO t VALUES (2) RETURNING a"]
TWICE = "INSERT INTO t VALUES (1)"


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, services: Services, tmp_path: Path) -> Database:
    database = await open_door(request, services, tmp_path)
    await database.execute("CREATE TABLE t (a UNIQUE)")
    return database


@pytest.fixture
async def console(database: Database, services: Services) -> AsyncIterator[Console]:
    session = database.session(label="pane")
    yield Console(session, services.results)
    await session.aclose()


async def rows(database: Database) -> list[object]:
    return [row[0] for row in (await database.execute("SELECT a FROM t ORDER BY a")).rows]


async def events_of(console: Console, *statements: str) -> list[Event]:
    async with aclosing(console.run_script(statements)) as events:
        return [event async for event in events]


class TestByAProgram:
    @pytest.mark.parametrize("script", [["DELETE FROM t", "SELECT 1"], ["PRAGMA user_version", "DELETE FROM t"]])
    async def test_what_is_private_is_shown_to_nobody(
        self, database: Database, services: Services, script: list[str]
    ) -> None:
        for private in (False, True):
            async with services.writers.turn(database.identity):
                run = asyncio.ensure_future(database.script(script, private=private))
                await until(lambda: bool(database.queue.line))
                (place,) = database.queue.line
                assert (place.statement is None) is private
            await run

    async def test_it_is_one_transaction_with_all_results(self, database: Database) -> None:
        done = await database.script(GOOD)
        assert [one.rows for one in done] == [[], [(1,)], [(2,)]]
        assert await rows(database) == [1, 2]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            (TWICE, "UNIQUE constraint failed"),
            ("SELEC", "syntax error"),
            ("INSERT INTO nowhere VALUES (1)", "no such table"),
        ],
    )
    async def test_of_one_that_fails_nothing_is_applied(self, database: Database, wrong: str, words: str) -> None:
        with pytest.raises(errors.ScriptFailed, match=f"Nothing was applied; the fourth of 5 .*{words}") as caught:
            await database.script([*GOOD, wrong, "DELETE FROM t"])
        assert (caught.value.index, caught.value.applied, caught.value.total) == (3, 0, 5)
        assert caught.value.outcome is Outcome.NOT_APPLIED
        assert await rows(database) == []

    async def test_one_that_has_its_own_transactions_says_how_far_it_got(self, database: Database) -> None:
        script = ["BEGIN", "INSERT INTO t VALUES (1)", "COMMIT", TWICE, "INSERT INTO t VALUES (2)"]
        with pytest.raises(errors.ScriptFailed, match="3 of 5 statements were applied; the fourth failed: UNIQUE"):
            await database.script(script)
        assert await rows(database) == [1]

    async def test_what_ran_in_a_transaction_that_was_not_committed_is_not_applied(self, database: Database) -> None:
        script = ["INSERT INTO t VALUES (1)", "BEGIN", "INSERT INTO t VALUES (2)", TWICE, "COMMIT"]
        with pytest.raises(errors.ScriptFailed, match=r"1 of 5 statements was applied.*is rolled back") as caught:
            await database.script(script)
        assert caught.value.applied == 1
        assert await rows(database) == [1]
        assert database.queue.holder is None

    async def test_one_that_forgets_its_commit_is_told(self, database: Database) -> None:
        with pytest.raises(errors.ScriptFailed, match="left its transaction open"):
            await database.script(["BEGIN", "INSERT INTO t VALUES (1)"])
        assert await rows(database) == []

    async def test_one_that_only_reads_fails_as_its_statement_does(self, database: Database) -> None:
        with pytest.raises(errors.SqlError, match="no such table"):
            await database.script(["SELECT 1", "SELECT * FROM nowhere"])

    async def test_parameters_go_along(self, database: Database) -> None:
        await database.script([Statement("INSERT INTO t VALUES (?)", (7,)), "INSERT INTO t VALUES (8)"])
        assert await rows(database) == [7, 8]

    async def test_a_pragma_in_between_is_no_transaction(self, database: Database) -> None:
        await database.script(["INSERT INTO t VALUES (1)", "PRAGMA table_info(t)", "INSERT INTO t VALUES (2)"])
        assert await rows(database) == [1, 2]


class TestByAPerson:
    async def test_it_is_one_transaction_with_all_results(self, console: Console) -> None:
        started, *events = await events_of(console, *GOOD)
        assert started == Started(0, GOOD[0], 3)
        assert [type(event) for event in events] == [Finished, Opened, Finished, Opened, Finished]
        finished = [event for event in events if isinstance(event, Finished)]
        assert [event.index for event in finished] == [0, 1, 2]
        assert {event.outcome for event in finished} == {Outcome.APPLIED}
        assert finished[2].result is not None
        assert finished[2].result.rows(0, 9) == [(2,)]

    async def test_the_one_that_fails_is_marked_and_nothing_is_applied(self, console: Console) -> None:
        _, failed = await events_of(console, *GOOD, "SELEC 1", "SELECT 1")
        assert isinstance(failed, Failed)
        assert (failed.index, failed.sql) == (3, "SELEC 1")
        assert failed.outcome is Outcome.NOT_APPLIED
        assert isinstance(failed.cause, errors.SqlError)
        assert failed.cause.offset == 0
        assert await rows(console.session.database) == []

    async def test_reads_come_one_by_one(self, console: Console) -> None:
        events = await events_of(console, "SELECT 1", "SELECT 2")
        assert [type(event) for event in events] == [Started, Opened, Finished] * 2

    async def test_inside_an_open_transaction_it_is_a_part_of_that(self, console: Console) -> None:
        await events_of(console, "BEGIN")
        *_, failed = await events_of(console, "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", TWICE)
        assert isinstance(failed, Failed)
        assert failed.outcome is None
        assert "Nothing was applied; the third failed" in str(failed.error)
        assert "still open" in str(failed.error)
        assert await rows(console.session.database) == []
        await events_of(console, "COMMIT")
        assert await rows(console.session.database) == [1, 2]

    async def test_one_that_opens_a_transaction_and_fails_leaves_it_to_the_person(self, console: Console) -> None:
        script = ["INSERT INTO t VALUES (1)", "BEGIN", "INSERT INTO t VALUES (2)", TWICE]
        *_, failed = await events_of(console, *script)
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, errors.ScriptFailed)
        assert "1 of 4 statements was applied; the fourth failed" in str(failed.error)
        assert console.session.transaction is not None
        await events_of(console, "ROLLBACK")
        assert await rows(console.session.database) == [1]

    async def test_of_single_statements_the_outcome_is_told(self, console: Console) -> None:
        told = []
        for sql in ("SELECT 1", "INSERT INTO t VALUES (1)", TWICE, "BEGIN", "DELETE FROM t", "COMMIT"):
            *_, end = await events_of(console, sql)
            assert isinstance(end, Finished | Failed)
            told.append(end.outcome)
        assert told == [None, Outcome.APPLIED, Outcome.NOT_APPLIED, None, None, Outcome.APPLIED]

    async def test_others_see_whose_it_is_and_not_what_is_private(self, console: Console, services: Services) -> None:
        database = console.session.database
        for private, shown in (((), "INSERT INTO t VALUES (1)"), ((1,), None)):
            async with services.writers.turn(database.identity):
                run = asyncio.ensure_future(_run_all(console, ["INSERT INTO t VALUES (1)", "DELETE FROM t"], private))
                await until(lambda: bool(database.queue.line))
                (place,) = database.queue.line
                assert (place.label, place.statement) == ("pane", shown)
            await run


async def _run_all(console: Console, statements: Sequence[str], private: Sequence[int]) -> None:
    async with aclosing(console.run_script(statements, private)) as events:
        async for _ in events:
            pass


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=1) as server:
        yield server


class TestOnABadLine:
    @pytest.fixture
    async def tenant(self, faulty: LocalServer, services: Services) -> Database:
        database = await open_tenant(services, faulty)
        await database.execute("CREATE TABLE t (a UNIQUE)")
        return database

    async def test_nobody_knows_whether_all_of_it_was_applied_or_nothing(
        self, faulty: LocalServer, tenant: Database
    ) -> None:
        faulty.faults.add("cut=after,on=batch,times=1")
        with pytest.raises(errors.ScriptFailed, match="All 3 statements were applied, or none of them") as caught:
            await tenant.script(GOOD)
        assert caught.value.outcome is Outcome.UNKNOWN
        assert isinstance(caught.value.cause, errors.OutcomeUnknown)
        assert caught.value.cause.statements == tuple(GOOD)

    async def test_nobody_knows_whether_the_second_was(self, faulty: LocalServer, tenant: Database) -> None:
        script = ["INSERT INTO t VALUES (1)", "PRAGMA table_info(t)", "INSERT INTO t VALUES (3)"]
        faulty.faults.add("cut=after,on=execute,sql=insert,skip=1,times=1")
        with pytest.raises(errors.ScriptFailed, match="2 of 3 statements were applied; the third may or may not"):
            await tenant.script(script)
        assert await rows(tenant) == [1, 3]

    async def test_one_of_which_it_is_not_known_what_writes_has_not_begun(
        self, faulty: LocalServer, tenant: Database, services: Services
    ) -> None:
        console = Console(tenant.session(), services.results)
        faulty.faults.add("deleted")
        started, failed = await events_of(console, "SELECT 1", "WITH x AS (SELECT 1) DELETE FROM t")
        assert isinstance(started, Started)
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, errors.NotFound)
        assert failed.outcome is Outcome.NOT_APPLIED

    @pytest.mark.parametrize(("statements", "where"), [(GOOD, "batch"), (GOOD[:1], "execute")])
    async def test_a_cancelled_write_that_had_left_is_named(
        self, faulty: LocalServer, tenant: Database, services: Services, statements: list[str], where: str
    ) -> None:
        console = Console(tenant.session(), services.results)
        faulty.faults.add(f"stall,on={where}")
        run = asyncio.ensure_future(_run_all(console, statements, ()))
        await asyncio.to_thread(faulty.faults.wait_for_hits)
        run.cancel()
        await asyncio.wait([run])
        assert run.cancelled()
        assert console.cancelled is not None
        assert console.cancelled.statements == tuple(statements)
        faulty.faults.clear()
        assert await rows(tenant) == []

    async def test_one_that_was_cancelled_while_it_waited_has_not_left(
        self, tenant: Database, services: Services
    ) -> None:
        console = Console(tenant.session(), services.results)
        async with services.writers.turn(tenant.identity):
            run = asyncio.ensure_future(_run_all(console, GOOD, ()))
            await until(lambda: bool(tenant.queue.line))
            run.cancel()
            await asyncio.wait([run])
        assert console.cancelled is None

    async def test_a_write_whose_rows_find_no_room_is_applied_all_the_same(
        self, tenant: Database, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        console = Console(tenant.session(), services.results)

        async def full(*_: object) -> None:
            raise errors.StorageError("The disk is full.")

        monkeypatch.setattr(services.results, "create", full)
        *_, failed = await events_of(console, "INSERT INTO t VALUES (1) RETURNING a")
        assert isinstance(failed, Failed)
        assert failed.outcome is Outcome.APPLIED
        assert isinstance(failed.error, errors.StorageError)
        *_, one, two = await events_of(console, "INSERT INTO t VALUES (2) RETURNING a", "DELETE FROM t WHERE a = 9")
        assert isinstance(one, Failed)
        assert isinstance(two, Finished)
        assert {one.outcome, two.outcome} == {Outcome.APPLIED}
        assert await rows(tenant) == [1, 2]

    async def test_after_a_lost_transaction_a_script_runs_nothing_outside_it(
        self, faulty: LocalServer, tenant: Database, services: Services
    ) -> None:
        session = tenant.session(keep_alive_seconds=0.05)
        console = Console(session, services.results)
        await events_of(console, "BEGIN")
        is_over = asyncio.Event()
        session.on_change = is_over.set
        faulty.faults.add("expired,on=get_autocommit,times=1")
        await asyncio.wait_for(is_over.wait(), 5)
        *_, failed = await events_of(console, *GOOD)
        assert isinstance(failed, Failed)
        assert isinstance(failed.cause, errors.TransactionLost)
        assert await rows(tenant) == []
        *_, done = await events_of(console, *GOOD)
        assert isinstance(done, Finished)


@pytest.mark.parametrize(
    ("statements", "atomic"),
    [
        (["INSERT INTO t VALUES (1)", "SELECT 1"], True),
        (["SELECT 1", "WITH x AS (SELECT 1) DELETE FROM t"], True),
        (["SELECT 1", "WITH x AS (SELECT 1) SELECT 1"], False),
        (["SELECT 1"], False),
        (["BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"], False),
        (["INSERT INTO t VALUES (1)", "-- why\nPRAGMA foreign_keys = off"], False),
        (["INSERT INTO t VALUES (1)", "vacuum"], False),
    ],
)
async def test_what_can_be_one_transaction(statements: Sequence[str], atomic: bool) -> None:
    async def writes(sql: str) -> bool:
        return "DELETE" in sql

    assert await is_atomic(statements, writes) is atomic


def test_how_far_a_script_got_is_counted() -> None:
    tally = Tally(9)
    for sql, in_transaction in [
        ("INSERT INTO t VALUES (1)", False),
        ("BEGIN", True),
        ("DELETE FROM t", True),
        ("ROLLBACK", False),
        ("SAVEPOINT s", True),
        ("DELETE FROM t", True),
        ("RELEASE s", False),
    ]:
        tally.ran(sql, in_transaction=in_transaction)
    failure = tally.failure(errors.SqlError("no"), in_transaction=False)
    assert str(failure) == "4 of 9 statements were applied; the eighth failed: no"
    assert (failure.applied, failure.index) == (4, 7)


def test_places_are_named() -> None:
    assert (ordinal(0), ordinal(9), ordinal(10)) == ("first", "tenth", "number 11")


class TestAPartOfAStatement:
    async def test_or_fail_keeps_what_it_did_and_that_is_told(self, database: Database) -> None:
        with pytest.raises(errors.SqlError, match="2 rows had been changed before, and OR FAIL keeps that") as caught:
            await database.execute("INSERT OR FAIL INTO t VALUES (1), (2), (1), (3)")
        assert caught.value.outcome is Outcome.APPLIED
        assert await rows(database) == [1, 2]

    @pytest.mark.parametrize("sql", ["INSERT OR FAIL INTO t VALUES (1), (2)", "INSERT INTO t VALUES (3), (1)"])
    async def test_where_nothing_was_done_nothing_was_kept(self, database: Database, sql: str) -> None:
        await database.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(errors.SqlError, match="UNIQUE") as caught:
            await database.execute(sql)
        assert caught.value.outcome is Outcome.NOT_APPLIED
        assert await rows(database) == [1]

    async def test_one_that_succeeds_is_as_any_other(self, database: Database) -> None:
        done = await database.execute("INSERT OR FAIL INTO t VALUES (1) RETURNING a")
        assert done.rows == [(1,)]
