"""A schema as the rows of a list: which there are, and how each is drawn."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.tree_list import RowId, RowText, TreeRow

Definition: TypeAlias = Table | Index | Trigger

NAME_ROOM = 14
"""Cells that column names may take before their types no longer stand in one line."""

TYPE_ROOM = 8
"""Likewise for types, and what stands behind them."""


class Section(NamedTuple):
    """Something folded away by default: ``title`` and how many there are."""

    title: str
    size: int


class Field(NamedTuple):
    """A column of a table, and the cells that names and types take in that table."""

    column: TableColumn
    table: Table
    name_width: int
    type_width: int


def arrange(schema: Schema, unfolded: Collection[RowId]) -> tuple[TreeRow, ...]:
    """The rows: tables first, then a section each for what one looks at less often. Empty sections are left out."""
    of_kind: dict[TableKind, list[Table]] = {kind: [] for kind in TableKind}
    for table in schema.tables:
        of_kind[table.kind].append(table)
    tables = sorted((*of_kind[TableKind.TABLE], *of_kind[TableKind.VIRTUAL]), key=lambda table: table.name)
    sections: list[tuple[str, Iterable[Definition]]] = [
        ("views", of_kind[TableKind.VIEW]),
        ("indexes", schema.indexes),
        ("triggers", schema.triggers),
        ("shadow tables", of_kind[TableKind.SHADOW]),
    ]
    rows = [row for table in tables for row in _definition_rows(table, unfolded, depth=0)]
    for title, definitions in sections:
        members = tuple(definitions)
        section = ("section", title)
        if members:
            rows.append(TreeRow(section, Section(title, len(members)), folded=section not in unfolded))
        if section in unfolded:
            rows += [row for member in members for row in _definition_rows(member, unfolded, depth=1)]
    return tuple(rows)


def _definition_rows(definition: Definition, unfolded: Collection[RowId], depth: int) -> Iterator[TreeRow]:
    match definition:
        case Table(name, columns=columns):
            table = ("table", name)
            yield TreeRow(table, definition, depth, folded=table not in unfolded)
            if table in unfolded:
                name_width = _widest((column.name for column in columns), NAME_ROOM)
                type_width = _widest((column.type for column in columns), TYPE_ROOM)
                for column in columns:
                    field = Field(column, definition, name_width, type_width)
                    yield TreeRow(("column", name, column.name), field, depth + 1)
        case Index(name):
            yield TreeRow(("index", name), definition, depth)
        case Trigger(name):
            yield TreeRow(("trigger", name), definition, depth)


def _widest(texts: Iterable[str], limit: int) -> int:
    return min(max((cell_len(printable(text)) for text in texts), default=0), limit)


def draw(row: TreeRow) -> RowText:
    indent = "  " * row.depth
    sign = f"{indent}{'▸' if row.folded else '▾'} "
    match row.item:
        case Table(name, columns=columns) as table:
            label = Content.assemble((sign, "$muted"), (_name(name), "$muted" if row.depth else ""))
            return RowText(label, Content.styled(_table_aside(table, len(columns)), "$muted"))
        case Section(title, size):
            return RowText(Content.styled(sign + title, "$muted"), Content.styled(grouped(size), "$muted"))
        case Field() as field:
            return RowText(_draw_column(field, indent + "  "))
        case Index(name, table=table_name, unique=unique):
            relation = f"{'unique ' if unique else ''}on {printable(table_name)}"
        case Trigger(name, table=table_name):
            relation = f"on {printable(table_name)}"
        case _:
            raise TypeError(row.item)
    return RowText(Content.assemble(f"{indent}  {_name(name)}  ", (relation, "$muted")))


def _table_aside(table: Table, columns: int) -> str:
    remarks = []
    if table.kind is TableKind.VIRTUAL:
        remarks.append("virtual")
    if table.strict:
        remarks.append("strict")
    remarks.append("1 column" if columns == 1 else f"{grouped(columns)} columns")
    return " · ".join(remarks)


def _draw_column(field: Field, indent: str) -> Content:
    column = field.column
    parts = [
        (indent + _padded(_name(column.name), field.name_width), ""),
        ("  " + _padded(printable(column.type.lower()), field.type_width), "$sql-type"),
    ]
    if column.key:
        parts.append(("  key", "$sql-parameter"))
    if column.references is not None:
        parts.append((f"  → {printable(column.references)}", "$muted"))
    if column.generated:
        parts.append(("  generated", "$muted"))
    return Content.assemble(*parts).rstrip()


def _name(name: str) -> str:
    """SQLite allows the empty name, too."""
    return printable(name) or '""'


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def describe(row: TreeRow) -> Content | None:
    """What a column's line has no room for."""
    if not isinstance(row.item, Field):
        return None
    column = row.item.column
    facts = [printable(f"{column.name} {column.type}".strip())]
    if column.key:
        facts.append(f"primary key, place {column.key}")
    if column.not_null:
        facts.append("not null")
    if column.default is not None:
        facts.append(f"default {printable(column.default)}")
    if column.references is not None:
        facts.append(f"references {printable(column.references)}")
    if column.generated:
        facts.append("generated")
    return Content("\n".join(facts))
