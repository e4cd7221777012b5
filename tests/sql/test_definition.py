"""A CREATE TABLE in parts: what each says, and that changing one leaves the rest as it was written."""

import pytest

from turso_tui.sql.definition import canonical, mentions, read_table

SQL = """CREATE TABLE "t x" ( -- all
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key
  a VARCHAR(10) CONSTRAINT nn NOT NULL DEFAULT 'x,)' /* hm */,
  b NULL DEFAULT NULL REFERENCES u(x) ON DELETE SET NULL NOT DEFERRABLE,
  CHECK (a > 'b'), CONSTRAINT k UNIQUE (a, b)
) STRICT, WITHOUT ROWID"""


def test_columns_types_clauses_and_constraints() -> None:
    table = read_table(SQL)
    assert table is not None
    assert [part.name for part in table.parts] == ["id", "a", "b", None, None]
    assert [table.type(part) for part in table.columns] == ["INTEGER", "VARCHAR(10)", ""]
    assert table.clauses(table.columns[1]) == ("CONSTRAINT nn NOT NULL", "DEFAULT 'x,)'")
    assert table.clauses(table.columns[2]) == (
        "NULL",
        "DEFAULT NULL",
        "REFERENCES u(x) ON DELETE SET NULL NOT DEFERRABLE",
    )
    assert table.options == {("strict",), ("without", "rowid")}


def test_a_change_leaves_comments_where_they_are() -> None:
    table = read_table(SQL)
    assert table is not None
    fewer = table.without(table.parts[-1]).without(table.parts[1])
    assert (
        fewer.with_column("c TEXT").sql
        == """CREATE TABLE "t x" ( -- all
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key
  b NULL DEFAULT NULL REFERENCES u(x) ON DELETE SET NULL NOT DEFERRABLE,
  c TEXT,
  CHECK (a > 'b')
) STRICT, WITHOUT ROWID"""
    )
    assert table.renamed("select").startswith('CREATE TABLE "select" ( -- all')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("create table t(a)", "create table t(a, b)"),
        ("create table t(a -- x\n)", "create table t(a, -- x\n b\n)"),
        ("create table t(\n  a, -- x\n  check (a)\n)", "create table t(\n  a, -- x\n  b,\n  check (a)\n)"),
        ("create table t(\n  a -- x\n)", "create table t(\n  a, -- x\n  b\n)"),
    ],
)
def test_a_new_column_stands_behind_the_others(before: str, after: str) -> None:
    table = read_table(before)
    assert table is not None
    assert table.with_column("b").sql == after


@pytest.mark.parametrize(
    "sql", ["CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE VIEW t AS SELECT (1)", "", "nonsense ("]
)
def test_what_is_no_table_with_columns_is_not_read(sql: str) -> None:
    assert read_table(sql) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("CREATE INDEX i ON T (a)", 'create index "I" -- x\n on "t"(A)', True),
        ("SELECT 'A'", "SELECT 'a'", False),
        ('DEFAULT "A"', 'DEFAULT "a"', False),
        ("REFERENCES [T]", 'REFERENCES "t"', True),
        ("a INT", "a INTEGER", False),
    ],
)
def test_looks_mean_nothing(one: str, other: str, same: bool) -> None:
    assert (canonical(one) == canonical(other)) is same


def test_a_name_is_found_however_it_is_quoted() -> None:
    assert all(mentions(f"select {quoted} from t", "The Name") for quoted in ('"the name"', "[THE NAME]", "`the name`"))
    assert not mentions("select name -- the_name\n from t", "the_name")
