"""A result in another order, or a part of its rows: an index in the scratch files, never a copy of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw

from turso_tui.service.results_conditions import Condition, any_of, contains
from turso_tui.service.transaction import transaction

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.values import Column, Row, Value

_SEEN_IN = "views"
"""What the file of the views is called where results are read, and ``results`` the other way round."""


@dataclass(frozen=True, slots=True)
class Order:
    """By one column, given by its place. Values are in SQLite's order: NULL, numbers, texts by their bytes, BLOBs."""

    column: int
    descending: bool = False


class ResultView:
    """The rows of ``result`` that were there when it was made: ``covers`` of them, of which `row_count` are in it."""

    def __init__(
        self, store: ResultStore, result: ResultSet, table: str, orders: Sequence[Order], condition: Condition | None
    ) -> None:
        self._store = store
        self.table = table
        self.result = result
        self.orders = tuple(orders)
        self.condition = condition
        self.row_count = 0
        self.covers = result.row_count

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.result.columns

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` to ``stop`` of this order; fast enough for a paint."""
        return self.read(self._store.reader, start, stop)

    def read(self, connection: apsw.Connection, start: int, stop: int) -> Sequence[Row]:
        """`rows` by a connection of the caller's own (see `ResultStore.open_reader`)."""
        if stop <= start or self.row_count == 0:
            return []
        rows = connection.execute(
            f"SELECT r.* FROM {_SEEN_IN}.{self.table} AS v CROSS JOIN {self.result.table} AS r ON r.rowid = v.row "
            "WHERE v.rowid > ? AND v.rowid <= ? ORDER BY v.rowid",
            (start, stop),
        ).fetchall()
        if not self.result.has_non_finite:
            return rows
        return [
            self.result.restore(place, row)
            for place, row in zip(self.places(start, stop, connection), rows, strict=True)
        ]

    def places(self, start: int, stop: int, connection: apsw.Connection | None = None) -> list[int]:
        """Where these rows stand in the result itself, from 0."""
        found = (connection or self._store.reader).execute(
            f"SELECT row - 1 FROM {_SEEN_IN}.{self.table} WHERE rowid > ? AND rowid <= ? ORDER BY rowid", (start, stop)
        )
        return [int(place) for (place,) in found]

    async def drop(self) -> None:
        """Give its space back. The result stays."""
        self.row_count = 0
        await self._store.analyst.do(lambda raw: raw.execute(f"DROP TABLE IF EXISTS {self.table}"))


async def make_view(
    store: ResultStore, result: ResultSet, orders: Sequence[Order] = (), condition: Condition | None = None
) -> ResultView:
    """The rows of ``result`` that meet ``condition``, ordered by the first of ``orders``, then the next, and equal
    ones as they came. Cancelling stops the work and leaves nothing. Raises `StorageError`."""
    view = ResultView(store, result, store.new_view_name(), orders, condition)
    view.row_count = await store.analyst.do(lambda raw: _fill(raw, view))
    return view


async def find(
    source: ResultSet | ResultView, text: str, row: int, column: int, *, backwards: bool = False
) -> tuple[int, int] | None:
    """Row and column of the next cell that contains ``text``, after (or before) the given one and then from the
    other end; None where there is none. Raises `StorageError`."""
    result = source.result if isinstance(source, ResultView) else source
    if not result.columns or not text or not source.row_count:
        return None
    return await result.store.analyst.do(lambda raw: _Search(raw, source, result, text).next(row, column, backwards))


def _fill(raw: apsw.Connection, view: ResultView) -> int:
    result, condition = view.result, view.condition
    order = ", ".join([*(f"c{each.column}{' DESC' if each.descending else ''}" for each in view.orders), "rowid"])
    where = f"rowid <= ? AND ({condition.sql})" if condition is not None else "rowid <= ?"
    args = (view.covers, *(condition.args if condition is not None else ()))
    with transaction(raw):
        raw.execute(f"CREATE TABLE {view.table} (row INTEGER)")
        if result.columns:
            raw.execute(
                f"INSERT INTO {view.table} SELECT rowid FROM results.{result.table} WHERE {where} ORDER BY {order}",
                args,
            )
            return raw.changes()
    return 0


class _Search:
    """Looks first right of the cell, then below, then from the top; or all of it the other way round."""

    def __init__(self, raw: apsw.Connection, source: ResultSet | ResultView, result: ResultSet, text: str) -> None:
        self._raw = raw
        self._tests = [contains(f"r.c{column}", text) for column in range(len(result.columns))]
        self._count = source.row_count
        table = f"results.{result.table} AS r"
        if isinstance(source, ResultView):
            self._from = f"main.{source.table} AS v CROSS JOIN {table} ON r.rowid = v.row"
            self._place = "v.rowid"
        else:
            self._from, self._place = table, "r.rowid"

    def next(self, row: int, column: int, backwards: bool) -> tuple[int, int] | None:
        here = self._columns(row)
        beside = [each for each in here if (each < column if backwards else each > column)]
        if beside:
            return row, beside[-1] if backwards else beside[0]
        found = self._row(row, backwards)
        if found is None:
            return None
        columns = here if found == row else self._columns(found)
        return (found, columns[-1] if backwards else columns[0]) if columns else None

    def _row(self, row: int, backwards: bool) -> int | None:
        """The nearest row that matches; the one we are in comes last."""
        spans = [(row + 1, self._count), (0, row + 1)]
        if backwards:
            spans = [(0, row), (row, self._count)]
        for start, stop in spans:
            found = self._nearest(start, stop, backwards)
            if found is not None:
                return found
        return None

    def _nearest(self, start: int, stop: int, backwards: bool) -> int | None:
        args = [start, stop, *(arg for _, each in self._tests for arg in each)]
        found: int | None = self._raw.execute(
            f"SELECT {self._place} - 1 FROM {self._from} WHERE {self._place} > ? AND {self._place} <= ? "
            f"AND {any_of([sql for sql, _ in self._tests])} "
            f"ORDER BY {self._place}{' DESC' if backwards else ''} LIMIT 1",
            args,
        ).get
        return found

    def _columns(self, row: int) -> list[int]:
        """Where in this row it matches."""
        tests = ", ".join(sql for sql, _ in self._tests)
        args: list[Value] = [*(arg for _, each in self._tests for arg in each), row + 1]
        hits = self._raw.execute(f"SELECT {tests} FROM {self._from} WHERE {self._place} = ?", args).fetchone()
        return [column for column, hit in enumerate(hits or ()) if hit]
