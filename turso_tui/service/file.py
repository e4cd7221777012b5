"""A local SQLite file as a `Link`: APSW in worker threads, one connection for each piece of work."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import apsw
import apsw.ext

from turso_tui import errors
from turso_tui.service.link import (
    CHUNK_ROWS,
    Conversation,
    Description,
    Executed,
    RowStream,
    Summary,
    TransactionLimits,
)
from turso_tui.service.outcomes import keeps_what_it_did, tell_of_a_part, write_unknown
from turso_tui.service.transaction import transaction
from turso_tui.values import Column, Row, Statement

T = TypeVar("T")

_INTERRUPT_SECONDS = 0.02
_PERMISSIONS = "Check the permissions of the file and of its folder."
_FETCH = "SELECT CAST(column AS BLOB) to see its bytes."


class FileLink:
    """Opens ``path`` for each use, so that nothing is held in between; ``prepare`` sees each connection first."""

    limits: TransactionLimits | None = None

    def __init__(self, path: Path, prepare: Callable[[apsw.Connection], object] | None = None) -> None:
        self.path = path.expanduser().resolve()
        self._prepare = prepare
        self.identity = f"file:{self.path}"

    async def check(self) -> None:
        """Raise `StorageError` unless the file can be read as a database."""
        async with self._connection() as connection:
            await connection.do(lambda raw: raw.execute("SELECT count(*) FROM sqlite_schema").fetchall())

    async def describe(self, sql: str) -> Description:
        def ask(raw: apsw.Connection) -> Description:
            info = apsw.ext.query_info(raw, sql)
            return Description(
                readonly=info.is_readonly,
                columns=tuple(Column(name, decltype) for name, decltype in info.description),
                parameters=tuple(info.bindings_names),
                is_explain=bool(info.is_explain),
            )

        async with self._connection() as connection:
            return await connection.do(ask)

    @asynccontextmanager
    async def read(self, statement: Statement) -> AsyncIterator[RowStream]:
        async with self._connection() as connection:
            cursor, columns = await connection.do(lambda raw: _start(raw, statement, reads_only=True))

            async def chunks() -> AsyncIterator[Sequence[Row]]:
                while rows := await connection.do(lambda _: _some(cursor)):
                    yield rows

            yield RowStream(columns, chunks())

    async def write(self, statement: Statement) -> Executed:
        async with self._connection() as connection:
            return await connection.do(lambda raw: self._write(raw, statement), about=[statement])

    async def write_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        def run(raw: apsw.Connection) -> list[Executed]:
            with transaction(raw, immediate=True):
                return [self._step(raw, statement, step) for step, statement in enumerate(statements)]

        async with self._connection() as connection:
            return await connection.do(run, about=statements)

    def _write(self, raw: apsw.Connection, statement: Statement) -> Executed:
        try:
            return _execute(raw, statement)
        except apsw.ConstraintError as error:
            failure = _explain(error, self.path)
            if isinstance(failure, errors.SqlError) and keeps_what_it_did(statement.sql):
                tell_of_a_part(failure, raw.changes())
            raise failure from error

    def _step(self, raw: apsw.Connection, statement: Statement, step: int) -> Executed:
        try:
            return _execute(raw, statement)
        except apsw.Error as error:
            failure = _explain(error, self.path)
            if isinstance(failure, errors.SqlError):
                failure.step = step
            raise failure from error

    async def read_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        async with self._connection() as connection:
            return await connection.do(lambda raw: [_execute(raw, statement) for statement in statements])

    def converse(self) -> Conversation:
        return FileConversation(self.path, self._prepare)

    async def aclose(self) -> None:
        """Nothing is held."""

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator["_Connection"]:
        connection = _Connection(self.path, self._prepare)
        try:
            yield connection
        finally:
            await connection.aclose()


class FileConversation:
    """One connection, kept while a transaction is open."""

    def __init__(self, path: Path, prepare: Callable[[apsw.Connection], object] | None = None) -> None:
        self._connection = _Connection(path, prepare)
        self.in_transaction = False

    async def run(self, statement: Statement, *, writes: bool = True) -> Executed:  # noqa: ARG002 -- needs no token
        def run(raw: apsw.Connection) -> Executed:
            try:
                return _execute(raw, statement)
            finally:
                self.in_transaction = not raw.get_autocommit()

        return await self._connection.do(run)

    async def keep_alive(self) -> None:
        """A file forgets nobody."""

    async def aclose(self) -> None:
        self.in_transaction = False
        await self._connection.aclose()


class _Connection:
    """An APSW connection with a thread of its own. Cancelling a call interrupts the statement and waits for it."""

    def __init__(self, path: Path, prepare: Callable[[apsw.Connection], object] | None = None) -> None:
        self._path = path
        self._prepare = prepare
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="file")
        self._raw: apsw.Connection | None = None

    async def do(self, job: Callable[[apsw.Connection], T], about: Sequence[Statement] = ()) -> T:
        """Run ``job``; ``about`` are the writes in it, of which a cancelled caller may want to know what became."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, self._run, job)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError as cancelled:
            while not future.done():
                if self._raw is not None:
                    self._raw.interrupt()
                # An interrupt is lost on a statement that begins after it, so it is repeated until the job ends.
                await asyncio.wait([future], timeout=_INTERRUPT_SECONDS)
            if future.exception() is None and about:
                raise cancelled from write_unknown("It had just ended when it was cancelled.", about)
            raise
        except apsw.Error as error:
            raise _explain(error, self._path) from error
        except UnicodeDecodeError as error:
            raise errors.SqlError("A text in the result is not valid UTF-8.", next_step=_FETCH) from error

    async def aclose(self) -> None:
        if self._raw is not None:
            raw, self._raw = self._raw, None
            await asyncio.get_running_loop().run_in_executor(self._thread, raw.close, True)
        self._thread.shutdown(wait=False)

    def _run(self, job: Callable[[apsw.Connection], T]) -> T:
        if self._raw is None:
            self._raw = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI)
            self._raw.execute("PRAGMA foreign_keys = on")
            if self._prepare is not None:
                self._prepare(self._raw)
        return job(self._raw)


def _start(
    raw: apsw.Connection, statement: Statement, *, reads_only: bool = False
) -> tuple[apsw.Cursor, tuple[Column, ...]]:
    columns: tuple[Column, ...] = ()

    def note_columns(cursor: apsw.Cursor, _sql: str, _bindings: "apsw.Bindings | None") -> bool:
        """Before the first step, because a statement without rows has let go of its columns after it."""
        nonlocal columns
        columns = tuple(Column(name, decltype) for name, decltype in cursor.get_description())
        if reads_only and not (cursor.is_readonly or cursor.is_explain):
            raise errors.SqlError("The statement writes; it did not run.", code="SQLITE_READONLY")
        return True

    cursor = raw.cursor()
    cursor.exec_trace = note_columns
    try:
        cursor.execute(statement.sql, _bindings(statement))
    except KeyError as error:
        raise errors.SqlError(f"The parameter {error.args[0]} has no value.", code="ARGS_INVALID") from error
    return cursor, columns


def _bindings(statement: Statement) -> "apsw.Bindings":
    """APSW wants names without the prefix that they may have in Hrana."""
    if statement.named_args:
        return {name.lstrip(":@$"): value for name, value in statement.named_args.items()}
    return tuple(statement.args)


def _some(cursor: apsw.Cursor) -> list[Row]:
    return list(islice(cursor, CHUNK_ROWS))


def _execute(raw: apsw.Connection, statement: Statement) -> Executed:
    before = raw.total_changes()
    rowid = raw.last_insert_rowid()
    cursor, columns = _start(raw, statement)
    rows = cursor.fetchall()
    changed = raw.changes() if raw.total_changes() != before else 0
    inserted = raw.last_insert_rowid()
    return Executed(
        columns, rows, Summary(affected_rows=changed, last_insert_rowid=inserted if inserted != rowid else None)
    )


def _explain(error: apsw.Error, path: Path) -> errors.TursoTuiError:
    message = str(error)
    code = apsw.mapping_result_codes.get(getattr(error, "result", 0), "")
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return errors.Busy(message, code=str(code), means="Another program holds the database; this did not run.")
        case apsw.NotADBError():
            return errors.StorageError(f"{path.name} is not a SQLite database.", next_step="Choose another file.")
        case apsw.CantOpenError():
            return errors.StorageError(f"{path} cannot be opened.", next_step="Does it exist, and may you read it?")
        case apsw.ReadOnlyError():
            return errors.StorageError(f"{path.name} may only be read; nothing was changed.", next_step=_PERMISSIONS)
        case apsw.CorruptError():
            return errors.StorageError(f"{path.name} is damaged: {message}.", next_step="Restore a copy of it.")
        case apsw.IOError():
            return errors.StorageError(
                f"{path.name} cannot be read or written: {message}.",
                means="What was not committed is rolled back.",
                next_step="Is its disk still there, and healthy?",
            )
        case apsw.FullError():
            return errors.StorageError("The disk is full; nothing was changed.", next_step="Free some space.")
    offset = getattr(error, "error_offset", -1)
    return errors.SqlError(message, code=str(code), offset=offset if offset >= 0 else None)
