"""Values for the parameters of a statement that is about to run."""

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.service.parameters import Entry, ParameterMemory, ValueType, bind, value_of
from turso_tui.service.statements import Parameters
from turso_tui.sql.parameters import Parameter, parameters
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption
from turso_tui.values import Value

TYPES = tuple(StripOption(kind.value, "NULL" if kind is ValueType.NULL else kind.value) for kind in ValueType)

LONGEST_STATEMENT = 200
"""Characters of the statement that are shown, so that one knows which it is."""


class ParameterField(Field):
    """One parameter: what is typed for it, and of which type that is."""

    DEFAULT_CSS = """
    ParameterField OptionStrip { width: 41; margin-left: 1; }
    """

    def __init__(self, parameter: Parameter, entry: Entry) -> None:
        self.parameter = parameter
        self._input = Input(entry.text, compact=True)
        self._types = OptionStrip(TYPES, entry.type.value)
        super().__init__(printable(parameter.label), self._input, self._types)

    @property
    def entry(self) -> Entry:
        return Entry(ValueType(self._types.chosen or ValueType.TEXT), self._input.value)

    def focus_input(self) -> None:
        self._input.focus()
        self._input.select_all()

    def read(self) -> Value:
        """Raises `InputError`, after having said so."""
        try:
            return value_of(self.entry)
        except InputError as error:
            self.complain(*in_words(error))
            self.focus_input()
            raise

    @on(OptionStrip.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        is_null = self.entry.type is ValueType.NULL
        self.explain("NULL, whatever is typed" if is_null and self.entry.text else "")


class ParametersScreen(Form[list[Entry]]):
    """Answers with an entry for each parameter; every one of them makes a value."""

    DEFAULT_CSS = """
    ParametersScreen {
        & > .frame { width: 100; }
        .statement { height: auto; max-height: 3; margin-bottom: 1; color: $muted; }
    }
    """

    def __init__(self, sql: str, wanted: Sequence[Parameter], entries: Sequence[Entry], which: str = "") -> None:
        super().__init__()
        self._sql = sql
        self._which = which
        self._fields = [ParameterField(*pair) for pair in zip(wanted, entries, strict=True)]

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = f"Values{self._which}"
            frame.border_subtitle = "tab next · ← → type · enter runs · esc leaves"
            shown = " ".join(self._sql[: LONGEST_STATEMENT * 2].split())[:LONGEST_STATEMENT]
            yield Static(Content(printable(shown)), classes="statement")
            yield from self._fields
            with Horizontal(classes="buttons"):
                yield Button("Run", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self._fields[0].focus_input()

    def submit(self) -> None:
        try:
            values = [field.read() for field in self._fields]
            bind([field.parameter for field in self._fields], values)
        except InputError as error:
            if not any(field.word for field in self._fields):
                self.fail(error)
        else:
            self.dismiss([field.entry for field in self._fields])


async def ask_for_values(
    app: App[None], statements: Sequence[str], memory: ParameterMemory
) -> Sequence[Parameters] | None:
    """What each statement's parameters get, asked for one statement after the other; empty where there are none at
    all, and None when the person thought better of it."""
    wanted = [parameters(sql) for sql in statements]
    if not any(wanted):
        return ()
    values: list[Parameters] = []
    for index, (sql, each) in enumerate(zip(statements, wanted, strict=True)):
        if not each:
            values.append(())
            continue
        which = f" for statement {index + 1} of {len(statements)}" if len(statements) > 1 else ""
        entries = await app.push_screen_wait(ParametersScreen(sql, each, memory.recall(sql, each), which))
        if entries is None:
            return None
        memory.remember(sql, {parameter.label: entry for parameter, entry in zip(each, entries, strict=True)})
        values.append(bind(each, [value_of(entry) for entry in entries]))
    return values
