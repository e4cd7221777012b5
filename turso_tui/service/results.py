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
from urllib.parse import quote

import apsw

from turso_tui.errors import InputError, StorageError, TursoTuiError
from turso_tui.service.results_conditions import Condition
from turso_tui.service.results_views import Order, ResultView, make_view
from turso_tui.service.results_worker import ResultsWorker
from turso_tui.service.transaction import transaction
from turso_tui.values import Column, Row

_LOCK = "in-use"
_UNNAMED = "making"
_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
_MAX_COLUMNS = 2000  # SQLite's default SQLITE_MAX_COLUMN
_KEPT_RESULTS = 16
_KEPT_ROWS = 1_000_000
"""How much of what is no longer on show can still be asked by its name."""


class ResultSet:
    """One result: its columns, how many rows have arrived, whether that is all, and any window of them.

    ``name`` is what SQL over the results calls it; ``table`` is where it is kept. One that is ``pinned`` is not dropped
    before the end.
    """

    def __init__(self, store: "ResultStore", table: str, columns: Sequence[Column], name: str) -> None:
        self.store = store
        self.table = table
        self.name = name
        self.pinned = False
        self.columns = tuple(columns)
        self.row_count = 0
        self.complete = False
        self.failure: TursoTuiError | None = None
        self._non_finite: set[tuple[int, int]] = set()  # (row, column): SQLite would store NaN as NULL
        self._views: list[ResultView] = []

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` to ``stop`` (from 0, excluding ``stop``) that are there; fast enough for a paint."""
        return self.read(self.store.reader, start, stop)

    def read(self, connection: apsw.Connection, start: int, stop: int) -> Sequence[Row]:
        """`rows` by a connection of the caller's own (see `ResultStore.open_reader`)."""
        stop = min(stop, self.row_count)
        if stop <= start or not self.columns:
            return []
        rows = connection.execute(
            f"SELECT * FROM {self.table} WHERE rowid > ? AND rowid <= ?", (start, stop)
        ).fetchall()
        if not self._non_finite:
            return rows
        return [self.restore(start + index, row) for index, row in enumerate(rows)]

    async def view(self, orders: Sequence[Order] = (), condition: Condition | None = None) -> ResultView:
        """The rows there are now, sorted and filtered, in a thread. Cancelling leaves nothing.

        Raises `StorageError`.
        """
        view = await make_view(self.store, self, orders, condition)
        self._views.append(view)
        return view

    async def append(self, rows: Sequence[Row]) -> None:
        """Store more rows, in order. Raises `StorageError` (a full disk, say); the rows before stay."""
        if self.columns and rows:
            first = self.row_count
            await self.store.work(lambda: self._insert(first, rows))
        self.row_count += len(rows)

    def finish(self, failure: TursoTuiError | None = None) -> None:
        """No more rows will come; ``failure`` says why the result is only a part."""
        self.failure = failure
        self.complete = failure is None

    async def retire(self) -> None:
        """No longer on show: it stays for SQL over the results while there are few of them, else it is dropped."""
        await self.store.retire(self)

    async def drop(self) -> None:
        """Give its space back to the scratch file."""
        self.row_count = 0
        self.store.forget(self)
        views, self._views = self._views, []
        for view in views:
            await view.drop()
        await self.store.work(lambda: self.store.execute(f"DROP TABLE IF EXISTS {self.table}"))

    def _insert(self, first: int, rows: Sequence[Row]) -> None:
        places = ",".join("?" * len(self.columns))
        self.store.execute(f"INSERT INTO {self.table} VALUES ({places})", rows)
        self._non_finite.update(
            (index, place)
            for index, row in enumerate(rows, first)
            for place, value in enumerate(row)
            if isinstance(value, float) and math.isnan(value)
        )

    @property
    def non_finite(self) -> frozenset[tuple[int, int]]:
        """Where, as (row, column), a number stands that SQLite cannot keep and holds as NULL."""
        return frozenset(self._non_finite)

    @property
    def has_non_finite(self) -> bool:
        """Whether rows that were read past this class need `restore`."""
        return bool(self._non_finite)

    def restore(self, index: int, row: Row) -> Row:
        """Row ``index`` with the numbers that SQLite cannot keep."""
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
            self.path = self._home / "results.db"
            self._views = self._home / "views.db"
            self._writer = _open(self.path)
            self.analyst = ResultsWorker(_open(self._views, results=self.path), "results-views")
            self.reader = _open(self.path, views=self._views)
        except (OSError, apsw.Error) as error:
            raise StorageError(
                f"Results cannot be kept in {directory}: {error}.", next_step="Free some space or make it writable."
            ) from error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="results")
        self._count = self._view_count = 0
        self._results: list[ResultSet] = []
        self._retired: list[ResultSet] = []

    @property
    def results(self) -> Sequence[ResultSet]:
        """Every result that is kept, the oldest first."""
        return tuple(self._results)

    async def create(self, columns: Sequence[Column]) -> ResultSet:
        """An empty result, named ``r1``, ``r2`` …

        Its columns have no affinity, so that every value is kept exactly as it came.
        """
        if len(columns) > _MAX_COLUMNS:
            raise StorageError(
                f"The result has {len(columns)} columns; {_MAX_COLUMNS} can be kept.", next_step="Select fewer columns."
            )
        table = self._new_name()
        names = ", ".join(f"c{index}" for index in range(max(1, len(columns))))
        await self.work(lambda: self.execute(f"CREATE TABLE {table} ({names})"))
        result = ResultSet(self, table, columns, table)
        self._results.append(result)
        return result

    def rename(self, result: ResultSet, name: str) -> None:
        """Give a result a name of one's own; it is then ``pinned``. Raises `InputError` for one that is taken."""
        name = name.strip()
        if not name or "\0" in name:
            raise InputError("A result's name is at least one letter.")
        if any(each is not result and each.name.lower() == name.lower() for each in self._results):
            raise InputError(f"Another result is called {name}.", next_step="Choose another name.")
        result.name = name
        result.pinned = True

    async def retire(self, result: ResultSet) -> None:
        """Keep ``result`` for SQL over the results, and drop the oldest of those before it if there are too many."""
        if result not in self._results:
            return
        self._retired = [each for each in self._retired if each is not result] + [result]
        kept = [each for each in self._retired if not each.pinned]
        while kept and (len(kept) > _KEPT_RESULTS or sum(each.row_count for each in kept) > _KEPT_ROWS):
            await kept.pop(0).drop()

    def forget(self, result: ResultSet) -> None:
        """It is being dropped."""
        self._results = [each for each in self._results if each is not result]
        self._retired = [each for each in self._retired if each is not result]

    def open_reader(self) -> apsw.Connection:
        """A connection of one's own, for another thread; to be closed before the store is."""
        return _open(self.path, views=self._views)

    def new_view_name(self) -> str:
        self._view_count += 1
        return f"v{self._view_count}"

    def _new_name(self) -> str:
        taken = {each.name.lower() for each in self._results}
        self._count += 1
        while f"r{self._count}" in taken:
            self._count += 1
        return f"r{self._count}"

    def close(self) -> None:
        """Remove the files. Waits for the chunk that is being written, if any."""
        self.analyst.close()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.reader.close()
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


def _open(path: Path, **attached: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=_FLAGS)
    connection.set_busy_timeout(5000)
    # Scratch: nothing here must survive a crash, so no time is spent on making it durable.
    connection.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = off; PRAGMA cache_size = -8000").fetchall()
    for name, file in attached.items():
        connection.execute(f"ATTACH ? AS {name}", (read_only(file),))
    return connection


def read_only(path: Path) -> str:
    """The URI by which SQLite opens ``path`` for nothing but reading."""
    return f"file:{quote(str(path))}?mode=ro"
