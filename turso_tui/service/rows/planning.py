"""From changes to the statements of one batch, each of which fails unless its row is still what was seen.

A check compares type and value: 1, 1.0 and '1' differ, and so do texts that a collating sequence takes for equal. Of a
cell of more than 4096 characters or bytes it compares only the type, the length, the beginning and the end, because the
whole would have to be sent once more. Generated columns follow from the others and are left out.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.service.export_values import sql as literal
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import Fragment, RawText, all_of, operand
from turso_tui.service.rows.identity import Identity, IdentityKind, Refused, identity_of
from turso_tui.service.rows.staging import Change, ChangeKind, SeenRow
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.values import Row, Statement, Value

LARGE = 4096
_ENDS = 64

# `changes()` makes it no constant, which SQLite might work out before anything else runs.
CHECK = "SELECT abs(-9223372036854775807 - (changes() <> 1))"
"""An error (integer overflow) unless the statement before it changed exactly one row; it needs nothing but SQLite."""

_DEFER = "PRAGMA defer_foreign_keys = on"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement and the change that it serves. ``plain`` is how it reads without checks; None for a check.

    ``returned`` are the places of the columns that come back, behind the identity.
    """

    statement: Statement
    change: Change | None = None
    plain: Fragment | None = None
    returned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one batch."""

    facts: TableFacts
    steps: tuple[Step, ...]

    @property
    def statements(self) -> list[Statement]:
        return [step.statement for step in self.steps]


def plan(facts: TableFacts, changes: Sequence[Change]) -> Plan:
    """The statements for `Changes.diff`, in an order in which they do not stand in each other's way: deletions, edits
    (what gives a value up before what takes it), new rows. Raises `InputError` where rows have no identity."""
    identity = known_identity(facts)
    writer = _Writer(facts, identity)
    steps: list[Step] = []
    if len(changes) > 1 and any(key.parent.lower() == key.table.lower() for key in facts.references):
        steps.append(Step(Statement(_DEFER), plain=Fragment(_DEFER)))
    for change in _ordered(changes, _unique_places(facts)):
        steps += [writer.step(change), Step(Statement(CHECK), change)]
    return Plan(facts, tuple(steps))


def sql_text(plan: Plan, *, checked: bool = True) -> str:
    """The plan as a script with literals, which can be run by hand. Without the checks it is shorter to read."""
    lines = []
    for step in plan.steps:
        if checked and step.plain is None:
            lines.append(f"{CHECK}; -- an error unless exactly one row was changed")
        elif checked:
            lines.append(_with_literals(step.statement.sql, step.statement.args) + ";")
        elif step.plain is not None:
            lines.append(_with_literals(step.plain.sql, step.plain.args) + ";")
    return "".join(f"{line}\n" for line in lines)


def known_identity(facts: TableFacts) -> Identity:
    identity = identity_of(facts)
    if isinstance(identity, Refused):
        raise InputError(identity.reason, next_step=identity.next_step)
    return identity


def is_row(identity: Identity, key: Row) -> Fragment:
    """The row of this key, by its index."""
    parts = []
    for term, value in zip(identity.terms, key, strict=True):
        right = operand(value)
        parts.append(Fragment(f"{term} = {right.sql}", right.args))
    return all_of(parts)


def is_still(column: str, value: Value) -> Fragment:
    """Whether ``column``, in SQL, holds exactly ``value``."""
    match value:
        case None:
            return Fragment(f"{column} IS NULL")
        case RawText():
            return _looks_like(f"CAST({column} AS BLOB)", value, f"typeof({column}) = 'text'")
        case str() | bytes() if _is_large(value):
            return _looks_like(column, value, f"typeof({column}) = '{'text' if isinstance(value, str) else 'blob'}'")
        case str():  # the + takes the column's affinity away, which would turn '1' into a number
            return Fragment(f"+{column} COLLATE BINARY = ?", (value,))
        case bytes():
            return Fragment(f"{column} = ?", (value,))
        case int():
            return Fragment(f"(typeof({column}) = 'integer' AND {column} = ?)", (value,))
    if math.isnan(value):  # an infinity of a sign that the server did not tell
        return Fragment(f"(typeof({column}) = 'real' AND abs({column}) = 9e999)")
    right = operand(value)
    return Fragment(f"(typeof({column}) = 'real' AND {column} = {right.sql})", right.args)


def _looks_like(column: str, value: str | bytes, has_type: str) -> Fragment:
    if isinstance(value, str):
        value = value.partition("\0")[0]  # where SQLite's functions stop reading
    return Fragment(
        f"({has_type} AND length({column}) = ? AND substr({column}, 1, {_ENDS}) = ? "
        f"AND substr({column}, -{_ENDS}) = ?)",
        (len(value), value[:_ENDS], value[-_ENDS:]),
    )


class _Writer:
    """Writes the statement of each change of one table."""

    def __init__(self, facts: TableFacts, identity: Identity) -> None:
        self._facts = facts
        self._identity = identity
        self._table = quote_identifier(facts.table.name)
        self._names = [quote_identifier(column.name) for column in facts.columns]
        self._in_key = {facts.place(name) for name in identity.columns if name.lower() in facts.names}
        self._stored = [place for place, column in enumerate(facts.columns) if not column.generated]
        # A table's own ON CONFLICT REPLACE or IGNORE would delete other rows, or do nothing and say nothing.
        self._or_abort = " OR ABORT" if "CONFLICT" in facts.table.sql.upper() else ""

    def step(self, change: Change) -> Step:
        match change.kind, change.seen:
            case ChangeKind.DELETE, SeenRow() as seen:
                return self._step(change, Fragment(f"DELETE FROM {self._table}"), seen, ())
            case ChangeKind.EDIT, SeenRow() as seen:
                return self._step(change, self._update(change), seen, self._worth_returning(change, change.values))
            case _:
                return self._insert(change)

    def _step(self, change: Change, head: Fragment, seen: SeenRow, returned: tuple[int, ...]) -> Step:
        row = is_row(self._identity, seen.identity)
        checks = [
            is_still(self._names[place], seen.values[place])
            for place in self._stored
            if place != self._facts.rowid_column  # the key says it already
        ]
        checked = all_of([row, *checks])
        sql = f"{head.sql} WHERE {checked.sql}{self._returning(change, returned)}"
        plain = Fragment(f"{head.sql} WHERE {row.sql}", (*head.args, *row.args))
        return Step(Statement(sql, (*head.args, *checked.args)), change, plain, returned)

    def _update(self, change: Change) -> Fragment:
        sets = [(self._names[place], operand(value)) for place, value in change.values.items()]
        assignments = ", ".join(f"{name} = {right.sql}" for name, right in sets)
        args = tuple(arg for _, right in sets for arg in right.args)
        return Fragment(f"UPDATE{self._or_abort} {self._table} SET {assignments}", args)

    def _insert(self, change: Change) -> Step:
        sets = [(self._names[place], operand(value)) for place, value in change.values.items()]
        if change.identity:
            sets[:0] = [(name, operand(key)) for name, key in zip(self._identity.columns, change.identity, strict=True)]
        into = f"INSERT{self._or_abort} INTO {self._table}"
        if sets:
            values = ", ".join(right.sql for _, right in sets)
            plain = Fragment(
                f"{into} ({', '.join(name for name, _ in sets)}) VALUES ({values})",
                tuple(arg for _, right in sets for arg in right.args),
            )
        else:
            plain = Fragment(f"{into} DEFAULT VALUES")
        returned = self._worth_returning(change, self._stored)
        return Step(Statement(plain.sql + self._returning(change, returned), plain.args), change, plain, returned)

    def _worth_returning(self, change: Change, places: Iterable[int]) -> tuple[int, ...]:
        """Those that may be stored otherwise than they were sent, beyond the key; not what is large, or no text."""
        return tuple(
            place
            for place in places
            if place not in self._in_key
            and not _is_large(change.values.get(place))
            and not isinstance(change.values.get(place), RawText)
        )

    def _returning(self, change: Change, places: tuple[int, ...]) -> str:
        """What the inverse needs to know."""
        if change.kind is ChangeKind.DELETE:
            return ""
        names = [quote_identifier(name) for name in self._identity.columns]
        names += [self._names[place] for place in places]
        return f" RETURNING {', '.join(names)}"


def restored_identity(facts: TableFacts, seen: SeenRow) -> Row:
    """The rowid that a deleted row gets back, where no column has it."""
    identity = known_identity(facts)
    return seen.identity if identity.kind is IdentityKind.ROWID and facts.rowid_column is None else ()


def _is_large(value: Value) -> bool:
    return isinstance(value, str | bytes) and len(value) > LARGE


def _unique_places(facts: TableFacts) -> set[int]:
    columns = {name.lower() for key in facts.keys if key.unique for name in key.columns}
    places = {place for place, column in enumerate(facts.columns) if column.name.lower() in columns}
    return places if facts.rowid_column is None else places | {facts.rowid_column}


def _ordered(changes: Sequence[Change], unique: set[int]) -> Iterator[Change]:
    yield from (change for change in changes if change.kind is ChangeKind.DELETE)
    yield from _givers_first([change for change in changes if change.kind is ChangeKind.EDIT], unique)
    yield from (change for change in changes if change.kind is ChangeKind.INSERT)


def _givers_first(edits: Sequence[Change], unique: set[int]) -> Iterator[Change]:
    """An edit that sets what another row gives up comes after that one, for the sake of ``unique`` columns. Where they
    go round in a circle there is no such order, and the column refuses one of them."""
    gives: dict[tuple[int, type, Value], list[int]] = {}
    for number, edit in enumerate(edits):
        seen = edit.seen.values if edit.seen is not None else ()
        for place in edit.values.keys() & unique:
            value = seen[place]
            gives.setdefault((place, type(value), value), []).append(number)
    begun: set[int] = set()
    for first in range(len(edits)):
        path = [] if first in begun else [(first, _givers(edits[first], gives))]
        while path:
            number, givers = path[-1]
            begun.add(number)
            giver = next((each for each in givers if each not in begun), None)
            if giver is None:
                path.pop()
                yield edits[number]
            else:
                path.append((giver, _givers(edits[giver], gives)))


def _givers(edit: Change, gives: Mapping[tuple[int, type, Value], Sequence[int]]) -> Iterator[int]:
    for place, value in edit.values.items():
        if value is not None:
            yield from gives.get((place, type(value), value), ())


def _with_literals(sql: str, args: Sequence[Value]) -> str:
    values = iter(args)
    return "".join(
        literal(next(values)) if kind is TokenKind.PARAMETER else sql[start:end] for kind, start, end in tokenize(sql)
    )
