"""One line of a form: what is asked for, what one answers with, and beneath it what there is to say about that."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from turso_tui.printable import printable


class Field(Horizontal):
    """Takes one line, and more only while it explains or complains."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > .field--name { width: 11; color: $muted; }
        & > Vertical { height: auto; }
        & > Vertical > Horizontal { height: auto; }
        & > Vertical > .field--word { height: auto; color: $muted; }
        &.-focused > .field--name { color: $primary; text-style: bold; }
        Input { background: $panel; padding: 0 1; width: 1fr; }
        Input.-textual-compact { padding: 0 1; }
        &:ansi Input { text-style: underline; }
    }
    """

    def __init__(
        self, name: str, *widgets: Widget, word: str = "", id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._asked = name
        self._widgets = widgets
        self._word = Static(Content.styled(word, "$muted") if word else "", classes="field--word", markup=False)
        self._word.display = bool(word)

    def compose(self) -> ComposeResult:
        yield Label(self._asked, classes="field--name", markup=False)
        with Vertical():
            yield Horizontal(*self._widgets)
            yield self._word

    def on_descendant_focus(self) -> None:
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focused")

    def explain(self, word: str = "") -> None:
        """Say this beneath it, quietly; nothing at all when it is empty."""
        self._say(Content.styled(printable(word), "$muted"))

    def complain(self, what: str, next_step: str = "") -> None:
        """Say what is wrong with the answer, and what would be right."""
        self._say(Content.assemble((f"✗ {printable(what)}", "$bad"), (f" {printable(next_step)}", "$muted")))

    @property
    def word(self) -> str:
        """What stands beneath it now."""
        return str(self._word.visual) if self._word.display else ""

    def _say(self, content: Content) -> None:
        self._word.display = bool(content.plain.strip())
        self._word.update(content)
