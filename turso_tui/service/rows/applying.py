"""Changes become one transaction, which changes nothing unless every row is still what was seen; and back again."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from turso_tui import errors
from turso_tui.service.database import Database
from turso_tui.service.export_values import plain
from turso_tui.service.link import Executed
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import Fragment, any_of
from turso_tui.service.rows.identity import Refused
from turso_tui.service.rows.planning import Plan, Step, is_row, known_identity, plan, restored_identity, sql_text
from turso_tui.service.rows.reading import read_rows
from turso_tui.service.rows.staging import Change, ChangeKind, SeenRow, same
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Row, Value

__all__ = [
    "Applied",
    "ChangedRow",
    "Plan",
    "RowConflict",
    "RowRefused",
    "apply",
    "plan",
    "sql_text",
    "undo",
]

_ROWS_AT_ONCE = 100
_SHOWN_ROWS = 5
_SHOWN_TEXT = 40
_ACTIONS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that is no longer what was seen; ``now`` is None where it is gone."""

    seen: SeenRow
    now: Row | None


class RowConflict(errors.TursoTuiError):
    """Rows are no longer what was seen: nothing was applied. ``rows`` are those that differ."""

    def __init__(self, what: str, rows: Sequence[ChangedRow]) -> None:
        super().__init__(
            what,
            means="Someone changed them since they were read. Nothing was applied.",
            next_step="Look at the rows as they are now, and decide again.",
        )
        self.rows = tuple(rows)


class RowRefused(errors.SqlError):
    """The database refused the change of one row: nothing was applied."""

    def __init__(self, what: str, change: Change, cause: errors.SqlError | None = None) -> None:
        super().__init__(
            what,
            code=cause.code if cause is not None else "",
            means="Nothing was applied.",
            next_step=cause.next_step if cause is not None else "",
        )
        self.change = change


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did. ``inverse`` undoes it, or says why that cannot be computed."""

    changes: Sequence[Change]
    inverse: Sequence[Change] | Refused


async def apply(database: Database, facts: TableFacts, changes: Sequence[Change], *, label: str = "") -> Applied:
    """Apply all of ``changes`` or nothing.

    Raises `RowConflict`, `RowRefused`, and what `Database.batch` raises; after `OutcomeUnknown`, or a cancellation
    caused by it, nobody knows what was applied, and it cannot be undone from here.
    """
    if not changes:
        return Applied((), ())
    steps = plan(facts, changes)
    try:
        done = await database.batch(steps.statements, label=label or f"edit {facts.table.name}")
    except errors.SqlError as error:
        if type(error) is not errors.SqlError:
            raise
        raise await _explained(database, steps, changes, error) from error
    return Applied(tuple(changes), _inverse(steps, done))


async def undo(database: Database, facts: TableFacts, applied: Applied, *, label: str = "") -> Applied:
    """Apply the inverse, with the same checks. Raises `InputError` where there is none, else as `apply`."""
    if isinstance(applied.inverse, Refused):
        raise errors.InputError(applied.inverse.reason, next_step=applied.inverse.next_step)
    return await apply(database, facts, applied.inverse, label=label or f"undo in {facts.table.name}")


def describe(facts: TableFacts, change: Change) -> str:
    """``row 7 of users`` or ``new row 2 of users``."""
    if change.seen is None:
        return f"new row {change.number} of {facts.table.name}"
    return f"row {_key(change.seen)} of {facts.table.name}"


def _key(row: SeenRow) -> str:
    return ", ".join(_short(plain(part)) for part in row.identity)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]}…"


def _what_changed(facts: TableFacts, rows: Sequence[ChangedRow]) -> str:
    keys = [_key(row.seen) for row in rows[:_SHOWN_ROWS]]
    if len(rows) == 1:
        return f"Row {keys[0]} of {facts.table.name} is no longer what you saw."
    more = ", …" if len(rows) > len(keys) else ""
    return f"{len(rows)} rows of {facts.table.name} are no longer what you saw: {'; '.join(keys)}{more}."


async def _explained(
    database: Database, plan: Plan, changes: Sequence[Change], error: errors.SqlError
) -> errors.TursoTuiError:
    """The row that it is about, and how the rows are now where one was not what it should be."""
    step = plan.steps[error.step] if error.step is not None else None
    if step is not None and step.plain is not None:
        if step.change is None:
            return error
        return RowRefused(f"The {describe(plan.facts, step.change)} was refused: {error.message}.", step.change, error)
    if step is None and "overflow" not in error.message:
        return error
    if changed := await _changed_rows(database, plan.facts, changes):
        return RowConflict(_what_changed(plan.facts, changed), changed)
    if step is None or step.change is None:
        return error
    name = describe(plan.facts, step.change)
    return RowRefused(
        f"The {name} was left as it is, by a trigger or because it was changed for a moment.", step.change
    )


async def _changed_rows(database: Database, facts: TableFacts, changes: Sequence[Change]) -> list[ChangedRow]:
    seen = [change.seen for change in changes if change.seen is not None]
    found: list[ChangedRow] = []
    for start in range(0, len(seen), _ROWS_AT_ONCE):
        rows = seen[start : start + _ROWS_AT_ONCE]
        now = await _rows_now(database, facts, rows)
        found += [ChangedRow(row, now.get(row.identity)) for row in rows if not _as_seen(facts, row, now)]
    return found


async def _rows_now(database: Database, facts: TableFacts, rows: Sequence[SeenRow]) -> dict[Row, Row]:
    identity = known_identity(facts)
    names = ", ".join(quote_identifier(name) for name in (*identity.columns, *(each.name for each in facts.columns)))
    where = any_of([is_row(identity, row.identity) for row in rows])
    query = Fragment(f"SELECT {names} FROM {quote_identifier(facts.table.name)} WHERE {where.sql}", where.args)
    width = len(identity.columns)
    answer = await read_rows(database, query, width + len(facts.columns))
    return {row[:width]: row[width:] for row in answer.rows}


def _as_seen(facts: TableFacts, row: SeenRow, now: dict[Row, Row]) -> bool:
    values = now.get(row.identity)
    return values is not None and all(
        same(one, other)
        for column, one, other in zip(facts.columns, row.values, values, strict=True)
        if not column.generated
    )


def _inverse(plan: Plan, done: Sequence[Executed]) -> Sequence[Change] | Refused:
    if reason := _why_not(plan.facts, [step.change for step in plan.steps if step.plain and step.change]):
        return Refused(reason, "Restore a point in time, or change the rows by hand.")
    pairs = zip(plan.steps, done, strict=True)
    changes = [_back(plan.facts, step, step.change, answer) for step, answer in pairs if step.plain and step.change]
    if any(isinstance(value, float) and math.isnan(value) for change in changes for value in change.values.values()):
        return Refused("A value that was replaced is an infinite number, of which the server does not tell the sign.")
    return changes


def _back(facts: TableFacts, step: Step, change: Change, answer: Executed) -> Change:
    if change.kind is ChangeKind.DELETE and change.seen is not None:
        stored = {place: change.seen.values[place] for place in _stored(facts)}
        return Change(ChangeKind.INSERT, None, stored, identity=restored_identity(facts, change.seen))
    names = known_identity(facts).columns
    key, returned = answer.rows[0][: len(names)], answer.rows[0][len(names) :]
    before: Row = change.seen.values if change.seen is not None else (None,) * len(facts.columns)
    after: list[Value] = list(before)
    for place, value in {**change.values, **dict(zip(step.returned, returned, strict=True))}.items():
        after[place] = value
    for name, value in zip(names, key, strict=True):
        if name.lower() in facts.names:
            after[facts.place(name)] = value
    seen = SeenRow(key, tuple(after))
    if change.seen is None:
        return Change(ChangeKind.DELETE, seen)
    return Change(ChangeKind.EDIT, seen, {place: change.seen.values[place] for place in change.values})


def _why_not(facts: TableFacts, changes: Sequence[Change]) -> str:
    """Why what ``changes`` do in other rows is not known; empty where they do nothing there."""
    if facts.triggers:
        return f"{facts.table.name} has triggers, and what they did is not known."
    for key in facts.referrers:
        parents = {name.lower() for name in key.parent_columns}
        for change in changes:
            deleted = change.kind is ChangeKind.DELETE and key.on_delete in _ACTIONS
            edited = {facts.columns[place].name.lower() for place in change.values}
            moved = change.kind is ChangeKind.EDIT and key.on_update in _ACTIONS and not parents.isdisjoint(edited)
            if deleted or moved:
                return f"Rows of {key.table} that name a changed row were changed along with it, and are not known."
    return ""


def _stored(facts: TableFacts) -> Iterator[int]:
    return (place for place, column in enumerate(facts.columns) if not column.generated)
