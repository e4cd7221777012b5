"""What a column makes of a value: SQLite's affinities, and the types of STRICT tables."""

import re
from enum import StrEnum

from turso_tui.service.rows.facts import TableFacts
from turso_tui.values import Value

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)


class Affinity(StrEnum):
    INTEGER = "integer"
    TEXT = "text"
    BLOB = "blob"
    REAL = "real"
    NUMERIC = "numeric"
    NONE = "any"
    """ANY in a STRICT table: a value stays what it is, as with BLOB."""


def affinity_of(declared: str, *, strict: bool = False) -> Affinity:
    """By SQLite's rules, in their order."""
    declared = declared.upper()
    if strict and declared == "ANY":
        return Affinity.NONE
    if "INT" in declared:
        return Affinity.INTEGER
    if any(part in declared for part in ("CHAR", "CLOB", "TEXT")):
        return Affinity.TEXT
    if not declared or "BLOB" in declared:
        return Affinity.BLOB
    if any(part in declared for part in ("REAL", "FLOA", "DOUB")):
        return Affinity.REAL
    return Affinity.NUMERIC


def refusal(facts: TableFacts, place: int, value: Value) -> str:
    """Why the column would not take ``value``, as a sentence; empty where only the database can tell."""
    column = facts.columns[place]
    if column.generated:
        return f"{column.name} is generated: its value is computed from other columns."
    if place == facts.rowid_column:
        return "" if value is None or isinstance(value, int) else f"{column.name} takes integers only."
    if value is None:
        return f"{column.name} may not be NULL." if column.not_null else ""
    if facts.table.strict and not _fits(affinity_of(column.type, strict=True), value):
        return f"{column.name} takes {column.type} only: the table is STRICT."
    return ""


def is_number(text: str) -> bool:
    """Whether SQLite would take the whole text for a number."""
    return _NUMBER.fullmatch(text) is not None


def _fits(affinity: Affinity, value: Value) -> bool:
    """After the conversions that SQLite makes without loss."""
    match affinity:
        case Affinity.INTEGER if isinstance(value, str):
            return is_number(value) and float(value).is_integer()
        case Affinity.INTEGER:
            return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        case Affinity.REAL:
            return isinstance(value, int | float) or (isinstance(value, str) and is_number(value))
        case Affinity.TEXT:
            return not isinstance(value, bytes)
        case Affinity.BLOB:
            return isinstance(value, bytes)
    return True
