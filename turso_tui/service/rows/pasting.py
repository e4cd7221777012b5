"""From a block of a spreadsheet on the clipboard to values that fit a table's columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from turso_tui.service.rows.facts import TableFacts
from turso_tui.values import Value


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
    raise NotImplementedError


def fit_block(
    block: Sequence[Sequence[PastedCell]], facts: TableFacts, places: Sequence[int], empty: Empty = Empty.NULL
) -> Pasted:
    """The block laid over columns: ``places`` are those from the cursor to the right, as they are shown."""
    raise NotImplementedError


def fit(facts: TableFacts, place: int, text: str) -> Value:
    """What a person typed into a cell, as its column holds it; an empty text stays one. Raises `InputError`."""
    raise NotImplementedError
