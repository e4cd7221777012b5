"""Changes to rows that are not applied yet. Nothing here reads or writes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from turso_tui.errors import InputError
from turso_tui.service.rows.affinity import refusal
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import RawText
from turso_tui.service.rows.identity import Refused, identity_of
from turso_tui.values import Row, Value

STEPS = 500
"""How far undo goes back."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row as it was read: what it is known by, and the values of all columns."""

    identity: Row
    values: Row


class ChangeKind(StrEnum):
    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to one row. ``seen`` is None for a new one, whose ``number`` names it.

    ``values`` are what is set, by the column's place; a new row's other columns get their defaults. ``identity`` is
    the rowid that a new row must have, where that matters: it comes back after it was deleted.
    """

    kind: ChangeKind
    seen: SeenRow | None = None
    values: Mapping[int, Value] = field(default_factory=dict)
    number: int = 0
    identity: Row = ()


@dataclass(frozen=True, slots=True)
class NewRow:
    """``after`` is the identity of the row that it is shown below; None at the end."""

    number: int
    values: Mapping[int, Value]
    after: Row | None = None


@dataclass(frozen=True, slots=True)
class _State:
    edits: Mapping[Row, Change] = field(default_factory=dict)
    deletes: Mapping[Row, Change] = field(default_factory=dict)
    inserts: Mapping[int, NewRow] = field(default_factory=dict)


class Changes:
    """What a person has changed in one table and not applied. Every call that changes something is one step of undo.

    Rows are known by their identity, so that a change stays with its row however the table is filtered or sorted.
    """

    def __init__(self, facts: TableFacts) -> None:
        """Raises `InputError` for a table whose rows cannot be changed."""
        identity = identity_of(facts)
        if isinstance(identity, Refused):
            raise InputError(identity.reason, next_step=identity.next_step)
        self.facts = facts
        self._state = _State()
        self._before: list[_State] = []
        self._after: list[_State] = []
        self._numbers = 0

    def __len__(self) -> int:
        """How many rows are edited, new or deleted."""
        return len(self._state.edits) + len(self._state.deletes) + len(self._state.inserts)

    @property
    def edits(self) -> Mapping[Row, Change]:
        """By identity."""
        return self._state.edits

    @property
    def deletes(self) -> Mapping[Row, Change]:
        """By identity. What was edited in such a row before is forgotten."""
        return self._state.deletes

    @property
    def inserts(self) -> Sequence[NewRow]:
        """In the order in which they were made."""
        return tuple(self._state.inserts.values())

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def set_value(self, row: SeenRow | int, column: int, value: Value) -> None:
        """Change a cell of a row that was read, or of the new row with this number.

        A value as it was seen takes the change back. Raises `InputError` for a generated column, a deleted row and a
        value that the column cannot take.
        """
        self.set_values([(row, column, value)])

    def set_values(
        self, cells: Iterable[tuple[SeenRow | int, int, Value]], new: Iterable[Mapping[int, Value]] = ()
    ) -> None:
        """Many cells, and new rows at the end, as one step: a paste. All of it or, when it raises, nothing."""
        edits, inserts = dict(self._state.edits), dict(self._state.inserts)
        for row, column, value in cells:
            self._check(column, value)
            if isinstance(row, SeenRow):
                self._edit(edits, row, column, value)
            else:
                fresh = _new_row(inserts, row)
                inserts[row] = replace(fresh, values={**fresh.values, column: value})
        for values in new:
            fresh = self._fresh(values, None)
            inserts[fresh.number] = fresh
        self._step(replace(self._state, edits=edits, inserts=inserts))

    def insert(self, values: Mapping[int, Value] | None = None, after: Row | None = None) -> int:
        """A new row and its number."""
        fresh = self._fresh(values or {}, after)
        self._step(replace(self._state, inserts={**self._state.inserts, fresh.number: fresh}))
        return fresh.number

    def duplicate(self, row: SeenRow | int) -> int:
        """A new row with the same values, except generated ones and an INTEGER PRIMARY KEY, which SQLite gives."""
        if isinstance(row, int):
            original = _new_row(self._state.inserts, row)
            values, after = dict(original.values), original.after
            values.pop(-1 if self.facts.rowid_column is None else self.facts.rowid_column, None)
            return self.insert(values, after)
        kept = (
            place
            for place, column in enumerate(self.facts.columns)
            if not column.generated and place != self.facts.rowid_column
        )
        return self.insert({place: self.value_of(row, place) for place in kept}, row.identity)

    def delete(self, rows: Iterable[SeenRow | int]) -> None:
        """Mark rows for deletion; a new row is simply gone."""
        edits, deletes, inserts = dict(self._state.edits), dict(self._state.deletes), dict(self._state.inserts)
        for row in rows:
            if isinstance(row, int):
                inserts.pop(row, None)
                continue
            edits.pop(_known(row).identity, None)
            deletes[row.identity] = Change(ChangeKind.DELETE, row)
        self._step(_State(edits, deletes, inserts))

    def value_of(self, row: SeenRow | int, column: int) -> Value:
        """The cell as it would be; None for a default of a new row."""
        if isinstance(row, int):
            return _new_row(self._state.inserts, row).values.get(column)
        edit = self._state.edits.get(row.identity)
        return edit.values[column] if edit is not None and column in edit.values else row.values[column]

    def revert_cell(self, row: SeenRow | int, column: int) -> None:
        """A new row's cell gets its default again."""
        edits, inserts = dict(self._state.edits), dict(self._state.inserts)
        if isinstance(row, int):
            fresh = _new_row(inserts, row)
            inserts[row] = replace(fresh, values=_without(fresh.values, column))
        elif (edit := edits.pop(row.identity, None)) is not None and (left := _without(edit.values, column)):
            edits[row.identity] = replace(edit, values=left)
        self._step(replace(self._state, edits=edits, inserts=inserts))

    def revert_row(self, row: SeenRow | int) -> None:
        """Also takes a deletion back; a new row is gone."""
        edits, deletes, inserts = dict(self._state.edits), dict(self._state.deletes), dict(self._state.inserts)
        if isinstance(row, int):
            inserts.pop(row, None)
        else:
            edits.pop(row.identity, None)
            deletes.pop(row.identity, None)
        self._step(_State(edits, deletes, inserts))

    def revert_all(self) -> None:
        """Everything; this too can be undone."""
        self._step(_State())

    def rebase(self, now: Mapping[Row, Row | None]) -> None:
        """Keep what is staged, and take these rows (by identity) for seen as they are now, after a conflict was shown.

        What was staged for a row that is gone (None), or that is now as it was to become, is forgotten.
        """
        edits: dict[Row, Change] = {}
        for identity, edit in self._state.edits.items():
            values = now.get(identity, edit.seen.values if edit.seen else None)
            if values is None:
                continue
            left = {place: value for place, value in edit.values.items() if not same(value, values[place])}
            if left:
                edits[identity] = Change(ChangeKind.EDIT, SeenRow(identity, values), left)
        deletes: dict[Row, Change] = {}
        for identity, deletion in self._state.deletes.items():
            values = now.get(identity, deletion.seen.values if deletion.seen else None)
            if values is not None:
                deletes[identity] = Change(ChangeKind.DELETE, SeenRow(identity, values))
        self._step(_State(edits, deletes, self._state.inserts))

    def clear(self) -> None:
        """Forget everything, the steps of undo too: after it was applied."""
        self._state = _State()
        self._before.clear()
        self._after.clear()

    def undo(self) -> bool:
        """Take the last step back; False where there is none."""
        return self._move(self._before, self._after)

    def redo(self) -> bool:
        """Make the step again that was taken back; False where there is none."""
        return self._move(self._after, self._before)

    def diff(self) -> Sequence[Change]:
        """All changes: deletions, edits, new rows."""
        inserts = (Change(ChangeKind.INSERT, None, new.values, new.number) for new in self._state.inserts.values())
        return (*self._state.deletes.values(), *self._state.edits.values(), *inserts)

    def _edit(self, edits: dict[Row, Change], row: SeenRow, column: int, value: Value) -> None:
        if row.identity in self._state.deletes:
            raise InputError("The row is marked for deletion.", next_step="Take that back first.")
        before = edits.get(_known(row).identity)
        values = {} if before is None else _without(before.values, column)
        row = _as_first_seen(row, before, values)
        if not same(value, row.values[column]):
            values[column] = value
        if values:
            edits[row.identity] = Change(ChangeKind.EDIT, row, values)
        else:
            edits.pop(row.identity, None)

    def _fresh(self, values: Mapping[int, Value], after: Row | None) -> NewRow:
        for column, value in values.items():
            self._check(column, value)
        self._numbers += 1
        return NewRow(self._numbers, dict(values), after)

    def _check(self, column: int, value: Value) -> None:
        if reason := refusal(self.facts, column, value):
            raise InputError(reason)

    def _step(self, state: _State) -> None:
        if _alike(state, self._state):
            return
        self._before.append(self._state)
        del self._before[:-STEPS]
        self._after.clear()
        self._state = state

    def _move(self, source: list[_State], target: list[_State]) -> bool:
        if not source:
            return False
        target.append(self._state)
        self._state = source.pop()
        return True


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same to SQLite, type and all; a NaN is one that nobody could read."""
    if type(one) is not type(other):
        return False
    return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(float(str(other))))


def _alike(one: _State, other: _State) -> bool:
    """Equality would take 1 for 1.0."""
    ours, theirs = _rows_of(one), _rows_of(other)
    return len(ours) == len(theirs) and all(
        key == key_ and seen is seen_ and _same_values(values, values_)
        for (key, seen, values), (key_, seen_, values_) in zip(ours, theirs, strict=True)
    )


def _rows_of(state: _State) -> list[tuple[object, SeenRow | None, Mapping[int, Value]]]:
    rows: list[tuple[object, SeenRow | None, Mapping[int, Value]]] = []
    for changes in (state.deletes, state.edits):
        rows += [((change.kind, identity), change.seen, change.values) for identity, change in changes.items()]
    return rows + [(number, None, new.values) for number, new in state.inserts.items()]


def _same_values(one: Mapping[int, Value], other: Mapping[int, Value]) -> bool:
    return list(one) == list(other) and all(same(value, other[place]) for place, value in one.items())


def _known(row: SeenRow) -> SeenRow:
    if any(isinstance(value, RawText) for value in row.identity):
        raise InputError("The key of this row is a text that is not valid UTF-8.")
    if any(isinstance(value, float) and math.isnan(value) for value in row.identity):
        raise InputError("The key of this row is an infinite number, of which the server does not tell the sign.")
    return row


def _as_first_seen(row: SeenRow, before: Change | None, cells: Mapping[int, Value]) -> SeenRow:
    """What stood in ``cells`` when they were changed: since then nobody saw it, also where the row was read again."""
    if before is None or before.seen is None or not cells:
        return row
    first = before.seen.values
    return SeenRow(row.identity, tuple(first[at] if at in cells else now for at, now in enumerate(row.values)))


def _new_row(inserts: Mapping[int, NewRow], number: int) -> NewRow:
    if number not in inserts:
        raise InputError("There is no such new row.")
    return inserts[number]


def _without(values: Mapping[int, Value], column: int) -> dict[int, Value]:
    return {place: value for place, value in values.items() if place != column}
