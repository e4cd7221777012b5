"""A schema as the rows of a list: which there are, and how each is drawn."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.service.schema_sizes import Sizes, shadows_of
from turso_tui.ui.numbers import bytes_size, grouped
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


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows and bytes of tables and indexes as they stand under one another; empty before they are known."""

    sizes: Sizes = field(default_factory=Sizes)
    rows_width: int = 0
    bytes_width: int = 0

    def rows(self, name: str) -> str:
        """An estimate says that it is one; that there are none is certain."""
        count = self.sizes.rows.get(name)
        return "" if count is None else f"≈{grouped(count)}" if count else "0"

    def bytes(self, name: str) -> str:
        size = self.sizes.bytes.get(name)
        return "" if size is None else bytes_size(size)


NOTHING_KNOWN = Figures()


def figures_of(sizes: Sizes | None, schema: Schema | None) -> Figures:
    """The widths are those of tables, which stand under one another most."""
    if sizes is None or schema is None:
        return Figures()
    loose = Figures(sizes)
    tables = [table.name for table in schema.tables if table.kind is not TableKind.SHADOW]
    return Figures(
        sizes,
        max((len(loose.rows(name)) for name in tables), default=0),
        max((len(loose.bytes(name)) for name in tables), default=0),
    )


def arrange(schema: Schema, unfolded: Collection[RowId]) -> tuple[TreeRow, ...]:
    """The rows: tables first, then a section each for what one looks at less often. Empty sections are left out.

    Shadow tables stand under the virtual table that throws them.
    """
    of_kind: dict[TableKind, list[Table]] = {kind: [] for kind in TableKind}
    for table in schema.tables:
        of_kind[table.kind].append(table)
    tables = sorted((*of_kind[TableKind.TABLE], *of_kind[TableKind.VIRTUAL]), key=lambda table: table.name)
    shadows = {table.name: shadows_of(schema, table.name) for table in of_kind[TableKind.VIRTUAL]}
    thrown = {shadow for of_table in shadows.values() for shadow in of_table}
    sections: list[tuple[str, Iterable[Definition]]] = [
        ("views", of_kind[TableKind.VIEW]),
        ("indexes", schema.indexes),
        ("triggers", schema.triggers),
        ("shadow tables", [table for table in of_kind[TableKind.SHADOW] if table not in thrown]),
    ]
    rows: list[TreeRow] = []
    for table in tables:
        rows += _definition_rows(table, unfolded, depth=0)
        rows += _shadow_rows(table, shadows.get(table.name, ()), unfolded)
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


def _shadow_rows(table: Table, shadows: Sequence[Table], unfolded: Collection[RowId]) -> Iterator[TreeRow]:
    section = ("shadows", table.name)
    if not shadows or ("table", table.name) not in unfolded:
        return
    yield TreeRow(section, Section("shadow tables", len(shadows)), 1, folded=section not in unfolded)
    if section in unfolded:
        for shadow in shadows:
            yield from _definition_rows(shadow, unfolded, depth=2)


def _widest(texts: Iterable[str], limit: int) -> int:
    return min(max((cell_len(printable(text)) for text in texts), default=0), limit)


def draw(row: TreeRow, figures: Figures = NOTHING_KNOWN) -> RowText:
    indent = "  " * row.depth
    sign = f"{indent}{'▸' if row.folded else '▾'} "
    match row.item:
        case Table(name, columns=columns) as table:
            label = Content.assemble((sign, "$muted"), (_name(name), "$muted" if row.depth else ""))
            if figures.rows(name) or figures.bytes(name):
                return _with_figures(label, table, figures)
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
    label = Content.assemble(f"{indent}  {_name(name)}  ", (relation, "$muted"))
    return RowText(label, Content.styled(figures.bytes(name) if isinstance(row.item, Index) else "", "$muted"))


def _with_figures(label: Content, table: Table, figures: Figures) -> RowText:
    """Rows and bytes in columns; where there is no room for both, the rows."""
    rows = figures.rows(table.name)
    size = figures.bytes(table.name)
    both = f"{rows:>{figures.rows_width}}  {size:>{figures.bytes_width}}" if figures.bytes_width else rows
    return RowText(label, Content.styled(both, "$muted"), Content.styled(rows or size, "$muted"))


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


def describe(row: TreeRow, figures: Figures = NOTHING_KNOWN) -> Content | None:
    """What a line has no room for."""
    if isinstance(row.item, Table | Index):
        return _describe_size(row.item, figures)
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


def _describe_size(of: Table | Index, figures: Figures) -> Content | None:
    facts = [printable(of.name)]
    if isinstance(of, Table):
        facts.append(_table_aside(of, len(of.columns)))
        if rows := figures.rows(of.name):
            facts.append("no rows" if rows == "0" else f"{rows} rows, by the greatest rowid or ANALYZE")
    if size := figures.bytes(of.name):
        facts.append(f"{size} of pages")
    return Content("\n".join(facts))
