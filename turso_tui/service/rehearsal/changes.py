"""Rows of a table before and after: which were inserted, updated and deleted."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from turso_tui.values import Row, Value

Key = tuple[Value, ...]
EXAMPLES = 20
"""Rows of one table that are shown."""


class RowChange(NamedTuple):
    """A row as it was and as it is; None where it was not, or is no longer."""

    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class TableChange:
    """What became of a table. ``changed`` rows were inserted, updated or deleted, and which of that is not known.

    ``is_exact`` is False where the numbers are what the database reported, not what a comparison of all rows showed.
    """

    table: str
    columns: tuple[str, ...] = ()
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    changed: int = 0
    examples: tuple[RowChange, ...] = ()
    is_direct: bool = True
    """A statement names it; otherwise triggers and foreign keys led there."""
    is_exact: bool = True
    note: str = ""
    """In lines that are short."""

    @property
    def rows(self) -> int:
        return self.inserted + self.updated + self.deleted + self.changed


def compared(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> Iterator[RowChange]:
    """Every row that is not as it was; those that went and those that were changed in the order they had."""
    for key, row in before.items():
        now = after.get(key)
        if now is None or not is_same(row, now):
            yield RowChange(row, now)
    for key, row in after.items():
        if key not in before:
            yield RowChange(None, row)


def change_of(
    table: str, columns: Sequence[str], before: Mapping[Key, Row], after: Mapping[Key, Row], *, is_direct: bool
) -> TableChange:
    changes = list(compared(before, after))
    inserted = sum(change.before is None for change in changes)
    deleted = sum(change.after is None for change in changes)
    return TableChange(
        table,
        tuple(columns),
        inserted,
        len(changes) - inserted - deleted,
        deleted,
        examples=tuple(changes[:EXAMPLES]),
        is_direct=is_direct,
    )


def is_same(one: Row, other: Row) -> bool:
    """Exactly, types included: 1 is not 1.0."""
    return len(one) == len(other) and all(map(_is_same_value, one, other))


def _is_same_value(one: Value, other: Value) -> bool:
    if type(one) is not type(other):
        return False
    return one == other or (isinstance(one, float) and isinstance(other, float) and math.isnan(one + other))
