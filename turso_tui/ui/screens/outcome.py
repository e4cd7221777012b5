"""What became of a write that nobody has an answer to, or of a transaction that is lost; and what one can do now."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.printable import printable_lines
from turso_tui.ui.numbers import grouped
from turso_tui.ui.remedies import Check, PutBack
from turso_tui.ui.screens.dialog import Dialog

SHOWN_CHARACTERS = 4000
"""Of one statement: enough to know it by, and less than anybody reads."""


class OutcomeScreen(Dialog[bool]):
    """Answers True when the remedy is wanted: to run the checks, or to put the statements back into the editor."""

    DEFAULT_CSS = """
    OutcomeScreen > .frame { width: 90; border: solid $warning; border-title-color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "Do it", id="outcome.accept"),
        Binding("y", "copy", "Copy the statements", id="outcome.copy"),
        Binding("f7", "leave", "Back", id="outcome.leave", show=False),
        Binding("j", "focused.scroll_down", "Down", id="list.down", show=False),
        Binding("k", "focused.scroll_up", "Up", id="list.up", show=False),
    ]

    def __init__(self, remedy: Check | PutBack) -> None:
        super().__init__()
        self._remedy = remedy

    @property
    def can_help(self) -> bool:
        """A check cannot be made of every text."""
        return isinstance(self._remedy, PutBack) or bool(self._remedy.error.checks)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = Content(
                "Applied, or not?" if isinstance(self._remedy, Check) else "The transaction is lost"
            )
            act = ("enter checks · " if isinstance(self._remedy, Check) else "enter puts them back · ") * self.can_help
            frame.border_subtitle = f"{act}y copies · esc leaves"
            yield Static(Content("\n").join(self._lines()), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_accept(self) -> None:
        self.dismiss(self.can_help)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("".join(f"{statement};\n" for statement in self._remedy.error.statements))
        self.notify("Copied the statements.")

    def _lines(self) -> Iterator[Content]:
        error = self._remedy.error
        yield Content.styled(printable_lines(error.what), "bold")
        if error.means:
            yield Content(printable_lines(error.means))
        if isinstance(self._remedy, PutBack):
            yield from _part("What had run in it, and is rolled back:", error.statements)
            return
        yield from _part("It is never repeated by itself:", error.statements)
        if self.can_help:
            yield from _part("This only reads, and shows what there is now:", self._remedy.error.checks)
        else:
            yield Content("\nNo check can be made of its text: look at the data yourself before you run it again.")


def _part(heading: str, statements: Sequence[str]) -> Iterator[Content]:
    yield Content()
    yield Content.styled(heading, "$muted")
    for statement in statements:
        shown = printable_lines(statement[:SHOWN_CHARACTERS])
        rest = len(statement) - SHOWN_CHARACTERS
        yield Content(f"{shown} … {grouped(rest)} more characters" if rest > 0 else f"{shown};")
