"""Schemas of real databases in memory, read as the program reads them, and made at random."""

import apsw
from hypothesis import strategies as st

from turso_tui.service.schema import QUERIES, Schema, assemble
from turso_tui.sql.facts import quote_identifier


def made(*statements: str) -> apsw.Connection:
    """A database in memory, with foreign keys on as servers have them."""
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA foreign_keys = on")
    for sql in statements:
        connection.execute(sql)
    return connection


def read(connection: apsw.Connection) -> Schema:
    return assemble(*(connection.execute(sql).fetchall() for sql in QUERIES))


NAMES = st.sampled_from(["a", "b", "Case", "select", 'we"ird', "two words"])
TYPES = st.sampled_from(["", "INTEGER", "TEXT", "REAL", "VARCHAR(10)", "BLOB"])
CLAUSES = st.sampled_from(
    ["", "", "NOT NULL DEFAULT 1", "DEFAULT 'x'", "DEFAULT (1 + 1)", "UNIQUE", "COLLATE NOCASE", "CHECK (1)"]
)
TABLES = ("first", "Second", "th ird")


@st.composite
def tables(draw: st.DrawFn, name: str) -> str:
    columns = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    strict = draw(st.booleans())
    lines = [
        draw(st.sampled_from(["id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id INT PRIMARY KEY"]))
    ]
    lines += [
        f"{quote_identifier(column)} {draw(st.just('TEXT') if strict else TYPES)} {draw(CLAUSES)}".rstrip()
        for column in columns
    ]
    if draw(st.booleans()):
        action = draw(st.sampled_from(["", " ON DELETE CASCADE", " ON DELETE RESTRICT"]))
        lines.append(f"ref INTEGER REFERENCES {quote_identifier(draw(st.sampled_from(TABLES)))}(id){action}")
    if draw(st.booleans()):
        lines.append(f"CHECK (length({quote_identifier(columns[0])}) < 99)")
    inside = ", -- so\n  ".join(lines)
    return f"CREATE TABLE {quote_identifier(name)} (\n  {inside}\n){' STRICT' if strict else ''}"


@st.composite
def schemas(draw: st.DrawFn) -> tuple[str, ...]:
    """Statements that make a database: tables that refer to one another, and what may stand on them."""
    chosen = draw(st.lists(st.sampled_from(TABLES), min_size=1, unique=True))
    statements = [draw(tables(name)) for name in chosen]
    for number, name in enumerate(chosen):
        table = quote_identifier(name)
        if draw(st.booleans()):
            statements.append(f"CREATE INDEX i{number} ON {table} (id{draw(st.sampled_from(['', ' DESC']))})")
        if draw(st.booleans()):
            statements.append(f"CREATE VIEW v{number} AS SELECT {draw(st.sampled_from(['id', '*']))} FROM {table}")
            if draw(st.booleans()):
                statements.append(f"CREATE VIEW w{number} AS SELECT id FROM v{number}")
            if draw(st.booleans()):
                statements.append(
                    f"CREATE TRIGGER u{number} INSTEAD OF DELETE ON v{number} BEGIN DELETE FROM {table}; END"
                )
        if draw(st.booleans()):
            other = quote_identifier(draw(st.sampled_from(chosen)))
            statements.append(f"CREATE TRIGGER t{number} AFTER DELETE ON {table} BEGIN SELECT id FROM {other}; END")
    return tuple(statements)
