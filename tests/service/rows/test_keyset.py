"""Pages one after the other are the whole table, in its order, and no row is read twice."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.doors import open_url
from tests.service.rows.tables import run, table_of
from turso_tui.service.database import Database
from turso_tui.service.rows.browsing import BrowseQuery, Browser, RowOrder
from turso_tui.service.rows.filtering import Condition, Operator
from turso_tui.service.services import Services
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Row, Statement, Value

TYPES = ("", "TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", "INTEGER", "REAL", "NUMERIC", "BLOB")
VALUES: tuple[Value, ...] = (
    *(None, 0, 1, -1, 2**63 - 1, 2**53 + 1, 1.0, 0.5, -math.inf, math.inf, 9007199254740993.0),
    *("", "a", "A", "a ", "A ", "b", "1", "0x1", "é", "a\0b", b"", b"a", b"\xff"),
)


@dataclass(frozen=True)
class Given:
    """A table, its rows and the order in which it is wanted."""

    create: str
    index: str
    rows: list[tuple[Value, Value]]
    order: list[RowOrder]
    page: int


@st.composite
def tables(draw: st.DrawFn) -> Given:
    first, second = draw(st.sampled_from(TYPES)), draw(st.sampled_from(TYPES))
    key = draw(st.sampled_from(("rowid", "id", "words", "none", "collated")))
    columns = {
        "rowid": "a {0}, b {1}, z INTEGER",
        "id": "a {0}, z INTEGER PRIMARY KEY, b {1}",
        "words": "a {0}, b {1}, z TEXT, PRIMARY KEY (z)",
        "none": "a {0}, b {1}, z TEXT NOT NULL UNIQUE, rowid, oid, _rowid_",
        "collated": "a {0}, b {1}, z TEXT COLLATE NOCASE, PRIMARY KEY (z COLLATE BINARY DESC)",
    }[key].format(first, second)
    without = " WITHOUT ROWID" if key in {"words", "collated"} else ""
    index = draw(st.sampled_from(("", "a", "a DESC, b", "b, a", "a COLLATE BINARY")))
    value = st.sampled_from(VALUES)
    rows = draw(st.lists(st.tuples(value, value), max_size=25))
    names = draw(st.lists(st.sampled_from("abz"), unique=True, max_size=3))
    order = [RowOrder(name, draw(st.booleans())) for name in names]
    return Given(
        f"CREATE TABLE t ({columns}){without}",
        f"CREATE INDEX i ON t ({index})" if index else "",
        rows,
        order,
        draw(st.integers(1, 6)),
    )


def key_of(number: int) -> Value:
    """Texts that are the same without regard to case, so that the key's own order matters."""
    letters = "aAbBcC"
    return letters[number % 6] + letters[number // 6 % 6]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tables())
async def test_pages_together_are_the_table_in_its_order(file: Database, services: Services, given: Given) -> None:
    is_text = "z TEXT" in given.create
    inserts = [
        Statement("INSERT INTO t (a, b, z) VALUES (?, ?, ?)", (a, b, key_of(number) if is_text else number))
        for number, (a, b) in enumerate(given.rows)
    ]
    await file.batch(["DROP TABLE IF EXISTS t", given.create, *([given.index] if given.index else []), *inserts])
    table = await table_of(file)
    query = BrowseQuery(order=given.order)

    whole = Browser(file, table, services.results)
    await whole.read(query, rows=1000)
    paged = Browser(file, table, services.results, page=given.page)
    await paged.read(query)
    while await paged.more():
        pass

    rows = all_rows(paged)
    assert rows == all_rows(whole)
    assert [paged.identity_at(row) for row in range(len(rows))] == [whole.identity_at(row) for row in range(len(rows))]
    assert paged.complete
    if "COLLATE BINARY DESC" not in given.create:
        terms = [f"{each.column}{' DESC' if each.descending else ''}" for each in given.order]
        last = ("z" if is_text else "rowid") + (" DESC" if given.order and given.order[-1].descending else "")
        expected = (await file.execute(f"SELECT * FROM t ORDER BY {', '.join([*terms, last])}")).rows
        assert rows == list(expected)
    for browser in (whole, paged):
        assert browser.result is not None
        await browser.result.drop()


def all_rows(browser: Browser) -> list[Row]:
    assert browser.result is not None
    return list(browser.result.rows(0, browser.result.row_count))


MANY = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, grp INTEGER, word TEXT);
    CREATE INDEX by_group ON t (grp);
    INSERT INTO t WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 3000)
        SELECT i, CASE WHEN i % 3 THEN i % 2 END, 'word ' || (i % 100) FROM n
"""


@pytest.mark.sqld
async def test_a_page_costs_what_it_shows(services: Services, sqld: str) -> None:
    database = open_url(services, sqld)
    await run(database, MANY)
    for column in ("id", "grp"):
        for descending in (False, True):
            browser = Browser(database, await table_of(database), services.results)
            await browser.read(BrowseQuery(order=[RowOrder(column, descending)]))
            costs = [browser.rows_read or 0]
            while await browser.more():
                costs.append(browser.rows_read or 0)
            assert len({browser.identity_at(row) for row in range(3000)}) == 3000
            assert max(costs) < 1010, (column, descending, costs)


async def test_a_filter_and_an_order_together(file: Database, services: Services) -> None:
    await run(file, MANY)
    browser = Browser(file, await table_of(file), services.results, page=7)
    query = BrowseQuery(
        [Condition("grp", Operator.EQUAL, 1)], [RowOrder("word", descending=True)], "id % 5 = 0 -- fives"
    )
    await browser.read(query)
    while await browser.more():
        pass
    expected = await file.execute("SELECT * FROM t WHERE grp = 1 AND id % 5 = 0 ORDER BY word DESC, id DESC")
    assert all_rows(browser) == list(expected.rows)
    assert await browser.count() == len(expected.rows)


@pytest.mark.parametrize("name", ['we"ird', "select", "from [x]", "☃", "a b"])
async def test_odd_names_are_quoted(file: Database, services: Services, name: str) -> None:
    quoted = quote_identifier(name)
    await file.batch([f"CREATE TABLE {quoted} ({quoted} TEXT, x)", f"INSERT INTO {quoted} VALUES ('b', 1), ('a', 2)"])
    browser = Browser(file, await table_of(file, name), services.results, page=1)
    await browser.read(BrowseQuery([Condition(name, Operator.CONTAINS, "")], [RowOrder(name)]))
    assert await browser.more() == 1
    assert all_rows(browser) == [("a", 2), ("b", 1)]
    assert [browser.identity_at(0), browser.identity_at(1)] == [(2,), (1,)]
