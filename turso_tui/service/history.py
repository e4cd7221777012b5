"""Every statement that was run, where, when, how long, for what price and how it ended: kept, shared and searched."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from turso_tui.errors import Outcome, OutcomeUnknown, StorageError, TransactionLost
from turso_tui.service.console import Failed, Finished, Started
from turso_tui.service.private_database import Contents, PrivateDatabase, storable
from turso_tui.service.redaction import without_tokens

if TYPE_CHECKING:
    import apsw

    from turso_tui.service.console import Event

MOST_ENTRIES = 100_000
MOST_BYTES = 256_000_000
"""Of the file; the oldest give way, a tenth at a time."""

LONGEST_STATEMENT = 1_000_000
"""Characters. Longer ones are data with some SQL around it; a part of one would be dangerous to run again."""

FOUND = 200

_HISTORY = Contents(
    "history",
    """
    CREATE TABLE statement (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,
        place TEXT NOT NULL, database TEXT NOT NULL, sql TEXT NOT NULL, last_run INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX statement_by_last_run ON statement (last_run);
    CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        statement INTEGER NOT NULL REFERENCES statement (id) ON DELETE CASCADE,
        at REAL NOT NULL, seconds REAL, rows INTEGER, changed INTEGER, rows_read INTEGER, rows_written INTEGER,
        ending TEXT NOT NULL, error TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX run_by_statement ON run (statement);
    """,
)

_SEARCH = """
    SELECT statement.id, sql, database, place, at, seconds, rows, changed, rows_read, rows_written, ending, error,
           (SELECT count(*) FROM run WHERE statement = statement.id)
      FROM statement JOIN run ON run.id = last_run
     WHERE {conditions}
     ORDER BY last_run DESC LIMIT ?
"""
_CONDITION = r"(sql LIKE ? ESCAPE '\' OR database LIKE ? ESCAPE '\' OR place LIKE ? ESCAPE '\')"


class Ending(StrEnum):
    """How a run ended. One that is `RUNNING` long after it began belonged to a program that was killed."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """It was sent, and no answer came."""
    LOST = "lost"
    """It was part of a transaction that was rolled back with nobody asking for it."""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A statement on one database: the facts of its last run, and how many ``runs`` there were.

    ``at`` is in unix seconds. ``rows`` were returned, or ``changed``; what is None is not known.
    """

    id: int
    sql: str
    database: str
    place: str
    at: float
    seconds: float | None = None
    rows: int | None = None
    changed: int | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    ending: Ending = Ending.RUNNING
    error: str = ""
    runs: int = 1


class History:
    """One file for every copy of the program. What cannot be kept is told to ``on_problem``: nobody waits for it."""

    def __init__(
        self,
        path: Path,
        *,
        keep: bool = True,
        most_entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Without ``keep`` nothing is added; what is there already can still be searched."""
        self.keep = keep
        self._file = PrivateDatabase(path, _HISTORY, clock=clock)
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._clock = clock

    @property
    def on_problem(self) -> Callable[[StorageError], None] | None:
        return self._file.on_problem

    @on_problem.setter
    def on_problem(self, listener: Callable[[StorageError], None] | None) -> None:
        self._file.on_problem = listener

    def record(self, place: tuple[str, ...], statements: Sequence[str], private: Collection[int] = ()) -> Record:
        """For one run of ``statements`` on the database at ``place``; those at the indices ``private`` stay out."""
        return Record(self, place, statements, private)

    async def search(self, query: str = "", *, most: int = FOUND) -> list[Remembered]:
        """The newest ``most`` statements in which every word of ``query`` occurs. Raises `StorageError`."""
        words = [word for word in query.split() if word]
        conditions = " AND ".join(_CONDITION for _ in words) or "TRUE"
        patterns = [pattern for word in words for pattern in [f"%{_literal(word)}%"] * 3]

        def find(connection: apsw.Connection) -> list[Remembered]:
            rows = connection.execute(_SEARCH.format(conditions=conditions), (*patterns, most))
            return [msgspec.convert(row, Remembered) for row in rows]

        return await self._file.run(find)

    async def forget(self, remembered: Remembered) -> None:
        """Remove a statement with all its runs. Raises `StorageError`."""

        def remove(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM statement WHERE id = ?", (remembered.id,))

        await self._file.run(remove)

    def close(self) -> None:
        """Waits until everything is kept."""
        self._file.close()

    # --- for a record

    def now(self) -> float:
        return self._clock()

    def began(self, run: _Run, sql: str, place: tuple[str, ...]) -> None:
        """Added at once, so that what was running is known even when the program is killed."""
        at = self._clock()
        text = _kept(sql)
        *above, name = map(storable, place)
        known = (_digest(text, place), " / ".join(above), name, text)

        def add(connection: apsw.Connection) -> None:
            statement = connection.execute(
                "INSERT INTO statement (digest, place, database, sql, last_run) VALUES (?, ?, ?, ?, 0)"
                " ON CONFLICT (digest) DO UPDATE SET last_run = last_run RETURNING id",
                known,
            ).get
            ending = Ending.RUNNING.value
            connection.execute("INSERT INTO run (statement, at, ending) VALUES (?, ?, ?)", (statement, at, ending))
            run.id = connection.last_insert_rowid()
            connection.execute("UPDATE statement SET last_run = ? WHERE id = ?", (run.id, statement))
            self._make_room(connection, run.id)

        self._file.post(add)

    def ended(self, run: _Run, ending: Ending, event: Finished | Failed | None, seconds: float) -> None:
        """``seconds`` is what a person waited."""
        facts = _facts(event)

        def update(connection: apsw.Connection) -> None:
            connection.execute(
                "UPDATE run SET ending = ?, seconds = ?, rows = ?, changed = ?, rows_read = ?, rows_written = ?,"
                " error = ? WHERE id = ?",
                (ending.value, seconds, *facts, run.id),
            )

        self._file.post(update)

    def lost(self, statements: Sequence[str], place: tuple[str, ...]) -> None:
        """What ran well inside a transaction came to nothing with it."""
        digests = [(_digest(_kept(sql), place),) for sql in statements]

        def mark(connection: apsw.Connection) -> None:
            connection.executemany(
                "UPDATE run SET ending = 'lost' WHERE ending = 'done'"
                " AND id = (SELECT last_run FROM statement WHERE digest = ?)",
                digests,
            )

        self._file.post(mark)

    def _make_room(self, connection: apsw.Connection, newest: int) -> None:
        oldest = connection.execute("SELECT min(id) FROM run").get
        beyond = newest - self._most_entries
        used = connection.pragma("page_count") - connection.pragma("freelist_count")
        if used * connection.pragma("page_size") > self._most_bytes:
            beyond = max(beyond, oldest + (newest - oldest) // 10)
        if oldest <= beyond < newest:
            connection.execute("DELETE FROM run WHERE id <= ?", (beyond,))
            connection.execute("DELETE FROM statement WHERE last_run <= ?", (beyond,))


@dataclass(slots=True)
class _Run:
    """``id`` is known once the thread has added it, which is before anything else is done with it."""

    began_at: float
    id: int = 0


class Record:
    """Writes down what a console does, in the order in which it happens."""

    def __init__(
        self, history: History, place: tuple[str, ...], statements: Sequence[str], private: Collection[int]
    ) -> None:
        self._history = history
        self._place = place
        self._statements = statements
        self._private = private
        self._runs: dict[int, _Run] = {}

    def saw(self, event: Event) -> None:
        """Take note of an event of `Console.run` or `Console.run_script`."""
        match event:
            case Started():
                for index in range(event.index, event.index + event.count):
                    self._begin(index)
            case Finished():
                self._end(event.index, Ending.DONE, event.seconds, event)
            case Failed():
                self._failed(event)
            case _:
                pass

    def cancelled(self, *, is_unknown: bool = False) -> None:
        """What runs was stopped; ``is_unknown`` when it had left and nobody knows what became of it."""
        self._end_all(Ending.UNKNOWN if is_unknown else Ending.CANCELLED)

    def _begin(self, index: int) -> None:
        sql = self._statements[index]
        if self._history.keep and index not in self._private and len(sql) <= LONGEST_STATEMENT:
            run = self._runs[index] = _Run(self._history.now())
            self._history.began(run, sql, self._place)

    def _failed(self, event: Failed) -> None:
        """The others of one transaction came to the same end, whether or not they had run before."""
        is_unknown = event.outcome is Outcome.UNKNOWN or isinstance(event.cause, OutcomeUnknown)
        self._end(event.index, Ending.UNKNOWN if is_unknown else Ending.FAILED, event.seconds, event)
        self._end_all(Ending.UNKNOWN if is_unknown else Ending.LOST)
        if isinstance(event.cause, TransactionLost) and self._history.keep:
            self._history.lost(event.cause.statements, self._place)

    def _end_all(self, ending: Ending) -> None:
        for index, run in list(self._runs.items()):
            self._end(index, ending, self._history.now() - run.began_at)

    def _end(self, index: int, ending: Ending, seconds: float, event: Finished | Failed | None = None) -> None:
        run = self._runs.pop(index, None)
        if run is not None:
            self._history.ended(run, ending, event, seconds)


def is_private(script: str, start: int) -> bool:
    """Whether the statement at ``start`` is to be kept out: like a command in a shell, it stands behind a space."""
    line = script[script.rfind("\n", 0, start) + 1 : start]
    return line.startswith(" ") and not line.strip()


def _facts(event: Finished | Failed | None) -> tuple[int | None, int | None, int | None, int | None, str]:
    """Rows returned, rows changed, rows read, rows written, what went wrong."""
    rows = event.result.row_count if event is not None and event.result is not None else None
    if isinstance(event, Finished):
        summary = event.summary
        changed = summary.affected_rows if rows is None else None
        return rows, changed, summary.rows_read, summary.rows_written, ""
    return rows, None, None, None, without_tokens(event.cause.what) if event is not None else ""


def _kept(sql: str) -> str:
    return storable(without_tokens(sql))


def _digest(sql: str, place: tuple[str, ...]) -> bytes:
    """The same statement on the same database is one entry; a group that a database is moved to does not matter."""
    key = "\0".join((place[0], place[-1], sql)).encode("utf-8", "replace")
    return hashlib.blake2b(key, digest_size=16).digest()


def _literal(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
