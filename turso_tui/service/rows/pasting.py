"""From a block of a spreadsheet on the clipboard to values that fit a table's columns."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from turso_tui.errors import InputError
from turso_tui.service.rows.affinity import Affinity, affinity_of, is_number, refusal
from turso_tui.service.rows.facts import TableFacts
from turso_tui.values import Value

NULL_MARK = "\\N"
"""An unquoted cell of just this is NULL, as in the TSV that is copied here."""

_INTEGERS = range(-(2**63), 2**63)
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d", re.ASCII)
_BLOB = re.compile(r"[xX]'((?:[0-9a-fA-F]{2})*)'")
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')
_LINE_END = re.compile(r"\r\n|\r|\n")


class Empty(StrEnum):
    """What an empty cell becomes. One in quotes (``""``) is always a text."""

    NULL = "null"
    TEXT = "text"


class PastedCell(NamedTuple):
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Misfit:
    """A cell that does not fit: its place in the block (from 0), the column's name and a sentence."""

    row: int
    column: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """``rows`` are values for the columns ``places`` of the table; to be used only where there are no ``misfits``."""

    places: tuple[int, ...]
    rows: Sequence[Sequence[Value]]
    misfits: Sequence[Misfit] = ()


def read_block(text: str, separator: str | None = None) -> list[list[PastedCell]]:
    """The cells of TSV as Excel and LibreOffice copy it, or of CSV. Without a ``separator`` it is a tab, unless the
    text has none and every one of several lines has the same number of commas."""
    if separator is not None:
        return _cells(text, separator)
    block = _cells(text, "\t")
    if "\t" not in text and len(block) > 1:
        by_comma = _cells(text, ",")
        if len(by_comma) > 1 and len(by_comma[0]) > 1 and len({len(row) for row in by_comma}) == 1:
            return by_comma
    return block


def fit_block(
    block: Sequence[Sequence[PastedCell]], facts: TableFacts, places: Sequence[int], empty: Empty = Empty.NULL
) -> Pasted:
    """The block laid over columns: ``places`` are those from the cursor to the right, as they are shown."""
    width = max(map(len, block), default=0)
    used = tuple(places[:width])
    misfits: list[Misfit] = []
    if width > len(used):
        misfits.append(Misfit(0, len(used), "", f"The block has {width} columns; from here the table has {len(used)}."))
    rows: list[list[Value]] = []
    for number, cells in enumerate(block):
        if len(cells) != width:
            misfits.append(Misfit(number, len(cells), "", f"This line has {len(cells)} cells, others have {width}."))
        values: list[Value] = []
        for at, (cell, place) in enumerate(zip(cells, used, strict=False)):
            try:
                values.append(_value(facts, place, cell, empty))
            except InputError as error:
                misfits.append(Misfit(number, at, facts.columns[place].name, error.what))
                values.append(None)
        rows.append(values)
    return Pasted(used, rows, misfits)


def fit(facts: TableFacts, place: int, text: str) -> Value:
    """What a person typed into a cell, as its column holds it; an empty text stays one. Raises `InputError`.

    Only the column's affinity makes a number of a text, and only where the number says the same.
    """
    column = facts.columns[place]
    affinity = affinity_of(column.type, strict=facts.table.strict)
    value: Value = text
    blob = _BLOB.fullmatch(text)
    if affinity in {Affinity.INTEGER, Affinity.NUMERIC, Affinity.REAL} and is_number(text):
        value = _number(text.strip(), affinity, column.name)
    elif affinity in {Affinity.BLOB, Affinity.NONE} and blob is not None:
        value = bytes.fromhex(blob[1])
    if reason := refusal(facts, place, value):
        raise InputError(reason)
    return value


def _value(facts: TableFacts, place: int, cell: PastedCell, empty: Empty) -> Value:
    is_null = not cell.quoted and (cell.text == NULL_MARK or (not cell.text and empty is Empty.NULL))
    if not is_null:
        return fit(facts, place, cell.text)
    if reason := refusal(facts, place, None):
        raise InputError(reason)
    return None


def _number(text: str, affinity: Affinity, name: str) -> int | float:
    """What SQLite would make of it, where that loses nothing but the way it was written."""
    if _LEADING_ZERO.match(text):
        raise InputError(f"{text} would lose its leading zeros: {name} holds numbers.")
    if affinity is not Affinity.REAL and _WHOLE.fullmatch(text) and int(text) in _INTEGERS:
        return int(text)
    number = float(text)
    if not _says(text, number):
        raise InputError(f"{text} has more digits than a number can hold.", next_step="Keep it in a text column.")
    if affinity is not Affinity.REAL and number.is_integer() and abs(number) < 2**63:
        return int(number)
    return number


def _says(text: str, number: float) -> bool:
    """Whether ``number`` is written ``text``, give or take zeros and exponents."""
    if math.isinf(number) or not number:
        return not number and not re.search(r"[1-9]", text.lower().partition("e")[0])
    return Decimal(repr(number)) == Decimal(text)


def _cells(text: str, separator: str) -> list[list[PastedCell]]:
    rows: list[list[PastedCell]] = []
    row: list[PastedCell] = []
    position = 0
    plain = re.compile(rf"[^{re.escape(separator)}\r\n]*+")
    while position < len(text) or row:
        cell, position = _cell(text, position, separator, plain)
        row.append(cell)
        if text.startswith(separator, position):
            position += len(separator)
            continue
        rows.append(row)
        row = []
        if end := _LINE_END.match(text, position):
            position = end.end()
    return rows


def _cell(text: str, position: int, separator: str, plain: "re.Pattern[str]") -> tuple[PastedCell, int]:
    """Quotes count only around a whole cell: ``"a" b`` is a text that begins with a quote."""
    quoted = _QUOTED.match(text, position)
    if quoted is not None:
        end = quoted.end()
        if end == len(text) or text.startswith(separator, end) or text[end] in "\r\n":
            return PastedCell(quoted[1].replace('""', '"'), quoted=True), end
    found = plain.match(text, position)
    end = found.end() if found is not None else position
    return PastedCell(text[position:end]), end
