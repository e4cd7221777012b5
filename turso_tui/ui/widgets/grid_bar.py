"""The one-line bars above the results grid: what is filtered or looked for, and what is copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from turso_tui.ui.widgets.filter_list import FilterInput

FILTER, SEARCH = "filter", "search"
HINTS = {FILTER: "a text, or column > 5", SEARCH: "a text in any column"}

TYPING_SECONDS = 0.25
"""How long a pause in typing must be before a large result is filtered again."""


class GridBar(Horizontal):
    """A text that narrows the rows while it is typed, or that is looked for on enter."""

    DEFAULT_CSS = """
    GridBar {
        height: 1; padding: 0 1; display: none;
        & > .sign { width: auto; color: $muted; }
        & > FilterInput { width: 1fr; height: 1; background: transparent; background-tint: transparent; }
        & > .count { width: auto; color: $muted; }
    }
    """

    input = query_one(FilterInput)

    @dataclass
    class Typed(Message):
        """The filter is now this text; ``done`` when enter was pressed, and then the focus is to go on."""

        text: str
        done: bool

    @dataclass
    class SearchAsked(Message):
        """Enter in a search."""

        text: str

    def __init__(self) -> None:
        super().__init__()
        self.purpose = FILTER
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="sign", markup=False)
        yield FilterInput(compact=True, select_on_focus=False)
        yield Static(classes="count", markup=False)

    def begin(self, purpose: str, text: str) -> None:
        """Take the focus, with ``text`` to go on from."""
        self.show_text(purpose, text)
        self.display = True
        self.input.begin()

    def show_text(self, purpose: str, text: str) -> None:
        """Stand there without the focus; with nothing to show, not at all."""
        self.purpose = purpose
        self.query_exactly_one(".sign", Static).update(f"{purpose} ")
        self.input.placeholder = HINTS[purpose]
        with self.prevent(Input.Changed):
            self.input.value = text
            self.input.cursor_position = len(text)
        self.display = bool(text)

    def say(self, count: str) -> None:
        self.query_exactly_one(".count", Static).update(count)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        if self.purpose == FILTER:
            self._timer = self.set_timer(TYPING_SECONDS, lambda: self.post_message(self.Typed(event.value, done=False)))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        done = self.Typed(event.value, done=True) if self.purpose == FILTER else self.SearchAsked(event.value)
        self.post_message(done)


class CopyBar(Widget, can_focus=True):
    """Two keys: y, and then what. A capital letter chooses the format, which is remembered."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    CopyBar { height: 1; padding: 0 1; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c,y", "copy('cell')", "Cell", id="copy.cell"),
        Binding("r", "copy('row')", "Row", id="copy.row"),
        Binding("l", "copy('column')", "Column", id="copy.column"),
        Binding("a", "copy('all')", "All rows", id="copy.all"),
        Binding("T", "choose('text')", "As text", id="copy.text", show=False),
        Binding("C", "choose('csv')", "As CSV", id="copy.csv", show=False),
        Binding("V", "choose('tsv')", "As TSV", id="copy.tsv", show=False),
        Binding("J", "choose('json')", "As JSON", id="copy.json", show=False),
        Binding("M", "choose('markdown')", "As Markdown", id="copy.markdown", show=False),
        Binding("S", "choose('sql')", "As SQL", id="copy.sql", show=False),
        Binding("escape", "leave", "Back", id="copy.leave"),
    ]
    FORMATS: ClassVar = (
        ("T", "text", "text"),
        ("C", "csv", "CSV"),
        ("V", "tsv", "TSV"),
        ("J", "json", "JSON"),
        ("M", "markdown", "MD"),
        ("S", "sql", "SQL"),
    )

    format: reactive[str] = reactive("text")

    selected: reactive[str] = reactive("")
    """What is selected, in words; it is then what the first key copies."""

    @dataclass
    class CopyAsked(Message):
        """``scope`` is a cell, a row, a column, the block that is selected, or all."""

        scope: str
        format: str

    @dataclass
    class Left(Message):
        """Nothing is to be copied."""

    def take(self, key: str) -> bool:
        """A key that came right behind the one that opened this, before the focus had. True if it is one of ours."""
        binding = next((each for keys, each in self._bindings_by_key() if keys == key), None)
        if binding is None:
            return False
        name, _, argument = binding.action.rstrip(")").partition("(")
        match name:
            case "copy":
                self.action_copy(argument.strip("'"))
            case "choose":
                self.action_choose(argument.strip("'"))
            case _:
                self.action_leave()
        return True

    def _bindings_by_key(self) -> list[tuple[str, Binding]]:
        return [(key, each) for each in self.BINDINGS if isinstance(each, Binding) for key in each.key.split(",")]

    def render(self) -> Content:
        """As much as there is room for, but always the chosen format and the letters of all."""
        scopes = [("y", self.selected) if self.selected else ("c", "cell"), ("r", "row"), ("l", "column"), ("a", "all")]
        chosen = next(label for _, name, label in self.FORMATS if name == self.format)
        formats = [(key, label, "bold reverse" if label == chosen else "$muted") for key, _, label in self.FORMATS]
        long = [part for key, label, style in formats for part in ((key, "$accent"), (f" {label} ", style))]
        short = [(chosen, "bold reverse"), (" ", ""), ("".join(key for key, _, _ in self.FORMATS), "$accent")]
        lines = [self._line(scopes, long), self._line(scopes, short), self._line(scopes[:1], short)]
        return next((line for line in lines if line.cell_length <= self.content_size.width), lines[-1])

    def _line(self, scopes: Sequence[tuple[str, str]], formats: Sequence[tuple[str, str]]) -> Content:
        parts = [("copy ", "$muted")]
        parts += [part for key, word in scopes for part in ((key, "$accent"), (f" {word} ", ""))]
        return Content.assemble(*parts, ("as ", "$muted"), *formats)

    def action_copy(self, scope: str) -> None:
        block = scope == "cell" and self.selected
        self.post_message(self.CopyAsked("block" if block else scope, self.format))

    def action_choose(self, format: str) -> None:
        self.format = format

    def action_leave(self) -> None:
        self.post_message(self.Left())
