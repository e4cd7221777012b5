"""SQLite values as Hrana writes them in JSON, both ways and without loss.

Integers travel as decimal strings, because JSON numbers lose 64-bit integers in many clients; blobs as standard base64,
which sqld writes without padding and accepts with or without it; an infinite float as null, as sqld does.
"""

import binascii
import math
import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from turso_tui.values import Value as SqliteValue

_DECIMAL = re.compile(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)


class Null(msgspec.Struct, tag="null", gc=False, frozen=True):
    """SQL NULL."""


class Integer(msgspec.Struct, tag="integer", gc=False):
    """A 64-bit signed integer, written in decimal."""

    value: str


class Float(msgspec.Struct, tag="float", gc=False):
    """An IEEE double; msgspec writes a non-finite one as null and refuses null when reading."""

    value: float


class Text(msgspec.Struct, tag="text", gc=False):
    """Text, valid UTF-8."""

    value: str


class Blob(msgspec.Struct, tag="blob", gc=False):
    """Bytes in the standard base64 alphabet."""

    base64: str


class IntegerArgument(Integer, tag="integer"):
    """An integer that a client sent, refused while the message is being read if it is none."""

    def __post_init__(self) -> None:
        # The length first: int() takes quadratic time on long text, and no 64-bit integer needs more.
        if len(self.value) > 40 or not _DECIMAL.fullmatch(self.value) or int(self.value) not in _INT64:
            raise ValueError(f"invalid value: string {self.value[:80]!r}, expected decimal integer as a string")


class BlobArgument(Blob, tag="blob"):
    """A blob that a client sent, refused while the message is being read if it is not base64."""

    def __post_init__(self) -> None:
        try:
            _unbase64(self.base64)
        except ValueError as error:
            expected = "expected binary data encoded as base64"
            raise ValueError(f"invalid value: string {self.base64[:80]!r}, {expected}") from error


Value: TypeAlias = Null | Integer | Float | Text | Blob
Argument: TypeAlias = Null | IntegerArgument | Float | Text | BlobArgument

_NULL = Null()

_ENCODERS: dict[type, Callable[..., Value]] = {
    int: lambda value: Integer(str(value)),
    float: Float,
    str: Text,
    bytes: lambda value: Blob(_base64(value)),
    type(None): lambda _: _NULL,
}


def encode(value: SqliteValue) -> Value:
    """The wire form of one SQLite value."""
    return _ENCODERS[type(value)](value)


def encode_row(row: tuple[SqliteValue, ...]) -> list[Value]:
    """The wire form of a row; kept free of calls that a row of five values would pay for five times."""
    encoders = _ENCODERS
    return [encoders[type(value)](value) for value in row]


def decode(argument: Value) -> SqliteValue:
    """The SQLite value of a wire value. NaN cannot exist in SQLite, which stores NULL for it."""
    match argument:
        case Integer(value=digits):
            return int(digits)
        case Float(value=number):
            return None if math.isnan(number) else number
        case Text(value=text):
            return text
        case Blob(base64=text):
            return _unbase64(text)
        case _:
            return None


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def _unbase64(text: str) -> bytes:
    unpadded = text.rstrip("=")
    if len(text) - len(unpadded) > 2 or (len(text) != len(unpadded) and len(text) % 4):
        raise ValueError("wrong base64 padding")
    return binascii.a2b_base64(unpadded + "=" * (-len(unpadded) % 4), strict_mode=True)
