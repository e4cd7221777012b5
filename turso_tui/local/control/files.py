"""The files that databases are in: one each, made at first use and gone when the database is deleted."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import apsw

from turso_tui.errors import StorageError
from turso_tui.local.control.records import Database

Built = Callable[[str, int], None]
"""Told of each file that was made: the database's UUID and the rows that were written."""


class Builder(Protocol):
    """Makes what a new database contains. ``recipe`` says what, ``name`` makes it differ; the same each time."""

    def __call__(self, connection: apsw.Connection, recipe: str, name: str) -> None: ...


class DatabaseFiles:
    """``<directory>/databases/<DbId>.db``. Blocking: call from a thread when it matters. Safe from any thread."""

    def __init__(self, directory: Path, build: Builder, built: Built) -> None:
        self._directory = directory / "databases"
        self._directory.mkdir(mode=0o700, exist_ok=True)
        self._build = build
        self._built = built
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._removed: set[str] = set()

    def path(self, uuid: str) -> Path:
        return self._directory / f"{uuid}.db"

    def exists(self, uuid: str) -> bool:
        return self.path(uuid).exists()

    def make(self, database: Database) -> Path:
        """The file of a database, made now if this is its first use.

        Raises `FileNotFoundError` when the database was deleted meanwhile, `StorageError` when the disk refuses.
        """
        path = self.path(database.uuid)
        with self._lock_of(database.uuid):
            if database.uuid in self._removed:
                raise FileNotFoundError(path)
            if not path.exists():
                rows = _write(path, lambda connection: self._build(connection, database.recipe, database.name))
                self._built(database.uuid, rows)
        return path

    def branch(self, parent: Database, uuid: str) -> None:
        """Copies what ``parent`` has committed, without waiting for its writers."""

        def copy(target: apsw.Connection) -> None:
            source = apsw.Connection(str(origin), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                with target.backup("main", source, "main") as backup:
                    backup.step()
            finally:
                source.close()

        origin = self.make(parent)
        with self._lock_of(uuid):
            _write(self.path(uuid), copy, transaction=False)

    def storage_bytes(self, database: Database) -> int:
        """Whole pages, the ones that are still in the write-ahead log included."""
        path = self.make(database)
        log = _beside(path, "-wal")
        if not log.exists() or log.stat().st_size == 0:
            return path.stat().st_size
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return int(connection.pragma("page_count")) * int(connection.pragma("page_size"))
        finally:
            connection.close()

    def remove(self, uuid: str) -> None:
        """Deletes the file for good; one that is being made is waited for."""
        with self._lock_of(uuid):
            self._removed.add(uuid)
            path = self.path(uuid)
            for each in (path, _beside(path, "-wal"), _beside(path, "-shm")):
                each.unlink(missing_ok=True)

    def _lock_of(self, uuid: str) -> threading.Lock:
        with self._guard:
            return self._locks[uuid]


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _write(path: Path, fill: Callable[[apsw.Connection], None], *, transaction: bool = True) -> int:
    """Fills a new file under another name and moves it into place when it is whole. Returns the rows written."""
    draft = _beside(path, ".draft")
    try:
        for leftover in (draft, _beside(draft, "-wal"), _beside(draft, "-shm")):
            leftover.unlink(missing_ok=True)
        connection = apsw.Connection(str(draft))
        try:
            # Nobody sees the draft, so there is nothing to roll back to and nothing to sync for.
            connection.pragma("journal_mode", "off")
            connection.pragma("synchronous", "off")
            if transaction:
                connection.execute("BEGIN")
            fill(connection)
            if transaction:
                connection.execute("COMMIT")
            connection.pragma("journal_mode", "wal")
            rows = connection.total_changes()
        finally:
            connection.close()
        draft.chmod(0o600)
        draft.replace(path)
    except (apsw.Error, OSError) as error:
        raise StorageError(f"The database file {path} cannot be made: {error}.") from error
    return rows
