"""Hrana's values: an integer travels as a decimal string, a BLOB as base64 (sqld emits no padding)."""

import base64
import binascii
import math
from typing import Any

import msgspec

from turso_tui.errors import InputError, ProtocolError
from turso_tui.values import Value

INTEGER_RANGE = range(-(2**63), 2**63)


class WireValue(msgspec.Struct):
    """One value as it stands in JSON; which of the two payloads it has depends on ``type``."""

    type: str
    value: str | int | float | None = None
    base64: str | None = None


def encode(value: Value) -> dict[str, Any]:
    """A value as Hrana wants it. Raises `InputError` for what SQLite cannot hold or JSON cannot carry."""
    match value:
        case None:
            return {"type": "null"}
        case bool() | int():
            if int(value) not in INTEGER_RANGE:
                raise InputError(f"{value} does not fit SQLite's 64 bits.", next_step="Pass it as text.")
            return {"type": "integer", "value": str(int(value))}
        case float():
            if not math.isfinite(value):
                raise InputError("SQL over HTTP cannot carry NaN or infinity.", next_step="Write 9e999 in the SQL.")
            return {"type": "float", "value": value}
        case str():
            return {"type": "text", "value": _encodable(value)}
        case bytes():
            return {"type": "blob", "base64": base64.b64encode(value).decode("ascii").rstrip("=")}


def decode(wire: WireValue) -> Value:
    """The value that JSON carries. A float that is null is ±Inf on the server, and NaN here."""
    match wire.type:
        case "text" if isinstance(wire.value, str):
            return wire.value
        case "integer" if isinstance(wire.value, str | int):
            return integer(wire.value)
        case "null":
            return None
        case "float" if wire.value is None:
            return math.nan
        case "float" if isinstance(wire.value, int | float):
            return _float(wire.value)
        case "blob" if wire.base64 is not None:
            return _blob(wire.base64)
    raise ProtocolError(f"The server sent a value of type “{wire.type}” that cannot be read.")


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError("A text contains half of a surrogate pair, which is no character.") from error
    return text


def integer(value: str | int) -> int:
    """A 64-bit integer, written as a string or (rowids in sqld's cursors) as a number. Raises `ProtocolError`."""
    try:
        number = int(value)
    except ValueError as error:
        raise ProtocolError("The server sent an integer that is not one.") from error
    if number not in INTEGER_RANGE:
        raise ProtocolError("The server sent an integer that does not fit SQLite's 64 bits.")
    return number


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise ProtocolError("The server sent a float that is too large to be one.") from error


def _blob(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError("The server sent a BLOB that is not base64.") from error
