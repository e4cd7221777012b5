"""Indexes that may help: SQLite itself is asked whether it uses them, on real rows."""

from pathlib import Path

import apsw
import pytest

from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.index_advice import advise, indexed_columns
from turso_tui.service.planner_trial import Trial
from turso_tui.service.schema import Schema, Table, TableKind
from turso_tui.service.writer import Writers

SETUP = """
    CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, "plan" TEXT, born INTEGER, "odd ""col" TEXT);
    CREATE TABLE orders(id INTEGER PRIMARY KEY, user_name TEXT, total REAL);
    CREATE TABLE few(a);
    CREATE VIRTUAL TABLE notes USING fts5(body);
    CREATE INDEX users_born ON users(id);
    CREATE INDEX users_by_plan ON users("plan", born);
    WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 3000)
    INSERT INTO users SELECT i, 'n' || i, i % 3, i % 90, 'o' || i FROM n;
    INSERT INTO orders SELECT id, name, id / 7.0 FROM users;
    INSERT INTO few VALUES (1);
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = apsw.Connection(str(tmp_path / "data.db"))
    connection.execute(SETUP)
    connection.close()
    return tmp_path / "data.db"


@pytest.fixture
def database(path: Path, tmp_path: Path) -> Database:
    return Database("data", FileLink(path), Writers(tmp_path / "locks"))


@pytest.mark.parametrize(
    ("sql", "table", "columns"),
    [
        ("SELECT * FROM users WHERE name = 'n7'", "users", ("name",)),
        ("SELECT * FROM users u WHERE u.name = ?1 AND 20 < u.born", "users", ("name", "born")),
        ("SELECT * FROM users WHERE name IN ('a', 'b')", "users", ("name",)),
        ("SELECT * FROM users WHERE born BETWEEN 10 AND 11", "users", ("born",)),
        ('SELECT * FROM users WHERE "odd ""col" = :x', "users", ('odd "col',)),
        ("SELECT * FROM users WHERE name = 'x' ORDER BY born DESC LIMIT 3", "users", ("name", "born")),
        ("SELECT * FROM users ORDER BY name LIMIT 3", "users", ("name",)),
        ("SELECT max(total) FROM orders", "orders", ("total",)),
        ("SELECT * FROM users u JOIN orders o ON o.user_name = u.name", "orders", ("user_name",)),
        ("SELECT (SELECT count(*) FROM orders o WHERE o.total > u.born) FROM users u", "orders", ("total",)),
        ("UPDATE users SET born = 1 WHERE name = 'n7'", "users", ("name",)),
        ("DELETE FROM orders WHERE user_name = 'n7'", "orders", ("user_name",)),
    ],
)
async def test_what_is_proposed_is_used(
    database: Database, path: Path, sql: str, table: str, columns: tuple[str, ...]
) -> None:
    advice = next(each for each in await advise(await database.planner.plan(sql)) if each.table == table)
    assert (advice.columns, advice.is_tried) == (columns, True)
    connection = apsw.Connection(str(path))
    connection.execute(advice.sql)
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN {sql}", {"x": 1} if ":x" in sql else (1,) * sql.count("?")
    ).fetchall()
    assert any(f"INDEX {advice.name}" in str(row[3]) for row in plan), plan
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM users",
        "SELECT * FROM users WHERE id = 7",
        "SELECT * FROM users WHERE \"plan\" = '1'",
        "SELECT * FROM users WHERE lower(name) = 'x'",
        "SELECT * FROM users WHERE name = 'a' OR born = 1",
        "SELECT * FROM few WHERE a = 1",
        "SELECT * FROM notes",
        "SELECT count(*) FROM users",
        "SELECT 1",
    ],
)
async def test_nothing_is_proposed_where_it_would_not_help(database: Database, sql: str) -> None:
    assert await advise(await database.planner.plan(sql)) == ()


async def test_a_name_that_is_taken_is_not_proposed(database: Database) -> None:
    await database.execute("CREATE TABLE users_name(a)")
    (advice,) = await advise(await database.planner.plan("SELECT * FROM users WHERE name = 'x'"))
    assert advice.sql == "CREATE INDEX users_name_index ON users (name)"
    assert advice.reason == "Only the rows of users with the wanted name are then read, instead of all."


async def test_what_this_sqlite_cannot_try_is_said_to_be_untried(database: Database) -> None:
    plan = await database.planner.plan("SELECT * FROM users WHERE name = 'x'")
    assert plan.schema is not None
    broken = [
        Table(each.name, each.kind, each.columns, sql="CREATE TABLE only the server reads")
        for each in plan.schema.tables
    ]
    object.__setattr__(plan, "schema", Schema(tuple(broken)))
    assert [each.is_tried for each in await advise(plan)] == [None]


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{path}' AS other",
        "CREATE TABLE t(a); ATTACH '{path}' AS other",
        "VACUUM INTO '{path}'",
        "CREATE TABLE t AS SELECT 1 AS a",
        "PRAGMA writable_schema = 1",
    ],
)
def test_a_definition_of_a_server_makes_nothing_but_what_it_defines(tmp_path: Path, sql: str) -> None:
    target = tmp_path / "other.db"
    with Trial(Schema((Table("t", TableKind.TABLE, sql=sql.format(path=target)),))) as trial:
        assert trial.uses("SELECT a FROM t WHERE a = 1", "CREATE INDEX i ON t (a)", "i") is None
    assert not target.exists()


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ('CREATE INDEX i ON t (a, [b c] DESC, "d" COLLATE nocase)', ("a", "b c", "d")),
        ("CREATE UNIQUE INDEX i ON t (a, lower(b), c)", ("a",)),
        ("CREATE INDEX i ON t (a) WHERE b = 1", ()),
        ("", ()),
    ],
)
def test_the_columns_of_an_index(sql: str, columns: tuple[str, ...]) -> None:
    assert indexed_columns(sql) == columns
