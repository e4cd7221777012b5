"""One cell, whole: text with its line breaks, JSON as a tree, a vector as numbers, a BLOB as hex, times as times."""

from datetime import tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.cells import blob_type, cell_text, vector_elements
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.times import as_time
from turso_tui.ui.widgets.json_tree import JsonTree, read_json
from turso_tui.values import Column, Value

SHOWN_CHARACTERS = 20_000
SHOWN_BYTES = 4096
HEX_WIDTH = 16
NARROW_HEX_WIDTH = 8
ROOM_FOR_HEX = 100
"""Columns of a terminal in which a line of sixteen bytes fits the frame."""


class CellScreen(Dialog[None]):
    """Shows a value as far as a person reads, as what it seems to be; v shows it as it is, y copies all of it."""

    DEFAULT_CSS = """
    CellScreen > .frame {
        width: 90%; height: 80%;
        & > .word { height: auto; color: $muted; margin-bottom: 1; }
        & VerticalScroll { scrollbar-size-vertical: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="cell.copy"),
        Binding("v", "view", "Look at it otherwise", id="cell.view"),
    ]

    def __init__(self, column: Column, row: int, value: Value, *, zone: tzinfo | None = None) -> None:
        """``zone`` is where the clock is that times are said by, the local one for None."""
        super().__init__()
        self._column = column
        self._row = row
        self._value = value
        self._zone = zone
        self._json = read_json(value) if isinstance(value, str) else None
        self._elements = vector_elements(value, column.decltype) if isinstance(value, bytes) else None

    def compose(self) -> ComposeResult:
        title = f"{printable(self._column.name)} · row {grouped(self._row + 1)} · {self._kind}"
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(title)
            word = as_time(self._value, self._zone)
            if word:
                yield Static(word, classes="word", markup=False)
            with ContentSwitcher(initial="read" if self._is_read else "raw"):
                if self._json is not None:
                    yield JsonTree(self._json, id="read")
                elif self._elements is not None:
                    with VerticalScroll(id="read"):
                        yield Static(", ".join(self._elements), markup=False)
                with VerticalScroll(id="raw"):
                    yield Static(whole(self._value, self._hex_width), markup=False)

    def on_mount(self) -> None:
        self._show()

    @property
    def _hex_width(self) -> int:
        return HEX_WIDTH if self.app.size.width >= ROOM_FOR_HEX else NARROW_HEX_WIDTH

    @property
    def _kind(self) -> str:
        if self._elements is None or not isinstance(self._value, bytes):
            return kind_of(self._value)
        return f"vector of {grouped(len(self._elements))}, {bytes_size(len(self._value))}"

    @property
    def _is_read(self) -> bool:
        """Whether it can be looked at as something that it means."""
        return self._json is not None or self._elements is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "view" or self._is_read

    def action_view(self) -> None:
        """As what it means, or as it is."""
        switcher = self.query_one(ContentSwitcher)
        switcher.current = "raw" if switcher.current == "read" else "read"
        self._show()

    def _show(self) -> None:
        switcher = self.query_one(ContentSwitcher)
        if switcher.current is not None:
            switcher.query_one(f"#{switcher.current}").focus()
        other = "the text" if self._json is not None else "the bytes"
        meaning = "a tree" if self._json is not None else "numbers"
        parts = [f"v {other if switcher.current == 'read' else meaning}"] if self._is_read else []
        frame = self.query_one(".frame")
        frame.border_subtitle = " · ".join([*parts, "y copies", "esc leaves"])

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
            return f"TEXT, {grouped(len(value))} character{'' if len(value) == 1 else 's'}"
        case bytes():
            return ", ".join(part for part in ("BLOB", blob_type(value), bytes_size(len(value))) if part)


def whole(value: Value, hex_width: int = HEX_WIDTH) -> str:
    """The value made safe to draw, cut where nobody reads on, with a sign that says what is missing."""
    match value:
        case str():
            text = printable_lines(value[:SHOWN_CHARACTERS])
            rest = len(value) - SHOWN_CHARACTERS
            return f"{text}\n… {grouped(rest)} more characters; y copies all of them" if rest > 0 else text
        case bytes():
            rest = len(value) - SHOWN_BYTES
            dump = "\n".join(hex_lines(value[:SHOWN_BYTES], hex_width))
            return f"{dump}\n… {grouped(rest)} more bytes; y copies all of them as hex" if rest > 0 else dump
    return cell_text(value).text


def hex_lines(data: bytes, width: int = HEX_WIDTH) -> list[str]:
    """Offset, bytes, and the printable ASCII among them."""
    lines = []
    for start in range(0, len(data), width):
        piece = data[start : start + width]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in piece)
        lines.append(f"{start:08x}  {piece.hex(' '):<{width * 3 - 1}}  {text}")
    return lines


def copied(value: Value) -> str:
    """The exact value as text: what goes to the clipboard."""
    match value:
        case bytes():
            return value.hex()
        case str():
            return value
    return cell_text(value).text
