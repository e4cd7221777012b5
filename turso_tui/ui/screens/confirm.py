"""Do it, or leave it: asked before something ends that cannot be brought back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.screens.dialog import Dialog


class ConfirmScreen(Dialog[bool]):
    """Answers True when it should happen. ``consequence`` says what that ends, ``text`` stands for its absence."""

    DEFAULT_CSS = """
    ConfirmScreen > .frame { width: 56; }
    ConfirmScreen Label { width: 1fr; }
    ConfirmScreen #consequence { color: $warning; }
    ConfirmScreen .-apart { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "confirm", "Do it", id="confirm.do", priority=True),
        Binding("n", "leave", "Leave it", id="confirm.leave"),
    ]

    def __init__(self, title: str, text: str = "", consequence: str = "", *, keys: str) -> None:
        super().__init__()
        self._heading = title
        self._text = text
        self._consequence = consequence
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(printable(self._heading))
            frame.border_subtitle = self._keys
            if self._text:
                yield Label(printable_lines(self._text), id="text", markup=False)
            if self._consequence:
                yield Label(
                    printable_lines(self._consequence),
                    id="consequence",
                    classes="-apart" if self._text else "",
                    markup=False,
                )

    def action_confirm(self) -> None:
        self.dismiss(True)
