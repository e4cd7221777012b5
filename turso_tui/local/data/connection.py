"""One SQLite connection, as a stream holds it: waits for the write lock before it writes, and can lose it again."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from turso_tui.local.data.analysis import Facts, Guard, one_statement, syntax_failure
from turso_tui.local.data.cost import Instruction, Program
from turso_tui.local.data.errors import SqlFailure, sqlite_failure, transaction_timeout
from turso_tui.local.data.lock import WriteLock
from turso_tui.local.data.text import SqlText, without_blobs
from turso_tui.local.tenant import Dialect
from turso_tui.values import Value

_BUSY_TIMEOUT_MS = 1000
"""For locks that are not ours: a checkpoint, or another process that looks at the file."""

_INSTRUCTIONS_BETWEEN_CANCEL_CHECKS = 100_000

_SQLD_LONGEST_VALUE = 5_000_000


class Database:
    """What the streams of one database share."""

    def __init__(self, path: Path, lock_limit: float, clock: Callable[[], float]) -> None:
        self.path = path
        self.write_lock = WriteLock(lock_limit, clock)
        self.replication_index: int | None = None
        """Counts write transactions since the start, where libSQL counts frames of its log."""

    def wrote(self) -> None:
        """A write transaction has ended; called by the holder of the write lock only."""
        self.replication_index = (self.replication_index or 0) + 1


class Cancelled(SqlFailure):
    """The client has gone; nobody reads this."""

    def __init__(self) -> None:
        super().__init__("SQLITE_INTERRUPT", "SQLite error: interrupted")


class Connection:
    """All methods may block, and run in worker threads; only `cancel` is for everyone.

    The write lock is held from before the first statement that writes until SQLite has no write transaction open.
    """

    def __init__(self, database: Database, dialect: Dialect) -> None:
        self.database = database
        self.dialect = dialect
        self._guard = Guard()
        self._mutex = threading.Lock()
        self._cancelled = threading.Event()
        self._stolen = False
        self._timed_out = False
        self._status: dict[str, int] = {}
        try:
            self._sqlite = self._open(database.path)
        except apsw.Error as error:
            raise sqlite_failure(error, dialect) from error

    @contextmanager
    def program(self) -> Iterator[None]:
        """Around each program (an execute, a batch, a sequence): nobody rolls back while it runs.

        If somebody has since the last one, every statement of this program fails with TRANSACTION_TIMEOUT, so that none
        runs outside the transaction that its client believes to be open.
        """
        try:
            with self._mutex:
                self._timed_out, self._stolen = self._stolen, False
                yield
        finally:
            self.database.write_lock.wake()

    def parse(self, sql: str) -> tuple[SqlText, Facts | None]:
        """The one statement of ``sql``, and what `compile_if_possible` says of it."""
        text = one_statement(sql)
        return text, self.compile_if_possible(text)

    def raise_if_timed_out(self) -> None:
        """Before each statement of a `program`."""
        if self._timed_out:
            raise transaction_timeout()

    def compile(self, text: SqlText) -> Facts:
        """The facts of a statement. Raises `SqlFailure` where SQLite cannot compile it."""
        try:
            return self._guard.compile(self._sqlite, text)
        except apsw.Error as error:
            raise (syntax_failure(error, text.sql) or sqlite_failure(error, self.dialect)) from error

    def compile_if_possible(self, text: SqlText) -> Facts | None:
        """None where only the schema is in the way, which an earlier statement may mend; else as `compile`."""
        try:
            return self._guard.compile(self._sqlite, text)
        except apsw.Error as error:
            failure = syntax_failure(error, text.sql)
            if failure is not None:
                raise failure from error
            return None

    def describe(self, text: SqlText) -> Facts:
        """The facts as SQLite tells them, its own syntax errors included: describe does not use sqld's parser."""
        try:
            return self._guard.compile(self._sqlite, text)
        except apsw.Error as error:
            raise sqlite_failure(error, self.dialect) from error

    def cost_model(self, text: SqlText) -> Program:
        """The statement's program, to tell from it what a run has cost."""
        try:
            return self._program(text.sql, text)
        except UnicodeDecodeError:  # SQLite shows a BLOB of the statement as text, which it need not be
            return self._program(without_blobs(text.sql), text)

    def _program(self, sql: str, text: SqlText) -> Program:
        rows = self._sqlite.execute(sql, (None,) * len(text.parameters), explain=1)
        return Program([Instruction(row[0], row[1], row[2], row[3], row[6]) for row in rows])

    def has_table(self, name: str) -> bool:
        """Whether the schema has a table or view of this name, in whatever case."""
        sql = "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')"
        return self._sqlite.execute(sql, (name,)).fetchone() is not None

    def wait_to_run(self, facts: Facts) -> None:
        """Stands in line for the write lock if the statement needs it."""
        if _needs_lock(facts):
            self.database.write_lock.acquire(self)
        self.raise_if_cancelled()

    def would_wait(self, facts: Facts) -> bool:
        """Whether the statement needs the write lock, and the connection does not have it yet."""
        return _needs_lock(facts) and not self.holds_lock

    @property
    def holds_lock(self) -> bool:
        """Whether the connection is the one that writes."""
        return self.database.write_lock.is_held_by(self)

    def start(self, facts: Facts, bindings: Sequence[Value]) -> apsw.Cursor:
        """Runs the statement up to its first row; after `wait_to_run`."""
        cursor = self._sqlite.cursor()
        try:
            return cursor.execute(facts.text.sql, tuple(bindings))
        except apsw.Error as error:
            cursor.close(True)
            self.settle()
            raise sqlite_failure(error, self.dialect) from error

    def settle(self) -> None:
        """After a statement: the write lock goes to the next in line unless a write transaction is open."""
        if self._sqlite.txn_state("main") != apsw.SQLITE_TXN_WRITE and self.database.write_lock.release(self):
            self.database.wrote()

    @property
    def is_autocommit(self) -> bool:
        """Whether no transaction is open."""
        return not self._sqlite.in_transaction

    @property
    def changes(self) -> int:
        """Rows changed by the last INSERT, UPDATE or DELETE itself."""
        return self._sqlite.changes()

    @property
    def total_changes(self) -> int:
        """Rows changed since the connection was opened, by triggers and cascades too."""
        return self._sqlite.total_changes()

    @property
    def last_insert_rowid(self) -> int:
        """The connection's, which outlives statements that insert nothing."""
        return self._sqlite.last_insert_rowid()

    @property
    def status(self) -> dict[str, int]:
        """SQLite's counters of the statement that ended last."""
        return self._status

    def cancel(self) -> None:
        """Interrupts the running statement, or the wait for the write lock. May be called from any thread."""
        self._cancelled.set()
        with suppress(apsw.ConnectionClosedError):  # it has ended in this moment: there is nothing to interrupt
            self._sqlite.interrupt()
        self.database.write_lock.wake()

    def revive(self) -> None:
        """Takes a `cancel` back: the stream goes on with the next request."""
        self._cancelled.clear()

    def raise_if_cancelled(self) -> None:
        """Part of `lock.Writer`."""
        if self._cancelled.is_set():
            raise Cancelled

    def try_roll_back(self) -> bool:
        """Part of `lock.Writer`: called by the thread of a connection that waits."""
        if not self._mutex.acquire(blocking=False):
            return False
        try:
            if self._sqlite.in_transaction:
                self._sqlite.execute("ROLLBACK")
            self._stolen = True
            return True
        finally:
            self._mutex.release()

    def close(self) -> None:
        """Rolls back and closes; the write lock goes to the next in line. Again is fine."""
        with self._mutex:
            self._sqlite.close(True)
        self.database.write_lock.release(self)

    def _open(self, path: Path) -> apsw.Connection:
        connection = apsw.Connection(str(path), statementcachesize=0)
        try:
            connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
            connection.pragma("journal_mode", "wal")
            connection.pragma("synchronous", "normal")
            connection.pragma("foreign_keys", True)
        except apsw.Error:
            connection.close(True)
            raise
        if self.dialect is Dialect.SQLD:
            connection.limit(apsw.SQLITE_LIMIT_LENGTH, _SQLD_LONGEST_VALUE)
        connection.authorizer = self._guard
        connection.set_progress_handler(self._cancelled.is_set, _INSTRUCTIONS_BETWEEN_CANCEL_CHECKS)
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._note_status)
        return connection

    def _note_status(self, event: dict[str, dict[str, int]]) -> None:
        self._status = event["stmt_status"]


def _needs_lock(facts: Facts) -> bool:
    return not facts.is_readonly and not facts.is_explain
