"""A schema as a picture: which tables are on it, what stands in their boxes, and which references join them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from turso_tui.printable import printable
from turso_tui.service.diagram_canvas import Box, BoxRow, Drawing, cell_width, fitted
from turso_tui.service.diagram_layout import Edge, lay_out
from turso_tui.service.schema import ForeignKey, Schema, Table, TableColumn, TableKind

SHOWN_ROWS = 40
"""Columns of one table that are drawn, at most."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key between two names; ``targets`` are the columns that it leads to, as far as they are known."""

    child: str
    parent: str
    key: ForeignKey
    targets: tuple[str, ...]


class Relations(NamedTuple):
    """Every table that could be drawn, and what joins them; a parent that is missing is in ``missing``."""

    tables: dict[str, Table]
    missing: frozenset[str]
    references: tuple[Reference, ...]

    @property
    def names(self) -> list[str]:
        return sorted([*self.tables, *self.missing], key=str.lower)

    def neighbours(self, name: str) -> set[str]:
        """Those that refer to it, and those that it refers to."""
        return {each.parent for each in self.references if each.child == name} | {
            each.child for each in self.references if each.parent == name
        }

    def around(self, name: str, depth: int) -> frozenset[str]:
        """``name`` and what is at most ``depth`` references away from it."""
        near = reached = {name}
        for _ in range(depth):
            reached = {other for each in reached for other in self.neighbours(each)} - near
            near = near | reached
        return frozenset(near)


def relations_of(schema: Schema) -> Relations:
    """Names are matched as SQLite matches them, without regard to case."""
    tables = {table.name: table for table in schema.tables if table.kind in {TableKind.TABLE, TableKind.VIRTUAL}}
    spelled = {name.lower(): name for name in tables}
    references = []
    missing: dict[str, str] = {}
    for table in tables.values():
        for key in table.foreign_keys:
            parent = spelled.get(key.table.lower()) or missing.setdefault(key.table.lower(), key.table)
            references.append(Reference(table.name, parent, key, _targets(key, tables.get(parent))))
    return Relations(tables, frozenset(missing.values()), tuple(references))


def _targets(key: ForeignKey, parent: Table | None) -> tuple[str, ...]:
    if parent is None:
        return key.targets
    spelled = {column.name.lower(): column.name for column in parent.columns}
    primary = sorted((column for column in parent.columns if column.key), key=lambda column: column.key)
    return tuple(spelled.get(name.lower(), name) for name in key.targets) or tuple(column.name for column in primary)


def draw(relations: Relations, names: Collection[str], *, all_columns: bool = False) -> Drawing:
    """The tables ``names`` and the references among them; without ``all_columns``, only the columns that join."""
    references = [each for each in relations.references if each.child in names and each.parent in names]
    boxes = []
    for name in sorted(names, key=str.lower):
        used = {column.lower() for each in references if each.child == name for column in each.key.columns}
        used |= {column.lower() for each in references if each.parent == name for column in each.targets}
        table = relations.tables.get(name)
        leads_out = len(relations.neighbours(name) - set(names))
        boxes.append(_missing_box(name) if table is None else _box(table, used, all_columns, leads_out))
    return lay_out(boxes, [_edge(each, boxes) for each in references])


def _missing_box(name: str) -> Box:
    return Box(name, printable(name) or '""', (BoxRow("", "there is no such table"),), is_missing=True)


def _box(table: Table, used: Collection[str], all_columns: bool, leads_out: int) -> Box:
    keys = {column.lower() for key in table.foreign_keys for column in key.columns}
    shown = [
        column for column in table.columns if all_columns or column.key or {column.name.lower()} & (keys | set(used))
    ]
    cut = shown[:SHOWN_ROWS]
    cut += [column for column in shown[SHOWN_ROWS:] if column.name.lower() in used]
    width = max((cell_width(printable(column.name)) for column in cut), default=0)
    rows = [_row(column, column.name.lower() in keys, width) for column in cut]
    if hidden := len(table.columns) - len(cut):
        word = "more" if cut else "column" if hidden == 1 else "columns"
        rows.append(BoxRow("", f"  {'… ' if cut else ''}{hidden} {word}"))
    title = (printable(table.name) or '""') + (f" +{leads_out}" if leads_out else "")
    return Box(table.name, title, tuple(rows))


def _row(column: TableColumn, refers: bool, width: int) -> BoxRow:
    signs = f"{'*' if column.key else ' '}{'→' if refers else ' '}"
    name = printable(column.name) or '""'
    return BoxRow(column.name.lower(), f"{signs}{fitted(name, width)} {printable(column.type.lower())}".rstrip())


def _edge(reference: Reference, boxes: list[Box]) -> Edge:
    """From the first column of the key to the first that it leads to; what is not shown is met at the top."""
    by_name = {box.name: box for box in boxes}
    target = reference.targets[0] if reference.targets else ""
    return Edge(
        reference.child,
        by_name[reference.child].row_of(reference.key.columns[0]),
        reference.parent,
        by_name[reference.parent].row_of(target),
    )


_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def mermaid(relations: Relations, names: Collection[str]) -> str:
    """The same tables, with all their columns, as an ``erDiagram`` of Mermaid."""
    lines = ["erDiagram"]
    for name in sorted(names, key=str.lower):
        table = relations.tables.get(name)
        lines += [f"    {_entity(name)} {{", *(_attributes(table) if table is not None else ()), "    }"]
    for each in relations.references:
        if each.child in names and each.parent in names:
            label = ", ".join(each.key.columns).replace('"', "'")
            lines.append(f'    {_entity(each.parent)} {_ends(each, relations)} {_entity(each.child)} : "{label}"')
    return "\n".join(lines) + "\n"


def _entity(name: str) -> str:
    plain = printable(name).replace('"', "'") or "_"
    return plain if _WORD.fullmatch(plain) else f'"{plain}"'


def _attributes(table: Table) -> Iterator[str]:
    refers = {column.lower() for key in table.foreign_keys for column in key.columns}
    for column in table.columns:
        marks = [mark for mark, is_so in (("PK", column.key), ("FK", column.name.lower() in refers)) if is_so]
        words = [_word(column.type) or "any", _word(column.name) or "_", ", ".join(marks)]
        yield f"        {' '.join(word for word in words if word)}"


def _word(text: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    return f"_{word}" if word[:1].isdigit() else word


def _ends(reference: Reference, relations: Relations) -> str:
    """A child has one parent, or none where its column may be NULL; and as many children as there are, or one where
    the key of the child is what refers."""
    table = relations.tables[reference.child]
    columns = {column.lower() for column in reference.key.columns}
    own = {column.name.lower() for column in table.columns if column.key}
    needed = all(column.not_null or column.key for column in table.columns if column.name.lower() in columns)
    return f"{'||' if needed else '|o'}--{'o|' if own == columns else 'o{'}"
