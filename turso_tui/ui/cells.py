"""What one SQLite value looks like in one line of a terminal, and what it is when copied.

NULL, the empty string, a blob and a shortened text must never look like each other or like data, and a number is
never rounded. However large a value is, only as much of it is read as can be shown.
"""

import math
import re
import struct
from dataclasses import dataclass
from enum import StrEnum

from rich.cells import cell_len, split_graphemes

from turso_tui.printable import printable
from turso_tui.ui.numbers import bytes_size
from turso_tui.values import Value

CELL_LIMIT = 40
"""Cells that a text may take where nobody says how much room there is."""

_CHARACTERS_A_CELL = 4
"""A cell may hold a letter and a few combining marks; a text with more is shortened early."""

_HEX_BYTES = 8
_VECTOR_ELEMENTS = 3

_WIDTHLESS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|(?<=[^\x00-\u02ff])\u200d")
"""Variation selectors, skin tones and emoji joiners: terminals disagree about their width, and one wrong guess
shifts the rest of the line. Without them every part of an emoji has its own, undisputed width."""

_F32_MAX = (2 - 2**-23) * 2.0**127
_F32 = re.compile(r"\s*(?:F32_BLOB|FLOAT32)\s*(?:\(\s*(\d+)\s*\))?\s*", re.IGNORECASE)

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x00asm", "WebAssembly"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
)


class CellKind(StrEnum):
    """What a cell holds, which decides its colour and its side."""

    TEXT = "text"
    NUMBER = "number"
    NULL = "null"
    EMPTY = "empty"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class Cell:
    """One printable line, at most as wide as was asked for, unless ``kind`` is one that is never shortened."""

    text: str
    kind: CellKind

    @property
    def width(self) -> int:
        """In terminal cells."""
        return cell_len(self.text)

    @property
    def whole(self) -> bool:
        """Whether a part of it would say something else: half a number is another number."""
        return self.kind in {CellKind.NUMBER, CellKind.NULL, CellKind.EMPTY}


_NULL = Cell("NULL", CellKind.NULL)
_EMPTY = Cell("empty", CellKind.EMPTY)


def cell_text(value: Value, decltype: str | None = None, limit: int = CELL_LIMIT) -> Cell:
    """The cell of ``value`` in a column declared as ``decltype``; texts and blobs take ``limit`` cells at most."""
    match value:
        case None:
            return _NULL
        case "":
            return _EMPTY
        case str():
            return Cell(one_line(value, limit), CellKind.TEXT)
        case bytes():
            return Cell(cut(_blob_text(value, decltype), limit), CellKind.BLOB)
        case _:
            return Cell(number_text(value), CellKind.NUMBER)


def exact_text(value: Value) -> str:
    """All of ``value``, for the clipboard: texts as they are, blobs as SQL literals."""
    match value:
        case None:
            return "NULL"
        case str():
            return value
        case bytes():
            return f"x'{value.hex()}'"
        case _:
            return number_text(value)


def number_text(value: float) -> str:
    """The shortest text that reads back as exactly this number. NaN is Hrana's word for an infinity of either sign."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "±Inf"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return repr(value)


def one_line(text: str, limit: int) -> str:
    """``text`` made safe to draw, on one line, ending in ``…`` if it does not fit ``limit`` cells."""
    head = text[: _CHARACTERS_A_CELL * (limit + 1)]
    line = _WIDTHLESS.sub("", printable(head)).replace("\u200d", "⟨200D⟩")
    if len(head) == len(text):
        return cut(line, limit)
    return cut(line, limit - 1).removesuffix("…") + "…"


def cut(line: str, limit: int) -> str:
    """A printable ``line`` of at most ``limit`` cells, ending in ``…`` if some of it is missing."""
    if cell_len(line) <= limit:
        return line
    if limit < 1:
        return ""
    used = 0
    for start, _, width in split_graphemes(line)[0]:
        if used + width >= limit:
            return line[:start] + "…"
        used += width
    return line


def _blob_text(value: bytes, decltype: str | None) -> str:
    if _is_vector(value, decltype):
        return _vector_text(value)
    if len(value) <= _HEX_BYTES:
        return f"x'{value.hex()}'"
    description = f"{blob_type(value)} {bytes_size(len(value))}".lstrip()
    return f"x'{value[:_HEX_BYTES].hex()}…'  {description}"


def blob_type(value: bytes) -> str:
    """What kind of file a BLOB begins like; empty where that is not known."""
    head = value[:16]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


def _is_vector(value: bytes, decltype: str | None) -> bool:
    declared = _F32.fullmatch(decltype or "")
    if declared is None or not value or len(value) % 4:
        return False
    return declared[1] is None or len(value) == 4 * int(declared[1])


def vector_elements(value: bytes, decltype: str | None) -> list[str] | None:
    """The numbers of a vector as libSQL's vector_extract writes them; None for what is no vector of 32-bit floats."""
    return _elements(value, len(value) // 4) if _is_vector(value, decltype) else None


def _elements(value: bytes, count: int) -> list[str]:
    """Vectors of 32-bit floats are little-endian and have no type byte."""
    return [_shortest_f32(value[4 * i : 4 * i + 4]) for i in range(count)]


def _vector_text(value: bytes) -> str:
    count = len(value) // 4
    elements = _elements(value, min(count, _VECTOR_ELEMENTS))
    if count > _VECTOR_ELEMENTS:
        elements.append("…")
    return f"[{','.join(elements)}]  f32[{count}]"


def _shortest_f32(packed: bytes) -> str:
    (number,) = struct.unpack("<f", packed)
    for digits in range(1, 9):
        text = f"{number:.{digits}g}"
        if abs(float(text)) <= _F32_MAX and struct.pack("<f", float(text)) == packed:
            return text
    return f"{number:.9g}"
