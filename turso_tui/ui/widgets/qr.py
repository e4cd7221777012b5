"""A QR code that a phone can read off any terminal: dark on light, whatever the theme."""

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget


class QrCode(Widget):
    """Shows ``text``; ``room`` says how many cells and lines it needs."""

    DEFAULT_CSS = """
    QrCode { width: auto; height: auto; background: #ffffff; color: #000000; }
    """

    text: reactive[str] = reactive("", layout=True)

    @property
    def room(self) -> tuple[int, int]:
        lines = self._lines()
        return max(map(len, lines), default=0), len(lines)

    def render(self) -> Text:
        return Text("\n".join(self._lines()), no_wrap=True)

    def _lines(self) -> list[str]:
        from turso_tui.service.qr import qr_lines

        return list(qr_lines(self.text)) if self.text else []
