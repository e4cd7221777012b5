"""Rows as they are stored, also where a text in them is no text."""

from collections.abc import Sequence

from turso_tui.errors import ServerFault, SqlError
from turso_tui.service.database import Database
from turso_tui.service.link import Executed
from turso_tui.service.rows.filtering import Fragment, RawText
from turso_tui.values import Row, Value

_MOST_COLUMNS = 1000
"""Each is read as two, and a result has 2000 at the most."""


async def read_rows(database: Database, query: Fragment, width: int) -> Executed:
    """The rows of a SELECT with ``width`` columns. A text that is not valid UTF-8, for which servers refuse the whole
    answer, comes as `RawText`. Raises what `Database.execute` raises."""
    try:
        return await database.execute(query.sql, query.args)
    except (SqlError, ServerFault) as error:
        if "utf-8" not in error.what.lower() or width > _MOST_COLUMNS or not await _is_utf8(database):
            raise
    answer = await database.execute(*_as_bytes(query, width))
    return Executed(answer.columns, [_row(row) for row in answer.rows], answer.summary)


async def _is_utf8(database: Database) -> bool:
    return list((await database.execute("SELECT encoding FROM pragma_encoding")).rows) == [("UTF-8",)]


def _as_bytes(query: Fragment, width: int) -> Fragment:
    names = [f"c{place}" for place in range(width)]
    columns = ", ".join(
        f"typeof({name}) = 'text', CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END"
        for name in names
    )
    return Fragment(f"WITH page({', '.join(names)}) AS ({query.sql}) SELECT {columns} FROM page", query.args)


def _row(row: Row) -> Row:
    return tuple(_value(value, is_text=bool(is_text)) for is_text, value in zip(row[::2], row[1::2], strict=True))


def _value(value: Value, *, is_text: bool) -> Value:
    if not is_text or not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return RawText(value)


def raw_places(rows: Sequence[Row], first: int) -> set[tuple[int, int]]:
    """Row and column of each `RawText`; the rows are counted from ``first``."""
    return {
        (number, place)
        for number, row in enumerate(rows, first)
        for place, value in enumerate(row)
        if isinstance(value, RawText)
    }
