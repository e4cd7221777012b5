"""The handle that a pane, a command and a user's own script hold: query, stream, write, transaction, schema."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from turso_tui import errors
from turso_tui.service import schema as introspection
from turso_tui.service.busy import BusyWait, while_busy
from turso_tui.service.kinds import Kinds
from turso_tui.service.link import Description, Executed, Link, RowStream, stream_of
from turso_tui.service.planner import Planner
from turso_tui.service.scripts import MAY_READ, Tally, atomic_failure, culprit, is_atomic, left_open
from turso_tui.service.session import KEEP_ALIVE_SECONDS, Session
from turso_tui.service.statements import Parameters, one_statement
from turso_tui.service.writer import QueueState, Writers
from turso_tui.sql.facts import ends_transaction, leading_keyword, opens_transaction
from turso_tui.values import Statement

T = TypeVar("T")


class Database:
    """One database, however it is reached. Every method can be cancelled and then leaves nothing behind.

    ``label`` is what others see beside a write while it waits and runs, a pane's name for example; ``private``, or a
    space before the statement, keeps its text from them.

    A write that was cancelled may have been applied all the same: `outcomes.unknown_in` tells it from the
    `CancelledError`.
    """

    def __init__(self, name: str, link: Link, writers: Writers) -> None:
        self.name = name
        self.busy: BusyWait | None = None
        """How long a write of ours has been waiting for a writer from elsewhere, None while none does."""
        self.kinds = Kinds(link.describe)
        self.planner = Planner(self)
        self._link = link
        self._writers = writers

    @property
    def identity(self) -> str:
        """The same for every spelling of the database's address; the writer's turn belongs to it."""
        return self._link.identity

    @property
    def is_file(self) -> bool:
        """It lies on this machine: nobody bills what is read in it."""
        return self.identity.startswith("file:")

    @property
    def queue(self) -> QueueState:
        """Who writes to this database and who waits, as far as this process knows."""
        return self._writers.state(self.identity)

    async def describe(self, sql: str) -> Description:
        """What a statement is, as the server says, without running it. Raises `SqlError` if it cannot be prepared."""
        return await self._link.describe(sql)

    async def execute(
        self, sql: str, parameters: Parameters = (), *, label: str = "", private: bool = False
    ) -> Executed:
        """Run one statement and keep its rows in memory; for large results use `stream`."""
        async with self.stream(sql, parameters, label=label, private=private) as stream:
            return await _whole(stream)

    @asynccontextmanager
    async def stream(
        self, sql: str, parameters: Parameters = (), *, label: str = "", private: bool = False
    ) -> AsyncIterator[RowStream]:
        """Run one statement in autocommit; a write waits for its turn first. Leaving the context stops the server.

        Raises `InputError` for several statements or a BEGIN, `SqlError` when the database refuses, `Busy` and
        `TurnTimeout` when the turn does not come (nothing ran), `OutcomeUnknown` when a write may have run.
        """
        statement = one_statement(sql, parameters)
        if opens_transaction(statement.sql):
            raise errors.InputError("A transaction needs a session.", next_step="Use Database.session().")
        async with AsyncExitStack() as stack:
            stream = await self._start_reading(statement, stack)
            yield stream or await self._write(statement, label, private=private)

    async def batch(
        self, statements: Sequence[str | Statement], *, label: str = "", private: bool = False
    ) -> Sequence[Executed]:
        """Run all statements as one transaction, or none of them; raises the error of the one that failed.

        Raises `InputError`, before anything runs, for what is not one statement each and for a COMMIT or ROLLBACK.
        """
        prepared = [_within_batch(item) for item in statements]
        shown = prepared[0].sql if prepared else ""
        private = private or any(statement.sql.startswith(" ") for statement in prepared)
        label = label or f"{len(prepared)} statements"
        async with self._writers.turn(self.identity, label, shown, private=private):
            done = await self._while_busy(lambda: self._link.write_batch(prepared))
        for statement in prepared:
            self.kinds.ran(statement.sql)
        return done

    async def script(
        self, statements: Sequence[str | Statement], *, label: str = "", private: bool = False
    ) -> Sequence[Executed]:
        """Run statements in order: all of them or none, where they can be one transaction; otherwise one by one.

        Raises `ScriptFailed`, which says which one failed and how many before it stay applied, and the plain error of
        a script that only reads. A transaction that the script opens and leaves open is rolled back.
        """
        prepared = [_statement(item) for item in statements]
        texts = [statement.sql for statement in prepared]
        if not await is_atomic(texts, self.kinds.writes):
            return await self._one_by_one(prepared, label, private=private)
        try:
            return await self.batch(prepared, label=label, private=private)
        except errors.TursoTuiError as error:
            index, cause = await culprit(texts, error, self.describe)
            raise atomic_failure(cause, index, len(texts)) from error

    async def schema(self) -> introspection.Schema:
        """Tables, views, indexes and triggers, in one round trip, with a read-only token."""
        answers = await self.look([Statement(sql) for sql in introspection.QUERIES])
        schema = introspection.assemble(*(answer.rows for answer in answers))
        self.planner.learn(schema)
        return schema

    async def look(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        """Run small statements that only read, in one round trip, with a read-only token; not for what may write."""
        return await self._link.read_batch(statements)

    def session(self, *, label: str = "", keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> Session:
        """A connection for one person or one piece of work, in which transactions can be opened."""
        return Session(self, self._link, self._writers, label=label, keep_alive_seconds=keep_alive_seconds)

    def note_busy(self, wait: BusyWait | None) -> None:
        """Say that a write waits for a writer from elsewhere, or that it does no longer."""
        self.busy = wait

    async def aclose(self) -> None:
        await self._link.aclose()

    async def _start_reading(self, statement: Statement, stack: AsyncExitStack) -> RowStream | None:
        """The rows of a statement that only reads; None for one that writes, of which nothing has run."""
        sql = statement.sql
        if await self.kinds.writes(sql):
            return None
        try:
            return await stack.enter_async_context(self._link.read(statement))
        except errors.MintRefused:
            raise  # who may not mint a token to read may not mint one to write either
        except (errors.Forbidden, errors.SqlError) as error:
            if isinstance(error, errors.Forbidden):
                may_need_more = leading_keyword(sql) not in MAY_READ
            else:
                may_need_more = error.code == "SQLITE_READONLY"
            # Servers count some pragmas that SQLite calls read-only as writes, and refuse them before they run.
            if not may_need_more:
                self.kinds.failed(sql)
                raise
            self.kinds.refused_as_a_read(sql)
            return None

    async def _write(self, statement: Statement, label: str, *, private: bool) -> RowStream:
        async with self._writers.turn(self.identity, label or self.name, statement.sql, private=private):
            try:
                stream = stream_of(await self._while_busy(lambda: self._link.write(statement)))
            except errors.SqlError:
                self.kinds.failed(statement.sql)
                raise
        self.kinds.ran(statement.sql)
        stream.outcome = errors.Outcome.APPLIED
        return stream

    async def _while_busy(self, write: Callable[[], Awaitable[T]]) -> T:
        try:
            return await while_busy(write, limit=self._writers.busy_limit, on_wait=self.note_busy)
        finally:
            self.note_busy(None)

    async def _one_by_one(self, statements: Sequence[Statement], label: str, *, private: bool) -> Sequence[Executed]:
        session = self.session(label=label)
        tally = Tally(len(statements))
        done: list[Executed] = []
        wrote = False
        try:
            for statement in statements:
                parameters = statement.named_args or statement.args
                async with session.stream(statement.sql, parameters, private=private) as stream:
                    done.append(await _whole(stream))
                    wrote = wrote or stream.outcome is not None or session.transaction is not None
                tally.ran(statement.sql, in_transaction=session.transaction is not None)
            if session.transaction is not None:
                raise left_open(len(statements))
        except errors.TursoTuiError as error:
            await session.aclose()
            if not wrote and error.outcome is not errors.Outcome.UNKNOWN:
                raise
            raise tally.failure(error, in_transaction=False) from error
        finally:
            await session.aclose()
        return done


async def _whole(stream: RowStream) -> Executed:
    rows = [row async for chunk in stream for row in chunk]
    return Executed(stream.columns, rows, stream.summary)


def _statement(item: str | Statement) -> Statement:
    return one_statement(item) if isinstance(item, str) else one_statement(item.sql, item.named_args or item.args)


def _within_batch(item: str | Statement) -> Statement:
    """A batch is a transaction of its own; a COMMIT in it would apply a part of it."""
    statement = _statement(item)
    if ends_transaction(statement.sql):
        raise errors.InputError("A batch commits itself.", next_step="Leave COMMIT and ROLLBACK out, or use a session.")
    return statement
