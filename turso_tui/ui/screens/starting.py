"""Something is being started that takes longer than a breath."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Label


class StartingScreen(Screen[None]):
    """Says what is awaited."""

    DEFAULT_CSS = """
    StartingScreen { align: center middle; color: $muted; }
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        yield Label(self._what, markup=False)
