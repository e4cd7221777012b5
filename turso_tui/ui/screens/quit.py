"""Leave, or not."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from turso_tui.printable import printable
from turso_tui.ui.screens.dialog import Dialog


class QuitScreen(Dialog[bool]):
    """Answers True to leave; says what leaving ends."""

    DEFAULT_CSS = """
    QuitScreen > .frame { width: 56; }
    QuitScreen Label { width: 1fr; }
    QuitScreen #losses { color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y,ctrl+c,ctrl+q", "confirm", "Quit", id="quit.confirm", priority=True),
        Binding("n", "leave", "Stay", id="quit.stay"),
    ]

    def __init__(self, losses: str = "") -> None:
        super().__init__()
        self._losses = losses

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "Quit turso-tui?"
            frame.border_subtitle = "enter quits · esc stays"
            if self._losses:
                yield Label(printable(self._losses), id="losses", markup=False)
            else:
                yield Label("Nothing is running, and no transaction is open.", markup=False)

    def action_confirm(self) -> None:
        self.dismiss(True)
