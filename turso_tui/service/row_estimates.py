"""About how many rows tables have, for the price of a few rows read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui.service.schema import Schema, Table, TableKind
from turso_tui.sql.facts import quote_identifier, quote_string
from turso_tui.values import Statement, Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from turso_tui.service.link import Executed

SMALLEST_ROW = 6
"""Bytes that the least row with a large rowid takes: more rows than fit the file are gaps between the rowids."""

_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_ROWID_NAMES = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True, slots=True)
class RowEstimate:
    """``at_most`` where it is the span of the rowids, in which there may be gaps; else it is what ANALYZE counted."""

    rows: int
    at_most: bool = True


async def row_estimates(
    read: Callable[[Sequence[Statement]], Awaitable[Sequence[Executed]]], schema: Schema, tables: Iterable[str]
) -> Mapping[str, RowEstimate]:
    """The counts that can be told, by the name of the table, in one round trip of ``read``. Raises what that raises.

    From what ANALYZE kept, where it ran; else from the first and the last rowid, each of which reads one row. Tables
    without a rowid, virtual ones, and those whose rowids are far apart (random numbers, times) are left out.
    """
    wanted = [table for name in tables if (table := schema.table(name)) is not None]
    spans = {table.name: sql for table in wanted if (sql := _span_of_rowids(table)) is not None}
    if not wanted:
        return {}
    statements = [Statement(_BYTES), *map(Statement, spans.values())]
    if schema.analyzed:
        statements.append(Statement(_counted(wanted)))
    (room, *answers) = await read(statements)
    most = _integer(room.rows[0][0] if room.rows else None) // SMALLEST_ROW
    found: dict[str, RowEstimate] = {}
    for name, answer in zip(spans, answers, strict=False):
        rows = _span(*answer.rows[0])
        if rows <= most:
            found[name] = RowEstimate(rows)
    if schema.analyzed:
        found.update(_analyzed(answers[-1].rows))
    return found


def _span_of_rowids(table: Table) -> str | None:
    """Two seeks; one query for both ends would read everything in between."""
    if table.without_rowid or table.kind not in (TableKind.TABLE, TableKind.SHADOW):
        return None
    taken = {column.name.lower() for column in table.columns}
    rowid = next((name for name in _ROWID_NAMES if name not in taken), None)
    if rowid is None:
        return None
    name = quote_identifier(table.name)
    return f"SELECT (SELECT min({rowid}) FROM main.{name}), (SELECT max({rowid}) FROM main.{name})"


def _span(first: Value, last: Value) -> int:
    return 0 if first is None else _integer(last) - _integer(first) + 1


def _counted(tables: Sequence[Table]) -> str:
    names = ", ".join(quote_string(table.name) for table in tables)
    return f"SELECT tbl, stat FROM main.sqlite_stat1 WHERE tbl IN ({names})"


def _analyzed(rows: Iterable[Sequence[Value]]) -> dict[str, RowEstimate]:
    """The largest of a table's figures: a partial index holds fewer rows."""
    found: dict[str, RowEstimate] = {}
    for table, figures in rows:
        first = str(figures).split(" ", 1)[0]
        if first.isdigit():
            known = found.get(str(table))
            found[str(table)] = RowEstimate(max(int(first), known.rows if known else 0), at_most=False)
    return found


def _integer(value: Value) -> int:
    return value if isinstance(value, int) else 0
