"""What a tab of the editor is to be called."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from turso_tui.ui.screens.dialog import Dialog

LONGEST = 60


class TabNameScreen(Dialog[str]):
    """Answers with the name; an empty one takes the name away."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._called = name

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "Rename this tab"
            frame.border_subtitle = "enter renames · empty: no name · esc leaves"
            yield Input(self._called, max_length=LONGEST, compact=True)

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(" ".join(event.value.split()))
