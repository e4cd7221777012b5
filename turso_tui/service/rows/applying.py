"""Changes become one transaction, which changes nothing unless every row is still what was seen; and back again."""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui import errors
from turso_tui.service.database import Database
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.identity import Refused
from turso_tui.service.rows.staging import Change, SeenRow
from turso_tui.values import Row, Statement


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that is no longer what was seen; ``now`` is None where it is gone."""

    seen: SeenRow
    now: Row | None


class RowConflict(errors.TursoTuiError):
    """Rows are no longer what was seen: nothing was applied. ``rows`` are those that differ."""

    rows: Sequence[ChangedRow] = ()


class RowRefused(errors.SqlError):
    """The database refused the change of one row: nothing was applied. ``change`` is None where nobody can tell."""

    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements of one batch; ``subjects`` has the change that each serves, ``checks`` says which only look."""

    facts: TableFacts
    statements: tuple[Statement, ...]
    subjects: tuple[Change | None, ...]
    checks: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did. ``inverse`` undoes it, or says why that cannot be computed."""

    changes: Sequence[Change]
    inverse: Sequence[Change] | Refused


def plan(facts: TableFacts, changes: Sequence[Change]) -> Plan:
    """The statements for `Changes.diff`, in an order in which they do not stand in each other's way: deletions, edits
    (what gives a value up before what takes it), new rows."""
    raise NotImplementedError


def sql_text(plan: Plan, *, checked: bool = True) -> str:
    """The plan as a script with literals, which can be run by hand. Without the checks it is shorter to read."""
    raise NotImplementedError


async def apply(database: Database, facts: TableFacts, changes: Sequence[Change], *, label: str = "") -> Applied:
    """Apply all of ``changes`` or nothing.

    Raises `RowConflict`, `RowRefused`, and what `Database.batch` raises; after `OutcomeUnknown` nobody knows.
    """
    raise NotImplementedError


async def undo(database: Database, facts: TableFacts, applied: Applied, *, label: str = "") -> Applied:
    """Apply the inverse, with the same checks. Raises `InputError` where there is none, else as `apply`."""
    raise NotImplementedError
