"""What a column of a result holds: how many values of which kind, how many different ones, and how they are spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw

from turso_tui.service.results_views import ResultView
from turso_tui.values import Row, Value

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet

BUCKETS = 12
COMMON = 8


@dataclass(frozen=True, slots=True)
class Bucket:
    """Numbers from ``low`` to ``high``, which only the last one includes."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """Of all ``rows``, or of those that a view leaves. ``kinds`` counts SQLite's types by their names.

    ``minimum`` and ``maximum`` are by SQLite's order, None where everything is NULL. ``buckets`` are of the finite
    numbers, empty where there are not two different ones; ``common`` are the values seen most often, more than once.
    """

    rows: int
    nulls: int
    distinct: int
    kinds: Mapping[str, int]
    minimum: Value
    maximum: Value
    mean: float | None
    buckets: Sequence[Bucket]
    common: Sequence[tuple[Value, int]]


async def statistics(source: "ResultSet | ResultView", column: int) -> ColumnStatistics:
    """Read the whole column once or twice, in a thread; cancelling stops it. Raises `StorageError`."""
    result = source.result if isinstance(source, ResultView) else source
    within, bound = f"results.{result.table} AS r WHERE r.rowid <= ?", source.row_count
    if isinstance(source, ResultView):
        within = (
            f"main.{source.table} AS v CROSS JOIN results.{result.table} AS r ON r.rowid = v.row WHERE v.rowid <= ?"
        )
    return await result.store.analyst.do(lambda raw: _Reading(raw, f"r.c{column}", within, bound).statistics())


class _Reading:
    def __init__(self, raw: apsw.Connection, column: str, within: str, bound: int) -> None:
        self._raw = raw
        self._column = column
        self._within = within
        self._bound = bound
        self._is_number = f"typeof({column}) IN ('integer', 'real')"

    def statistics(self) -> ColumnStatistics:
        c = self._column
        kinds = {
            str(kind): _count(count) for kind, count in self._ask(f"typeof({c}), count(*)", "GROUP BY 1 ORDER BY 1")
        }
        ((rows, low, high),) = self._ask(f"count(*), min({c}), max({c})")
        ((mean,),) = self._ask(f"avg({c})", f"AND {self._is_number}")
        common = self._ask(
            f"{c}, count(*) AS n", f"AND {c} IS NOT NULL GROUP BY {c} HAVING n > 1 ORDER BY n DESC, {c} LIMIT {COMMON}"
        )
        return ColumnStatistics(
            rows=_count(rows),
            nulls=kinds.get("null", 0),
            distinct=self._distinct(),
            kinds=kinds,
            minimum=low,
            maximum=high,
            mean=mean if isinstance(mean, float) else None,
            buckets=self._buckets(),
            common=[(value, _count(count)) for value, count in common],
        )

    def _distinct(self) -> int:
        # Sorted and counted: a million different values in the tree of count(DISTINCT) take five times as long.
        inner = f"SELECT 1 FROM {self._within} AND {self._column} IS NOT NULL GROUP BY {self._column}"
        return _count(self._raw.execute(f"SELECT count(*) FROM ({inner})", (self._bound,)).get)

    def _buckets(self) -> Sequence[Bucket]:
        c = self._column
        finite = f"AND {self._is_number} AND abs({c} * 1.0) < 9e999"
        ((low, high),) = self._ask(f"min({c}) * 1.0, max({c}) * 1.0", finite)
        if not isinstance(low, float) or not isinstance(high, float):
            return ()
        width = high / BUCKETS - low / BUCKETS
        if width <= 0:
            return ()
        place = f"max(0, min(CAST({c} / {width!r} - {low / width!r} AS INTEGER), {BUCKETS - 1}))"
        counts = {
            _count(bucket): _count(count) for bucket, count in self._ask(f"{place}, count(*)", f"{finite} GROUP BY 1")
        }
        edges = [low + width * index for index in range(BUCKETS)] + [high]
        return [Bucket(edges[index], edges[index + 1], counts.get(index, 0)) for index in range(BUCKETS)]

    def _ask(self, select: str, rest: str = "") -> list[Row]:
        return self._raw.execute(f"SELECT {select} FROM {self._within} {rest}", (self._bound,)).fetchall()


def _count(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
