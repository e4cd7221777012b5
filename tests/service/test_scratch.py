"""SQL over results: they are tables, their names are one's own, and what comes out is a result again."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from turso_tui.errors import InputError, SqlError, StorageError
from turso_tui.service.console import Console, Finished
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.scratch import ScratchDatabase
from turso_tui.service.writer import Writers
from turso_tui.values import Column, Row


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "scratch") as store:
        yield store


@pytest.fixture
async def scratch(store: ResultStore, tmp_path: Path) -> AsyncIterator[ScratchDatabase]:
    database = ScratchDatabase(store, Writers(tmp_path / "locks"))
    yield database
    await database.aclose()


async def result_of(store: ResultStore, names: Sequence[str], rows: Sequence[Row]) -> ResultSet:
    result = await store.create([Column(name) for name in names])
    await result.append(rows)
    result.finish()
    return result


async def test_results_are_joined_by_their_names(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["id", "plan"], [(1, "pro"), (2, "free")])
    users = await result_of(store, ["id", "name"], [(1, "Ada"), (2, "Bob")])
    store.rename(users, "people of today")
    done = await scratch.execute('SELECT name, plan FROM r1 JOIN "people of today" USING (id) ORDER BY name')
    assert done.rows == [("Ada", "pro"), ("Bob", "free")]


async def test_what_comes_out_is_a_result_again(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["n"], [(n,) for n in range(10_000)])
    console = Console(scratch.session(), store)
    statements = ["SELECT n * 2 AS twice FROM r1", "SELECT sum(twice) AS total FROM r2"]
    last = [event async for event in console.run(statements)][-1]
    assert isinstance(last, Finished)
    assert last.result is not None
    assert last.result.rows(0, 1) == [(99_990_000,)]
    assert [result.name for result in store.results] == ["r1", "r2", "r3"]
    await console.session.aclose()


async def test_columns_that_share_a_name_are_told_apart(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["id", "id", "count(*)"], [(1, 2, 3)])
    assert (await scratch.execute('SELECT id, id_2, "count(*)" FROM r1')).rows == [(1, 2, 3)]


@pytest.mark.parametrize("sql", ["DELETE FROM r1", "DROP TABLE results.r1", "INSERT INTO results.r1 VALUES (1)"])
async def test_results_can_only_be_read(store: ResultStore, scratch: ScratchDatabase, sql: str) -> None:
    result = await result_of(store, ["n"], [(1,)])
    with pytest.raises((SqlError, StorageError)):
        await scratch.execute(sql)
    assert result.rows(0, 10) == [(1,)]


async def test_what_is_created_stays_until_the_end(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["n"], [(1,), (2,)])
    await scratch.execute("CREATE TABLE kept AS SELECT * FROM r1")
    await store.results[0].drop()
    assert (await scratch.execute("SELECT count(*) FROM kept")).rows == [(2,)]
    with pytest.raises(SqlError, match="no such table"):
        await scratch.execute("SELECT * FROM r1")


async def test_a_transaction_sees_the_results_too(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["n"], [(1,)])
    session = scratch.session()
    for sql in ("BEGIN", "CREATE TABLE t AS SELECT * FROM r1", "COMMIT"):
        async with session.stream(sql):
            pass
    await session.aclose()
    assert (await scratch.execute("SELECT n FROM t")).rows == [(1,)]


async def test_a_result_that_is_arriving_is_a_table_of_what_is_there(
    store: ResultStore, scratch: ScratchDatabase
) -> None:
    result = await store.create([Column("n")])
    await result.append([(1,)])
    assert (await scratch.execute("SELECT count(*) FROM r1")).rows == [(1,)]
    await result.append([(2,)])
    assert (await scratch.execute("SELECT count(*) FROM r1")).rows == [(2,)]


async def test_the_schema_lists_results_and_what_was_created(store: ResultStore, scratch: ScratchDatabase) -> None:
    await result_of(store, ["n", "n"], [])
    await scratch.execute("CREATE TABLE t (a)")
    schema = await scratch.schema()
    assert [(table.name, [column.name for column in table.columns]) for table in schema.tables] == [
        ("r1", ["n", "n_2"]),
        ("t", ["a"]),
    ]


async def test_a_name_belongs_to_one_result(store: ResultStore) -> None:
    one, two = await result_of(store, ["n"], []), await result_of(store, ["n"], [])
    store.rename(one, "mine")
    with pytest.raises(InputError, match="Another result is called MINE"):
        store.rename(two, "MINE")
    with pytest.raises(InputError, match="at least one letter"):
        store.rename(two, " ")
    store.rename(two, "r3")
    assert (await result_of(store, ["n"], [])).name == "r4", "a name that is taken is not given again"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with closing(ResultStore(tmp_path / "scratch")) as store:
        ScratchDatabase(store, Writers(tmp_path / "locks"))
    assert list((tmp_path / "scratch").iterdir()) == []
