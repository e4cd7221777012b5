"""How a row of a table is told from every other."""

from dataclasses import dataclass
from enum import StrEnum

from turso_tui.service.rows.facts import TableFacts


class IdentityKind(StrEnum):
    ROWID = "rowid"
    PRIMARY_KEY = "primary key"
    UNIQUE_INDEX = "unique index"


@dataclass(frozen=True, slots=True)
class Identity:
    """``columns`` are names as SQL writes them in this table; a rowid's is one that no column hides."""

    columns: tuple[str, ...]
    kind: IdentityKind


@dataclass(frozen=True, slots=True)
class Refused:
    """Why rows cannot be changed here, in a sentence, and what can be done about it (may be empty)."""

    reason: str
    next_step: str = ""


def identity_of(facts: TableFacts) -> Identity | Refused:
    """What the rows of a table are known by when they are changed."""
    raise NotImplementedError


def paging_key(facts: TableFacts) -> Identity | None:
    """What the rows are told apart by while they are read; also in a shadow table, where nobody may write."""
    raise NotImplementedError
