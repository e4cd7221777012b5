"""What is this? Any pasted token in words: what it is, what it may do, until when. Nothing leaves the machine."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from turso_tui.tokens import TokenKind, describe, recognise
from turso_tui.tokens.description import facts
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.screens.form import FormFrame
from turso_tui.ui.token_words import Fact, fact_lines
from turso_tui.ui.widgets.secret_input import SecretInput


class InspectTokenScreen(Dialog[None]):
    """Answers as one types; what was pasted is forgotten with the dialog."""

    DEFAULT_CSS = """
    InspectTokenScreen {
        & > .frame { width: 84; scrollbar-size-vertical: 1; }
        & > .frame > * { height: auto; width: 1fr; }
        .prose { color: $muted; }
        Input, Input:focus { margin: 1 0; border: none; height: 1; padding: 0 1; background: $panel; }
    }
    InspectTokenScreen.-short > .frame { padding: 0 2; }
    """

    def __init__(self, now: float) -> None:
        """``now`` is in unix seconds by the server's clock."""
        super().__init__()
        self._now = now

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = "What is this token?"
            frame.border_subtitle = "paste it · esc forgets it"
            yield Static(
                "Paste a token of any kind, with quotes, Bearer or export around it if need be. It is read here and"
                " sent nowhere; its signature is not checked, because only the server has the key.",
                classes="prose",
                markup=False,
            )
            yield SecretInput(placeholder="eyJ…")
            yield Static(id="answer", markup=False)

    def on_mount(self) -> None:
        self.query_exactly_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._inspect()

    def on_resize(self) -> None:
        self._inspect()

    def _inspect(self) -> None:
        answer = self.query_one("#answer", Static)
        answer.update(inspected(self.query_exactly_one(Input).value, self._now, answer.size.width))


def inspected(text: str, now: float, width: int) -> Content:
    """A pasted ``text`` in words, then all that it says; nothing for nothing."""
    recognised = recognise(text)
    if recognised.kind is TokenKind.EMPTY:
        return Content()
    said = [Fact(name, value) for name, value in facts(recognised, now) if name != "Kind"]
    names = max((len(fact.name) for fact in said), default=0) + 2
    lines = [Content.styled(describe(recognised, now), "bold"), Content(), *fact_lines(said, width, names)]
    return Content("\n").join(lines)
