"""What goes to the clipboard: a cell, a row, a column, a block or everything, in the format of one's choice."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from turso_tui.errors import InputError
from turso_tui.service.export_text import COPY_FORMATS, CopyFormat
from turso_tui.service.results import ResultSet
from turso_tui.service.results_views import ResultView
from turso_tui.values import Row, Value

COPY_LIMIT = 1_000_000
"""Characters. Terminals take less than they say, and what is larger belongs in a file."""

CHUNK = 500


class Scope(StrEnum):
    CELL = "cell"
    ROW = "row"
    COLUMN = "column"
    BLOCK = "block"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """``columns`` are the places of those that are meant, in order; ``row`` and ``column`` are the cursor's.

    A block goes from ``row`` up to ``stop``, and no further than there are rows.
    """

    source: ResultSet | ResultView
    scope: Scope
    row: int
    column: int
    columns: Sequence[int]
    stop: int = 0


def copy_format(id: str) -> CopyFormat:
    """The format of this name, the first of all for a name that is unknown."""
    return next((each for each in COPY_FORMATS if each.id == id), COPY_FORMATS[0])


async def copied(selection: Selection, format: CopyFormat, *, table: str = "result", limit: int = COPY_LIMIT) -> str:
    """The text to copy; a single cell is copied whatever its size. Raises `InputError` beyond ``limit`` characters.

    A row in JSON is one object, a column an array, and a column in SQL the list of an ``IN (…)``. A block of one
    column is copied as a column is.
    """
    return await asyncio.to_thread(_text, selection, format, table, limit)


def _text(selection: Selection, format: CopyFormat, table: str, limit: int) -> str:
    source = selection.source
    store = source.result.store if isinstance(source, ResultView) else source.store
    with closing(store.open_reader()) as connection:

        def chunks(start: int, stop: int) -> Iterator[Sequence[Row]]:
            for first in range(start, stop, CHUNK):
                yield source.read(connection, first, min(first + CHUNK, stop))

        match selection.scope:
            case Scope.CELL:
                return format.value(next(chunks(selection.row, selection.row + 1))[0][selection.column])
            case Scope.COLUMN:
                values = (row[selection.column] for rows in chunks(0, source.row_count) for row in rows)
                return _limited(_column(values, format), limit)
            case Scope.BLOCK:
                block = chunks(selection.row, min(selection.stop, source.row_count))
                if len(selection.columns) > 1:
                    return _limited(_rows(selection, block, format, table), limit)
                (place,) = selection.columns
                return _limited(_column((row[place] for rows in block for row in rows), format), limit)
            case Scope.ROW:
                return _limited(_rows(selection, chunks(selection.row, selection.row + 1), format, table), limit)
            case Scope.ALL:
                return _limited(_rows(selection, chunks(0, source.row_count), format, table), limit)


def _rows(selection: Selection, chunks: Iterator[Sequence[Row]], format: CopyFormat, table: str) -> Iterator[str]:
    writer = format.writer([selection.source.columns[place] for place in selection.columns], table)
    pick = picker(selection.columns, len(selection.source.columns))
    if format.id == "json" and selection.scope is Scope.ROW:
        yield writer.rows(pick(next(chunks))).lstrip()
        return
    yield writer.begin()
    for rows in chunks:
        yield writer.rows(pick(rows))
    yield writer.end()


def _column(values: Iterator[Value], format: CopyFormat) -> Iterator[str]:
    opening, between, closing_ = {"json": ("[", ", ", "]"), "sql": ("(", ", ", ")")}.get(format.id, ("", "\n", ""))
    yield opening
    for index, value in enumerate(values):
        yield (between if index else "") + format.value(value)
    yield closing_


def _limited(pieces: Iterator[str], limit: int) -> str:
    kept, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > limit:
            raise InputError(
                f"This is more than {limit // 1000} kB, too much for a clipboard.",
                means="Nothing was copied.",
                next_step="Export it to a file instead.",
            )
        kept.append(piece)
    return "".join(kept)


def picker(columns: Sequence[int], count: int) -> Callable[[Sequence[Row]], Sequence[Row]]:
    """Rows with only these of their ``count`` columns."""
    if list(columns) == list(range(count)):
        return lambda rows: rows
    return lambda rows: [tuple([row[place] for place in columns]) for row in rows]
