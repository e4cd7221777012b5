"""Filters that a person writes are one expression, or nothing is sent."""

import math

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.service.rows.filtering import Condition, Operator, all_of, checked_where, condition_sql, where_sql
from turso_tui.values import Value


@pytest.mark.parametrize(
    "text", ["a = 1", "a = ';' -- why not", "(a + b) * 2 > 3", "a IN (SELECT 1) /* so */", 'name = "x;y"']
)
def test_an_expression_stands_as_it_is(text: str) -> None:
    assert checked_where(text) == text


@pytest.mark.parametrize("text", ["", "  \n", "-- nothing", "/* nothing */"])
def test_nothing_is_no_filter(text: str) -> None:
    assert where_sql([], text) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1; DROP TABLE t", "semicolon"),
        ("a = 1) OR (1", "never opened"),
        ("1) UNION SELECT (1", "never opened"),
        ("(a = 1", "not closed"),
        ("a = 1 /* and so on", "no end"),
        ("a = 'x", "cannot read"),
        ("a = ?", "no value"),
        ("a = :name", "no value"),
        ("a = 'x\0'", "NUL"),
        ("/*/", "no end"),
    ],
)
def test_what_is_more_or_less_than_an_expression_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        checked_where(text)


@given(st.text(alphabet="a1 ()'\"-/*;,\n=[]`?", max_size=14))
def test_whatever_is_let_through_hides_nothing_behind_it(text: str) -> None:
    """Behind it there is still a condition that lets no row through."""
    try:
        parts = where_sql([], text)
    except InputError:
        return
    where = " AND ".join([*(part.sql for part in parts), "0"])
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (a, a1); INSERT INTO t VALUES (1, 2)")
    try:
        rows = connection.execute(f"SELECT * FROM t WHERE {where} LIMIT 1").fetchall()
    except apsw.SQLError:
        return
    finally:
        connection.close()
    assert rows == []


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        (Operator.EQUAL, None, [None]),
        (Operator.IS_NULL, 5, [None]),
        (Operator.NOT_NULL, None, [1, 2.5, "Ab", "abc", b"ab", math.inf]),
        (Operator.EQUAL, "ab", ["Ab"]),
        (Operator.GREATER, 1, [2.5, "Ab", "abc", b"ab", math.inf]),
        (Operator.EQUAL, math.inf, [math.inf]),
        (Operator.NOT_EQUAL, 1, [2.5, "Ab", "abc", b"ab", math.inf]),
        (Operator.CONTAINS, "B", ["Ab", "abc"]),
        (Operator.LIKE, "a_", ["Ab"]),
        (Operator.GLOB, "a*c", ["abc"]),
    ],
)
def test_a_condition_means_what_sqlite_means(operator: Operator, value: Value, expected: list[Value]) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute('CREATE TABLE t ("a b" COLLATE NOCASE)')
    connection.executemany(
        "INSERT INTO t VALUES (?)", [(each,) for each in (None, 1, 2.5, "Ab", "abc", b"ab", math.inf)]
    )
    condition = condition_sql(Condition("a b", operator, value))
    rows = connection.execute(f"SELECT * FROM t WHERE {condition.sql}", condition.args).fetchall()
    assert [row[0] for row in rows] == expected


def test_two_thousand_conditions_are_not_too_deep() -> None:
    joined = all_of([condition_sql(Condition("a", Operator.EQUAL, number)) for number in range(2000)])
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (a)")
    assert connection.execute(f"SELECT count(*) FROM t WHERE {joined.sql}", joined.args).fetchall() == [(0,)]
