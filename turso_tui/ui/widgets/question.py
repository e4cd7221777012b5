"""One question with one line to answer it on."""

from textual.app import ComposeResult
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Input, Label

from turso_tui.printable import printable_lines
from turso_tui.ui.widgets.notice import Notice


class Question(Widget):
    """What is known already, what is asked, the answer, and what will become of it."""

    DEFAULT_CSS = """
    Question {
        height: auto;
        & Label { width: 1fr; }
        & .known { margin-bottom: 1; }
        & .note { color: $muted; margin-top: 1; }
        & Notice { padding: 0; margin-top: 1; }
    }
    """

    field = query_one(Input)
    notice = query_one(Notice)

    def compose(self) -> ComposeResult:
        yield Label(classes="known", markup=False)
        yield Label(classes="asked", markup=False)
        yield Input()
        yield Label(classes="note", markup=False)
        yield Notice()

    def ask(self, known: str, asked: str, answer: str = "") -> None:
        """Put the question, with an ``answer`` that one may take as it is."""
        self.query_exactly_one(".known", Label).update(printable_lines(known))
        self.query_exactly_one(".asked", Label).update(printable_lines(asked))
        self.field.value = answer
        self.note("")
        self.field.focus()

    def propose(self, answer: str) -> None:
        """An answer that came later; what has been typed by then stays."""
        self.field.value = self.field.value or answer

    def note(self, text: str) -> None:
        label = self.query_exactly_one(".note", Label)
        label.update(printable_lines(text))
        label.display = bool(text)
