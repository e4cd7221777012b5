"""How one gets a platform token, and the field to paste it into."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Label

from turso_tui.printable import printable
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.qr import QrCode
from turso_tui.ui.widgets.secret_input import SecretInput

GAP = 2
"""Cells between the QR code and the words."""

WORDS_ROOM = 32
"""Cells that the words keep beside a QR code; where there are fewer, it is left out."""


class TokenAsk(Widget):
    """An ``address`` to open, what to do with it, and a field; a QR code where the browser may be anywhere."""

    DEFAULT_CSS = """
    TokenAsk {
        layout: horizontal;
        height: auto;
        & > QrCode { margin-right: 2; display: none; }
        & > Vertical { width: 1fr; height: auto; }
        & Label { width: 1fr; }
        & #address { color: $primary; }
        & #waiting { display: none; color: $muted; }
        & #elsewhere { color: $muted; margin-top: 1; }
        & #paste { margin-top: 1; }
        & Notice { padding: 0; margin-top: 1; }
    }
    """

    lead: reactive[str] = reactive("", init=False)
    waiting: reactive[str] = reactive("", init=False)
    """What is awaited, and for how long yet; empty when nothing is."""
    address: reactive[str] = reactive("", init=False)
    is_browser_here: reactive[bool] = reactive(False, init=False)

    code = query_one(QrCode)
    field = query_one(SecretInput)
    notice = query_one(Notice)

    def compose(self) -> ComposeResult:
        yield QrCode()
        with Vertical():
            yield Label(id="lead", markup=False)
            yield Label(id="waiting", markup=False)
            yield Label("If none has opened, open this address on this machine:", id="elsewhere", markup=False)
            yield Label(id="address", markup=False)
            yield Label("Or paste a platform token:", id="paste", markup=False)
            yield SecretInput(placeholder="eyJ…", id="token")
            yield Notice()

    def on_mount(self) -> None:
        self.watch_is_browser_here()

    def watch_lead(self) -> None:
        self.query_one("#lead", Label).update(self.lead)

    def watch_waiting(self) -> None:
        label = self.query_one("#waiting", Label)
        label.update(self.waiting)
        label.display = bool(self.waiting)

    def watch_address(self) -> None:
        label = self.query_one("#address", Label)
        label.update(Content(printable(self.address)))
        label.display = bool(self.address)
        self.fit_code()

    def watch_is_browser_here(self) -> None:
        self.query_one("#paste", Label).update(
            "Or paste a platform token:" if self.is_browser_here else "Paste the token here:"
        )
        self.fit_code()

    def on_resize(self) -> None:
        self.fit_code()

    def fit_code(self) -> None:
        """Show the QR code where there is room for it; the screen says when that may have changed."""
        self.query_one("#elsewhere").display = self.is_browser_here and bool(self.address)
        self.code.text = "" if self.is_browser_here else self.address
        width, height = self.code.room
        fits = self.size.width >= width + GAP + WORDS_ROOM and self._lines_free >= height
        self.code.display = bool(self.code.text) and fits

    @property
    def _lines_free(self) -> int:
        """What the dialog may take of the screen, without its frame."""
        return round(self.app.size.height * 0.92) - 4
