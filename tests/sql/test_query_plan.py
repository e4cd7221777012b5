"""EXPLAIN QUERY PLAN, in the words of several versions of SQLite, understood as far as that goes."""

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.query_plan import Addresses, By, Line, Node, Step, parse_plan

TABLES = ["users", "orders", "wide", "my table USING INDEX x"]
SQL = 'SELECT * FROM users u, orders, "my table USING INDEX x" t2, made'


def only(detail: str, sql: str = SQL) -> Node:
    (node,) = parse_plan([Line(2, 0, detail)], Addresses(sql, TABLES))
    return node


@pytest.mark.parametrize(
    ("detail", "step", "by", "tables", "index", "columns"),
    [
        ("SCAN u", Step.SCAN, By.TABLE, ("users",), "", ()),
        ("SCAN TABLE users AS u", Step.SCAN, By.TABLE, ("users",), "", ()),
        ("SCAN main.orders", Step.SCAN, By.TABLE, ("orders",), "", ()),
        ("SCAN ORDERS LEFT-JOIN", Step.SCAN, By.TABLE, ("orders",), "", ()),
        ("SCAN my table USING INDEX x", Step.SCAN, By.TABLE, ("my table USING INDEX x",), "", ()),
        ("SCAN orders USING COVERING INDEX of user", Step.SCAN, By.COVERING_INDEX, ("orders",), "of user", ()),
        ("SCAN nobody", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN CONSTANT ROW", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN 3 CONSTANT ROWS", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN 3-ROW VALUES CLAUSE", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN (subquery-1)", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN SUBQUERY 1 AS x", Step.SCAN, By.NOTHING, (), "", ()),
        ("SCAN notes VIRTUAL TABLE INDEX 0:M1", Step.SCAN, By.VIRTUAL_TABLE, (), "", ()),
        ("SEARCH u USING INTEGER PRIMARY KEY (rowid=?)", Step.SEARCH, By.ROWID, ("users",), "", ("rowid",)),
        ("SEARCH wide USING PRIMARY KEY (a=? AND b>?)", Step.SEARCH, By.PRIMARY_KEY, ("wide",), "", ("a", "b")),
        ("SEARCH u USING INDEX by_age (age>? AND age<?)", Step.SEARCH, By.INDEX, ("users",), "by_age", ("age",)),
        (
            "SEARCH orders USING AUTOMATIC PARTIAL COVERING INDEX (b=? AND c=?) LEFT-JOIN",
            Step.SEARCH, By.AUTOMATIC_INDEX, ("orders",), "", ("b", "c"),
        ),
        ("SEARCH orders EXISTS USING INDEX i (a=?)", Step.SEARCH, By.INDEX, ("orders",), "i", ("a",)),
        ("USE TEMP B-TREE FOR RIGHT PART OF ORDER BY", Step.SORT, By.NOTHING, (), "", ()),
        ("USE TEMP B-TREE FOR count(DISTINCT)", Step.SORT, By.NOTHING, (), "", ()),
        ("MATERIALIZE made", Step.MATERIALIZE, By.NOTHING, (), "", ()),
        ("CO-ROUTINE (subquery-3)", Step.COROUTINE, By.NOTHING, (), "", ()),
        ("UNION USING TEMP B-TREE", Step.COMPOUND, By.NOTHING, (), "", ()),
        ("MERGE (EXCEPT)", Step.COMPOUND, By.NOTHING, (), "", ()),
        ("MULTI-INDEX OR", Step.ALTERNATIVES, By.NOTHING, (), "", ()),
        ("RECURSIVE STEP", Step.RECURSION, By.NOTHING, (), "", ()),
        ("BLOOM FILTER ON orders (b=?)", Step.BLOOM_FILTER, By.NOTHING, ("orders",), "", ()),
        ("CORRELATED LIST SUBQUERY 4", Step.SUBQUERY, By.NOTHING, (), "", ()),
        ("A THING OF SQLITE 4", Step.OTHER, By.NOTHING, (), "", ()),
    ],
)  # fmt: skip
def test_a_line(detail: str, step: Step, by: By, tables: tuple[str, ...], index: str, columns: tuple[str, ...]) -> None:
    node = only(detail)
    assert (node.detail, node.step, node.by) == (detail, step, by)
    assert (node.tables, node.index, node.columns) == (tables, index, columns)


def test_what_is_correlated_what_is_one_end_and_what_a_pattern_begins_with() -> None:
    assert only("CORRELATED SCALAR SUBQUERY 1").is_correlated
    assert not only("SCALAR SUBQUERY 1").is_correlated
    assert only("SEARCH u").is_one_end
    assert only("SEARCH u USING COVERING INDEX by_name (name>? AND name<?)").is_like
    assert not only("SEARCH u USING COVERING INDEX by_name (name>? AND age<?)").is_like


def test_a_name_that_this_plan_makes_is_no_table() -> None:
    lines = [Line(1, 0, "MATERIALIZE users"), Line(2, 1, "SCAN orders"), Line(3, 0, "SCAN users")]
    nodes = parse_plan(lines, Addresses("SELECT * FROM (SELECT * FROM orders) AS users", TABLES))
    assert [node.tables for node in nodes] == [(), ("orders",), ()]


def test_an_alias_of_two_tables_may_be_either() -> None:
    sql = "SELECT (SELECT 1 FROM users x) FROM orders x"
    assert only("SCAN x", sql).tables == ("orders", "users")


def test_aliases_in_a_view_are_known() -> None:
    views = {
        "sold": "CREATE VIEW sold AS SELECT * FROM orders o JOIN named",
        "named": "CREATE VIEW named AS SELECT * FROM users n",
    }
    addresses = Addresses("SELECT * FROM sold", TABLES, views)
    assert (addresses.of("o"), addresses.of("n"), addresses.of("sold")) == (("orders",), ("users",), ())


def test_without_a_schema_the_text_alone_says_what_is_a_table() -> None:
    addresses = Addresses("WITH made AS (SELECT 1) SELECT * FROM made, users u")
    assert (addresses.of("u"), addresses.of("made")) == (("users",), ())


LINES = st.lists(
    st.builds(
        Line,
        st.integers(0, 9),
        st.integers(0, 9),
        st.text(max_size=20) | st.sampled_from(["SCAN ", "SCAN u", "SEARCH u USING ", "SEARCH  USING INDEX ("]),
    ),
    max_size=30,
)


@given(LINES)
def test_no_line_is_lost_and_each_stands_below_its_parent(lines: list[Line]) -> None:
    nodes = parse_plan(lines, Addresses(SQL, TABLES))
    assert sorted(node.detail for node in nodes) == sorted(line.detail for line in lines)
    for place, node in enumerate(nodes):
        assert node.depth == 0 if node.parent is None else nodes[node.parent].depth + 1 == node.depth
        assert node.parent is None or node.parent < place


def test_a_plan_may_be_deeper_than_python() -> None:
    nodes = parse_plan([Line(number, number - 1, "LEFT") for number in range(1, 5000)], Addresses(""))
    assert nodes[-1].depth == 4998


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15) | st.sampled_from(
    ["x USING INDEX y", "t AS u", "a LEFT-JOIN", "SCAN", "a\nb", "main.t", "q VIRTUAL TABLE INDEX 0:"]
)


@given(NAMES, NAMES, st.booleans())
def test_sqlite_means_the_table_that_we_name_whatever_it_is_called(name: str, alias: str, is_covering: bool) -> None:
    table = f"t{name}"  # SQLite keeps the names that begin with sqlite_ for itself
    connection = apsw.Connection(":memory:")
    quoted = quote_identifier(table)
    connection.execute(f"CREATE TABLE {quoted}(a, b, c, d, e)")
    if is_covering:
        connection.execute(f"CREATE INDEX {quote_identifier('i' + name)} ON {quoted}(a, b)")
    sql = f"SELECT a FROM {quoted} AS {quote_identifier(alias)} WHERE b = 1"
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    (node,) = parse_plan(
        [Line(int(str(row[0])), int(str(row[1])), str(row[3])) for row in rows], Addresses(sql, [table])
    )
    assert node.tables == (table,)
    assert node.is_full_scan
    assert node.by is (By.COVERING_INDEX if is_covering else By.TABLE)
