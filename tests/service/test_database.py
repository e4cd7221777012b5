"""A database, however it is reached: by an account, by URL or as a file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.doors import DOORS, FOREVER, open_door, until
from turso_tui import errors
from turso_tui.service.database import Database
from turso_tui.service.services import Services
from turso_tui.values import Statement


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, services: Services, tmp_path: Path) -> Database:
    return await open_door(request, services, tmp_path)


@pytest.fixture
async def table(database: Database) -> Database:
    await database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT UNIQUE)")
    return database


async def count(database: Database) -> object:
    return (await database.execute("SELECT count(*) FROM t")).rows[0][0]


class TestExecuting:
    async def test_a_read_gives_columns_and_rows(self, database: Database) -> None:
        executed = await database.execute("SELECT 1 AS one, 'two' AS two, x'03' AS three, NULL AS four, 5.5 AS five")
        assert [column.name for column in executed.columns] == ["one", "two", "three", "four", "five"]
        assert executed.rows == [(1, "two", b"\x03", None, 5.5)]

    async def test_a_write_says_what_it_changed(self, table: Database) -> None:
        executed = await table.execute("INSERT INTO t (word) VALUES ('a'), ('b')")
        assert (executed.summary.affected_rows, executed.summary.last_insert_rowid) == (2, 2)

    async def test_a_write_may_return_rows(self, table: Database) -> None:
        executed = await table.execute("INSERT INTO t (word) VALUES ('a') RETURNING id, word")
        assert executed.rows == [(1, "a")]

    async def test_parameters_are_bound_by_position_and_by_name(self, database: Database) -> None:
        assert (await database.execute("SELECT ?, ?", (2**63 - 1, b"\x00"))).rows == [(2**63 - 1, b"\x00")]
        assert (await database.execute("SELECT :a || @b", {"a": "x", "b": "y"})).rows == [("xy",)]

    async def test_a_result_without_rows_has_columns(self, table: Database) -> None:
        executed = await table.execute("SELECT id, word FROM t")
        assert [column.name for column in executed.columns] == ["id", "word"]
        assert [column.decltype for column in executed.columns] == ["INTEGER", "TEXT"]
        assert list(executed.rows) == []

    async def test_a_stream_comes_in_chunks(self, database: Database) -> None:
        sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
        async with database.stream(sql) as stream:
            chunks = [list(chunk) async for chunk in stream]
        assert len(chunks) > 1
        assert [row for chunk in chunks for row in chunk] == [(i,) for i in range(1, 5001)]

    async def test_the_schema_is_read(self, table: Database) -> None:
        (found,) = (await table.schema()).tables
        assert [(column.name, column.type, column.key) for column in found.columns] == [
            ("id", "INTEGER", 1),
            ("word", "TEXT", 0),
        ]

    async def test_a_pragma_that_some_servers_count_as_a_write_is_answered(self, table: Database) -> None:
        assert (await table.execute("PRAGMA foreign_key_list(t)")).rows == []
        assert (await table.execute("PRAGMA user_version")).rows == [(0,)]


class TestRefusing:
    async def test_several_statements(self, database: Database) -> None:
        with pytest.raises(errors.InputError, match="2 statements"):
            await database.execute("SELECT 1; SELECT 2")

    @pytest.mark.parametrize("sql", ["BEGIN", "begin immediate", "/* hm */ SAVEPOINT s"])
    async def test_a_transaction_that_nobody_would_end(self, database: Database, sql: str) -> None:
        with pytest.raises(errors.InputError, match="session"):
            await database.execute(sql)

    async def test_a_syntax_error_says_where(self, database: Database) -> None:
        with pytest.raises(errors.SqlError, match='near "FRM": syntax error') as caught:
            await database.execute("SELECT * FRM t")
        assert caught.value.offset in {9, None}, "sqld does not say where in `describe`"

    async def test_a_constraint_by_its_name(self, table: Database) -> None:
        await table.execute("INSERT INTO t (word) VALUES ('a')")
        with pytest.raises(errors.SqlError, match=r"UNIQUE constraint failed: t\.word") as caught:
            await table.execute("INSERT INTO t (word) VALUES ('a')")
        assert caught.value.code.startswith("SQLITE_CONSTRAINT")


class TestBatches:
    async def test_all_of_it_is_applied(self, table: Database) -> None:
        done = await table.batch(
            [
                "INSERT INTO t (word) VALUES ('a')",
                Statement("INSERT INTO t (word) VALUES (?)", ("b",)),
                "SELECT * FROM t",
            ]
        )
        assert list(done[2].rows) == [(1, "a"), (2, "b")]

    async def test_or_none_of_it(self, table: Database) -> None:
        with pytest.raises(errors.SqlError, match="UNIQUE"):
            await table.batch(["INSERT INTO t (word) VALUES ('a')"] * 2)
        assert await count(table) == 0

    @pytest.mark.parametrize("sql", ["COMMIT", "end", "ROLLBACK"])
    async def test_it_ends_its_own_transaction(self, table: Database, sql: str) -> None:
        with pytest.raises(errors.InputError, match="commits itself"):
            await table.batch(["INSERT INTO t (word) VALUES ('a')", sql, "INSERT INTO t (word) VALUES ('b')"])
        assert await count(table) == 0

    async def test_one_statement_is_one_statement_also_when_it_is_prepared(self, table: Database) -> None:
        with pytest.raises(errors.InputError, match="2 statements"):
            await table.batch([Statement("INSERT INTO t (word) VALUES ('a'); SELEC")])


class TestTurns:
    async def test_a_write_waits_and_a_read_does_not(self, table: Database, services: Services) -> None:
        async with services.writers.turn(table.identity, "someone"):
            write = asyncio.create_task(table.execute("INSERT INTO t (word) VALUES ('a')"))
            await until(lambda: len(table.queue.waiting) == 1)
            assert await count(table) == 0
            assert not write.done()
        assert (await write).summary.affected_rows == 1

    async def test_a_batch_waits_too(self, table: Database, services: Services) -> None:
        async with services.writers.turn(table.identity, "someone"):
            write = asyncio.create_task(table.batch(["INSERT INTO t (word) VALUES ('a')"]))
            await until(lambda: table.queue.waiting == ("1 statements",))
        await write
        assert await count(table) == 1

    async def test_the_turn_is_given_back_after_a_failure(self, table: Database) -> None:
        with pytest.raises(errors.SqlError):
            await table.execute("INSERT INTO t (id) VALUES ('not a number')")
        assert table.queue.holder is None

    async def test_fifty_writers_take_turns(self, table: Database) -> None:
        words = [f"word {number}" for number in range(50)]
        await asyncio.gather(*(table.execute("INSERT INTO t (word) VALUES (?)", (word,)) for word in words))
        assert await count(table) == 50


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class TestCancelling:
    """Whatever is cancelled: the turn is free, and the next write works, soon."""

    async def works(self, table: Database) -> None:
        async with asyncio.timeout(10):
            await table.execute("INSERT INTO t (word) VALUES ('next')")
        assert table.queue.holder is None
        assert not table.queue.waiting

    async def test_a_read(self, table: Database) -> None:
        read: asyncio.Task[object] = asyncio.create_task(table.execute(FOREVER))
        await asyncio.sleep(0.2)
        await cancel(read)
        await self.works(table)

    async def test_a_write(self, table: Database) -> None:
        write: asyncio.Task[object] = asyncio.create_task(table.execute(f"INSERT INTO t (word) {FOREVER}"))
        await until(lambda: table.queue.holder is not None)
        await asyncio.sleep(0.2)
        await cancel(write)
        await self.works(table)
        assert await count(table) == 1

    async def test_a_batch(self, table: Database) -> None:
        write: asyncio.Task[object] = asyncio.create_task(
            table.batch(["INSERT INTO t (word) VALUES ('a')", f"INSERT INTO t (word) {FOREVER}"])
        )
        await until(lambda: table.queue.holder is not None)
        await asyncio.sleep(0.2)
        await cancel(write)
        await self.works(table)
        assert await count(table) == 1

    async def test_a_write_that_waits_for_its_turn(self, table: Database, services: Services) -> None:
        async with services.writers.turn(table.identity, "someone"):
            write: asyncio.Task[object] = asyncio.create_task(table.execute("INSERT INTO t (word) VALUES ('a')"))
            await until(lambda: bool(table.queue.waiting))
            await cancel(write)
            assert not table.queue.waiting
        await self.works(table)
        assert await count(table) == 1

    async def test_a_stream_in_the_middle(self, table: Database) -> None:
        sql = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            SELECT i, hex(zeroblob(50)) FROM n
        """
        has_begun = asyncio.Event()

        async def read() -> None:
            async with table.stream(sql) as stream:
                async for _ in stream:
                    has_begun.set()
                    await asyncio.Event().wait()

        task: asyncio.Task[object] = asyncio.create_task(read())
        await asyncio.wait_for(has_begun.wait(), 20)
        await cancel(task)
        await self.works(table)
