"""What the open database contains: tables and their columns, views, indexes, triggers."""

from dataclasses import dataclass
from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.service.schema import Index, Schema, Table, TableColumn, Trigger
from turso_tui.service.schema_sizes import Sizes
from turso_tui.sql.facts import quote_identifier
from turso_tui.ui.panes.schema_rows import Definition, Field, Figures, Section, arrange, describe, draw, figures_of
from turso_tui.ui.widgets.notice import PATIENCE, Notice
from turso_tui.ui.widgets.tree_list import RowId, TreeList


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
    BORDER_SUBTITLE: ClassVar[str] = "m menu · d DDL"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "insert_name", "Insert the name", show=False, id="schema.insert"),
        Binding("d", "ask_definition", "Definition", show=False, id="schema.definition"),
        Binding("m", "ask('menu')", "What can be done with it", show=False, id="schema.menu"),
        Binding("r", "ask('diagram')", "Relationship diagram", show=False, id="schema.diagram"),
        Binding("c", "ask('compare')", "Compare with another database", show=False, id="schema.compare"),
        Binding("b", "ask('measure')", "Measure the tables", show=False, id="schema.measure"),
    ]

    database: reactive[str | None] = reactive(None, init=False)
    schema: reactive[Schema | None] = reactive(None, init=False)
    """None until it has been read."""
    sizes: reactive[Sizes | None] = reactive(None, init=False)
    """Rows and bytes of the tables; None before anything is known of them."""
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

    @dataclass
    class Asked(Message):
        """Something is wanted (``menu``, ``diagram``, ``compare``, ``measure``) of what is under the cursor; of a
        column, ``of`` is its table."""

        what: str
        of: Definition | None
        column: TableColumn | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._figures = Figures()
        self._unfolded: frozenset[RowId] = frozenset()

    def compose(self) -> ComposeResult:
        yield TreeList(
            lambda row: draw(row, self._figures), describe=lambda row: describe(row, self._figures), clicks_to_choose=2
        )
        yield Notice()

    def on_mount(self) -> None:
        self.border_subtitle = self.BORDER_SUBTITLE
        self._show_rows()

    def focus(self, scroll_visible: bool = True) -> Self:
        self.listing.focus(scroll_visible)
        return self

    def watch_database(self) -> None:
        self.schema = None
        self.sizes = None
        self.problem = None
        self.watch_schema()

    def watch_schema(self) -> None:
        if self._is_shown:
            self._show_rows()

    watch_problem = watch_schema

    def watch_sizes(self) -> None:
        """Only what is drawn changes, not which rows there are."""
        self._figures = figures_of(self.sizes, self.schema)
        if self._is_shown:
            self.listing.refresh()

    @property
    def _is_shown(self) -> bool:
        """What was asked of a server may come after the program was left."""
        return self.is_mounted and self.is_attached

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
            case Field(column):
                self._insert(column.name)
            case Index(name, sql=sql) | Trigger(name, sql=sql):
                self.post_message(self.DefinitionAsked(name, sql))

    def action_insert_name(self) -> None:
        row = self.listing.cursor_row
        match row and row.item:
            case Field(TableColumn(name)) | Table(name) | Index(name) | Trigger(name):
                self._insert(name)

    def _insert(self, name: str) -> None:
        try:
            text = quote_identifier(name)
        except InputError as error:
            self.notify(printable(str(error)), severity="warning", markup=False)
        else:
            self.post_message(self.NameInserted(text))

    def action_ask_definition(self) -> None:
        """Of what is under the cursor; of its table when that is a column."""
        row = self.listing.cursor_row
        match row and row.item:
            case (
                Field(table=Table(name, sql=sql)) | Table(name, sql=sql) | Index(name, sql=sql) | Trigger(name, sql=sql)
            ):
                self.post_message(self.DefinitionAsked(name, sql))

    def action_ask(self, what: str) -> None:
        """Of what is under the cursor, or of nothing in particular."""
        row = self.listing.cursor_row
        match row and row.item:
            case Field(column, table):
                self.post_message(self.Asked(what, table, column))
            case Table() | Index() | Trigger() as of:
                self.post_message(self.Asked(what, of, None))
            case _:
                self.post_message(self.Asked(what, None, None))
