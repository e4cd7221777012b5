"""A connection for one person: autocommit until they begin a transaction, which is then kept, held and released."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.service.answers import stream_of
from turso_tui.service.link import Conversation, Executed, Link, RowStream
from turso_tui.service.statements import Parameters, one_statement
from turso_tui.service.writer import Writers, while_busy
from turso_tui.sql.facts import leading_keyword, opens_transaction
from turso_tui.values import Statement

if TYPE_CHECKING:
    from turso_tui.service.database import Database

KEEP_ALIVE_SECONDS = 4.0
"""A server forgets a stream after ten idle seconds."""

NO_TOKEN = (errors.MintFailed, errors.MintRefused, errors.SignInEnded)
"""Nothing was sent, because there was no token to send it with."""


class Session:
    """Runs one statement at a time. ``on_change`` is called when a transaction begins, ends or is lost."""

    def __init__(
        self,
        database: "Database",
        link: Link,
        writers: Writers,
        *,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.on_change: Callable[[], None] | None = None
        self._link = link
        self._writers = writers
        self._keep_alive_seconds = keep_alive_seconds
        self._clock = clock
        self._turn = AsyncExitStack()
        self._has_turn = False
        self._conversation: Conversation | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._statement = asyncio.Lock()
        self._wire = asyncio.Lock()  # apart from the statement's: we keep alive while it stands in line for its turn
        self._began_at: float | None = None
        self._lost: errors.TransactionLost | None = None

    @property
    def transaction_age(self) -> float | None:
        """Seconds since the open transaction began, None while there is none."""
        return None if self._began_at is None else self._clock() - self._began_at

    @asynccontextmanager
    async def stream(self, sql: str, parameters: Parameters = ()) -> AsyncIterator[RowStream]:
        """Like `Database.stream`, and inside the transaction if one is open.

        Raises `TransactionLost` once after a transaction has ended by itself: what a person meant to run inside must
        not run outside.
        """
        statement = one_statement(sql, parameters)
        if self._conversation is None and self._lost is None and not opens_transaction(statement.sql):
            async with self.database.stream(sql, parameters) as stream:
                yield stream
        else:
            async with self._statement:
                executed = await self._converse(statement)
            yield stream_of(executed)

    async def aclose(self) -> None:
        """Roll back what is open and give the turn back."""
        async with self._statement, self._wire:
            await self._end()

    async def _converse(self, statement: Statement) -> Executed:
        self._raise_if_lost()
        if self._conversation is None:
            self._conversation = self._link.converse()
        conversation = self._conversation
        is_first_write = False
        try:
            writes = self._has_turn or await self._writes(statement.sql)
            is_first_write = writes and not self._has_turn
            if is_first_write:
                await self._turn.enter_async_context(
                    self._writers.turn(self.database.identity, f"{self.database.name}: transaction")
                )
                self._has_turn = True
            async with self._wire:
                self._raise_if_lost()  # while we stood in line
                return await self._run(conversation, statement, writes)
        except NO_TOKEN:
            if is_first_write:  # no token to write with: the transaction still only reads, and goes on
                await self._give_turn_back()
            raise
        finally:
            await self._settle(conversation)

    async def _run(self, conversation: Conversation, statement: Statement, writes: bool) -> Executed:
        """A statement that fails may take its transaction along: ON CONFLICT ROLLBACK does, and so does cancelling."""
        was_open = conversation.in_transaction
        try:
            return await while_busy(lambda: conversation.run(statement, writes=writes), once=was_open)
        except (errors.SqlError, asyncio.CancelledError) as error:
            if was_open and not conversation.in_transaction and not isinstance(error, errors.TransactionLost):
                self._lost = errors.TransactionLost(
                    "The transaction ended when its last statement failed or was cancelled.",
                    means="If that was the COMMIT, it may have been applied; otherwise all of it is rolled back.",
                    next_step="Begin again.",
                )
            raise

    async def _writes(self, sql: str) -> bool:
        """What cannot be known takes the turn: a table made in this transaction is not there for `describe`.

        So does a PRAGMA: servers count some as writes that SQLite does not, and a refusal would end the transaction.
        """
        if leading_keyword(sql) == "PRAGMA":
            return True
        try:
            return not (await self._link.describe(sql)).readonly
        except errors.SqlError:
            return True

    def _raise_if_lost(self) -> None:
        if self._lost is not None:
            lost, self._lost = self._lost, None
            raise lost

    async def _settle(self, conversation: Conversation) -> None:
        if not conversation.in_transaction:
            await self._end()
        elif self._began_at is None:
            self._began_at = self._clock()
            self._keeper = asyncio.create_task(self._keep_alive(conversation))
            self._changed()

    async def _keep_alive(self, conversation: Conversation) -> None:
        while True:
            await asyncio.sleep(self._keep_alive_seconds)
            async with self._wire:
                if self._conversation is not conversation:
                    return
                try:
                    await conversation.keep_alive()
                except errors.TursoTuiError as error:
                    self._lost = error if isinstance(error, errors.TransactionLost) else _broken(error)
                    await self._end()
                    return

    async def _end(self) -> None:
        conversation, self._conversation = self._conversation, None
        was_open, self._began_at = self._began_at is not None, None
        if self._keeper is not None and self._keeper is not asyncio.current_task():
            self._keeper.cancel()
        self._keeper = None
        try:
            if conversation is not None:
                await conversation.aclose()
        finally:
            await self._give_turn_back()
            if was_open:
                self._changed()

    async def _give_turn_back(self) -> None:
        self._has_turn = False
        await self._turn.aclose()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()


def _broken(error: errors.TursoTuiError) -> errors.TransactionLost:
    why = "there was no token to keep it with" if isinstance(error, NO_TOKEN) else "its connection broke"
    return errors.TransactionLost(
        f"The transaction is lost: {why} while it was idle.",
        means=f"{error.what} What was not committed is rolled back.",
        next_step="Begin again.",
    )
