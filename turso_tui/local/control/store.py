"""The account in one SQLite file: organizations, groups, databases, tokens, signing keys. Survives a restart."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import apsw
import msgspec

from turso_tui.errors import StorageError
from turso_tui.local.control.records import (
    ApiToken,
    Configuration,
    Database,
    Group,
    Organization,
    Parent,
    PlacedDatabase,
)

Record = TypeVar("Record", bound=msgspec.Struct)

_FIRST_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS signing_keys (owner TEXT PRIMARY KEY, private_key BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS organizations (
    uuid TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, plan TEXT NOT NULL,
    timeline TEXT NOT NULL, overages INTEGER NOT NULL, require_mfa INTEGER NOT NULL,
    blocked_reads INTEGER NOT NULL, blocked_writes INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS groups (
    uuid TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations (uuid) ON DELETE CASCADE,
    name TEXT NOT NULL, location TEXT NOT NULL, version TEXT NOT NULL, archived INTEGER NOT NULL,
    delete_protection INTEGER NOT NULL, UNIQUE (organization, name)
) STRICT;
CREATE TABLE IF NOT EXISTS databases (
    uuid TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations (uuid) ON DELETE CASCADE,
    group_uuid TEXT NOT NULL REFERENCES groups (uuid) ON DELETE CASCADE, name TEXT NOT NULL,
    label TEXT NOT NULL UNIQUE, recipe TEXT NOT NULL, created_at INTEGER NOT NULL, configuration TEXT NOT NULL,
    parent TEXT, tursodb INTEGER NOT NULL, UNIQUE (organization, name)
) STRICT;
CREATE INDEX IF NOT EXISTS databases_by_group ON databases (group_uuid);
CREATE TABLE IF NOT EXISTS api_tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, organization TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS usage (
    database TEXT NOT NULL REFERENCES databases (uuid) ON DELETE CASCADE, hour INTEGER NOT NULL,
    rows_read INTEGER NOT NULL, rows_written INTEGER NOT NULL, PRIMARY KEY (database, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queries (
    database TEXT NOT NULL REFERENCES databases (uuid) ON DELETE CASCADE, hour INTEGER NOT NULL, query TEXT NOT NULL,
    rows_read INTEGER NOT NULL, rows_written INTEGER NOT NULL, calls INTEGER NOT NULL, elapsed_ms REAL NOT NULL,
    PRIMARY KEY (database, hour, query)
) STRICT, WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS placed_databases AS
    SELECT d.*, g.name AS "group", g.archived, g.delete_protection AS group_protected, o.slug AS organization_slug,
        o.blocked_reads AS organization_blocks_reads, o.blocked_writes AS organization_blocks_writes
    FROM databases AS d JOIN groups AS g ON g.uuid = d.group_uuid JOIN organizations AS o ON o.uuid = d.organization;
"""

_GROUP_SCOPED_TOKENS = """
ALTER TABLE api_tokens ADD COLUMN group_uuid TEXT REFERENCES groups (uuid) ON DELETE CASCADE;
ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
"""

_UPGRADES = [_FIRST_SCHEMA, _GROUP_SCOPED_TOKENS]
"""``user_version`` counts those that a file has seen; 0 is a new file, or one of before they were counted."""

_TABLES: dict[type[msgspec.Struct], str] = {
    Organization: "organizations",
    Group: "groups",
    Database: "databases",
    PlacedDatabase: "placed_databases",
    ApiToken: "api_tokens",
}
_DOCUMENTS: dict[str, Any] = {"configuration": Configuration, "parent": Parent | None, "scopes": list[str]}
"""Columns that hold JSON."""


class Account:
    """The store. Usable from any thread: one connection behind one lock, and every question is short."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises `StorageError` when it cannot be opened or is not one of ours."""
        self._lock = threading.RLock()
        try:
            path.touch(mode=0o600)
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(500)
            # One server per directory: the lock is held until close, and a crash releases it.
            self._connection.pragma("locking_mode", "exclusive")
            self._connection.pragma("journal_mode", "wal")
            self._connection.pragma("synchronous", "normal")
            self._connection.pragma("foreign_keys", True)
            with self._connection:
                self._upgrade()
        except (apsw.BusyError, apsw.LockedError) as error:
            raise StorageError(f"Another server is using {path.parent}.") from error
        except (apsw.Error, OSError) as error:
            raise StorageError(f"The account file {path} cannot be used: {error}.") from error

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """All or nothing, alone: the connection for statements that belong together."""
        with self._lock, self._connection:
            yield self._connection

    def run(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """Rows that the statement changed."""
        with self._lock:
            self._connection.execute(sql, tuple(arguments))
            return self._connection.changes()

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return list(self._connection.execute(sql, tuple(arguments)))

    def find(self, record: type[Record], tail: str = "", arguments: Sequence[Any] = ()) -> list[Record]:
        """Records of one kind; ``tail`` is what follows the table's name (WHERE, ORDER BY, LIMIT)."""
        names = record.__struct_fields__
        columns = ", ".join(f'"{name}"' for name in names)
        found = self.rows(f"SELECT {columns} FROM {_TABLES[record]} {tail}", arguments)
        return [_decode(record, names, row) for row in found]

    def one(self, record: type[Record], tail: str, arguments: Sequence[Any] = ()) -> Record | None:
        found = self.find(record, f"{tail} LIMIT 1", arguments)
        return found[0] if found else None

    def add(self, *records: msgspec.Struct) -> None:
        """Raises `apsw.ConstraintError` when a name is taken."""
        with self.transaction() as connection:
            for record in records:
                names = record.__struct_fields__
                marks = ", ".join("?" * len(names))
                columns = ", ".join(f'"{name}"' for name in names)
                values = [_encode(name, getattr(record, name)) for name in names]
                connection.execute(
                    f"INSERT INTO {_TABLES[type(record)]} ({columns}) VALUES ({marks})",
                    values,
                )

    def setting(self, name: str) -> str | None:
        found = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def remember(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def _upgrade(self) -> None:
        seen = int(self._connection.pragma("user_version"))
        if seen > len(_UPGRADES):
            raise apsw.MismatchError("it was made by a newer version of this program")
        for upgrade in _UPGRADES[seen:]:
            self._connection.execute(upgrade)
        self._connection.pragma("user_version", len(_UPGRADES))


def _encode(name: str, value: object) -> object:
    if name in _DOCUMENTS and value is not None:
        return msgspec.json.encode(value).decode()
    return value


def _decode(record: type[Record], names: Sequence[str], row: Sequence[object]) -> Record:
    values = dict(zip(names, row, strict=True))
    for name in _DOCUMENTS.keys() & values.keys():
        if values[name] is not None:
            values[name] = msgspec.json.decode(str(values[name]), type=_DOCUMENTS[name])
    # Lax, because SQLite's booleans are the integers 0 and 1.
    return msgspec.convert(values, record, strict=False)
