"""A secret that was just minted: shown this once, masked until someone asks."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from turso_tui.printable import printable
from turso_tui.service.known_tokens import KnownToken
from turso_tui.tokens import DatabaseToken, PlatformToken
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.screens.form import FormFrame
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.token_words import called, fact_lines, facts
from turso_tui.ui.widgets.secret import SecretView


class MintedScreen(Dialog[None]):
    """Shows it with v, copies it with y, saves it with w."""

    DEFAULT_CSS = """
    MintedScreen {
        & > .frame { width: 84; scrollbar-size-vertical: 1; }
        & > .frame > * { height: auto; width: 1fr; }
        #facts { margin: 1 0; }
        #done { color: $good; display: none; margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "reveal", "Show", id="minted.reveal", tooltip="Show the secret, or mask it again"),
        Binding("y", "copy", "Copy", id="minted.copy", tooltip="Copy the secret through the terminal"),
        Binding("w", "save", "Save", id="minted.save", tooltip="Save the secret to a private file"),
        Binding("enter", "leave", "Done", id="minted.done", show=False),
    ]

    secret = query_one(SecretView)

    def __init__(self, known: KnownToken, token: PlatformToken | DatabaseToken, now: float) -> None:
        """``now`` is in unix seconds by the server's clock."""
        super().__init__()
        self._known = known
        self._token = token
        self._now = now

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(printable(f"Minted: {called(self._known)}"))
            frame.border_subtitle = "v shows · y copies · w saves · esc closes"
            yield SecretView(self._token)
            yield Static(id="facts", markup=False)
            yield Static(
                Content.styled(
                    "It is shown this once: no server tells it again. The list of tokens can copy it until the program"
                    " ends.",
                    "$muted",
                ),
                markup=False,
            )
            yield Static(id="done", markup=False)

    def on_resize(self) -> None:
        facts_view = self.query_one("#facts", Static)
        lines = fact_lines(facts(self._known, self._now), facts_view.size.width)
        facts_view.update(Content("\n").join(lines))

    def action_reveal(self) -> None:
        self.secret.revealed = not self.secret.revealed

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._token.reveal())
        self._say(f"Copied {called(self._known)}.")

    def action_save(self) -> None:
        self.app.push_screen(SaveSecretScreen(self._known, self._token), self._saved)

    def _saved(self, path: str | None) -> None:
        if path is not None:
            self._say(f"Saved {called(self._known)} to {path}.")

    def _say(self, text: str) -> None:
        done = self.query_one("#done", Static)
        done.display = True
        done.update(Content(f"✓ {printable(text)}"))
