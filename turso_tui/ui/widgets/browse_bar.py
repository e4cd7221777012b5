"""The line above the rows of a table that says which of them are asked for, and what is wrong with that."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from turso_tui.printable import printable
from turso_tui.ui.widgets.filter_list import FilterInput

HINT = "column = value, name contains ada, or SQL: a > 5 or b is null"


class BrowseBar(Vertical):
    """Asks on enter, not while it is typed: every row that the server reads costs money."""

    DEFAULT_CSS = """
    BrowseBar {
        height: auto; padding: 0 1; display: none;
        & > Horizontal { height: 1; }
        & .sign { width: auto; color: $muted; }
        & FilterInput { width: 1fr; height: 1; background: transparent; background-tint: transparent; }
        & .count { width: auto; color: $muted; }
        & > .wrong { height: auto; max-height: 3; display: none; }
    }
    """

    input = query_one(FilterInput)

    @dataclass
    class Asked(Message):
        """Rows that meet ``text`` are wanted; all of them where it is empty."""

        text: str

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("filter ", classes="sign", markup=False)
            yield FilterInput(placeholder=HINT, compact=True, select_on_focus=False)
            yield Static(classes="count", markup=False)
        yield Static(classes="wrong", markup=False)

    def begin(self) -> None:
        """Take the focus, and go on from what stands there."""
        self.display = True
        self.input.begin()

    def show_text(self, text: str) -> None:
        """What the rows on show are filtered by; without it, and without a complaint, the bar is not there."""
        self.input.value = text
        self.input.cursor_position = len(text)
        self.forgive()

    def say(self, count: str) -> None:
        self.query_exactly_one(".count", Static).update(count)

    def complain(self, what: str, next_step: str = "") -> None:
        """What is wrong with what was typed, which stays."""
        wrong = self.query_exactly_one(".wrong", Static)
        wrong.update(Content.assemble((f"✗ {printable(what)}", "$bad"), (f" {printable(next_step)}", "$muted")))
        wrong.display = self.display = True

    def forgive(self) -> None:
        self.query_exactly_one(".wrong", Static).display = False
        self.display = bool(self.input.value) or self.input.has_focus

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Asked(event.value.strip()))
