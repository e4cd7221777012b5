"""From a database to the names that completion knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turso_tui.errors import TursoTuiError
from turso_tui.service.schema import Schema, Table, TableKind
from turso_tui.sql.facts import leading_keyword
from turso_tui.sql.names import ForeignKey, KnownColumn, Names, Relation, RelationKind

if TYPE_CHECKING:
    from turso_tui.service.database import Database

FUNCTIONS = "SELECT DISTINCT name FROM pragma_function_list ORDER BY name"

_KINDS = {TableKind.VIEW: RelationKind.VIEW, TableKind.SHADOW: RelationKind.SHADOW}


def names_of(schema: Schema, functions: Sequence[str] | None = None) -> Names:
    """What a schema offers by name."""
    tables = {table.name.lower(): table for table in schema.tables}
    return Names(
        relations=tuple(
            Relation(
                table.name,
                tuple(KnownColumn(column.name, column.type) for column in table.columns),
                _KINDS.get(table.kind, RelationKind.TABLE),
            )
            for table in schema.tables
        ),
        foreign_keys=tuple(key for table in schema.tables for key in _foreign_keys(table, tables)),
        indexes=tuple(index.name for index in schema.indexes),
        triggers=tuple(trigger.name for trigger in schema.triggers),
        functions=None if functions is None else tuple(functions),
    )


async def functions_of(database: Database) -> tuple[str, ...] | None:
    """The functions that the server has, without its operators in disguise; None where it does not tell."""
    try:
        answer = await database.execute(FUNCTIONS)
    except TursoTuiError:  # completion then knows SQLite's own, and nobody is disturbed
        return None
    names = (str(name) for (name, *_) in answer.rows)
    return tuple(name for name in names if leading_keyword(name) == name.upper()) or None


def _foreign_keys(table: Table, tables: dict[str, Table]) -> list[ForeignKey]:
    """A key that names no column refers to the primary key."""
    keys = []
    for column in table.columns:
        target = tables.get(column.references.lower()) if column.references is not None else None
        primary = [each.name for each in target.columns if each.key] if target is not None else []
        if target is not None and len(primary) == 1:
            keys.append(ForeignKey(table.name, column.name, target.name, primary[0]))
    return keys
