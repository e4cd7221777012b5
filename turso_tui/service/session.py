"""A connection for one person: autocommit until they begin a transaction, which is then kept, held and released."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.service.busy import while_busy
from turso_tui.service.checks import checks_for
from turso_tui.service.link import Conversation, Executed, Link, RowStream, TransactionLimits, stream_of
from turso_tui.service.outcomes import write_unknown
from turso_tui.service.patience import reading_failed
from turso_tui.service.statements import Parameters, one_statement
from turso_tui.service.writer import Turn, Writers
from turso_tui.sql.facts import foreign_keys_wanted, leading_keyword, may_commit, opens_transaction
from turso_tui.values import Statement

if TYPE_CHECKING:
    from turso_tui.service.database import Database

KEEP_ALIVE_SECONDS = 4.0
"""A server forgets a stream after ten idle seconds."""

KNOCK_SECONDS = 1.0
"""How soon a sign of life is repeated that failed for a passing reason."""

NO_TOKEN = (errors.MintFailed, errors.MintRefused, errors.SignInEnded)
"""Nothing was sent, because there was no token to send it with."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction, as of now; times in seconds."""

    age: float
    idle: float
    """Since the server last heard of us; we remind it, so that this only grows while it cannot be reached."""
    writing: float | None
    """Since its first write, from when on it has the turn and others wait; None while it only reads."""
    statements: tuple[str, ...]
    """What has run in it, its BEGIN among them."""
    limits: TransactionLimits | None
    """What the server allows; None where there is no limit."""


class Session:
    """Runs one statement at a time. ``on_change`` is called when a transaction begins, ends or is lost."""

    def __init__(
        self,
        database: "Database",
        link: Link,
        writers: Writers,
        *,
        label: str = "",
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.label = label
        """What others see beside the writes of this session, a pane's name for example."""
        self.on_change: Callable[[], None] | None = None
        self._link = link
        self._writers = writers
        self._keep_alive_seconds = keep_alive_seconds
        self._clock = clock
        self._stack = AsyncExitStack()
        self._turn: Turn | None = None
        self._conversation: Conversation | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._statement = asyncio.Lock()
        self._wire = asyncio.Lock()  # apart from the statement's: we keep alive while it stands in line for its turn
        self._began_at: float | None = None
        self._heard_at = 0.0
        self._turn_since = 0.0
        self._journal: list[Statement] = []
        self._keys_off: Statement | None = None
        """How foreign keys were turned off: scripts that write a table anew do so before they begin."""
        self._lost: errors.TransactionLost | None = None

    @property
    def transaction_age(self) -> float | None:
        """Seconds since the open transaction began, None while there is none."""
        return None if self._began_at is None else self._clock() - self._began_at

    @property
    def transaction(self) -> Transaction | None:
        """The open transaction, None while there is none."""
        if self._began_at is None:
            return None
        now = self._clock()
        return Transaction(
            age=now - self._began_at,
            idle=now - self._heard_at,
            writing=None if self._turn is None else now - self._turn_since,
            statements=tuple(statement.sql for statement in self._journal),
            limits=self._link.limits,
        )

    @property
    def is_free(self) -> bool:
        """No transaction is open, and none has been lost of which the person has not heard yet."""
        return self._conversation is None and self._lost is None

    @asynccontextmanager
    async def stream(self, sql: str, parameters: Parameters = (), *, private: bool = False) -> AsyncIterator[RowStream]:
        """Like `Database.stream`, and inside the transaction if one is open.

        Raises `TransactionLost` once after a transaction has ended by itself: what a person meant to run inside must
        not run outside.
        """
        statement = one_statement(sql, parameters)
        if self.is_free and not opens_transaction(statement.sql):
            async with self.database.stream(sql, parameters, label=self.label, private=private) as stream:
                yield stream
            wanted = foreign_keys_wanted(statement.sql)
            if wanted is not None:
                self._keys_off = None if wanted else statement  # on is what every connection here begins with
        else:
            async with self._statement:
                stream = await self._converse(statement, private=private)
            yield stream

    async def aclose(self) -> None:
        """Roll back what is open and give the turn back."""
        async with self._statement, self._wire:
            await self._end()
        await asyncio.gather(*self._closing)

    async def _converse(self, statement: Statement, *, private: bool) -> RowStream:
        self._raise_if_lost()
        is_new = self._conversation is None
        if self._conversation is None:
            self._conversation = self._link.converse()
        conversation = self._conversation
        is_first_write = False
        try:
            if is_new and self._keys_off is not None:
                async with self._wire:
                    await conversation.run(self._keys_off)
            writes = self._turn is not None or await self._writes(statement.sql)
            is_first_write = writes and self._turn is None
            if is_first_write:
                await self._take_turn(statement.sql, private=private)
            elif self._turn is not None:
                self._turn.note(statement.sql, private=private)
            async with self._wire:
                self._raise_if_lost()  # while we stood in line
                stream = stream_of(await self._run(conversation, statement, writes))
            if writes and may_commit(statement.sql) and not conversation.in_transaction:
                stream.outcome = errors.Outcome.APPLIED
            return stream
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
            executed = await while_busy(
                lambda: conversation.run(statement, writes=writes),
                once=was_open,
                limit=self._writers.busy_limit,
                on_wait=self.database.note_busy,
            )
        except errors.OutcomeUnknown as error:
            self._name_in(error, statement)
            raise
        except errors.TransactionLost as error:
            error.statements = self._texts()
            raise
        except errors.SqlError:
            if was_open and not conversation.in_transaction:
                self._lost = self._taken_along("failed")
            raise
        except asyncio.CancelledError as cancelled:
            if not was_open or conversation.in_transaction:
                raise
            self._lost = self._taken_along("was cancelled")
            if may_commit(statement.sql):
                about = [*self._journal, statement]
                raise cancelled from write_unknown("Its COMMIT was cancelled after it had left.", about)
            raise
        finally:
            self.database.note_busy(None)
        self._heard_at = self._clock()
        self._journal.append(statement)
        self.database.kinds.ran(statement.sql)
        return executed

    def _name_in(self, error: errors.OutcomeUnknown, last: Statement) -> None:
        """What nobody knows the outcome of is the whole transaction."""
        error.statements = (*self._texts(), last.sql)
        error.checks = checks_for(self._journal)

    def _texts(self) -> tuple[str, ...]:
        return tuple(statement.sql for statement in self._journal)

    def _taken_along(self, how: str) -> errors.TransactionLost:
        return errors.TransactionLost(
            f"The transaction ended when its last statement {how}.",
            means="If that was the COMMIT, it may have been applied; otherwise all of it is rolled back.",
            next_step="Begin again.",
            reason=errors.Loss.ROLLED_BACK,
            statements=self._texts(),
        )

    async def _writes(self, sql: str) -> bool:
        """What cannot be known takes the turn: a table made in this transaction is not there for `describe`.

        So does a PRAGMA: servers count some as writes that SQLite does not, and a refusal would end the transaction.
        """
        if leading_keyword(sql) == "PRAGMA":
            return True
        try:
            return await self.database.kinds.writes(sql)
        except errors.SqlError:
            return True

    async def _take_turn(self, sql: str, *, private: bool) -> None:
        label = f"{self.label or self.database.name}: transaction"
        turn = self._writers.turn(self.database.identity, label, sql, private=private)
        self._turn = await self._stack.enter_async_context(turn)
        self._turn_since = self._clock()

    def _raise_if_lost(self) -> None:
        if self._lost is not None:
            lost, self._lost = self._lost, None
            raise lost

    async def _settle(self, conversation: Conversation) -> None:
        if not conversation.in_transaction:
            await self._end()
        elif self._began_at is None:
            self._began_at = self._heard_at = self._clock()
            self._keeper = asyncio.create_task(self._keep_alive(conversation))
            self._changed()

    async def _keep_alive(self, conversation: Conversation) -> None:
        pause = self._keep_alive_seconds
        while True:
            await asyncio.sleep(pause)
            async with self._wire:
                if self._conversation is not conversation:
                    return
                try:
                    await conversation.keep_alive()
                except errors.TursoTuiError as error:
                    if self._may_still_live(error):
                        pause = min(KNOCK_SECONDS, self._keep_alive_seconds)
                        continue
                    self._lost = error if isinstance(error, errors.TransactionLost) else _broken(error)
                    self._lost.statements = self._texts()
                    await self._end()
                    return
                self._heard_at = self._clock()
                pause = self._keep_alive_seconds

    def _may_still_live(self, error: errors.TursoTuiError) -> bool:
        """A sign of life that failed in passing ends nothing until the server has forgotten the transaction."""
        limits = self._link.limits
        is_known = limits is None or self._clock() - self._heard_at < limits.idle
        return is_known and (isinstance(error, errors.MintFailed) or reading_failed(error))

    async def _end(self) -> None:
        conversation, self._conversation = self._conversation, None
        was_open, self._began_at = self._began_at is not None, None
        self._journal.clear()
        if self._keeper is not None and self._keeper is not asyncio.current_task():
            self._keeper.cancel()
        self._keeper = None
        try:
            if conversation is not None and conversation.in_transaction:
                await conversation.aclose()  # rolled back before the turn goes to the next one
            elif conversation is not None:
                self._close_behind(conversation)
        finally:
            await self._give_turn_back()
            if was_open:
                self._changed()

    def _close_behind(self, conversation: Conversation) -> None:
        """Nothing is open in it: nobody waits for its end, and no cancelling there hides what a COMMIT has done."""
        closing = asyncio.create_task(conversation.aclose())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _give_turn_back(self) -> None:
        self._turn = None
        await self._stack.aclose()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()


def _broken(error: errors.TursoTuiError) -> errors.TransactionLost:
    has_token = not isinstance(error, NO_TOKEN)
    why = "its connection broke" if has_token else "there was no token to keep it with"
    return errors.TransactionLost(
        f"The transaction is lost: {why} while it was idle.",
        means=f"{error.what} What was not committed is rolled back.",
        next_step="Begin again.",
        reason=errors.Loss.DISCONNECTED if has_token else errors.Loss.REFUSED,
    )
