"""Fine-grained permissions: every statement against what a token may do, by table and by action."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.data.serving import Served, batch, execute, serving, step
from turso_tui.local.tenant import Dialect, Permission

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author REFERENCES users (id) ON DELETE CASCADE, body TEXT);
CREATE TABLE log (line TEXT);
CREATE VIEW names AS SELECT name FROM users;
CREATE INDEX posts_by_author ON posts (author);
CREATE TRIGGER logs AFTER UPDATE ON posts BEGIN INSERT INTO log VALUES ('changed'); END;
CREATE VIRTUAL TABLE words USING fts5 (word);
INSERT INTO users (name) VALUES ('Ada');
INSERT INTO words VALUES ('turtle');
"""


def permission(tables: str | None, *actions: str) -> Permission:
    return Permission(None if tables is None else frozenset(tables.split()), frozenset(actions))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as running:
        running.script(SCHEMA)
        yield running


def refusal(served: Served, sql: str) -> tuple[str, str]:
    """Code and message; two empty texts for a statement that ran."""
    answer = served.run(sql)
    return answer.get("code", ""), answer.get("message", "")


DATA = [
    ("SELECT name FROM users", "data_read", "users"),
    ("SELECT count(*) FROM users", "data_read", "users"),
    ("SELECT 1 FROM users", "data_read", "users"),
    ("WITH u AS (SELECT * FROM users) SELECT * FROM u", "data_read", "users"),
    ("SELECT 1 WHERE EXISTS (SELECT 1 FROM Users)", "data_read", "users"),
    ("SELECT * FROM words('turtle')", "data_read", "words"),
    ("INSERT INTO users (name) VALUES ('x')", "data_add", "users"),
    ("REPLACE INTO log VALUES ('x')", "data_add", "log"),
    ("INSERT INTO words VALUES ('x')", "data_add", "words"),
    ("UPDATE users SET name = 'x'", "data_update", "users"),
    ("DELETE FROM log", "data_delete", "log"),
]
SCHEMA_CHANGES = [
    ("CREATE TABLE new (a)", "schema_add", "new"),
    ("CREATE TABLE IF NOT EXISTS users (a)", "schema_add", "users"),
    ("CREATE VIEW new AS SELECT * FROM users", "schema_add", "new"),
    ("CREATE VIRTUAL TABLE new USING fts5 (a)", "schema_add", "new"),
    ("CREATE INDEX i ON users (name)", "schema_add", "users"),
    ("CREATE INDEX i ON users (name || id)", "schema_add", "users"),
    ("CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM log; END", "schema_add", "users"),
    ("CREATE TEMP TABLE new (a)", "schema_add", "new"),
    ("ALTER TABLE users ADD COLUMN age CHECK (age > 0)", "schema_update", "users"),
    ("ALTER TABLE users RENAME COLUMN name TO title", "schema_update", "users"),
    ("ALTER TABLE log RENAME TO lines", "schema_update", "log"),
    ("ALTER TABLE posts DROP COLUMN body", "schema_update", "posts"),
    ("DROP TABLE log", "schema_delete", "log"),
    ("DROP VIEW names", "schema_delete", "names"),
    ("DROP INDEX posts_by_author", "schema_delete", "posts"),
    ("DROP TRIGGER logs", "schema_delete", "posts"),
    ("DROP TABLE words", "schema_delete", "words"),
    ("ANALYZE posts", "schema_update", "posts"),
]


@pytest.mark.parametrize(("sql", "action", "table"), DATA + SCHEMA_CHANGES)
def test_a_statement_needs_its_action_on_its_table_and_nothing_else(
    served: Served, sql: str, action: str, table: str
) -> None:
    served.permit(permissions=(permission("other", action), permission(None, "no_such_action")))
    code, message = refusal(served, sql)
    assert code == ("SQLITE_AUTH" if action == "data_read" else "SQLITE_READONLY")
    assert message.endswith(f"the token does not permit {action} on table {table}")
    served.permit(permissions=(permission(table, action),))
    assert refusal(served, sql) == ("", "")


@pytest.mark.parametrize(("sql", "action", "_table"), DATA + SCHEMA_CHANGES)
def test_an_action_on_every_table_covers_each(served: Served, sql: str, action: str, _table: str) -> None:
    served.permit(permissions=(permission(None, action),))
    assert refusal(served, sql) == ("", "")


@pytest.mark.parametrize(
    ("sql", "granted", "missing"),
    [
        ("SELECT * FROM names", ["names:data_read"], "data_read on table users"),
        ("UPDATE posts SET body = 'x'", ["posts:data_update"], "data_add on table log"),
        ("DELETE FROM users", ["users:data_delete", "posts:data_read"], "data_delete on table posts"),
        ("DELETE FROM log WHERE line = 'x'", ["log:data_delete"], "data_read on table log"),
        ("INSERT INTO log SELECT name FROM users", ["log:data_add"], "data_read on table users"),
        ("INSERT INTO log VALUES ('x') RETURNING line", ["log:data_add"], "data_read on table log"),
        (
            "INSERT INTO users VALUES (1, 'x') ON CONFLICT DO UPDATE SET name = 'y'",
            ["users:data_add"],
            "data_update on table users",
        ),
        ("CREATE TABLE new AS SELECT * FROM users", ["new:schema_add"], "data_read on table users"),
        ("DELETE FROM sqlite_sequence", ["users:data_delete"], "data_delete on table sqlite_sequence"),
        ("REINDEX", ["posts:schema_update"], "schema_update on every table"),
        ("PRAGMA user_version = 3", ["posts:schema_update"], "schema_update on every table"),
        ("VACUUM", ["posts:schema_update"], "schema_update on every table"),
    ],
)
def test_what_happens_on_behalf_of_a_statement_needs_permission_too(
    served: Served, sql: str, granted: list[str], missing: str
) -> None:
    pairs = [grant.split(":") for grant in granted]
    served.permit(permissions=tuple(permission(table, action) for table, action in pairs))
    assert refusal(served, sql)[1].endswith(f"the token does not permit {missing}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT name, sql FROM sqlite_schema",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM sqlite_sequence",
        "SELECT * FROM pragma_table_info('users')",
        "PRAGMA table_info(users)",
        "PRAGMA user_version",
        "WITH a AS (SELECT 1) SELECT count(*) FROM a",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT 1 FROM n",
        "SELECT count(*) FROM json_each('[1]')",
        "EXPLAIN DELETE FROM users",
        "EXPLAIN QUERY PLAN SELECT * FROM users",
        "BEGIN IMMEDIATE",
        "SAVEPOINT a",
    ],
)
def test_what_belongs_to_nobody_needs_no_permission(served: Served, sql: str) -> None:
    served.permit(permissions=())
    assert refusal(served, sql) == ("", "")


def test_a_table_that_hides_behind_the_name_of_another_is_refused(served: Served) -> None:
    served.permit(permissions=(permission("log", "data_read"),))
    sql = "WITH log AS (SELECT * FROM users) SELECT * FROM log"
    assert refusal(served, sql)[1].endswith("data_read on table users")


def test_a_refusal_is_one_step_of_a_batch_and_one_entry_of_a_cursor(served: Served) -> None:
    served.permit(permissions=(permission("log", "data_add"),))
    steps = [step("INSERT INTO log VALUES ('a')"), step("SELECT * FROM users"), step("INSERT INTO log VALUES ('b')")]
    _, (answer, _) = served.pipeline(batch(*steps), {"type": "close"})
    errors = answer["result"]["step_errors"]
    assert [error and error["code"] for error in errors] == [None, "SQLITE_AUTH", None]
    kinds = [entry["type"] for entry in served.cursor(*steps)[1:]]
    assert kinds == ["step_begin", "step_end", "step_error", "step_begin", "step_end"]


def test_the_stream_survives_a_refusal(served: Served) -> None:
    served.permit(permissions=(permission("users", "data_read"),))
    baton, answers = served.pipeline(execute("BEGIN"), execute("DELETE FROM users"))
    assert answers[1]["code"] == "SQLITE_READONLY"
    _, answers = served.pipeline(execute("SELECT name FROM users"), {"type": "close"}, baton=baton)
    assert answers[0]["result"]["rows"] == [[{"type": "text", "value": "Ada"}]]


def test_a_dump_needs_to_read_every_table(served: Served) -> None:
    served.permit(permissions=(permission("users", "data_read"),))
    assert served.http.get("/dump").status_code == 403
    served.permit(permissions=(permission(None, "data_read"),))
    assert served.http.get("/dump").status_code == 200


def test_a_read_only_token_stays_one_whatever_its_permissions_say(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.CLOUD) as served:
        served.permit(may_write=False, permissions=(permission(None, "schema_add"),))
        assert "Current session" in refusal(served, "CREATE TABLE t (a)")[1]
