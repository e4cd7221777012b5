"""Counts what every statement cost, in memory first and then in the account, by the hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from turso_tui.local.control.store import Account
from turso_tui.local.tenant import Meter

HOUR = 3600
QUERY_LENGTH = 1000
"""Characters of a statement that are kept; what differs only after them counts as the same."""
QUERIES_BETWEEN_FLUSHES = 5000
"""More distinct statements than this only count towards the totals until the next flush."""
QUERY_AGE = 7 * 24 * HOUR
"""Seconds for which single statements are remembered."""


class Totals(msgspec.Struct, frozen=True):
    rows_read: int
    rows_written: int


class QueryCost(msgspec.Struct, frozen=True):
    """One statement over all its runs: rows and milliseconds, summed up."""

    query: str
    rows_read: int
    rows_written: int
    calls: int
    elapsed_ms: float


class UsageMeter:
    """Counters of all databases. `count` is cheap and safe from any thread; `flush` makes it last."""

    def __init__(self, account: Account, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._clock = clock
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._totals: dict[tuple[str, int], list[int]] = {}
        self._queries: dict[tuple[str, int, str], list[float]] = {}

    def of(self, database: str) -> Meter:
        return DatabaseMeter(self, database)

    def count(self, database: str, sql: str, *, rows_read: int, rows_written: int, elapsed_ms: float) -> None:
        hour = self._hour()
        query = (database, hour, sql.strip()[:QUERY_LENGTH])
        with self._lock:
            self._add_total(database, hour, rows_read, rows_written)
            if query in self._queries or len(self._queries) < QUERIES_BETWEEN_FLUSHES:
                costs = self._queries.setdefault(query, [0, 0, 0, 0.0])
                for index, cost in enumerate((rows_read, rows_written, 1, elapsed_ms)):
                    costs[index] += cost

    def count_built(self, database: str, rows_written: int) -> None:
        """The rows that came with a new database."""
        with self._lock:
            self._add_total(database, self._hour(), 0, rows_written)

    def flush(self) -> None:
        """Returns when all that was counted before is saved. Databases that are gone meanwhile are skipped."""
        # One at a time: the last flush before the account is closed must not overtake one that is under way.
        with self._flushing:
            with self._lock:
                totals, self._totals = self._totals, {}
                queries, self._queries = self._queries, {}
            if totals:
                self._save(totals, queries)

    def _save(self, totals: dict[tuple[str, int], list[int]], queries: dict[tuple[str, int, str], list[float]]) -> None:
        with self._account.transaction() as connection:
            known = {str(row[0]) for row in connection.execute("SELECT uuid FROM databases")}
            connection.executemany(_ADD_USAGE, [(*key, *value) for key, value in totals.items() if key[0] in known])
            connection.executemany(
                _ADD_QUERIES,
                [
                    (*key, int(read), int(written), int(calls), elapsed)
                    for key, (read, written, calls, elapsed) in queries.items()
                    if key[0] in known
                ],
            )
            connection.execute("DELETE FROM queries WHERE hour < ?", (self._hour() - QUERY_AGE,))

    def totals(self, start: float, end: float) -> dict[str, Totals]:
        """By database, for the hours that the window (unix seconds) touches; absent when nothing was counted."""
        self.flush()
        found = self._account.rows(
            "SELECT database, sum(rows_read), sum(rows_written) FROM usage WHERE hour > ? AND hour < ? GROUP BY 1",
            (start - HOUR, end),
        )
        return {database: Totals(read, written) for database, read, written in found}

    def top_queries(self, database: str, since: float, limit: int = 100) -> list[QueryCost]:
        """The most expensive statements first: by rows, then by time."""
        self.flush()
        found: list[tuple[Any, ...]] = self._account.rows(_TOP_QUERIES, (database, since - HOUR, limit))
        return [QueryCost(*row) for row in found]

    def _add_total(self, database: str, hour: int, rows_read: int, rows_written: int) -> None:
        total = self._totals.setdefault((database, hour), [0, 0])
        total[0] += rows_read
        total[1] += rows_written

    def _hour(self) -> int:
        return int(self._clock()) // HOUR * HOUR


@dataclass(frozen=True, slots=True)
class DatabaseMeter:
    """What the data plane gets: the meter of one database."""

    usage: UsageMeter
    database: str

    def count(self, sql: str, *, rows_read: int, rows_written: int, elapsed_ms: float) -> None:
        self.usage.count(self.database, sql, rows_read=rows_read, rows_written=rows_written, elapsed_ms=elapsed_ms)


_ADD_USAGE = """
INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
SET rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written
"""
_ADD_QUERIES = """
INSERT INTO queries VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written,
    calls = calls + excluded.calls, elapsed_ms = elapsed_ms + excluded.elapsed_ms
"""
_TOP_QUERIES = """
SELECT query, sum(rows_read), sum(rows_written), sum(calls), sum(elapsed_ms) FROM queries
WHERE database = ? AND hour > ? GROUP BY query
ORDER BY sum(rows_read) + sum(rows_written) DESC, sum(elapsed_ms) DESC LIMIT ?
"""
