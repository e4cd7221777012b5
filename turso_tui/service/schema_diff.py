"""What sets two schemas apart, however each of them is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from turso_tui.service.schema import Index, Schema, Table, TableKind, Trigger
from turso_tui.sql.definition import TableText, canonical, read_table

Thing: TypeAlias = Table | Index | Trigger


class Change(StrEnum):
    ADDED = "added"
    """Only the other schema has it."""
    REMOVED = "removed"
    """Only this schema has it."""
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Detail:
    """A column or a constraint; ``before`` and ``after`` are its texts, empty where there is none."""

    change: Change
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` is what this schema has, ``after`` what the other has."""

    change: Change
    kind: str
    name: str
    before: Thing | None = None
    after: Thing | None = None
    details: tuple[Detail, ...] = ()
    reordered: bool = False
    """The columns stand in another order, which matters to ``SELECT *`` and to nothing else."""


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """From ``before`` to ``after``; ``reordered`` are tables in which nothing but the order of columns differs."""

    before: Schema
    after: Schema
    differences: tuple[Difference, ...]
    reordered: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.differences


def compare(before: Schema, after: Schema) -> SchemaDiff:
    """What is to be done to ``before`` so that it is like ``after``. Shadow tables follow their virtual tables."""
    differences = [
        *_tables(before, after, (TableKind.TABLE, TableKind.VIRTUAL)),
        *_texts("index", before.indexes, after.indexes),
        *_tables(before, after, (TableKind.VIEW,)),
        *_texts("trigger", before.triggers, after.triggers),
    ]
    same = [
        table.name
        for table in before.tables
        if (other := after.table(table.name)) is not None
        and not any(table is each.before for each in differences)
        and _is_reordered(table, other)
    ]
    return SchemaDiff(before, after, tuple(differences), tuple(same))


def _tables(before: Schema, after: Schema, kinds: Sequence[TableKind]) -> Iterator[Difference]:
    ours = {table.name.lower(): table for table in before.tables if table.kind in kinds}
    theirs = {table.name.lower(): table for table in after.tables if table.kind in kinds}
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        kind = "view" if TableKind.VIEW in kinds else "table"
        if one is None and other is not None:
            yield Difference(Change.ADDED, kind, other.name, None, other)
        elif one is not None and other is None:
            yield Difference(Change.REMOVED, kind, one.name, one)
        elif one is not None and other is not None and not _are_alike(one, other):
            details = _details(one, other)
            yield Difference(Change.CHANGED, kind, one.name, one, other, details, _is_reordered(one, other))


def _texts(
    kind: str, before: Sequence[Index] | Sequence[Trigger], after: Sequence[Index] | Sequence[Trigger]
) -> Iterator[Difference]:
    ours = {each.name.lower(): each for each in before}
    theirs = {each.name.lower(): each for each in after}
    for name in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(name), theirs.get(name)
        if one is None and other is not None:
            yield Difference(Change.ADDED, kind, other.name, None, other)
        elif one is not None and other is None:
            yield Difference(Change.REMOVED, kind, one.name, one)
        elif one is not None and other is not None and canonical(one.sql) != canonical(other.sql):
            yield Difference(Change.CHANGED, kind, one.name, one, other)


def _are_alike(one: Table, other: Table) -> bool:
    if one.kind is not other.kind:
        return False
    mine, theirs = read_table(one.sql), read_table(other.sql)
    if mine is None or theirs is None:
        return canonical(one.sql) == canonical(other.sql)
    return (
        _columns(mine) == _columns(theirs) and mine.constraints == theirs.constraints and mine.options == theirs.options
    )


def _columns(text: TableText) -> dict[str, tuple[object, ...]]:
    return {(part.name or "").lower(): text.meaning(part) for part in text.columns}


def _is_reordered(one: Table, other: Table) -> bool:
    """Whether the columns that both have follow one another differently."""
    ours = [column.name.lower() for column in one.columns]
    theirs = [column.name.lower() for column in other.columns]
    return [name for name in ours if name in theirs] != [name for name in theirs if name in ours]


def _details(one: Table, other: Table) -> tuple[Detail, ...]:
    mine, theirs = read_table(one.sql), read_table(other.sql)
    if mine is None or theirs is None:
        return ()
    return (*_column_details(mine, theirs), *_constraint_details(mine, theirs), *_option_details(mine, theirs))


def _column_details(mine: TableText, theirs: TableText) -> Iterator[Detail]:
    for part in mine.columns:
        counterpart = theirs.column(part.name or "")
        if counterpart is None:
            yield Detail(Change.REMOVED, part.name or "", before=mine.text(part))
        elif mine.meaning(part) != theirs.meaning(counterpart):
            yield Detail(Change.CHANGED, part.name or "", mine.text(part), theirs.text(counterpart))
    for part in theirs.columns:
        if mine.column(part.name or "") is None:
            yield Detail(Change.ADDED, part.name or "", after=theirs.text(part))


def _constraint_details(mine: TableText, theirs: TableText) -> Iterator[Detail]:
    for text, other, change in ((mine, theirs, Change.REMOVED), (theirs, mine, Change.ADDED)):
        for part in text.parts:
            said = text.text(part)
            if part.name is None and text.constraints[canonical(said)] > other.constraints[canonical(said)]:
                is_removed = change is Change.REMOVED
                yield Detail(change, "", said if is_removed else "", "" if is_removed else said)


def _option_details(mine: TableText, theirs: TableText) -> Iterator[Detail]:
    for words in sorted(mine.options - theirs.options):
        yield Detail(Change.REMOVED, "", before=" ".join(words).upper())
    for words in sorted(theirs.options - mine.options):
        yield Detail(Change.ADDED, "", after=" ".join(words).upper())
