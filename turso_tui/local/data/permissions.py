"""Fine-grained permissions: which tables a token may read and change, judged by what SQLite says a statement touches.

Turso Cloud enforces them and does not document how, so the details are ours. What views, triggers and cascades do on
behalf of a statement needs permission too. A statement that changes something and names no table (REINDEX, most
pragmas) needs ``schema_update`` on all of them. A refused read is SQLite's own ``SQLITE_AUTH``, and a refused change
``SQLITE_READONLY``, as for a token that only reads.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import apsw

from turso_tui.local.data.analysis import Action, Facts
from turso_tui.local.data.errors import SqlFailure
from turso_tui.local.tenant import Permission

READ = "data_read"

_DATA = {
    apsw.SQLITE_READ: READ,
    apsw.SQLITE_INSERT: "data_add",
    apsw.SQLITE_UPDATE: "data_update",
    apsw.SQLITE_DELETE: "data_delete",
}
_SCHEMA_BY_FIRST = {
    apsw.SQLITE_CREATE_TABLE: "schema_add",
    apsw.SQLITE_CREATE_TEMP_TABLE: "schema_add",
    apsw.SQLITE_CREATE_VIEW: "schema_add",
    apsw.SQLITE_CREATE_TEMP_VIEW: "schema_add",
    apsw.SQLITE_CREATE_VTABLE: "schema_add",
    apsw.SQLITE_DROP_TABLE: "schema_delete",
    apsw.SQLITE_DROP_TEMP_TABLE: "schema_delete",
    apsw.SQLITE_DROP_VIEW: "schema_delete",
    apsw.SQLITE_DROP_TEMP_VIEW: "schema_delete",
    apsw.SQLITE_DROP_VTABLE: "schema_delete",
    apsw.SQLITE_ANALYZE: "schema_update",
}
"""Operations whose first operand is the table."""
_SCHEMA_BY_SECOND = {
    apsw.SQLITE_CREATE_INDEX: "schema_add",
    apsw.SQLITE_CREATE_TEMP_INDEX: "schema_add",
    apsw.SQLITE_CREATE_TRIGGER: "schema_add",
    apsw.SQLITE_CREATE_TEMP_TRIGGER: "schema_add",
    apsw.SQLITE_DROP_INDEX: "schema_delete",
    apsw.SQLITE_DROP_TEMP_INDEX: "schema_delete",
    apsw.SQLITE_DROP_TRIGGER: "schema_delete",
    apsw.SQLITE_DROP_TEMP_TRIGGER: "schema_delete",
    apsw.SQLITE_ALTER_TABLE: "schema_update",
}
"""Operations whose second operand is the table; the first is an index, a trigger, or the database."""
_SYSTEM_TABLES = {
    *("sqlite_schema", "sqlite_master", "sqlite_temp_schema", "sqlite_temp_master", "sqlite_sequence"),
    *("sqlite_stat1", "sqlite_stat2", "sqlite_stat3", "sqlite_stat4"),
}
"""Everybody may read them, and SQLite makes them where it needs them."""


class Need(NamedTuple):
    """An action on a table (its name in lower case), or on all of them."""

    action: str
    table: str | None


def check_permissions(facts: Facts, permissions: tuple[Permission, ...], exists: Callable[[str], bool]) -> None:
    """Refuses, in-band, the first thing that a statement needs and no permission grants.

    ``exists`` says whether there is a table or view of a name: SQLite also asks to read common table expressions and
    table-valued functions, which belong to nobody.
    """
    if facts.is_explain or facts.controls_transaction:
        return
    for need in _needs(facts):
        if is_granted(need, permissions):
            continue
        on = "every table" if need.table is None else f"table {need.table}"
        denied = f"the token does not permit {need.action} on {on}"
        if need.action != READ:
            raise SqlFailure("SQLITE_READONLY", f"attempt to write a readonly database: {denied}")
        if need.table is None or exists(need.table):
            raise SqlFailure("SQLITE_AUTH", f"not authorized: {denied}")


def is_granted(need: Need, permissions: tuple[Permission, ...]) -> bool:
    return any(
        need.action in permission.actions and (permission.tables is None or need.table in permission.tables)
        for permission in permissions
    )


def _needs(facts: Facts) -> Iterator[Need]:
    schema = [need for action in facts.actions if (need := _in_schema(action))]
    data = [need for action in facts.actions if (need := _in_data(action))]
    if schema:
        # It also rewrites system tables, and reads or empties the table that it is about: that is the change itself.
        about = {need.table for need in schema}
        yield from schema
        yield from (need for need in data if need.action == READ and need.table not in about)
        return
    yield from data
    if not facts.is_readonly and all(need.action == READ for need in data):
        yield Need("schema_update", None)


def _in_schema(action: Action) -> Need | None:
    if name := _SCHEMA_BY_FIRST.get(action.operation):
        table = (action.first or "").lower()
    elif name := _SCHEMA_BY_SECOND.get(action.operation):
        table = (action.second or "").lower()
    else:
        return None
    return None if table in _SYSTEM_TABLES else Need(name, table)


def _in_data(action: Action) -> Need | None:
    name, table = _DATA.get(action.operation), (action.first or "").lower()
    if name is None or (name == READ and table in _SYSTEM_TABLES):
        return None
    return Need(name, table)
