"""One cell, whole: text with its line breaks, a BLOB as hex, NULL as NULL."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.cells import cell_text
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.values import Column, Value

SHOWN_CHARACTERS = 20_000
SHOWN_BYTES = 4096
HEX_WIDTH = 16


class CellScreen(Dialog[None]):
    """Shows a value as far as a person reads; y copies all of it."""

    DEFAULT_CSS = """
    CellScreen > .frame { width: 90%; height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", "Copy", id="cell.copy")]

    def __init__(self, column: Column, row: int, value: Value) -> None:
        super().__init__()
        self._column = column
        self._row = row
        self._value = value

    def compose(self) -> ComposeResult:
        title = f"{printable(self._column.name)} · row {grouped(self._row + 1)} · {kind_of(self._value)}"
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = Content(title)
            frame.border_subtitle = "y copies · esc leaves"
            yield Static(whole(self._value), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(copied(self._value))
        self.notify("Copied the whole value.")


def kind_of(value: Value) -> str:
    """Type and size in words."""
    match value:
        case None:
            return "NULL"
        case int():
            return "INTEGER"
        case float():
            return "REAL"
        case str():
            return f"TEXT, {grouped(len(value))} characters"
        case bytes():
            return f"BLOB, {bytes_size(len(value))}"


def whole(value: Value) -> str:
    """The value made safe to draw, cut where nobody reads on, with a sign that says what is missing."""
    match value:
        case str():
            text = printable_lines(value[:SHOWN_CHARACTERS])
            rest = len(value) - SHOWN_CHARACTERS
            return f"{text}\n… {grouped(rest)} more characters; y copies all of them" if rest > 0 else text
        case bytes():
            rest = len(value) - SHOWN_BYTES
            dump = "\n".join(hex_lines(value[:SHOWN_BYTES]))
            return f"{dump}\n… {grouped(rest)} more bytes; y copies all of them as hex" if rest > 0 else dump
    return cell_text(value).text


def hex_lines(data: bytes) -> list[str]:
    """Offset, bytes, and the printable ASCII among them."""
    lines = []
    for start in range(0, len(data), HEX_WIDTH):
        piece = data[start : start + HEX_WIDTH]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in piece)
        lines.append(f"{start:08x}  {piece.hex(' '):<{HEX_WIDTH * 3 - 1}}  {text}")
    return lines


def copied(value: Value) -> str:
    """The exact value as text: what goes to the clipboard."""
    match value:
        case bytes():
            return value.hex()
        case str():
            return value
    return cell_text(value).text
