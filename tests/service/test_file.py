"""A local SQLite file as a database like any other."""

import asyncio
import math
import time
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hrana.test_values import values
from turso_tui import errors
from turso_tui.service.file import FileLink
from turso_tui.values import Column, Row, Statement, Value

NUMBERS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT %d) SELECT %s FROM n"
ENDLESS = 10**9


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE); INSERT INTO t VALUES (1, 'one')")
    connection.close()
    return path


@pytest.fixture
def link(path: Path) -> FileLink:
    return FileLink(path)


async def read(link: FileLink, sql: str, *args: Value) -> list[Row]:
    async with link.read(Statement(sql, args)) as stream:
        return [row async for chunk in stream for row in chunk]


async def test_rows_are_read_in_chunks(link: FileLink) -> None:
    async with link.read(Statement(NUMBERS % (5000, "i, 'x'"))) as stream:
        sizes = [len(chunk) async for chunk in stream]
    assert stream.columns == (Column("i"), Column("'x'"))
    assert sizes == [2000, 2000, 1000]


async def test_a_result_without_rows_has_columns(link: FileLink) -> None:
    async with link.read(Statement("SELECT a, b FROM t WHERE 0")) as stream:
        assert [chunk async for chunk in stream] == []
    assert stream.columns == (Column("a", "INTEGER"), Column("b", "TEXT"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(values, min_size=1, max_size=5))
async def test_values_survive(link: FileLink, sent: list[Value]) -> None:
    assert await read(link, f"SELECT {','.join('?' * len(sent))}", *sent) == [tuple(sent)]


async def test_infinity_is_infinity(link: FileLink) -> None:
    assert await read(link, "SELECT 9e999") == [(math.inf,)]


async def test_named_arguments_with_and_without_their_prefix(link: FileLink) -> None:
    for name in ("x", ":x"):
        executed = await link.write(Statement("SELECT :x", named_args={name: 7}))
        assert executed.rows == [(7,)]


@pytest.mark.parametrize("statement", [Statement("SELECT :x", named_args={"y": 1}), Statement("SELECT ?", (1, 2))])
async def test_arguments_that_do_not_fit(link: FileLink, statement: Statement) -> None:
    with pytest.raises(errors.SqlError):
        await link.write(statement)


async def test_a_write_says_what_it_did(link: FileLink) -> None:
    executed = await link.write(Statement("INSERT INTO t(b) VALUES ('two'), ('three') RETURNING a"))
    assert executed.rows == [(2,), (3,)]
    assert executed.summary.affected_rows == 2
    assert executed.summary.last_insert_rowid == 3


async def test_a_statement_that_changes_the_schema(link: FileLink) -> None:
    created = await link.write(Statement("CREATE TABLE u(a)"))
    assert (created.columns, created.rows, created.summary.affected_rows) == ((), [], 0)
    await link.write(Statement("DROP TABLE u"))


async def test_what_a_statement_is_before_it_runs(link: FileLink) -> None:
    described = await link.describe("INSERT INTO t(b) VALUES (:b), (?) RETURNING a")
    assert described.readonly is False
    assert described.columns == (Column("a", "INTEGER"),)
    assert described.parameters == ("b", None)
    assert (await link.describe("EXPLAIN SELECT 1")).is_explain
    assert (await link.describe("SELECT 1")).readonly
    assert await read(link, "SELECT count(*) FROM t") == [(1,)]


async def test_a_mistake_is_told_in_sqlites_words_with_its_place(link: FileLink) -> None:
    with pytest.raises(errors.SqlError, match=r'^near "FORM": syntax error$') as caught:
        await read(link, "SELECT * FORM t")
    assert (caught.value.code, caught.value.offset) == ("SQLITE_ERROR", 9)
    with pytest.raises(errors.SqlError, match=r"^no such table: nowhere$"):
        await read(link, "SELECT * FROM nowhere")


async def test_a_batch_is_all_or_nothing(link: FileLink) -> None:
    good, bad = Statement("INSERT INTO t VALUES (2, 'two')"), Statement("INSERT INTO t VALUES (1, 'again')")
    with pytest.raises(errors.SqlError, match="UNIQUE constraint failed"):
        await link.write_batch([good, bad])
    assert await read(link, "SELECT a FROM t") == [(1,)]
    assert [done.summary.affected_rows for done in await link.write_batch([good, Statement("DELETE FROM t")])] == [
        1,
        2,
    ]


async def test_foreign_keys_hold(link: FileLink) -> None:
    await link.write(Statement("CREATE TABLE child(t REFERENCES t(a))"))
    with pytest.raises(errors.SqlError, match="FOREIGN KEY"):
        await link.write(Statement("INSERT INTO child VALUES (99)"))


async def test_a_transaction_that_is_kept_and_one_that_is_not(link: FileLink) -> None:
    for end in ("COMMIT", "ROLLBACK"):
        conversation = link.converse()
        await conversation.run(Statement("BEGIN"))
        await conversation.run(Statement("INSERT INTO t(b) VALUES (?)", (end,)))
        states = [conversation.in_transaction]
        await conversation.keep_alive()
        await conversation.run(Statement(end))
        states.append(conversation.in_transaction)
        assert states == [True, False]
        await conversation.aclose()
    assert await read(link, "SELECT b FROM t") == [("one",), ("COMMIT",)]


async def test_a_transaction_that_is_left_is_rolled_back(link: FileLink) -> None:
    conversation = link.converse()
    await conversation.run(Statement("BEGIN IMMEDIATE"))
    await conversation.run(Statement("DELETE FROM t"))
    await conversation.aclose()
    assert await read(link, "SELECT a FROM t") == [(1,)]


async def test_a_lock_of_someone_else_is_busy(link: FileLink, path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.Busy):
        await link.write(Statement("DELETE FROM t"))
    with pytest.raises(errors.Busy):
        await link.write_batch([Statement("DELETE FROM t")])
    other.close()
    assert await read(link, "SELECT a FROM t") == [(1,)]


async def test_what_is_no_database_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database, but long enough to look at" * 100)
    with pytest.raises(errors.StorageError, match=r"notes\.txt is not a SQLite database"):
        await FileLink(tmp_path / "notes.txt").check()


async def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageError, match="cannot be opened"):
        await FileLink(tmp_path / "missing.db").check()
    assert list(tmp_path.iterdir()) == []


async def test_text_that_is_none_says_how_to_see_it(link: FileLink) -> None:
    with pytest.raises(errors.SqlError, match=r"not valid UTF-8.*CAST"):
        await read(link, "SELECT CAST(x'61ff' AS TEXT)")


async def test_every_spelling_of_a_path_is_one_database(path: Path) -> None:
    (path.parent / "link.db").symlink_to(path)
    assert FileLink(path.parent / "link.db").identity == FileLink(path).identity


@pytest.mark.parametrize("delay", [0.0, 0.1])
@pytest.mark.parametrize(
    "sql", [NUMBERS % (ENDLESS, "max(i)"), "INSERT INTO t(b) " + NUMBERS % (ENDLESS, "max(i)")], ids=["read", "write"]
)
async def test_giving_up_interrupts_the_statement(link: FileLink, sql: str, delay: float) -> None:
    work = asyncio.create_task(link.write(Statement(sql)))
    await asyncio.wait({work}, timeout=delay)
    started = time.monotonic()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert time.monotonic() - started < 3
    assert await read(link, "SELECT a FROM t") == [(1,)]
    await link.write(Statement("DELETE FROM t"))


async def test_leaving_a_large_result_early_lets_go_of_the_file(link: FileLink, path: Path) -> None:
    async with link.read(Statement(NUMBERS % (ENDLESS, "i") + " JOIN t")) as stream:
        async for _ in stream:
            break
    await link.write(Statement("DROP TABLE t"))


async def test_a_full_disk_is_told_as_such_and_nothing_is_changed(link: FileLink) -> None:
    limit = Statement("PRAGMA max_page_count = 20")
    with pytest.raises(errors.StorageError, match="disk is full"):
        await link.write_batch(
            [limit, Statement("DELETE FROM t"), Statement("CREATE TABLE big AS SELECT zeroblob(9e5)")]
        )
    assert await read(link, "SELECT a FROM t") == [(1,)]
