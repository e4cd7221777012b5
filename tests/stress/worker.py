"""A process that writes what its plan says, and goes on where its journal ends: ``python -m tests.stress.worker``.

Its `Order` is the one line of its standard input, because there may be a token in it; at the end of that input there
is nobody left to write for. SIGUSR1 makes it say what it is waiting for.
"""

import asyncio
import inspect
import os
import signal
import sys
import time
from pathlib import Path

import msgspec

from tests.stress.journal import Entry, Journal, Stage
from tests.stress.ledger import INCREMENT, INSERT, INSERT_HALF, READ_TOTAL, transfer
from tests.stress.plan import Kind, Load, Write, plan
from turso_tui.errors import Outcome, TursoTuiError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.database import Database
from turso_tui.service.outcomes import outcome_of
from turso_tui.service.queue_state import QueueState
from turso_tui.service.services import Services
from turso_tui.service.session import Session
from turso_tui.tokens import DatabaseToken, PlatformToken

KILLED = "killed"
CANCELLED = "cancelled"


class Door(msgspec.Struct, frozen=True):
    """A way to the database: its URL, or an account's if there is an ``organization``."""

    url: str
    token: str = ""
    organization: str = ""
    database: str = ""

    async def open(self, services: Services) -> Database:
        """Raises `TursoTuiError`."""
        if self.organization:
            account = services.account(PlatformToken(self.token), self.url)
            return account.open(self.organization, await account.find(self.organization, self.database))
        return services.remote(parse_database_url(self.url), DatabaseToken(self.token) if self.token else None)


class Order(msgspec.Struct, frozen=True):
    """Everything that a process is told."""

    process: int
    seed: int
    load: Load
    door: Door
    directory: str

    @property
    def journal(self) -> Path:
        return Path(self.directory) / f"{self.process}.jsonl"

    @property
    def locks(self) -> Path:
        return Path(self.directory) / "locks"


class _Writer:
    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._stood_in_line_at: float | None = None
        self._is_committed = False

    def line_changed(self, _identity: str, state: QueueState) -> None:
        """The last time that one of ours stands in line is when it has the turn."""
        if any(place.mine for place in state.places):
            self._stood_in_line_at = time.monotonic()

    async def write(self, write: Write) -> None:
        """The outcome that is noted is the one that was reported: applied, unless an error says otherwise."""
        began, self._stood_in_line_at, self._is_committed = time.monotonic(), None, False
        self._note(write, Stage.BEGUN)
        stage, why, number, total = Stage.APPLIED, "", None, None
        try:
            async with asyncio.timeout(write.patience):
                number = await self._perform(write)
        except TursoTuiError as error:
            stage, why = Stage(error.outcome), _reason(error)
        except TimeoutError as error:
            outcome = Outcome.APPLIED if self._is_committed else outcome_of(error.__cause__ or error)
            stage, why = Stage(outcome), CANCELLED
        ended = time.monotonic()
        if write.kind is Kind.TRANSFER:
            total = await self._total()
        waited = self._waited_since(began)
        self._note(write, stage, why=why, number=number, total=total, waited=waited, took=ended - began)

    def _waited_since(self, began: float) -> float | None:
        return None if self._stood_in_line_at is None else self._stood_in_line_at - began

    async def _perform(self, write: Write) -> int | None:
        match write.kind:
            case Kind.INCREMENT:
                ((number,),) = (await self._database.execute(INCREMENT, (write.key,))).rows
                assert isinstance(number, int)
                return number
            case Kind.INSERT:
                await self._database.execute(INSERT, (write.key,))
            case Kind.TRANSFER:
                by = self._database.batch if write.amount % 2 else self._database.script
                await by(transfer(write))
            case Kind.TRANSACTION:
                await self._transact(write)
        return None

    async def _transact(self, write: Write) -> None:
        session = self._database.session()
        try:
            await _run(session, "BEGIN")
            await _run(session, INSERT_HALF, write.key, 1)
            if write.dies:
                os.kill(os.getpid(), signal.SIGKILL)
            await _run(session, INSERT_HALF, write.key, 2)
            self._note(write, Stage.COMMITTING)
            await _run(session, "COMMIT")
            self._is_committed = True  # it was answered: cancelling only what closes the session takes nothing back
        finally:
            await session.aclose()

    async def _total(self) -> int | None:
        try:
            ((total,),) = (await self._database.execute(READ_TOTAL)).rows
        except TursoTuiError:  # the sum is read after the next one
            return None
        assert isinstance(total, int)
        return total

    def _note(
        self,
        write: Write,
        stage: Stage,
        *,
        why: str = "",
        number: int | None = None,
        total: int | None = None,
        waited: float | None = None,
        took: float | None = None,
    ) -> None:
        at = time.monotonic()
        self._journal.note(
            Entry(write.key, write.kind, stage, at, why=why, number=number, total=total, waited=waited, took=took)
        )


def _reason(error: TursoTuiError) -> str:
    """The database's own word, or what happened, and after it what had happened before."""
    cause = error.__cause__
    after = f" after {type(cause).__name__}" if isinstance(cause, TursoTuiError) else ""
    return (getattr(error, "code", None) or type(error).__name__) + after


async def _run(session: Session, sql: str, *parameters: int | str) -> None:
    async with session.stream(sql, parameters):
        pass


def _settle(journal: Journal) -> int:
    """What was being written when we were killed: not applied if it was a transaction that had not come to its COMMIT,
    else unknown. The result is how many writes have an outcome."""
    last = journal.unsettled
    if last is None:
        return journal.settled
    is_rolled_back = last.kind is Kind.TRANSACTION and last.stage is Stage.BEGUN
    stage = Stage.NOT_APPLIED if is_rolled_back else Stage.UNKNOWN
    journal.note(Entry(last.key, last.kind, stage, time.monotonic(), why=KILLED))
    return journal.settled + 1


def _show_tasks() -> None:
    for task in asyncio.all_tasks():
        waits: object = task.get_coro()
        while inspect.iscoroutine(waits) and waits.cr_frame is not None:  # a task only shows the outermost
            print(f"{waits.cr_code.co_qualname}, line {waits.cr_frame.f_lineno}", file=sys.stderr)
            waits = waits.cr_await
        print(file=sys.stderr, flush=True)


async def work(order: Order) -> None:
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, os._exit, 1)
    loop.add_signal_handler(signal.SIGUSR1, _show_tasks)
    journal = Journal(order.journal)
    try:
        settled = _settle(journal)
        async with Services(scratch=Path(order.directory), locks=order.locks) as services:
            database = await order.door.open(services)
            writer = _Writer(database, journal)
            services.writers.on_change = writer.line_changed
            for write in plan(order.seed, order.process, order.load)[settled:]:
                await writer.write(write)
        print(database.identity, flush=True)
    finally:
        journal.close()


if __name__ == "__main__":
    asyncio.run(work(msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)))
