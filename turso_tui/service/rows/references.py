"""Foreign keys as links: where a cell leads, and from where rows lead here."""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.service.rows.facts import ForeignKey, TableFacts
from turso_tui.service.rows.filtering import Condition, Operator
from turso_tui.values import Row


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of ``table`` that meet ``conditions``. ``reason`` says why it leads nowhere, empty where it does."""

    table: str
    conditions: tuple[Condition, ...]
    key: ForeignKey
    reason: str = ""


def links_from(facts: TableFacts, values: Row, column: int | None = None) -> Sequence[Link]:
    """The parents of a row: all of them, or those by a key that ``column`` is part of."""
    name = facts.columns[column].name.lower() if column is not None else None
    return [
        _link(facts, values, key, to_parent=True)
        for key in facts.references
        if name is None or name in {each.lower() for each in key.columns}
    ]


def links_to(facts: TableFacts, values: Row) -> Sequence[Link]:
    """The rows of this and of other tables that name this row, one link for each foreign key."""
    return [_link(facts, values, key, to_parent=False) for key in facts.referrers]


def _link(facts: TableFacts, values: Row, key: ForeignKey, *, to_parent: bool) -> Link:
    table = key.parent if to_parent else key.table
    own, theirs = (key.columns, key.parent_columns) if to_parent else (key.parent_columns, key.columns)
    if not key.parent_exists:
        return Link(table, (), key, f"There is no table {key.parent}.")
    if not key.parent_columns:
        return Link(table, (), key, f"{key.parent} has no primary key of {_columns(len(key.columns))} to be named by.")
    try:
        found = [values[facts.place(name)] for name in own]
    except InputError as error:
        return Link(table, (), key, error.what)
    if None in found:
        return Link(table, (), key, f"A NULL in {', '.join(own)} names no row.")
    collations = [""] * len(own) if to_parent else [_collation(facts, own, name) for name in own]
    parts = zip(theirs, found, collations, strict=True)
    return Link(
        table,
        tuple(
            Condition(name, Operator.EQUAL, value, collation if isinstance(value, str) else "")
            for name, value, collation in parts
        ),
        key,
    )


def _collation(facts: TableFacts, columns: tuple[str, ...], name: str) -> str:
    """A foreign key compares as the parent does, whatever the child's own collating sequence is."""
    wanted = {each.lower() for each in columns}
    for key in facts.keys:
        if key.unique and key.whole and {each.lower() for each in key.columns} == wanted:
            return next(
                collation
                for column, collation in zip(key.columns, key.collations, strict=True)
                if column.lower() == name.lower()
            )
    return ""


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"
