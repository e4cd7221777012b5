"""A new value for one cell: its text, and what kind of value that is."""

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.service.parameters import Entry, ValueType, value_of
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.schema import TableColumn
from turso_tui.ui.cells import number_text
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption
from turso_tui.ui.widgets.value_area import ValueArea
from turso_tui.values import Value

MOST_CHARACTERS = 100_000
MOST_BYTES = 4096
"""Of a BLOB that somebody could still change as hex."""

_TYPES = tuple(StripOption(kind.value, "NULL" if kind is ValueType.NULL else kind.value) for kind in ValueType)
_BY_DECLARATION = (
    (re.compile("INT", re.IGNORECASE), ValueType.INTEGER),
    (re.compile("CHAR|CLOB|TEXT", re.IGNORECASE), ValueType.TEXT),
    (re.compile("BLOB", re.IGNORECASE), ValueType.BLOB),
    (re.compile("REAL|FLOA|DOUB|NUM|DEC", re.IGNORECASE), ValueType.REAL),
)
"""SQLite's rules of affinity, in their order."""


class RowValueScreen(Form[tuple[Value]]):
    """Answers with the value in a tuple, because NULL is one. Raises `InputError` for what cannot be changed here."""

    DEFAULT_CSS = """
    RowValueScreen > .frame { width: 96; }
    RowValueScreen Field > .field--name { width: 7; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "null", "NULL, or not", id="value.null", show=False, priority=True),
    ]

    def __init__(self, facts: TableFacts, place: int, value: Value) -> None:
        super().__init__()
        self._column = facts.columns[place]
        self._value = value
        check_changeable(self._column, value)
        self._default = default_type(self._column)
        self._area = ValueArea(text_of(value))
        self._types = OptionStrip(_TYPES, type_of(value).value)
        self._null_over = ""
        """The text that NULL was chosen over."""
        self._ahead: list[tuple[str, str | None]] | None = []

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            declared = f" · {printable(self._column.type)}" if self._column.type else ""
            required = " · not null" if self._column.not_null else ""
            frame.border_title = Content(f"{printable(self._column.name)}{declared}{required}")
            frame.border_subtitle = "enter stages · ctrl+j new line · ctrl+n NULL · tab kind · esc leaves"
            yield Field("value", self._area, id="value")
            yield Field("kind", self._types, id="kind")
            yield FormEnd()

    def on_mount(self) -> None:
        self._area.focus()
        self._area.select_all()
        ahead, self._ahead = self._ahead, None
        for each in ahead or ():
            self.take(*each)
        if not self._area.is_faithful:
            self._explain("Its line ends are of several kinds; once it is changed they are all alike.")

    def take(self, key: str, character: str | None) -> None:
        """A key that came right behind the one that opened this."""
        if self._ahead is not None:
            self._ahead.append((key, character))
        elif character is not None:
            self._area.replace(character, *self._area.selection, maintain_selection_offset=False)
        elif key == "enter":
            self.action_submit()
        elif key == "escape":
            self.action_leave()

    @property
    def _kind(self) -> ValueType:
        return ValueType(self._types.chosen or ValueType.TEXT)

    def action_null(self) -> None:
        """NULL, and again what is typed."""
        self._null_over = self._area.text
        self._types.chosen = (self._default if self._kind is ValueType.NULL else ValueType.NULL).value
        self._say_kind()

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._mean_text()
        self._say_kind()

    def _mean_text(self) -> None:
        """Whoever types into NULL means no NULL."""
        if self._kind is ValueType.NULL and self._area.text not in {"", self._null_over}:
            self._types.chosen = self._default.value

    @on(OptionStrip.Changed)
    def _kind_chosen(self) -> None:
        self._null_over = self._area.text
        self._say_kind()

    def _say_kind(self) -> None:
        is_null = self._kind is ValueType.NULL
        self._explain("NULL, whatever is typed" if is_null and self._area.text else "")

    @on(ValueArea.Submitted)
    def _submitted(self, event: ValueArea.Submitted) -> None:
        event.stop()
        self.action_submit()

    def submit(self) -> None:
        self._mean_text()  # enter overtakes what the area tells of the keys before it
        untouched = self._area.value == text_of(self._value) and self._kind is type_of(self._value)
        try:
            value = self._value if untouched else value_of(Entry(self._kind, self._area.value))
        except InputError as error:
            self.query_one("#value", Field).complain(*in_words(error))
            self._area.focus()
        else:
            self.dismiss((value,))

    def _explain(self, word: str) -> None:
        self.query_one("#value", Field).explain(word)


def check_changeable(column: TableColumn, value: Value) -> None:
    """Raises `InputError` for what nobody could change here without harm."""
    if column.generated:
        raise InputError(f"{column.name} is computed by the database.", next_step="Change what it is computed from.")
    if isinstance(value, bytes) and len(value) > MOST_BYTES:
        raise InputError(
            f"A BLOB of {bytes_size(len(value))} is too large to be changed as hex.",
            next_step="z sets it to NULL; to replace it, write an UPDATE.",
        )
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        raise InputError(
            f"A text of {grouped(len(value))} characters is too large to be changed here.",
            next_step="z sets it to NULL; to replace it, write an UPDATE.",
        )


def type_of(value: Value) -> ValueType:
    """The kind that a value is."""
    match value:
        case None:
            return ValueType.NULL
        case bytes():
            return ValueType.BLOB
        case str():
            return ValueType.TEXT
        case float():
            return ValueType.REAL
    return ValueType.INTEGER


def default_type(column: TableColumn) -> ValueType:
    """What is likely to be typed into a column where nothing is yet."""
    found = (kind for pattern, kind in _BY_DECLARATION if pattern.search(column.type))
    return next(found, ValueType.TEXT)


def text_of(value: Value) -> str:
    """The value as one types it."""
    match value:
        case None:
            return ""
        case bytes():
            return value.hex(" ")
        case str():
            return value
    return number_text(value)
