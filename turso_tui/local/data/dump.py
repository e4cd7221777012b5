"""A database as SQL text, in the shape of sqld's ``/dump`` (which is that of SQLite's own shell)."""

from collections.abc import Generator, Iterator
from pathlib import Path

import apsw

from turso_tui.values import Value

_CHUNK_BYTES = 64 * 1024


def dump(path: Path, *, preserve_row_ids: bool = False) -> Generator[bytes]:
    """The dump in chunks; one read transaction, so it is of one moment. Blocks while it reads."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.execute("BEGIN")
        pending: list[str] = []
        size = 0
        for line in _lines(connection, preserve_row_ids):
            pending.append(line)
            size += len(line)
            if size >= _CHUNK_BYTES:
                yield "".join(pending).encode()
                pending, size = [], 0
        yield "".join(pending).encode()
    finally:
        connection.close(True)


def quote_name(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def quote_value(value: Value) -> str:
    """A value as SQL text that reads back as the same value; line breaks are spelled out, so that a row is a line."""
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "9e999" if value > 0 else "-9e999"
    quoted = apsw.format_sql_value(value)
    for character, code in (("\n", 10), ("\r", 13)):
        if isinstance(value, str) and character in value:
            mark = _absent_from(quoted, "\\n" if code == 10 else "\\r")
            quoted = f"replace({quoted.replace(character, mark)},'{mark}',char({code}))"
    return quoted


def _lines(connection: apsw.Connection, preserve_row_ids: bool) -> Iterator[str]:
    yield "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
    rows = list(connection.execute("SELECT name, type, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid"))
    has_virtual = False
    for name, kind, sql in rows:
        if kind != "table":
            continue
        if sql.upper().startswith("CREATE VIRTUAL TABLE"):
            if not has_virtual:
                yield "PRAGMA writable_schema=ON;\n"
                has_virtual = True
            values = f"'table',{quote_value(name)},{quote_value(name)},0,{quote_value(sql)}"
            yield f"INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES({values});\n"
        else:
            yield from _table(connection, name, sql, preserve_row_ids)
    for _, kind, sql in rows:
        if kind != "table":
            yield f"{sql};\n"
    if has_virtual:
        yield "PRAGMA writable_schema=OFF;\n"
    yield "COMMIT;\n"


def _table(connection: apsw.Connection, name: str, sql: str, preserve_row_ids: bool) -> Iterator[str]:
    quoted = quote_name(name)
    if name == "sqlite_sequence":
        yield "DELETE FROM sqlite_sequence;\n"
    elif name.startswith("sqlite_stat"):
        yield "ANALYZE sqlite_schema;\n"
    else:
        yield sql.replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1) + ";\n"
    info = connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (name,))
    names = [quote_name(column) for (column,) in info]
    target = quoted
    row_id = _row_id_column(connection, name) if preserve_row_ids else None
    if row_id is not None:
        names.insert(0, row_id)
        target = f"{quoted}({','.join(names)})"
    for row in connection.execute(f"SELECT {','.join(names)} FROM {quoted}"):
        yield f"INSERT INTO {target} VALUES({','.join(map(quote_value, row))});\n"


def _row_id_column(connection: apsw.Connection, table: str) -> str | None:
    """A name for the rowid that no column has taken; None where the rowid is a column already, or does not exist."""
    without_rowid, aliases = connection.execute(
        "SELECT (SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'),"
        " (SELECT count(*) FROM pragma_table_info(?1) WHERE pk AND type = 'INTEGER' COLLATE NOCASE)",
        (table,),
    ).get
    if without_rowid or aliases:
        return None
    taken = {name.lower() for (name,) in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)


def _absent_from(text: str, mark: str) -> str:
    """``mark``, or a longer one that ``text`` does not contain."""
    number = 0
    candidate = mark
    while candidate in text:
        candidate = f"{mark}{number}"
        number += 1
    return candidate
