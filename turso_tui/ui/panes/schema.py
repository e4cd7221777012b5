"""What the open database contains: tables and their columns, views, indexes, triggers."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self, TypeAlias

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.printable import printable
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.sql.facts import quote_identifier
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.notice import PATIENCE, Notice
from turso_tui.ui.widgets.tree_list import RowId, RowText, TreeList, TreeRow

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


class SchemaPane(Widget):
    """Shows ``schema`` of ``database``. What is unfolded stays so over refreshes, and between databases that are alike.

    A change of ``database`` forgets the schema and the problem of the one before.
    """

    DEFAULT_CSS = """
    SchemaPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        padding: 0 0 0 1;
        &:focus-within { border: solid $primary; border-title-color: $primary; }
        &.-blank > TreeList { height: 0; }
        &.-blank > Notice { height: 1fr; padding: 0 1 0 0; }
    }
    """
    BORDER_TITLE = "Schema"
    BORDER_SUBTITLE: ClassVar[str] = "i insert · d definition"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "insert_name", "Insert the name", show=False, id="schema.insert"),
        Binding("d", "ask_definition", "Definition", show=False, id="schema.definition"),
    ]

    database: reactive[str | None] = reactive(None, init=False)
    schema: reactive[Schema | None] = reactive(None, init=False)
    """None until it has been read."""
    problem: reactive[tuple[str, str] | None] = reactive(None, init=False)
    """What failed and what to do next. What is shown already stays, and may be stale."""

    listing = query_one(TreeList)
    notice = query_one(Notice)

    @dataclass
    class TableOpened(Message):
        """The rows of a table or view are wanted."""

        table: Table

    @dataclass
    class NameInserted(Message):
        """A quoted name is wanted in the editor."""

        text: str

    @dataclass
    class DefinitionAsked(Message):
        """The SQL that made something is wanted."""

        name: str
        sql: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._unfolded: frozenset[RowId] = frozenset()

    def compose(self) -> ComposeResult:
        yield TreeList(_draw, describe=_describe, clicks_to_choose=2)
        yield Notice()

    def on_mount(self) -> None:
        self.border_subtitle = self.BORDER_SUBTITLE
        self._show_rows()

    def focus(self, scroll_visible: bool = True) -> Self:
        self.listing.focus(scroll_visible)
        return self

    def watch_database(self) -> None:
        self.schema = None
        self.problem = None
        self.watch_schema()

    def watch_schema(self) -> None:
        if self.is_mounted:
            self._show_rows()

    watch_problem = watch_schema

    def _show_rows(self) -> None:
        rows = arrange(self.schema, self._unfolded) if self.schema else ()
        self.set_class(not rows, "-blank")
        self.listing.rows = rows
        self._explain(is_empty=not rows)

    def _explain(self, *, is_empty: bool) -> None:
        if self.database is None:
            self.notice.say("Open a database to see its tables.")
        elif self.problem is not None:
            what, next_step = self.problem
            self.notice.say(f"✗ {what}", next_step, tone="$bad")
        elif self.schema is None:
            self.notice.say(f"Reading the schema of {printable(self.database)}…", after=PATIENCE)
        elif is_empty:
            self.notice.say("No tables yet.", "create table notes (id integer primary key, text)")
        else:
            self.notice.hush()

    @on(TreeList.FoldAsked)
    def _fold_asked(self, event: TreeList.FoldAsked) -> None:
        event.stop()
        self._fold(event.row.id, event.folded)

    def _fold(self, id: RowId, folded: bool) -> None:
        self._unfolded = self._unfolded - {id} if folded else self._unfolded | {id}
        self._show_rows()

    @on(TreeList.Chosen)
    def _choose(self, event: TreeList.Chosen) -> None:
        event.stop()
        match event.row.item:
            case Table() as table:
                self.post_message(self.TableOpened(table))
            case Section():
                self._fold(event.row.id, not event.row.folded)
            case Field():
                self.action_insert_name()
            case _:
                self.action_ask_definition()

    def action_insert_name(self) -> None:
        row = self.listing.cursor_row
        match row and row.item:
            case Field(TableColumn(name)) | Table(name) | Index(name) | Trigger(name):
                self.post_message(self.NameInserted(quote_identifier(name)))

    def action_ask_definition(self) -> None:
        """Of what is under the cursor; of its table when that is a column."""
        row = self.listing.cursor_row
        match row and row.item:
            case (
                Field(table=Table(name, sql=sql)) | Table(name, sql=sql) | Index(name, sql=sql) | Trigger(name, sql=sql)
            ):
                self.post_message(self.DefinitionAsked(name, sql))


def _draw(row: TreeRow) -> RowText:
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


def _describe(row: TreeRow) -> Content | None:
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
