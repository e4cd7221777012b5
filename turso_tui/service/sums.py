"""Count, sum, mean and ends of the numbers in a block of cells. Sums of integers are exact, however large."""

import asyncio
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TypeAlias

import apsw

from turso_tui.service.results import ResultSet
from turso_tui.service.results_views import ResultView
from turso_tui.values import Row, Value

_FEW = 2000
"""Cells that are added up at once, as fast as they are painted."""
_CHUNK = 500
_COLUMNS_AT_ONCE = 200
_HALF = 32
"""Bits: SQLite adds integers only up to 64 of them, so the upper and the lower half are added up apart."""


Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Sums:
    """Of so many ``cells``. ``total`` is exact as long as all ``numbers`` are integers.

    NaN stands for an infinity of either sign, and among others for what cannot be said.
    """

    cells: int = 0
    numbers: int = 0
    total: Number = 0
    least: Number | None = None
    greatest: Number | None = None

    @property
    def mean(self) -> Number | None:
        """The number next to the exact one; None where there are no numbers."""
        if not self.numbers:
            return None
        if isinstance(self.total, float):
            return self.total / self.numbers
        exact = Fraction(self.total, self.numbers)
        return exact.numerator if exact.denominator == 1 else float(exact)

    def plus(self, other: "Sums") -> "Sums":
        ends = [each for each in (self.least, other.least, self.greatest, other.greatest) if each is not None]
        if any(map(math.isnan, ends)):
            ends = [math.nan]
        return Sums(
            self.cells + other.cells,
            self.numbers + other.numbers,
            self.total + other.total,
            min(ends, default=None),
            max(ends, default=None),
        )


async def summed(source: ResultSet | ResultView, start: int, stop: int, columns: Sequence[int]) -> Sums:
    """Of the rows ``start`` up to ``stop``, and of them these columns. Cancelling stops it. Raises `StorageError`."""
    result = source.result if isinstance(source, ResultView) else source
    if (stop - start) * len(columns) <= _FEW:
        return _of_values(row[place] for row in source.rows(start, stop) for place in columns)
    if result.has_non_finite or not source.table:  # what SQLite does not have it cannot add up
        return await asyncio.to_thread(_read, source, start, stop, columns)
    total = Sums()
    for first in range(0, len(columns), _COLUMNS_AT_ONCE):
        some = columns[first : first + _COLUMNS_AT_ONCE]
        for sums in await result.store.analyst.do(partial(_ask, source, start, stop, some)):
            total = total.plus(sums)
    return total


def _of_values(values: Iterable[Value]) -> Sums:
    cells = 0
    integers: list[int] = []
    reals: list[float] = []
    for value in values:
        cells += 1
        if isinstance(value, int):
            integers.append(value)
        elif isinstance(value, float):
            reals.append(value)
    numbers: list[Number] = [*integers, *reals]
    if not reals:
        return Sums(cells, len(numbers), sum(integers), min(integers, default=None), max(integers, default=None))
    if any(map(math.isnan, reals)):
        return Sums(cells, len(numbers), math.nan, math.nan, math.nan)
    return Sums(cells, len(numbers), _total(integers, reals), min(numbers), max(numbers))


def _total(integers: Sequence[int], reals: Sequence[float]) -> float:
    if any(map(math.isinf, reals)):
        return sum(reals)
    try:
        return float(sum(map(Fraction, reals), Fraction(sum(integers))))
    except OverflowError:
        return math.inf if sum(map(Fraction, reals)) > 0 else -math.inf


def _read(source: ResultSet | ResultView, start: int, stop: int, columns: Sequence[int]) -> Sums:
    store = source.result.store if isinstance(source, ResultView) else source.store
    with closing(store.open_reader()) as connection:

        def chunks() -> Iterator[Sequence[Row]]:
            for first in range(start, stop, _CHUNK):
                yield source.read(connection, first, min(first + _CHUNK, stop))

        total = Sums()
        for rows in chunks():
            total = total.plus(_of_values(row[place] for row in rows for place in columns))
        return total


def _ask(
    source: ResultSet | ResultView, start: int, stop: int, columns: Sequence[int], raw: apsw.Connection
) -> list[Sums]:
    result = source.result if isinstance(source, ResultView) else source
    within = f"results.{result.table} AS r WHERE r.rowid > ? AND r.rowid <= ?"
    if isinstance(source, ResultView):
        joined = f"main.{source.table} AS v CROSS JOIN results.{result.table} AS r ON r.rowid = v.row"
        within = f"{joined} WHERE v.rowid > ? AND v.rowid <= ?"
    asked = ", ".join(_aggregates(f"r.c{place}") for place in columns)
    found = raw.execute(f"SELECT {asked} FROM {within}", (start, stop)).fetchone()
    parts = iter(found or ())
    return [_sums(each) for each in zip(*[parts] * 7, strict=True)]


def _aggregates(column: str) -> str:
    integer, real = f"FILTER (WHERE typeof({column}) = 'integer')", f"FILTER (WHERE typeof({column}) = 'real')"
    number = f"FILTER (WHERE typeof({column}) IN ('integer', 'real'))"
    return (
        f"count(*), count(*) {number}, sum({column} >> {_HALF}) {integer}, "
        f"sum({column} & {2**_HALF - 1}) {integer}, sum({column}) {real}, "
        f"min({column}) {number}, max({column}) {number}"
    )


def _sums(found: Row) -> Sums:
    cells, numbers, upper, lower, real, least, greatest = map(_number, found)
    total = (int(upper or 0) << _HALF) + int(lower or 0)
    return Sums(int(cells or 0), int(numbers or 0), total if real is None else total + real, least, greatest)


def _number(value: Value) -> Number | None:
    if isinstance(value, str | bytes):
        raise TypeError(value)
    return value
