"""What sets two schemas apart, and the SQL that ends it: applied to real databases, with rows in them."""

from collections.abc import Sequence

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.schemas import TABLES, made, read, schemas
from turso_tui.service.migration import can_be_added, propose
from turso_tui.service.schema import TableKind
from turso_tui.service.schema_diff import Change, compare
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.layout import format_sql

ROWS = 3
WITHOUT_HURRY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def fill(connection: apsw.Connection, *, referring: bool) -> None:
    """A few rows in every table; ``referring``, each to the row of its own number."""
    connection.execute("PRAGMA foreign_keys = off")
    for table in read(connection).tables:
        if table.kind is TableKind.TABLE:
            columns = [column.name for column in table.columns]
            into = f"{quote_identifier(table.name)} ({', '.join(map(quote_identifier, columns))})"
            for number in range(1, ROWS + 1):
                known = {"id": number, "ref": number if referring else None}
                row = [known.get(name, str(number)) for name in columns]
                connection.execute(f"INSERT INTO {into} VALUES ({', '.join('?' * len(row))})", row)
    connection.execute("PRAGMA foreign_keys = on")


def numbers(connection: apsw.Connection, table: str, columns: Sequence[str]) -> list[list[float | None]]:
    """The rows of a table, whatever types they have by now."""
    names = ", ".join(map(quote_identifier, columns))
    rows = connection.execute(f"SELECT {names} FROM {quote_identifier(table)} ORDER BY id").fetchall()
    return [[None if value is None else float(str(value)) for value in row] for row in rows]


def run(connection: apsw.Connection, script: str) -> None:
    """All of a script, as a person would: the rows that it gives are looked at, too."""
    assert all(value is None for row in connection.execute(script).fetchall() for value in row)


@given(schemas())
@WITHOUT_HURRY
def test_a_schema_does_not_differ_from_itself_however_it_is_written(statements: tuple[str, ...]) -> None:
    ours = made(*statements)
    others = made(
        *(format_sql(sql).replace(", -- so\n", ",\n/* thus */ ").replace("CREATE", "create") for sql in statements)
    )
    diff = compare(read(ours), read(others))
    assert diff.is_empty, diff.differences
    assert propose(diff, drops=True) == ""


@given(schemas(), schemas(), st.booleans())
@WITHOUT_HURRY
def test_what_is_proposed_makes_the_schemas_equal(
    before: tuple[str, ...], after: tuple[str, ...], with_drops: bool
) -> None:
    ours, others = made(*before), made(*after)
    run(ours, propose(compare(read(ours), read(others)), drops=with_drops))
    left = compare(read(ours), read(others))
    if with_drops:
        assert left.is_empty, left.differences
    else:
        kinds = {each.change for each in left.differences}
        details = {detail.change for each in left.differences for detail in each.details}
        assert kinds <= {Change.REMOVED, Change.CHANGED}
        assert details <= {Change.REMOVED}


@given(schemas(), schemas(), st.booleans())
@WITHOUT_HURRY
def test_rows_stay_and_so_do_those_that_refer_to_them(
    before: tuple[str, ...], after: tuple[str, ...], with_drops: bool
) -> None:
    ours, others = made(*before), made(*after)
    old, new = read(ours), read(others)
    fill(ours, referring=all(schema.table(name) for schema in (old, new) for name in TABLES))
    run(ours, propose(compare(old, new), drops=with_drops))
    for table in old.tables:
        now = read(ours).table(table.name)
        if table.kind is TableKind.TABLE and now is not None:
            common = [column.name for column in table.columns if column.name in {each.name for each in now.columns}]
            rows = numbers(ours, table.name, common)
            assert len(rows) == ROWS
            assert all(value in {number, None} for number, row in enumerate(rows, start=1) for value in row)


OLD = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
    """CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
  user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  body TEXT
)""",
    "CREATE INDEX notes_user ON notes (user_id)",
    "CREATE VIEW authors AS SELECT DISTINCT user_id FROM notes",
    "CREATE TRIGGER counted AFTER INSERT ON notes BEGIN SELECT 1; END",
)


def changed(*changes: tuple[str, str]) -> tuple[str, ...]:
    """`OLD`, a little different."""
    text = "\0".join(OLD)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return tuple(text.split("\0"))


def proposal(after: tuple[str, ...], *, drops: bool = False) -> str:
    return propose(compare(read(made(*OLD)), read(made(*after))), drops=drops)


def test_what_alter_can_do_is_done_by_alter() -> None:
    assert proposal(changed(("body TEXT", "body TEXT, pinned INTEGER NOT NULL DEFAULT 0"))) == (
        "BEGIN;\nALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;\nCOMMIT;"
    )


def test_what_only_this_database_has_stays_unless_it_is_to_go() -> None:
    without_body = changed((",\n  body TEXT", ""))
    assert proposal(without_body) == (
        "-- Only this database has these; they stay:\n-- ALTER TABLE notes DROP COLUMN body;"
    )
    assert proposal(without_body, drops=True) == "BEGIN;\nALTER TABLE notes DROP COLUMN body;\nCOMMIT;"


def test_a_table_that_is_referred_to_is_only_replaced_while_foreign_keys_are_off() -> None:
    script = proposal(changed(("name TEXT", "name TEXT COLLATE NOCASE")))
    ours = made(*OLD, "INSERT INTO users VALUES (1, 'x')", "INSERT INTO notes (user_id) VALUES (1)")
    run(ours, script)
    assert ours.execute("SELECT count(*) FROM notes").get == 1
    careless = made(*OLD, "INSERT INTO users VALUES (1, 'x')", "INSERT INTO notes (user_id) VALUES (1)")
    with pytest.raises(apsw.SQLError, match="integer overflow"):
        run(careless, script.replace("PRAGMA foreign_keys = off;", ""))
    careless.execute("ROLLBACK")
    assert careless.execute("SELECT count(*) FROM notes").get == 1


def test_numbers_that_were_given_once_are_not_given_again() -> None:
    ours = made(*OLD, "INSERT INTO users VALUES (1, 'x')", "INSERT INTO notes (id, user_id) VALUES (9, 1)")
    ours.execute("DELETE FROM notes")
    run(ours, proposal(changed(("body TEXT", "body BLOB"))))
    ours.execute("INSERT INTO notes (user_id) VALUES (1)")
    assert ours.execute("SELECT id FROM notes").get == 10


def test_another_order_of_columns_is_noted_and_left_alone() -> None:
    diff = compare(read(made("CREATE TABLE t (a INTEGER, b TEXT)")), read(made("CREATE TABLE t (b TEXT, a INTEGER)")))
    assert diff.is_empty
    assert diff.reordered == ("t",)


def test_a_string_in_double_quotes_keeps_its_case() -> None:
    diff = compare(read(made('CREATE TABLE t (a DEFAULT "Yes")')), read(made('CREATE TABLE t (a DEFAULT "yes")')))
    assert [detail.name for detail in diff.differences[0].details] == ["a"]


@pytest.mark.parametrize(
    "column",
    [
        "a", "a INTEGER DEFAULT -1", "a NOT NULL DEFAULT 1", "a NOT NULL", "a NOT NULL DEFAULT NULL", "a UNIQUE",
        "a PRIMARY KEY", "a DEFAULT (1 + 1)", "a DEFAULT CURRENT_TIMESTAMP", "a CHECK (a IS NOT 3)",
        "a REFERENCES u(x)", "a REFERENCES u(x) DEFAULT 1", "a CONSTRAINT named NOT NULL", "a AS (x + 1)",
        "a AS (x + 1) STORED", "a CONSTRAINT named DEFAULT 2 NOT NULL", "a AS (x) VIRTUAL NOT NULL",
    ],
)  # fmt: skip
def test_what_can_be_added_is_what_sqlite_adds(column: str) -> None:
    connection = made("CREATE TABLE u(x PRIMARY KEY)", "CREATE TABLE t(x)", "INSERT INTO t VALUES (1)")
    try:
        connection.execute(f"ALTER TABLE t ADD COLUMN {column}")
        added = True
    except apsw.SQLError:
        added = False
    assert can_be_added(column) is added
