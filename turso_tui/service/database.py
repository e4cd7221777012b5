"""The handle that a pane, a command and a user's own script hold: query, stream, write, transaction, schema."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from turso_tui import errors
from turso_tui.service import schema as introspection
from turso_tui.service.answers import stream_of
from turso_tui.service.link import Description, Executed, Link, RowStream
from turso_tui.service.session import KEEP_ALIVE_SECONDS, Session
from turso_tui.service.statements import Parameters, one_statement
from turso_tui.service.writer import QueueState, Writers, while_busy
from turso_tui.sql.facts import ends_transaction, opens_transaction
from turso_tui.values import Statement


class Database:
    """One database, however it is reached. Every method can be cancelled and then leaves nothing behind."""

    def __init__(self, name: str, link: Link, writers: Writers) -> None:
        self.name = name
        self._link = link
        self._writers = writers

    @property
    def identity(self) -> str:
        """The same for every spelling of the database's address; the writer's turn belongs to it."""
        return self._link.identity

    @property
    def queue(self) -> QueueState:
        """Who writes to this database and who waits, as far as this process knows."""
        return self._writers.state(self.identity)

    async def describe(self, sql: str) -> Description:
        """What a statement is, as the server says, without running it. Raises `SqlError` if it cannot be prepared."""
        return await self._link.describe(sql)

    async def execute(self, sql: str, parameters: Parameters = ()) -> Executed:
        """Run one statement and keep its rows in memory; for large results use `stream`."""
        async with self.stream(sql, parameters) as stream:
            rows = [row async for chunk in stream for row in chunk]
            return Executed(stream.columns, rows, stream.summary)

    @asynccontextmanager
    async def stream(self, sql: str, parameters: Parameters = ()) -> AsyncIterator[RowStream]:
        """Run one statement in autocommit; a write waits for its turn first. Leaving the context stops the server.

        Raises `InputError` for several statements or a BEGIN, `SqlError` when the database refuses, `Busy` and
        `TurnTimeout` when the turn does not come (nothing ran), `OutcomeUnknown` when a write may have run.
        """
        statement = one_statement(sql, parameters)
        if opens_transaction(statement.sql):
            raise errors.InputError("A transaction needs a session.", next_step="Use Database.session().")
        async with AsyncExitStack() as stack:
            yield await self._start(statement, stack)

    async def batch(self, statements: Sequence[str | Statement]) -> Sequence[Executed]:
        """Run all statements as one transaction, or none of them; raises the error of the one that failed.

        Raises `InputError`, before anything runs, for what is not one statement each and for a COMMIT or ROLLBACK.
        """
        prepared = [_within_batch(item) for item in statements]
        async with self._writers.turn(self.identity, f"{len(prepared)} statements"):
            return await while_busy(lambda: self._link.write_batch(prepared))

    async def schema(self) -> introspection.Schema:
        """Tables, views, indexes and triggers, in one round trip, with a read-only token."""
        answers = await self._link.read_batch([Statement(sql) for sql in introspection.QUERIES])
        return introspection.assemble(*(answer.rows for answer in answers))

    def session(self, *, keep_alive_seconds: float = KEEP_ALIVE_SECONDS) -> Session:
        """A connection for one person or one piece of work, in which transactions can be opened."""
        return Session(self, self._link, self._writers, keep_alive_seconds=keep_alive_seconds)

    async def aclose(self) -> None:
        await self._link.aclose()

    async def _start(self, statement: Statement, stack: AsyncExitStack) -> RowStream:
        description = await self._link.describe(statement.sql)
        if description.readonly:
            try:
                return await stack.enter_async_context(self._link.read(statement))
            except (errors.Forbidden, errors.SqlError) as error:
                # Servers count some pragmas that SQLite calls read-only as writes, and refuse them before they run.
                if isinstance(error, errors.SqlError) and error.code != "SQLITE_READONLY":
                    raise
        return await self._write(statement)

    async def _write(self, statement: Statement) -> RowStream:
        async with self._writers.turn(self.identity, self.name):
            return stream_of(await while_busy(lambda: self._link.write(statement)))


def _within_batch(item: str | Statement) -> Statement:
    """A batch is a transaction of its own; a COMMIT in it would apply a part of it."""
    statement = one_statement(item) if isinstance(item, str) else one_statement(item.sql, item.named_args or item.args)
    if ends_transaction(statement.sql):
        raise errors.InputError("A batch commits itself.", next_step="Leave COMMIT and ROLLBACK out, or use a session.")
    return statement
