"""SQL that makes and changes tables: what a real SQLite makes of it, and that it refuses what SQLite refuses."""

import apsw
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.service.schemas import made, read
from turso_tui.errors import InputError
from turso_tui.service import ddl
from turso_tui.service.ddl import NewColumn
from turso_tui.service.rebuild import change_column, column_of, rebuild_as_it_is
from turso_tui.service.schema import Schema, Table
from turso_tui.service.schema_diff import compare

WITHOUT_HURRY = settings(deadline=None, max_examples=150)

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name.strip() and name.upper() != "ROWID"
)
TYPES = st.one_of(st.sampled_from(["", "INTEGER", "TEXT", "DECIMAL(10, 5)", "unsigned big int", "primary key"]), NAMES)
DEFAULTS = st.one_of(
    st.sampled_from(["", "1", "-1.5", "'it''s'", "x'00ff'", "NULL", "current_timestamp", "(1 + 1)", "unixepoch()"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
)


@st.composite
def columns(draw: st.DrawFn) -> list[NewColumn]:
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=str.lower))
    return [
        NewColumn(
            name, draw(TYPES), draw(st.booleans()), draw(DEFAULTS), draw(st.booleans()), unique=draw(st.booleans())
        )
        for name in names
    ]


def table_of(connection: apsw.Connection, name: str) -> Table:
    table = read(connection).table(name)
    assert table is not None
    return table


@given(NAMES.filter(lambda name: not name.lower().startswith(("sqlite_", "_litestream_", "libsql_"))), columns())
@WITHOUT_HURRY
def test_a_table_is_made_as_it_was_meant(name: str, meant: list[NewColumn]) -> None:
    assume(not any(column.default.strip().startswith("(") for column in meant))  # a person's own
    connection = made()
    connection.execute(ddl.create_table(name, meant))
    rows = connection.execute('SELECT name, type, "notnull", pk > 0 FROM pragma_table_xinfo(?)', (name,)).fetchall()
    assert [row[0] for row in rows] == [column.name for column in meant]
    assert [bool(row[3]) for row in rows] == [column.key for column in meant]
    assert [bool(row[2]) for row in rows] == [column.not_null for column in meant]
    for row, column in zip(rows, meant, strict=True):
        assert str(row[1]).lower().replace(" ", "") == column.type.strip().lower().replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ""), ("7", "7"), ("-7", "-7"), ("'a'", "'a'"), ("new", "'new'"), ("it's", "'it''s'"), ("null", "null"),
        ("CURRENT_DATE", "CURRENT_DATE"), ("(1 + 2)", "(1 + 2)"), ("datetime('now')", "(datetime('now'))"),
        ("not yet", "'not yet'"), ("(", "'('"), ("1); drop x", "'1); drop x'"), ("(1) + (2)", "((1) + (2))"),
        ("f(1), g(2)", "'f(1), g(2)'"), ("(1), b (2)", "'(1), b (2)'"), ("--", "'--'"), ("1 -- one", "'1 -- one'"),
    ],
)  # fmt: skip
def test_what_is_typed_as_a_default_is_a_value_or_an_expression(typed: str, written: str) -> None:
    assert ddl.default_text(typed) == written


def test_keys_of_several_columns_options_and_references() -> None:
    meant = [
        NewColumn("org", "TEXT", key=True),
        NewColumn("user id", "INTEGER", key=True, references=("users", "id")),
        NewColumn("order", "INTEGER", not_null=True, default="0"),
    ]
    assert ddl.create_table("members", meant, strict=True, without_rowid=True) == (
        "CREATE TABLE members (\n"
        "  org TEXT,\n"
        '  "user id" INTEGER REFERENCES users (id),\n'
        '  "order" INTEGER NOT NULL DEFAULT 0,\n'
        '  PRIMARY KEY (org, "user id")\n'
        ") STRICT, WITHOUT ROWID;"
    )


@pytest.mark.parametrize(
    ("columns_", "options", "words"),
    [
        ([], {}, "needs a column"),
        ([NewColumn("a"), NewColumn("A")], {}, "two columns"),
        ([NewColumn("a")], {"without_rowid": True}, "primary key"),
        ([NewColumn("a", "VARCHAR")], {"strict": True}, "does not know the type of a"),
        ([NewColumn(" ")], {}, "needs a name"),
    ],
)
def test_what_sqlite_would_refuse_is_refused_in_words(
    columns_: list[NewColumn], options: dict[str, bool], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        ddl.create_table("t", columns_, **options)


@given(columns())
@WITHOUT_HURRY
def test_a_column_that_may_be_added_can_be_added(meant: list[NewColumn]) -> None:
    connection = made("CREATE TABLE t (x)", "INSERT INTO t VALUES (1)")
    for column in meant:
        try:
            sql = ddl.add_column(table_of(connection, "t"), column)
        except InputError:
            continue
        try:
            connection.execute(sql)
        except apsw.SQLError:
            assert column.default.strip().startswith("("), sql
        else:
            assert table_of(connection, "t").columns[-1].name == column.name


STATEMENTS = (
    """CREATE TABLE t (
        id INTEGER PRIMARY KEY, plain, indexed, partial, unique_ UNIQUE, checked CHECK (checked > 0), beside,
        viewed, triggered, refers REFERENCES u(id), computed AS (source + 1), source, twice REFERENCES u(twice),
        CHECK (beside <> 'plain word'), FOREIGN KEY (viewed) REFERENCES u(id)
    )""",
    "CREATE TABLE u (id INTEGER PRIMARY KEY, twice UNIQUE)",
    "CREATE INDEX i ON t (indexed, lower(id)) WHERE partial IS NOT NULL",
    "CREATE VIEW v AS SELECT viewed FROM t",
    "CREATE TRIGGER g AFTER UPDATE ON t WHEN new.triggered BEGIN SELECT 1; END",
)


def columns_of(schema: Schema, name: str) -> list[str]:
    table = schema.table(name)
    return [column.name for column in table.columns] if table is not None else []


@pytest.mark.parametrize("name", columns_of(read(made(*STATEMENTS)), "t"))
def test_a_column_is_dropped_or_refused_as_sqlite_would(name: str) -> None:
    connection = made(*STATEMENTS)
    try:
        connection.execute(f"SAVEPOINT trial; ALTER TABLE t DROP COLUMN {name}")
        refused = False
    except apsw.SQLError:
        refused = True
    connection.execute("ROLLBACK TO trial")
    table = table_of(connection, "t")
    column = next(column for column in table.columns if column.name == name)
    if refused:
        with pytest.raises(InputError, match=f"{name} cannot be dropped"):
            ddl.drop_column(read(connection), table, column)
    else:
        assert ddl.drop_column(read(connection), table, column) == f"ALTER TABLE t DROP COLUMN {name};"


def test_names_are_changed_and_quoted() -> None:
    connection = made(*STATEMENTS)
    table = table_of(connection, "t")
    connection.execute(ddl.rename_column(table, "plain", 'the "first"'))
    connection.execute(ddl.rename_table(table, "all things"))
    assert 'the "first"' in columns_of(read(connection), "all things")
    with pytest.raises(InputError, match="already"):
        ddl.rename_column(table, "plain", "Indexed")


def test_indexes_views_and_triggers_can_be_made_as_they_are_proposed() -> None:
    connection = made(*STATEMENTS)
    schema, table = read(connection), table_of(connection, "t")
    connection.execute(ddl.create_index(schema, table, ["plain"], unique=True))
    assert ddl.create_index(read(connection), table, ["plain"]).startswith("CREATE INDEX t_plain_index_2 ")
    connection.execute(ddl.create_view(table))
    connection.execute(ddl.create_trigger(table))
    connection.execute(ddl.create_trigger(table_of(connection, "t_view")))
    assert {index.name for index in read(connection).indexes} >= {"t_plain_index"}


def run(connection: apsw.Connection, script: str) -> None:
    connection.execute(script).fetchall()


def test_a_column_gets_another_type_and_all_around_it_stays() -> None:
    connection = made(*STATEMENTS, "INSERT INTO t (id, plain, source) VALUES (1, '12', 2), (2, NULL, 3)")
    before = read(connection)
    column = NewColumn("plain", "INTEGER", not_null=True, default="0")
    run(connection, change_column(before, table_of(connection, "t"), "plain", column))
    assert connection.execute("SELECT id, plain, typeof(plain), computed FROM t").fetchall() == [
        (1, 12, "integer", 3),
        (2, 0, "integer", 4),
    ]
    after = read(connection)
    assert (after.indexes, after.triggers) == (before.indexes, before.triggers)
    assert columns_of(after, "v") == ["viewed"]


def test_what_the_form_does_not_show_of_a_column_stays() -> None:
    connection = made(
        "CREATE TABLE u (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a TEXT COLLATE NOCASE CONSTRAINT must NOT NULL ON CONFLICT IGNORE DEFAULT ('x' || 'y') "
        "CHECK (a <> '') REFERENCES u (id) ON DELETE CASCADE)",
    )
    table = table_of(connection, "t")
    shown = column_of(table, "a")
    assert shown == NewColumn("a", "TEXT", True, "'x' || 'y'", False, ("u", "id"))
    run(
        connection,
        change_column(read(connection), table, "a", NewColumn("a", "BLOB", True, shown.default, False, ("u", "id"))),
    )
    assert table_of(connection, "t").sql == (
        "CREATE TABLE \"t\" (a BLOB COLLATE NOCASE CONSTRAINT must NOT NULL ON CONFLICT IGNORE DEFAULT ('x' || 'y') "
        "CHECK (a <> '') REFERENCES u (id) ON DELETE CASCADE)"
    )


def test_a_table_written_anew_as_it_is_is_what_it_was() -> None:
    connection = made(*STATEMENTS, "INSERT INTO t (id, plain) VALUES (7, 'x')")
    before = read(connection)
    run(connection, rebuild_as_it_is(before, table_of(connection, "t")))
    assert compare(before, read(connection)).is_empty
    assert connection.execute("SELECT id, plain FROM t").fetchall() == [(7, "x")]


def test_a_column_of_a_view_cannot_be_changed() -> None:
    connection = made(*STATEMENTS)
    with pytest.raises(InputError, match="view"):
        ddl.add_column(table_of(connection, "v"), NewColumn("a"))
