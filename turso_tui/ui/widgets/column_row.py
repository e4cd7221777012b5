"""One column of a table, as one line of a form."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from turso_tui.service.ddl import NewColumn
from turso_tui.ui.widgets.tick import Tick

TYPES = ("INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "ANY")
HEADINGS = (("name", "-name"), ("type", "-type"), ("key", "-key"), ("not null", "-must"))
REST = (("default", "-default"), ("references", "-refers"))


class ColumnHeadings(Horizontal):
    """What stands in the lines beneath."""

    DEFAULT_CSS = """
    ColumnHeadings {
        height: 1;
        & > Static { color: $muted; margin-right: 1; }
        & > .-name { width: 1fr; }
        & > .-type { width: 12; }
        & > .-key { width: 5; margin-right: 0; padding: 0 1; }
        & > .-must { width: 10; margin-right: 0; padding: 0 1; }
        & > .-default { width: 11; }
        & > .-refers { width: 15; }
    }
    """

    def compose(self) -> ComposeResult:
        for text, name in (*HEADINGS, *REST):
            yield Static(text, classes=name, markup=False)


class ColumnRow(Horizontal):
    """Name, type, key, not null, default, and the table that it refers to; ``tables`` are offered for that."""

    DEFAULT_CSS = """
    ColumnRow {
        height: 1;
        & > .-name { width: 1fr; }
        & > .-type { width: 12; }
        & > .-key { width: 5; padding: 0 1; }
        & > .-must { width: 10; padding: 0 1; }
        & > .-default { width: 11; }
        & > .-refers { width: 15; }
        & > Input { background: $panel; margin-right: 1; }
    }
    ColumnRow:ansi > Input { text-style: underline; }
    """

    def __init__(self, tables: Sequence[str], column: NewColumn | None = None) -> None:
        super().__init__()
        self._given = column or NewColumn("")
        references = ".".join(part for part in self._given.references or () if part)
        self._called = Input(self._given.name, compact=True, classes="-name")
        self._type = Input(self._given.type, compact=True, classes="-type", suggester=_suggest(TYPES))
        self._key = Tick(value=self._given.key, classes="-key")
        self._must = Tick(value=self._given.not_null, classes="-must")
        self._default = Input(self._given.default, compact=True, classes="-default")
        self._refers = Input(references, compact=True, classes="-refers", suggester=_suggest(tables))
        self._tables = tables

    def compose(self) -> ComposeResult:
        yield from (self._called, self._type, self._key, self._must, self._default, self._refers)

    def focus_name(self) -> None:
        self._called.focus()

    @property
    def is_blank(self) -> bool:
        return not self._called.value.strip()

    @property
    def column(self) -> NewColumn:
        return NewColumn(
            name=self._called.value.strip(),
            type=self._type.value.strip(),
            not_null=self._must.value,
            default=self._default.value.strip(),
            key=self._key.value,
            references=self._references(),
            unique=self._given.unique,
        )

    def _references(self) -> tuple[str, str] | None:
        """``table`` or ``table.column``; a table may have a dot in its name."""
        text = self._refers.value.strip()
        if not text:
            return None
        if text.lower() in {table.lower() for table in self._tables}:
            return text, ""
        table, dot, column = text.rpartition(".")
        return (table, column) if dot else (text, "")


def _suggest(words: Sequence[str]) -> SuggestFromList:
    return SuggestFromList(words, case_sensitive=False)
