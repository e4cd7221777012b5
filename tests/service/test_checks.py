"""What a person can look with after a write of which nobody knows what became."""

import math

import apsw
import apsw.ext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.checks import CHECKS, INSERTED_ROWS, LONGEST_STATEMENT, check_for, checks_for
from turso_tui.values import Statement, Value

SCHEMA = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT UNIQUE, n);
    CREATE TABLE other (id, t_id);
    CREATE VIEW v AS SELECT * FROM t;
    INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', NULL);
    INSERT INTO other VALUES (7, 1);
"""


def database() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    return connection


def rows(check: str | None) -> list[tuple[Value, ...]]:
    assert check is not None
    connection = database()
    assert apsw.ext.query_info(connection, check).is_readonly
    return connection.execute(check).fetchall()


ONE, TWO, THREE = (1, "a", 1), (2, "b", 2), (3, "c", None)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE t SET n = n + 1 WHERE id = 2", [TWO]),
        ("update or ignore main.t as x set n = (select 1 where 0) where x.id = 2 returning *", [TWO]),
        ("UPDATE t SET n = 0", [ONE, TWO, THREE]),
        ("UPDATE t NOT INDEXED SET n = 0 WHERE word NOT IN ('a')", [TWO, THREE]),
        ("UPDATE t SET n = other.id FROM other WHERE other.t_id = t.id", [(1, "a", 1, 7, 1)]),
        ("WITH few AS (SELECT 1 AS id) UPDATE t SET n = 0 WHERE id IN (SELECT id FROM few)", [ONE]),
        ("DELETE FROM t WHERE word = 'c' /* WHERE 1 */ -- ; DROP TABLE t", [THREE]),
        ('DELETE FROM "t" AS x WHERE x.id > 1 RETURNING id', [TWO, THREE]),
        ("DELETE FROM t", [ONE, TWO, THREE]),
        ("INSERT INTO t (id, word) VALUES (2, 'b')", [TWO]),
        ("REPLACE INTO t(id, n) VALUES (+1, 1), (3, NULL)", [ONE, THREE]),
        ("INSERT OR IGNORE INTO t (word, n) VALUES ('b', random()) ON CONFLICT DO NOTHING", [TWO]),
        ("INSERT INTO t VALUES (9, 'z', 9)", [THREE, TWO, ONE]),
        ("INSERT INTO t (n) VALUES (random())", [THREE, TWO, ONE]),
        ("INSERT INTO t (n) SELECT 1", [THREE, TWO, ONE]),
        ("INSERT INTO t DEFAULT VALUES", [THREE, TWO, ONE]),
    ],
)
def test_the_rows_that_were_to_be_changed(sql: str, found: list[tuple[Value, ...]]) -> None:
    assert rows(check_for(Statement(sql))) == found


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("CREATE TABLE IF NOT EXISTS main.T (a)", ["t", "sqlite_autoindex_t_1"]),
        ("DROP VIEW [v]", ["v"]),
        ("CREATE UNIQUE INDEX o ON t (n)", []),
        ('ALTER TABLE "other" ADD COLUMN x', ["other"]),
        ('CREATE TEMP TRIGGER "it\'s" AFTER INSERT ON t BEGIN SELECT 1', []),
    ],
)
def test_what_the_schema_says_of_a_name(sql: str, names: list[str]) -> None:
    assert [row[1] for row in rows(check_for(Statement(sql)))] == names


@pytest.mark.parametrize(
    "statement",
    [
        Statement("UPDATE t SET n = ? WHERE id = ?", (5, 2)),
        Statement("UPDATE t SET n = ?2 WHERE id = ?1", (2, 5)),
        Statement("UPDATE t SET n = :n WHERE id = :id", named_args={"n": 5, ":id": 2}),
        Statement("UPDATE t SET n = ?2 WHERE word = ?", ("x", 5, "b")),
        Statement("INSERT INTO t (word, n) VALUES (?, ?)", ("b", 2)),
    ],
)
def test_parameters_are_written_out(statement: Statement) -> None:
    assert rows(check_for(statement)) == [TWO]


@given(st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary())
def test_any_value_is_written_so_that_sqlite_reads_the_same(value: Value) -> None:
    check = check_for(Statement("DELETE FROM t WHERE n IS ?", (value,)))
    assert check is not None
    connection = database()
    connection.execute("CREATE TABLE kept (n)")
    connection.execute("UPDATE t SET n = NULL")
    connection.execute("UPDATE t SET n = ? WHERE id = 1", (value,))
    ids = [row[0] for row in connection.execute(check)]
    assert ids == ([1, 2, 3] if value is None else [1])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "PRAGMA user_version = 3",
        "VACUUM",
        "COMMIT",
        "",
        "UPDATE",
        "UPDATE t",
        "DELETE t",
        "INSERT INTO",
        "INSERT INTO t (a",
        "WITH x AS (SELECT 1)",
        "UPDATE t SET n = 1 WHERE id = ?",
        "DELETE FROM t; DROP TABLE t",
        "DELETE FROM t WHERE word = 'open",
        "DELETE FROM t" + " " * LONGEST_STATEMENT,
    ],
)
def test_no_check_where_none_can_be_made(sql: str) -> None:
    assert check_for(Statement(sql)) is None


def test_a_long_insert_is_looked_for_by_its_first_rows() -> None:
    values = ", ".join(f"({number})" for number in range(1000))
    check = check_for(Statement(f"INSERT INTO t (id) VALUES {values}"))
    assert check is not None
    assert check.count(" OR ") == INSERTED_ROWS - 1


def test_several_statements_have_few_checks_each_once() -> None:
    same = [Statement("DELETE FROM t"), Statement("VACUUM"), Statement("DELETE FROM t")]
    assert len(checks_for(same)) == 1
    assert len(checks_for(Statement(f"DELETE FROM t WHERE id = {number}") for number in range(1000))) == CHECKS


WORDS = st.sampled_from(
    [
        *("INSERT", "INTO", "REPLACE", "UPDATE", "DELETE", "FROM", "SET", "WHERE", "VALUES", "RETURNING", "WITH", "AS"),
        *(
            "OR",
            "IGNORE",
            "ORDER BY",
            "LIMIT",
            "SELECT",
            "CREATE",
            "TABLE",
            "DROP",
            "IF EXISTS",
            "ALTER",
            "ON CONFLICT",
        ),
        *("t", "v", "other", "id", "word", "n", "main", "x", "(", ")", ",", ".", "=", "*", ";", "1", "'a'", "?", ":a"),
        *("/*", "*/", "--", "\n", "'", '"', "x'00'", "NULL", "-", "rowid", "DO UPDATE SET", "INDEXED BY", "NOT"),
    ]
)
BEGINNINGS = st.sampled_from(
    ["UPDATE t SET n = 1", "DELETE FROM t", "INSERT INTO t (id) VALUES", "WITH x AS (SELECT 1)", "CREATE TABLE", ""]
)


@given(BEGINNINGS, st.lists(WORDS, max_size=14))
def test_whatever_the_text_a_check_only_reads(beginning: str, words: list[str]) -> None:
    check = check_for(Statement(" ".join([beginning, *words]), ("one", "two"), {}))
    if check is None:
        return
    connection = database()
    try:
        information = apsw.ext.query_info(connection, check)
    except apsw.SQLError:
        return  # a text that was no SQL makes a check that is none: SQLite refuses it
    assert information.is_readonly
    assert not information.query_remaining
    assert information.query is not None
    assert math.isclose(len(information.query), len(check), abs_tol=1)
