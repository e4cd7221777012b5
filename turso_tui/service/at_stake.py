"""How many rows a statement is about, counted before it runs and for no longer than somebody waits for it."""

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from turso_tui.errors import TursoTuiError
from turso_tui.service.checks import source_of
from turso_tui.sql.effects import Act, Effect
from turso_tui.sql.facts import quote_identifier

if TYPE_CHECKING:
    from turso_tui.service.database import Database
    from turso_tui.values import Statement

SECONDS = 3.0
"""Whoever is asked may answer before that."""
MOST = 100_000
"""Rows that are counted: each is billed as read."""


class Stake(NamedTuple):
    """``has_more`` where the counting stopped before the end."""

    rows: int
    has_more: bool = False


async def count_rows(
    database: "Database", statement: "Statement", effect: Effect, *, seconds: float = SECONDS, most: int = MOST
) -> Stake | None:
    """The rows that ``statement`` would delete, update or drop with their table. None where that cannot be told, or not
    in time; an error is told when the statement itself runs. Cancelling stops the server too."""
    try:
        rows = rows_of(statement, effect)
        if rows is None:
            return None
        async with asyncio.timeout(seconds):
            counted = await database.execute(f"SELECT count(*) FROM ({rows} LIMIT {most + 1})")
    except (TimeoutError, TursoTuiError):
        return None
    number = int(str(counted.rows[0][0]))
    return Stake(min(number, most), number > most)


def rows_of(statement: "Statement", effect: Effect) -> str | None:
    """A SELECT with one row for each that the statement is about. Raises `InputError` for a name with a NUL in it."""
    if effect.act is Act.DROP and effect.kind == "table":
        return f"SELECT 1 FROM {quote_identifier(effect.target)}"
    source = source_of(statement) if effect.act in {Act.DELETE, Act.UPDATE} else None
    return f"{source.common}SELECT 1 FROM {source.text}" if source is not None else None
