"""Changes to rows that are not applied yet. Nothing here reads or writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from turso_tui.service.rows.facts import TableFacts
from turso_tui.values import Row, Value


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

    ``values`` are what is set, by the column's place; a new row's other columns get their defaults.
    """

    kind: ChangeKind
    seen: SeenRow | None = None
    values: Mapping[int, Value] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class NewRow:
    """``after`` is the identity of the row that it is shown below; None at the end."""

    number: int
    values: Mapping[int, Value]
    after: Row | None = None


class Changes:
    """What a person has changed in one table and not applied. Every call that changes something is one step of undo.

    Rows are known by their identity, so that a change stays with its row however the table is filtered or sorted.
    """

    def __init__(self, facts: TableFacts) -> None:
        """Raises `InputError` for a table whose rows cannot be changed."""

    def __len__(self) -> int:
        """How many rows are edited, new or deleted."""
        raise NotImplementedError

    @property
    def edits(self) -> Mapping[Row, Change]:
        """By identity."""
        raise NotImplementedError

    @property
    def deletes(self) -> Mapping[Row, Change]:
        """By identity."""
        raise NotImplementedError

    @property
    def inserts(self) -> Sequence[NewRow]:
        """In the order in which they were made."""
        raise NotImplementedError

    @property
    def can_undo(self) -> bool:
        raise NotImplementedError

    @property
    def can_redo(self) -> bool:
        raise NotImplementedError

    def set_value(self, row: SeenRow | int, column: int, value: Value) -> None:
        """Change a cell of a row that was read, or of the new row with this number.

        A value as it was seen takes the change back. Raises `InputError` for a generated column, a deleted row and a
        value that a STRICT table does not take.
        """
        raise NotImplementedError

    def set_values(
        self, cells: Iterable[tuple[SeenRow | int, int, Value]], new: Iterable[Mapping[int, Value]] = ()
    ) -> None:
        """Many cells, and new rows at the end, as one step: a paste. All of it or, when it raises, nothing."""
        raise NotImplementedError

    def insert(self, values: Mapping[int, Value] | None = None, after: Row | None = None) -> int:
        """A new row and its number."""
        raise NotImplementedError

    def duplicate(self, row: SeenRow | int) -> int:
        """A new row with the same values, except generated ones and an INTEGER PRIMARY KEY, which SQLite gives."""
        raise NotImplementedError

    def delete(self, rows: Iterable[SeenRow | int]) -> None:
        """Mark rows for deletion; a new row is simply gone."""
        raise NotImplementedError

    def value_of(self, row: SeenRow | int, column: int) -> Value:
        """The cell as it would be; None for a default of a new row."""
        raise NotImplementedError

    def revert_cell(self, row: SeenRow | int, column: int) -> None:
        raise NotImplementedError

    def revert_row(self, row: SeenRow | int) -> None:
        """Also takes a deletion back; a new row is gone."""
        raise NotImplementedError

    def revert_all(self) -> None:
        """Everything; this too can be undone."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget everything, the steps of undo too: after it was applied."""
        raise NotImplementedError

    def undo(self) -> bool:
        """Take the last step back; False where there is none."""
        raise NotImplementedError

    def redo(self) -> bool:
        raise NotImplementedError

    def diff(self) -> Sequence[Change]:
        """All changes: deletions, edits, new rows."""
        raise NotImplementedError
