"""A new table or a column of one, in the fields of a form; what comes of it is SQL for the editor."""

from abc import abstractmethod

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from turso_tui.errors import InputError
from turso_tui.printable import printable, printable_lines
from turso_tui.service.ddl import NewColumn, add_column, column_text, create_table
from turso_tui.service.rebuild import change_column, column_of
from turso_tui.service.schema import Schema, Table, TableKind
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.column_row import ColumnHeadings, ColumnRow
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.tick import Tick

KEYS = "tab next · space turns a tick · enter writes SQL · esc leaves"


class _TableForm(Form[str]):
    """Shows the SQL as it grows; answers with it."""

    DEFAULT_CSS = """
    _TableForm {
        & > .frame { width: 104; }
        #preview { height: auto; margin-top: 1; color: $muted; }
        .buttons { margin-top: 1; }
        .options { height: 1; }
    }
    """

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema
        self._tables = [table.name for table in schema.tables if table.kind is TableKind.TABLE]

    @property
    def rows(self) -> list[ColumnRow]:
        return list(self.query(ColumnRow))

    @abstractmethod
    def sql(self) -> str:
        """What the fields make; raises `InputError`."""

    def shown(self) -> str:
        """What of it is shown while one types."""
        return self.sql()

    def end(self) -> ComposeResult:
        """Beneath the fields: what comes of them."""
        yield Static(id="preview", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Write SQL", compact=True)
        yield FormEnd()

    def on_mount(self) -> None:
        self._preview()

    @on(Input.Changed)
    @on(Tick.Changed)
    def _changed(self) -> None:
        self.query_exactly_one(FormEnd).say(Content())
        self._preview()

    def _preview(self) -> None:
        """Nothing is wrong with what is only begun."""
        preview = self.query_exactly_one("#preview", Static)
        try:
            preview.update(printable_lines(self.shown()))
        except InputError as error:
            preview.update(Content.styled(printable(error.what), "$muted"))

    def submit(self) -> None:
        try:
            self.dismiss(self.sql())
        except InputError as error:
            self.fail(error)


class NewTableScreen(_TableForm):
    """A line for each column; a new one comes when the last has a name."""

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = "New table"
            frame.border_subtitle = KEYS
            yield Field("table", Input(compact=True, id="name"))
            yield ColumnHeadings()
            yield ColumnRow(self._tables, NewColumn("id", "INTEGER", key=True))
            yield ColumnRow(self._tables)
            with Horizontal(classes="options"):
                yield Tick("STRICT", id="strict")
                yield Tick("WITHOUT ROWID", id="without_rowid")
            yield from self.end()

    def on_mount(self) -> None:
        super().on_mount()
        self.query_exactly_one("#name", Input).focus()

    def sql(self) -> str:
        return create_table(
            self.query_exactly_one("#name", Input).value.strip(),
            [row.column for row in self.rows if not row.is_blank],
            strict=self.query_exactly_one("#strict", Tick).value,
            without_rowid=self.query_exactly_one("#without_rowid", Tick).value,
        )

    def _preview(self) -> None:
        super()._preview()
        if not self.rows[-1].is_blank:
            self.query_exactly_one(FormFrame).mount(ColumnRow(self._tables), after=self.rows[-1])


class ColumnScreen(_TableForm):
    """One column more, or ``column`` made another."""

    def __init__(self, schema: Schema, table: Table, column: str | None = None) -> None:
        super().__init__(schema)
        self._table = table
        self._column = column

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            name = printable(self._table.name)
            of = f"{printable(self._column)} of {name}" if self._column is not None else f"New column of {name}"
            frame.border_title = Content(of)
            frame.border_subtitle = KEYS
            yield ColumnHeadings()
            yield ColumnRow(self._tables, column_of(self._table, self._column) if self._column is not None else None)
            yield from self.end()

    def on_mount(self) -> None:
        super().on_mount()
        self.rows[0].focus_name()

    def sql(self) -> str:
        column = self.rows[0].column
        if self._column is None:
            return add_column(self._table, column)
        return change_column(self._schema, self._table, self._column, column)

    def shown(self) -> str:
        """Of a table that is written anew, only what changes: the rest is seen in the editor."""
        if self._column is None:
            return self.sql()
        return f"{column_text(self.rows[0].column)}\n\nThe table is written anew, with its rows, indexes and triggers."


class NewNameScreen(Form[str]):
    """Answers with another name for ``name``."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__()
        self._what = what
        self._old = name

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(printable(self._what))
            frame.border_subtitle = "enter writes SQL · esc leaves"
            yield Field("new name", Input(self._old, compact=True))
            yield FormEnd()

    def on_mount(self) -> None:
        self.query_exactly_one(Input).focus()

    def submit(self) -> None:
        name = self.query_exactly_one(Input).value.strip()
        if name and name != self._old:
            self.dismiss(name)
        else:
            self.query_exactly_one(Field).complain("That is its name already." if name else "Give it a name.")
