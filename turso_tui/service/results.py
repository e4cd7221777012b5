"""Results are a database: each result set is a table in a scratch SQLite file, filled while it streams.

Memory does not grow with the result, and a window of it is one indexed read. The file belongs to this process and
goes with it; what a crash left behind is swept by the next start.
"""

import asyncio
import fcntl
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw

from turso_tui.errors import StorageError, TursoTuiError
from turso_tui.service.transaction import transaction
from turso_tui.values import Column, Row

_LOCK = "in-use"
_UNNAMED = "making"
_MAX_COLUMNS = 2000  # SQLite's default SQLITE_MAX_COLUMN


class ResultSet:
    """One result: its columns, how many rows have arrived, whether that is all, and any window of them."""

    def __init__(self, store: "ResultStore", table: str, columns: Sequence[Column]) -> None:
        self._store = store
        self._table = table
        self.columns = tuple(columns)
        self.row_count = 0
        self.complete = False
        self.failure: TursoTuiError | None = None
        self._non_finite: set[tuple[int, int]] = set()  # (row, column): SQLite would store NaN as NULL

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` to ``stop`` (from 0, excluding ``stop``) that are there; fast enough for a paint."""
        stop = min(stop, self.row_count)
        if stop <= start or not self.columns:
            return []
        rows = self._store.select(f"SELECT * FROM {self._table} WHERE rowid > ? AND rowid <= ?", (start, stop))
        if not self._non_finite:
            return rows
        return [self._restore(start + index, row) for index, row in enumerate(rows)]

    async def append(self, rows: Sequence[Row]) -> None:
        """Store more rows, in order. Raises `StorageError` (a full disk, say); the rows before stay."""
        if self.columns and rows:
            first = self.row_count
            await self._store.work(lambda: self._insert(first, rows))
        self.row_count += len(rows)

    def finish(self, failure: TursoTuiError | None = None) -> None:
        """No more rows will come; ``failure`` says why the result is only a part."""
        self.failure = failure
        self.complete = failure is None

    async def drop(self) -> None:
        """Give its space back to the scratch file."""
        self.row_count = 0
        await self._store.work(lambda: self._store.execute(f"DROP TABLE IF EXISTS {self._table}"))

    def _insert(self, first: int, rows: Sequence[Row]) -> None:
        places = ",".join("?" * len(self.columns))
        self._store.execute(f"INSERT INTO {self._table} VALUES ({places})", rows)
        self._non_finite.update(
            (index, place)
            for index, row in enumerate(rows, first)
            for place, value in enumerate(row)
            if isinstance(value, float) and math.isnan(value)
        )

    def _restore(self, index: int, row: Row) -> Row:
        return tuple(math.nan if (index, place) in self._non_finite else value for place, value in enumerate(row))


class ResultStore:
    """The scratch file. Writes happen in one worker thread, reads wherever they are asked."""

    def __init__(self, directory: Path) -> None:
        """Raises `StorageError` when ``directory`` cannot be used."""
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(directory)
            self._home = Path(tempfile.mkdtemp(prefix="results-", dir=directory))
            # Locked under another name first: a folder that has its lock file is in use, or its process is gone.
            self._lock = _hold(self._home / _UNNAMED, os.O_CREAT)
            (self._home / _UNNAMED).rename(self._home / _LOCK)
            path = str(self._home / "results.db")
            self._writer = _open(path)
            self._reader = _open(path)
        except (OSError, apsw.Error) as error:
            raise StorageError(
                f"Results cannot be kept in {directory}: {error}.", next_step="Free some space or make it writable."
            ) from error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="results")
        self._count = 0

    async def create(self, columns: Sequence[Column]) -> ResultSet:
        """An empty result. Its columns have no affinity, so that every value is kept exactly as it came."""
        if len(columns) > _MAX_COLUMNS:
            raise StorageError(
                f"The result has {len(columns)} columns; {_MAX_COLUMNS} can be kept.", next_step="Select fewer columns."
            )
        self._count += 1
        table = f"r{self._count}"
        names = ", ".join(f"c{index}" for index in range(max(1, len(columns))))
        await self.work(lambda: self.execute(f"CREATE TABLE {table} ({names})"))
        return ResultSet(self, table, columns)

    def select(self, sql: str, args: tuple[int, ...]) -> list[Row]:
        return self._reader.execute(sql, args).fetchall()

    def close(self) -> None:
        """Remove the file. Waits for the chunk that is being written, if any."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._reader.close()
        self._writer.close()
        shutil.rmtree(self._home, ignore_errors=True)
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def work(self, job: Callable[[], None]) -> None:
        """Run ``job`` in the writing thread. When cancelled, it is waited for: no chunk is half counted afterwards."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, job)
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise
        except apsw.FullError as error:
            raise StorageError(
                "The disk is full: the rest of the result is not kept.", next_step=f"Free space at {self._home.parent}."
            ) from error
        except apsw.Error as error:
            raise StorageError(f"The result cannot be kept: {error}.") from error

    def execute(self, sql: str, rows: Sequence[Row] | None = None) -> None:
        """In the writing thread only."""
        with transaction(self._writer):
            if rows is None:
                self._writer.execute(sql)
            else:
                self._writer.executemany(sql, rows)


def sweep(directory: Path) -> None:
    """Remove the scratch folders whose process is gone: their lock is free."""
    for home in directory.glob("results-*"):
        try:
            lock = _hold(home / _LOCK)
        except OSError:
            continue  # in use, or being made at this moment and therefore without its lock file
        shutil.rmtree(home, ignore_errors=True)
        os.close(lock)


def _hold(path: Path, flags: int = 0) -> int:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise
    return file


def _open(path: str) -> apsw.Connection:
    connection = apsw.Connection(path)
    connection.set_busy_timeout(5000)
    # Scratch: nothing here must survive a crash, so no time is spent on making it durable.
    connection.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = off; PRAGMA cache_size = -8000")
    return connection
