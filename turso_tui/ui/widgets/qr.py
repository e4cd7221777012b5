"""A QR code that a phone can read off any terminal: dark on light, whatever the theme."""

from functools import lru_cache

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
        lines = _lines(self.text)
        return max(map(len, lines), default=0), len(lines)

    def render(self) -> Text:
        return Text("\n".join(_lines(self.text)), no_wrap=True)


@lru_cache(maxsize=4)
def _lines(text: str) -> tuple[str, ...]:
    from turso_tui.service.qr import qr_lines

    return qr_lines(text) if text else ()
