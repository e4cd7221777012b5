"""What a page holds, also where data is bad, and what is left when reading is given up."""

import asyncio
import math

import pytest

from tests.service.doors import open_url
from tests.service.rows.tables import browse, facts_of, rows_of, run, seen_rows, table_of
from turso_tui.errors import InputError, SqlError
from turso_tui.service.database import Database
from turso_tui.service.rows.applying import RowConflict, apply, undo
from turso_tui.service.rows.browsing import BrowseQuery, Browser, RowOrder
from turso_tui.service.rows.filtering import Condition, Operator, RawText
from turso_tui.service.rows.identity import Refused
from turso_tui.service.rows.staging import Changes
from turso_tui.service.services import Services
from turso_tui.ui.staged_rows import StagedRows

TEN = "CREATE TABLE t (a); INSERT INTO t VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)"


async def paged(database: Database, services: Services, query: BrowseQuery | None = None, *, page: int = 3) -> Browser:
    browser = Browser(database, await table_of(database), services.results, page=page)
    await browser.read(query or BrowseQuery())
    return browser


def first_column(browser: Browser) -> list[object]:
    assert browser.result is not None
    return [row[0] for row in browser.result.rows(0, browser.result.row_count)]


async def test_it_says_whether_there_is_more(file: Database, services: Services) -> None:
    await run(file, TEN)
    browser = await paged(file, services, page=5)
    assert (first_column(browser), browser.complete) == ([0, 1, 2, 3, 4], False)
    assert await browser.count() == 10
    assert await browser.more() == 5
    assert browser.complete
    assert await browser.more() == 0


async def test_as_many_rows_as_before_are_read_again(file: Database, services: Services) -> None:
    await run(file, TEN)
    browser = await paged(file, services)
    await browser.more()
    old = browser.result
    await run(file, "DELETE FROM t WHERE a = 1")
    await browser.refresh()
    assert browser.result is not old
    assert first_column(browser) == [0, 2, 3, 4, 5, 6]
    await browser.more()
    assert browser.identity_at(8) == (10,)


@pytest.mark.parametrize(
    "query",
    [
        BrowseQuery(where="nonsense("),
        BrowseQuery(where="no_such_function(a)"),
        BrowseQuery([Condition("gone away", Operator.EQUAL, "gone away")]),
        BrowseQuery(order=[RowOrder("gone")]),
    ],
)
async def test_a_query_that_cannot_be_read_leaves_what_is_shown(
    file: Database, services: Services, query: BrowseQuery
) -> None:
    await run(file, TEN)
    browser = await paged(file, services)
    kept = len(services.results.results)
    with pytest.raises((InputError, SqlError)):
        await browser.read(query)
    assert first_column(browser) == [0, 1, 2]
    assert browser.query == BrowseQuery()
    assert len(services.results.results) == kept


async def test_a_page_that_is_given_up_shifts_no_row(file: Database, services: Services) -> None:
    await run(file, TEN)
    browser = await paged(file, services)
    for steps in range(40):
        reading = asyncio.create_task(browser.more())
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
    while await browser.more():
        pass
    assert first_column(browser) == list(range(10))
    assert [browser.identity_at(row) for row in range(10)] == [(row,) for row in range(1, 11)]


async def test_a_table_that_lost_its_columns_is_an_error(file: Database, services: Services) -> None:
    await run(file, "CREATE TABLE x (a); CREATE VIEW t AS SELECT a FROM x; DROP TABLE x")
    with pytest.raises((InputError, SqlError)):
        await browse(file, services.results)


class TestBadData:
    """A file and the real server."""

    @pytest.fixture(params=["file", pytest.param("sqld", marks=pytest.mark.sqld)])
    def database(self, request: pytest.FixtureRequest, services: Services) -> Database:
        if request.param == "file":
            file: Database = request.getfixturevalue("file")
            return file
        return open_url(services, request.getfixturevalue("sqld"))

    async def test_a_text_that_is_none_is_shown_as_bytes_and_kept(self, database: Database, services: Services) -> None:
        await run(
            database,
            """CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b);
            INSERT INTO t VALUES (1, 'fine', 1), (2, CAST(x'ff41' AS TEXT), x'ff41'), (3, '☃', 1.5)""",
        )
        browser = await browse(database, services.results, query=BrowseQuery(order=[RowOrder("a")]))
        assert browser.result is not None
        assert list(browser.result.rows(0, 3)) == [(1, "fine", 1), (3, "☃", 1.5), (2, b"\xffA", b"\xffA")]
        seen = browser.seen_at(2)
        assert [type(value) for value in seen.values] == [int, RawText, bytes]

        changes = Changes(await facts_of(database))
        changes.set_value(seen, 1, "mended")
        changes.duplicate(browser.seen_at(0))
        applied = await apply(database, changes.facts, changes.diff())
        assert len(await rows_of(database)) == 4
        await undo(database, changes.facts, applied)
        kept = "SELECT typeof(a), hex(a) FROM t WHERE id = 2"
        assert list((await database.execute(kept)).rows) == [("text", "FF41")]

        await run(database, "UPDATE t SET a = CAST(x'ff42' AS TEXT) WHERE id = 2")
        with pytest.raises(RowConflict) as caught:
            await apply(database, changes.facts, changes.diff())
        assert caught.value.rows[0].now == (2, RawText(b"\xffB"), b"\xffA")

    async def test_infinite_numbers(self, database: Database, services: Services) -> None:
        await run(
            database,
            "CREATE TABLE t (a, b); INSERT INTO t VALUES (9e999, 1), (-9e999, 2), (1.0, 3), (NULL, 4), (9e999, 5)",
        )
        browser = await paged(database, services, BrowseQuery(order=[RowOrder("a")]), page=2)
        while await browser.more():
            pass
        assert [browser.values_at(row)[1] for row in range(5)] == [4, 2, 3, 1, 5]
        changes = Changes(await facts_of(database))
        changes.set_value(browser.seen_at(1), 1, -2)
        applied = await apply(database, changes.facts, changes.diff())
        await undo(database, changes.facts, applied)

        changes.clear()
        changes.delete(await seen_rows(database, services.results))
        applied = await apply(database, changes.facts, changes.diff())
        knows_the_sign = math.isinf(float(str(browser.values_at(1)[0])))
        assert isinstance(applied.inverse, Refused) is not knows_the_sign

    async def test_a_table_as_wide_as_can_be(self, database: Database, services: Services) -> None:
        names = ", ".join(f"c{number}" for number in range(1999))
        changes = Changes(await facts_of(database, f"CREATE TABLE t (id INTEGER PRIMARY KEY, {names})"))
        changes.insert({7: "x"})
        applied = await apply(database, changes.facts, changes.diff())
        (row,) = await seen_rows(database, services.results)
        assert row.values[7] == "x"
        await undo(database, changes.facts, applied)
        await run(database, f"DROP TABLE t; CREATE TABLE t (id, {names}); INSERT INTO t (id) VALUES (1), (2), (3)")
        browser = await paged(database, services, page=2)
        await browser.more()
        assert first_column(browser) == [1, 2, 3]
        assert isinstance(browser.identity, Refused)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (a)",
        "CREATE TABLE t (a INTEGER PRIMARY KEY)",
        "CREATE TABLE t (b, a TEXT PRIMARY KEY) WITHOUT ROWID",
    ],
)
async def test_what_many_rows_are_known_by_is_looked_up_at_once(
    file: Database, services: Services, script: str
) -> None:
    await run(file, f"{script}; INSERT INTO t (a) VALUES (1), (2), (3), (4); ")
    browser = await browse(file, services.results)
    each = [browser.identity_at(row) for row in range(4)]
    assert browser.identities(0, 9) == each
    assert browser.identities(1, 3) == each[1:3]


async def test_a_change_among_many_rows_does_not_look_at_them_one_by_one(file: Database, services: Services) -> None:
    await run(
        file,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a); WITH RECURSIVE n (i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, i FROM n",
    )
    browser = Browser(file, await table_of(file), services.results, page=3000)
    await browser.read(BrowseQuery())
    assert browser.result is not None
    assert browser.facts is not None
    changes = Changes(browser.facts)
    changes.set_value(browser.seen_at(2999), 1, "new")
    asked: list[str] = []

    def trace(_: object, sql: str, __: object) -> bool:
        asked.append(sql)
        return True

    browser.result.store.reader.exec_trace = trace
    staged = StagedRows(browser.result, browser, changes)
    browser.result.store.reader.exec_trace = None
    assert staged.row_of_target((3000,)) == 2999
    assert len(asked) == 3
