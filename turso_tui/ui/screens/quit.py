"""Leave, or not."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from turso_tui.ui.screens.confirm import ConfirmScreen


class QuitScreen(ConfirmScreen):
    """Answers True to leave; says what leaving ends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "confirm", "Quit", id="quit.confirm", show=False, priority=True),
    ]

    def __init__(self, losses: str = "") -> None:
        calm = "" if losses else "Nothing is running, and no transaction is open."
        super().__init__("Quit turso-tui?", calm, losses, keys="enter quits · esc stays")
