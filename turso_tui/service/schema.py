"""What a database contains: tables, views, indexes and triggers, read with plain SELECTs.

The table-valued pragmas are used because ``PRAGMA foreign_key_list(t)`` and its like count as writes on sqld and are
refused to a read-only token, while ``SELECT … FROM pragma_foreign_key_list('t')`` is an ordinary read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from turso_tui.values import Row


class TableKind(StrEnum):
    TABLE = "table"
    VIEW = "view"
    VIRTUAL = "virtual"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``key`` is the column's place in the primary key, from 1; 0 when it is not part of it."""

    name: str
    type: str = ""
    not_null: bool = False
    default: str | None = None
    key: int = 0
    generated: bool = False
    references: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of a table refer to ``targets`` of ``table``; where none are named, to its primary key."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...] = ()
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    kind: TableKind
    columns: tuple[TableColumn, ...] = ()
    without_rowid: bool = False
    strict: bool = False
    sql: str = ""
    foreign_keys: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    table: str
    unique: bool = False
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    name: str
    table: str
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    tables: tuple[Table, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    analyzed: bool = False
    """Whether ANALYZE has ever run, so that the database keeps figures about itself."""

    def table(self, name: str) -> Table | None:
        """The table or view of this name, as SQLite compares names."""
        wanted = name.lower()
        return next((table for table in self.tables if table.name.lower() == wanted), None)


OBJECTS = "SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema ORDER BY name"
TABLES = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name"
COLUMNS = """
    SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
    FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
    WHERE t.schema = 'main' AND t.ncol > 0 ORDER BY t.name, c.cid
"""
"""A view of a table that is gone has no columns, and asking for them would be an error for all the others."""

FOREIGN_KEYS = """
    SELECT t.name, f."from", f."table", f.id, f."to", f.on_update, f.on_delete
    FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS f
    WHERE t.schema = 'main' AND t.type = 'table' ORDER BY t.name, f.id, f.seq
"""
QUERIES = (OBJECTS, TABLES, COLUMNS, FOREIGN_KEYS)
"""Run in this order, in one round trip where possible; `assemble` takes their rows."""

_INTERNAL = ("sqlite_", "_litestream_", "libsql_wasm_func_table", "libsql_vector_meta_shadow")
_HIDDEN_COLUMN = 1
_GENERATED = (2, 3)


def _internal(name: str) -> bool:
    return name.startswith(_INTERNAL)


def assemble(
    objects: Sequence[Row], tables: Sequence[Row], columns: Iterable[Row], foreign_keys: Iterable[Row]
) -> Schema:
    """The schema from the rows of `QUERIES`. What SQLite and libSQL keep for themselves is left out."""
    text = {(str(kind), str(name)): str(sql) for kind, name, _, sql in objects}
    indexes = tuple(
        Index(str(name), str(table), unique=_is_unique(str(sql)), sql=str(sql))
        for kind, name, table, sql in objects
        if kind == "index" and not _internal(str(name))
    )
    triggers = tuple(
        Trigger(str(name), str(table), str(sql)) for kind, name, table, sql in objects if kind == "trigger"
    )
    keys_of = _foreign_keys(foreign_keys)
    references = {
        (table, column): key.table for table, keys in keys_of.items() for key in keys for column in key.columns
    }
    columns_of: defaultdict[str, list[TableColumn]] = defaultdict(list)
    for table, *column in columns:
        if column[5] != _HIDDEN_COLUMN:
            columns_of[str(table)].append(_column(column, references.get((str(table), str(column[0])))))
    vector_shadows = {f"{index.name}_shadow" for index in indexes}
    return Schema(
        tables=tuple(
            Table(
                name=str(name),
                kind=TableKind.SHADOW if name in vector_shadows else TableKind(str(kind)),
                columns=tuple(columns_of[str(name)]),
                without_rowid=bool(without_rowid),
                strict=bool(strict),
                sql=text.get(("view" if kind == "view" else "table", str(name)), ""),
                foreign_keys=tuple(keys_of.get(str(name), ())),
            )
            for name, kind, without_rowid, strict in tables
            if not _internal(str(name))
        ),
        indexes=indexes,
        triggers=triggers,
        analyzed=("table", "sqlite_stat1") in text,
    )


def _foreign_keys(rows: Iterable[Row]) -> dict[str, list[ForeignKey]]:
    """By table, in the order in which they were declared; a row is a column of one."""
    parts: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        parts[str(row[0]), int(str(row[3]))].append(row)
    keys: defaultdict[str, list[ForeignKey]] = defaultdict(list)
    for (table, _), columns in sorted(parts.items(), key=lambda part: -part[0][1]):
        _, _, target, _, _, on_update, on_delete = columns[0]
        targets = tuple(str(row[4]) for row in columns if row[4] is not None)
        key = ForeignKey(tuple(str(row[1]) for row in columns), str(target), targets, str(on_update), str(on_delete))
        keys[table].append(key)
    return keys


def _column(row: Sequence[object], references: str | None) -> TableColumn:
    name, type_, not_null, default, key, hidden = row
    return TableColumn(
        name=str(name),
        type=str(type_ or ""),
        not_null=bool(not_null),
        default=None if default is None else str(default),
        key=int(str(key)),
        generated=hidden in _GENERATED,
        references=references,
    )


def _is_unique(sql: str) -> bool:
    return sql[:20].upper().split()[:2] == ["CREATE", "UNIQUE"]
