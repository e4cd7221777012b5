"""Two results side by side: which rows were added, removed or changed, and the answer is a result again.

Values are the same only where they are of the same kind too: 1, 1.0 and '1' are three values, and NULL equals NULL.
All of it happens in the scratch files, so memory does not grow with the results.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import apsw

from turso_tui.errors import InputError
from turso_tui.service.comparison_sides import CommonColumn, Side, common_columns, sides
from turso_tui.service.comparison_signs import ADDED, BETWEEN, CHANGED, REMOVED
from turso_tui.service.export_values import plain, sql
from turso_tui.service.results import ResultSet
from turso_tui.service.results_conditions import any_of
from turso_tui.service.transaction import transaction
from turso_tui.values import Column, Row, Value

BECAME = " → "

_CHUNK = 500
_MOST_COUNTED = 1990
"""Columns of whole rows: SQLite takes 2000, and counting needs some of its own."""
_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs is in ``result``, whose first column says how. ``key`` are the names of the columns by which rows
    belong together, none where whole rows were counted.

    The second column names the columns that changed, or says how many times a whole row came or went.
    """

    result: ResultSet
    key: Sequence[str]
    added: int
    removed: int
    changed: int
    same: int


async def compare(before: ResultSet, after: ResultSet, key: Sequence[int]) -> Comparison:
    """What must be added, removed and changed to make ``after`` of ``before``, of the rows that are there now.

    ``key`` are places in `common_columns`; without any, whole rows are counted and none is called changed. Cancelling
    stops it and leaves nothing. Raises `InputError` where the key does not tell rows apart, `StorageError` when the
    disk is full.
    """
    store = after.store
    common = common_columns(before.columns, after.columns)
    if not common:
        raise InputError("The two results have no column in common.", next_step="Give columns the same name with AS.")
    if not key and len(common) > _MOST_COUNTED:
        raise InputError(f"Rows of {len(common)} columns are too wide to be counted.", next_step="Choose a key.")
    two, table = sides(before, after), store.new_view_name()
    second = Column("changed", "TEXT") if key else Column("times", "INTEGER")
    result = None
    try:
        found = await store.analyst.do(lambda raw: _Difference(raw, two, common, key, table).found())
        result = await store.create([Column("diff", "TEXT"), second, *(each.column for each in common)])
        reading = _Reading(two, common, table, counts=not key)
        for start in range(0, found.rows, _CHUNK):
            await result.append(await store.analyst.do(partial(reading.chunk, start)))
    except BaseException:
        if result is not None:
            await result.drop()
        raise
    finally:
        await store.analyst.do(lambda raw: raw.execute(f"DROP TABLE IF EXISTS temp.{table}"))
    result.finish()
    names = [common[place].column.name for place in key]
    return Comparison(result, names, found.added, found.removed, found.changed, two[0].rows - found.gone)


@dataclass(frozen=True, slots=True)
class _Found:
    rows: int
    added: int
    removed: int
    changed: int

    @property
    def gone(self) -> int:
        """Rows of before that are not in after as they were."""
        return self.removed + self.changed


class _Difference:
    """Fills a temporary table with the numbers of the rows that differ, in both results."""

    def __init__(
        self,
        raw: apsw.Connection,
        sides: tuple[Side, Side],
        common: Sequence[CommonColumn],
        key: Sequence[int],
        table: str,
    ) -> None:
        self._raw = raw
        self._before, self._after = self._sides = sides
        self._common = common
        self._key = key
        self._table = table

    def found(self) -> _Found:
        with transaction(self._raw), self._before.prepared(self._raw), self._after.prepared(self._raw):
            self._raw.execute(f"CREATE TABLE temp.{self._table} (sign, before, after, times)")
            if self._key:
                self._fill_by_key()
            else:
                self._fill_by_count()
            counts = {
                str(sign): (_number(rows), _number(times))
                for sign, rows, times in self._raw.execute(
                    f"SELECT sign, count(*), sum(times) FROM temp.{self._table} GROUP BY sign"
                )
            }
        rows = sum(rows for rows, _ in counts.values())
        added, removed, changed = (counts.get(sign, (0, 0))[1] for sign in (ADDED, REMOVED, CHANGED))
        return _Found(rows, added, removed, changed)

    def _fill_by_key(self) -> None:
        """The keys of both, each in its order, so that the two are gone through side by side."""
        keys = [f"temp.{self._table}_{side.alias}" for side in self._sides]
        for index, (side, name) in enumerate(zip(self._sides, keys, strict=True)):
            self._gather(side, index, name)
        before, after = keys
        columns = [name for place in range(len(self._key)) for name in (f"k{place}", f"t{place}")]
        same_key = " AND ".join(f"x.{name} = y.{name}" for name in columns)
        self._raw.execute(
            f"INSERT INTO temp.{self._table} SELECT * FROM ("
            f"SELECT '{CHANGED}' AS sign, x.row AS before, y.row AS after, 1 AS times FROM {before} AS x "
            f"JOIN {after} AS y ON {same_key} CROSS JOIN {self._before.source} ON a.rowid = x.row "
            f"CROSS JOIN {self._after.source} ON b.rowid = y.row WHERE {self._differ()} "
            f"UNION ALL SELECT '{REMOVED}', x.row, NULL, 1 FROM {before} AS x "
            f"WHERE NOT EXISTS (SELECT 1 FROM {after} AS y WHERE {same_key}) "
            f"UNION ALL SELECT '{ADDED}', NULL, y.row, 1 FROM {after} AS y "
            f"WHERE NOT EXISTS (SELECT 1 FROM {before} AS x WHERE {same_key})"
            ") ORDER BY coalesce(after, before), sign DESC"
        )
        for name in keys:
            self._raw.execute(f"DROP TABLE {name}")

    def _gather(self, side: Side, index: int, name: str) -> None:
        columns = ", ".join(f"k{place}, t{place}" for place in range(len(self._key)))
        order = ", ".join(str(place + 1) for place in range(2 * len(self._key)))
        key = side.key([self._common[place].of(index) for place in self._key])
        self._raw.execute(f"CREATE TABLE {name} ({columns}, row, PRIMARY KEY ({columns})) WITHOUT ROWID")
        try:
            self._raw.execute(
                f"INSERT INTO {name} SELECT {key}, rowid FROM {side.source} WHERE rowid <= ? ORDER BY {order}",
                (side.rows,),
            )
        except apsw.ConstraintError:
            names = ", ".join(self._common[place].column.name for place in self._key)
            raise InputError(
                f"Several rows of {side.result.name} have the same {names}.",
                next_step="Take another column as well, or none to count whole rows.",
            ) from None

    def _differ(self) -> str:
        a, b = self._sides
        tests = [
            f"{a.value(each.before)} IS NOT {b.value(each.after)} OR {a.kind(each.before)} <> {b.kind(each.after)}"
            for place, each in enumerate(self._common)
            if place not in self._key
        ]
        return any_of(tests) if tests else "0"

    def _fill_by_count(self) -> None:
        """Equal rows are counted in both; what is left over on one side differs."""
        names = [f"c{place}" for place in range(len(self._common))]
        parts = []
        for index, side in enumerate(self._sides):
            places = [each.of(index) for each in self._common]
            values = ", ".join(f"{side.value(place)} AS {name}" for place, name in zip(places, names, strict=True))
            kinds = _joined([side.kind(place) for place in places])
            rows = ("rowid AS before, NULL AS after, -1", "NULL, rowid, 1")[index]
            parts.append(f"SELECT {rows} AS n, {kinds} AS kinds, {values} FROM {side.source} WHERE rowid <= ?")
        self._raw.execute(
            f"INSERT INTO temp.{self._table} "
            f"SELECT CASE WHEN sum(n) > 0 THEN '{ADDED}' ELSE '{REMOVED}' END AS sign, min(before) AS before, "
            f"min(after) AS after, abs(sum(n)) FROM ({' UNION ALL '.join(parts)}) "
            f"GROUP BY kinds, {', '.join(names)} HAVING sum(n) <> 0 "
            "ORDER BY coalesce(min(after), min(before)), sign DESC",
            (self._before.rows, self._after.rows),
        )


class _Reading:
    """The rows that differ, a chunk at a time, as the rows of the answer."""

    def __init__(self, sides: tuple[Side, Side], common: Sequence[CommonColumn], table: str, *, counts: bool) -> None:
        self._sides = sides
        self._common = common
        self._table = table
        self._counts = counts

    def chunk(self, start: int, raw: apsw.Connection) -> list[Row]:
        within = (start, start + _CHUNK)
        signs = raw.execute(
            f"SELECT sign, before, after, times FROM temp.{self._table} WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
            within,
        ).fetchall()
        before, after = (self._rows(raw, side, name, within) for side, name in zip(self._sides, _SIDES, strict=True))
        rows: list[Row] = []
        for sign, old, new, times in signs:
            was = next(before) if old is not None else ()
            now = next(after) if new is not None else ()
            if sign == CHANGED:
                rows.append(self._changed(was, now))
            else:
                second = times if self._counts else None
                values = [was[each.before] if sign == REMOVED else now[each.after] for each in self._common]
                rows.append((sign, second, *values))
        return rows

    def _changed(self, was: Row, now: Row) -> Row:
        pairs = [(was[each.before], now[each.after]) for each in self._common]
        names = [
            each.column.name for each, (old, new) in zip(self._common, pairs, strict=True) if not is_same(old, new)
        ]
        return CHANGED, BETWEEN.join(names), *(became(old, new) for old, new in pairs)

    def _rows(self, raw: apsw.Connection, side: Side, name: str, within: tuple[int, int]) -> Iterator[Row]:
        found = raw.execute(
            f"SELECT {name} FROM temp.{self._table} WHERE rowid > ? AND rowid <= ? AND {name} IS NOT NULL "
            "ORDER BY rowid",
            within,
        ).fetchall()
        rows = raw.execute(
            f"SELECT r.* FROM temp.{self._table} AS p "
            f"CROSS JOIN results.{side.result.table} AS r ON r.rowid = p.{name} "
            "WHERE p.rowid > ? AND p.rowid <= ? ORDER BY p.rowid",
            within,
        )
        for (number,), row in zip(found, rows, strict=True):
            yield side.result.restore(_number(number) - 1, row) if side.unkept else row


def became(old: Value, new: Value) -> Value:
    """The value where it stayed the same, else ``old → new``. Texts are quoted where they could be taken for something
    else."""
    if is_same(old, new):
        return new
    spell: Callable[[Value], str] = sql
    if isinstance(old, str) and isinstance(new, str) and old and new and "→" not in old + new:
        spell = plain
    return f"{spell(old)}{BECAME}{spell(new)}"


def is_same(old: Value, new: Value) -> bool:
    """Of one kind and equal; a number that is none equals itself."""
    return type(old) is type(new) and (old == new or (old != old and new != new))


def _joined(texts: Sequence[str]) -> str:
    """One concatenation, as deep as its logarithm."""
    if len(texts) == 1:
        return texts[0]
    middle = len(texts) // 2
    return f"({_joined(texts[:middle])} || {_joined(texts[middle:])})"


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
