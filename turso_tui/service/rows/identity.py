"""How a row of a table is told from every other."""

from dataclasses import dataclass
from enum import StrEnum

from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.schema import TableKind
from turso_tui.sql.facts import quote_identifier

_ROWID_NAMES = ("rowid", "oid", "_rowid_")
_MOST_COLUMNS = 2000
"""Of one result (SQLITE_MAX_COLUMN)."""


class IdentityKind(StrEnum):
    ROWID = "rowid"
    PRIMARY_KEY = "primary key"
    UNIQUE_INDEX = "unique index"


@dataclass(frozen=True, slots=True)
class Identity:
    """``columns`` are names in this table; a rowid without a column of its own has one that no column hides.

    ``collations`` are those by which the values of a key are distinct, which need not be those of its columns.
    """

    columns: tuple[str, ...]
    kind: IdentityKind
    collations: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The columns in SQL, as the key compares and sorts them."""
        names = [quote_identifier(name) for name in self.columns]
        if not self.collations:
            return tuple(names)
        collated = zip(names, self.collations, strict=True)
        return tuple(f"{name} COLLATE {quote_identifier(collation)}" for name, collation in collated)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something cannot be done with the rows, in a sentence, and what can be done instead (may be empty)."""

    reason: str
    next_step: str = ""


def identity_of(facts: TableFacts) -> Identity | Refused:
    """What the rows of a table are known by when they are changed."""
    name = facts.table.name
    match facts.table.kind:
        case TableKind.VIEW:
            return Refused(f"{name} is a view: its rows are computed.", "Change the rows of the tables behind it.")
        case TableKind.VIRTUAL:
            return Refused(
                f"{name} is a virtual table: its module decides what a change of a row means.",
                "Write the INSERT, UPDATE or DELETE in the editor.",
            )
        case TableKind.SHADOW:
            return Refused(f"{name} belongs to a virtual table or an index, which a change would break.")
    if len(facts.columns) >= _MOST_COLUMNS and paging_key(facts) is None:
        return Refused(f"{name} has {len(facts.columns)} columns, and no room for its rowid beside them.")
    return paging_key(facts) or Refused(
        f"No row of {name} can be told from the others: columns of its own are called rowid, oid and _rowid_, "
        "and it has no key of columns that are NOT NULL.",
        "Write the statement in the editor.",
    )


def paging_key(facts: TableFacts) -> Identity | None:
    """What the rows are told apart by while they are read; also in a shadow table, where nobody may write."""
    if facts.table.kind in {TableKind.VIEW, TableKind.VIRTUAL}:
        return None
    if not facts.has_rowid:
        return _by_key(facts)
    if facts.rowid_column is not None:
        return Identity(facts.primary_key, IdentityKind.ROWID)
    taken = {column.name.lower() for column in facts.columns}
    free = next((name for name in _ROWID_NAMES if name not in taken), None)
    if free is not None and len(facts.columns) < _MOST_COLUMNS:
        return Identity((free,), IdentityKind.ROWID)
    return _by_key(facts)


def _by_key(facts: TableFacts) -> Identity | None:
    """The primary key or else an index, where no two rows can have the same values: with a NULL they could."""
    for key in sorted(facts.keys, key=lambda key: not key.primary):
        columns = [facts.columns[facts.place(name)] for name in key.columns]
        if key.unique and key.whole and all(column.not_null for column in columns):
            kind = IdentityKind.PRIMARY_KEY if key.primary else IdentityKind.UNIQUE_INDEX
            return Identity(key.columns, kind, key.collations)
    return None
