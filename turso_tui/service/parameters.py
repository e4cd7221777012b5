"""From what a person types for a parameter to a value, and what was typed the last time."""

import math
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from turso_tui.errors import InputError
from turso_tui.service.statements import Parameters
from turso_tui.sql.parameters import Parameter
from turso_tui.values import Value

REMEMBERED = 500
"""Statements whose values are remembered."""

_INTEGER = re.compile(r"[+-]?[0-9]+|0[xX][0-9a-fA-F]{1,16}")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BLOB = re.compile(r"(?:[xX]')?(?P<digits>[0-9a-fA-F\s]*)'?")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class ValueType(StrEnum):
    """SQLite's five kinds of values."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BLOB = "blob"
    NULL = "null"


class Entry(NamedTuple):
    """What a person gave for one parameter, as it was typed."""

    type: ValueType = ValueType.TEXT
    text: str = ""


def value_of(entry: Entry) -> Value:
    """The value, exactly. Raises `InputError` in words that fit beside a field."""
    match entry.type:
        case ValueType.NULL:
            return None
        case ValueType.INTEGER:
            return _integer(entry.text.strip())
        case ValueType.REAL:
            return _real(entry.text.strip())
        case ValueType.BLOB:
            return _blob(entry.text.strip())
        case ValueType.TEXT:
            return entry.text


def bind(wanted: Sequence[Parameter], values: Sequence[Value]) -> Parameters:
    """The values of ``wanted``, one each and in its order, as a statement takes them.

    Raises `InputError` where numbers and names are mixed: no server takes both.
    """
    named = {parameter.label: value for parameter, value in zip(wanted, values, strict=True) if parameter.is_named}
    if not named:
        given = {parameter.number: value for parameter, value in zip(wanted, values, strict=True)}
        return tuple(given.get(number) for number in range(1, max(given, default=0) + 1))
    if len(named) < len(wanted):
        raise InputError("The statement has parameters with a name and without.", next_step="Give all of them names.")
    return named


class ParameterMemory:
    """What was given in this session: by statement, and by name for a statement that is new."""

    def __init__(self) -> None:
        self._by_statement: OrderedDict[str, dict[str, Entry]] = OrderedDict()
        self._by_label: dict[str, Entry] = {}

    def recall(self, sql: str, wanted: Sequence[Parameter]) -> list[Entry]:
        """For each of ``wanted``: the entry of the last time, or an empty one."""
        known = self._by_statement.get(sql, {})
        return [known.get(each.label) or self._from_others(each) or Entry() for each in wanted]

    def remember(self, sql: str, entries: Mapping[str, Entry]) -> None:
        """``entries`` are by label."""
        self._by_statement[sql] = dict(entries)
        self._by_statement.move_to_end(sql)
        while len(self._by_statement) > REMEMBERED:
            self._by_statement.popitem(last=False)
        self._by_label.update(entries)

    def _from_others(self, parameter: Parameter) -> Entry | None:
        """``:tenant`` means the same in another statement; ``?1`` does not."""
        return self._by_label.get(parameter.label) if parameter.is_named else None


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise InputError("This is not an integer.", next_step="Digits, with a sign before them, or 0x and hex digits.")
    number = int(text, 16 if text[:2].lower() == "0x" else 10) if len(text) <= 64 else _LARGEST + 1
    if text[:2].lower() == "0x" and number > _LARGEST:
        number -= 2**64  # as SQLite reads it
    if not _SMALLEST <= number <= _LARGEST:
        raise InputError("This is too large for an integer.", next_step="64 bits are the most; choose real or text.")
    return number


def _real(text: str) -> float:
    if not _REAL.fullmatch(text):
        raise InputError("This is not a number.", next_step="Like 0.5, -12 or 6.02e23.")
    number = float(text)
    if math.isinf(number):
        raise InputError("This is too large for a real number.", next_step="1.8e308 is the limit.")
    return number


def _blob(text: str) -> bytes:
    found = _BLOB.fullmatch(text)
    digits = "".join(found["digits"].split()) if found is not None else "?"
    if found is None or len(digits) % 2:
        raise InputError("This is not a blob.", next_step="Pairs of hex digits, like 00ff10.")
    return bytes.fromhex(digits)
