"""The two results of a comparison: the columns that both have, and SQL for values that are equal only if exactly so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import apsw

from turso_tui.service.results import ResultSet
from turso_tui.values import Column


@dataclass(frozen=True, slots=True)
class CommonColumn:
    """A column that both results have, and its place in each."""

    column: Column
    before: int
    after: int

    def of(self, side: int) -> int:
        """Its place in the first result (0) or in the second (1)."""
        return self.after if side else self.before


def common_columns(before: Sequence[Column], after: Sequence[Column]) -> list[CommonColumn]:
    """What can be compared, in the order of ``after``: the same name, or else the same in another case.

    Of several columns with one name the first belongs to the first, and so on.
    """
    free = list(range(len(before)))
    partners: dict[int, int] = {}
    for spelled in (str, str.lower):
        for place, column in enumerate(after):
            mine = (each for each in free if spelled(before[each].name) == spelled(column.name))
            partner = next(mine, None) if place not in partners else None
            if partner is not None:
                partners[place] = partner
                free.remove(partner)
    return [CommonColumn(after[place], partners[place], place) for place in sorted(partners)]


def left_out(before: Sequence[Column], after: Sequence[Column]) -> tuple[list[str], list[str]]:
    """The names of the columns that only one of the two has, and which are therefore not compared."""
    common = common_columns(before, after)
    mine, theirs = {each.before for each in common}, {each.after for each in common}
    return (
        [column.name for place, column in enumerate(before) if place not in mine],
        [column.name for place, column in enumerate(after) if place not in theirs],
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as far as it has arrived; ``alias`` is what it is called in SQL.

    ``unkept`` are the (row, column) of the numbers that SQLite cannot keep and holds as NULL.
    """

    result: ResultSet
    alias: str
    rows: int
    unkept: frozenset[tuple[int, int]]

    @property
    def source(self) -> str:
        return f"results.{self.result.table} AS {self.alias}"

    def value(self, place: int) -> str:
        return f"{self.alias}.c{place}"

    def kind(self, place: int) -> str:
        """SQL for the kind of a value: one letter, because it is written to disk with each key."""
        kind = f"substr(typeof({self.value(place)}), 1, 1)"
        if not self.unkept:
            return kind
        unkept = f"SELECT 1 FROM {self._unkept_table} WHERE row = {self.alias}.rowid AND place = {place}"
        return f"CASE WHEN EXISTS ({unkept}) THEN 'N' ELSE {kind} END"

    def key(self, places: Sequence[int]) -> str:
        """SQL for values that are equal exactly where these are: a NULL is told from 0 by its kind."""
        return ", ".join(f"coalesce({self.value(place)}, 0), {self.kind(place)}" for place in places)

    @contextmanager
    def prepared(self, raw: apsw.Connection) -> Iterator[None]:
        """While `kind` and `key` are used."""
        if not self.unkept:
            yield
            return
        raw.execute(f"CREATE TABLE {self._unkept_table} (row, place, PRIMARY KEY (row, place)) WITHOUT ROWID")
        try:
            raw.executemany(
                f"INSERT INTO {self._unkept_table} VALUES (?, ?)", ((row + 1, place) for row, place in self.unkept)
            )
            yield
        finally:
            raw.execute(f"DROP TABLE IF EXISTS {self._unkept_table}")

    @property
    def _unkept_table(self) -> str:
        return f"temp.unkept_{self.alias}"


def sides(before: ResultSet, after: ResultSet) -> tuple[Side, Side]:
    return (
        Side(before, "a", before.row_count, before.non_finite),
        Side(after, "b", after.row_count, after.non_finite),
    )
