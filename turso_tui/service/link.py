"""How SQL reaches a database: what a remote server and a local file have in common."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from turso_tui.errors import Outcome
from turso_tui.values import Column, Row, Statement

CHUNK_ROWS = 2000
"""Rows that are handed on together, and the size from which decoding leaves the event loop's thread."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a statement is before it runs, as SQLite says.

    ``readonly`` is ``sqlite3_stmt_readonly``: True for BEGIN and COMMIT, False for BEGIN IMMEDIATE. None where the
    server cannot say. ``parameters`` are in the order of their numbers, None for a plain ``?``.
    """

    readonly: bool | None
    columns: tuple[Column, ...] = ()
    parameters: tuple[str | None, ...] = ()
    is_explain: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What a statement did and cost. A counter is None where the server did not report it (cursors never do)."""

    affected_rows: int = 0
    last_insert_rowid: int | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    server_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Executed:
    """A statement that has ended, its rows in memory."""

    columns: tuple[Column, ...] = ()
    rows: Sequence[Row] = ()
    summary: Summary = field(default_factory=Summary)


class RowStream:
    """Rows as they come, in chunks; iterate once. ``summary`` is complete when the iteration has ended.

    ``outcome`` is None for what only reads, and for a statement inside a transaction, whose COMMIT decides.
    """

    def __init__(self, columns: tuple[Column, ...], chunks: AsyncIterator[Sequence[Row]]) -> None:
        self.columns = columns
        self.summary = Summary()
        self.outcome: Outcome | None = None
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[Sequence[Row]]:
        return self._chunks


@dataclass(frozen=True, slots=True)
class TransactionLimits:
    """What a server allows a transaction, in seconds."""

    idle: float = 10.0
    """Without a word from us, until the server forgets the connection and rolls back."""

    lock: float = 5.0
    """With the write lock, until the server may take it away; it does so only when someone else waits for it."""


def stream_of(whole: Executed) -> RowStream:
    async def chunks() -> AsyncIterator[Sequence[Row]]:
        for start in range(0, len(whole.rows), CHUNK_ROWS):
            yield whole.rows[start : start + CHUNK_ROWS]

    stream = RowStream(whole.columns, chunks())
    stream.summary = whole.summary
    return stream


class Conversation(Protocol):
    """One connection kept open for a transaction. Not for concurrent use."""

    @property
    def in_transaction(self) -> bool: ...

    async def run(self, statement: Statement, *, writes: bool = True) -> Executed:
        """Run inside the transaction, or begin one. Raises `TransactionLost` when the server has ended it, and
        `OutcomeUnknown` when nobody knows what became of the COMMIT.

        Until something ``writes``, a token that only reads is used.
        """
        ...

    async def keep_alive(self) -> None:
        """Tell the server that someone is still here, and learn whether the transaction is too."""
        ...

    async def aclose(self) -> None:
        """End the connection; what was not committed is rolled back."""
        ...


class Link(Protocol):
    """A way to one database. ``identity`` is the same for every spelling of its address."""

    @property
    def identity(self) -> str: ...

    @property
    def limits(self) -> TransactionLimits | None:
        """Of a transaction; None where it may stay open for ever."""
        ...

    async def describe(self, sql: str) -> Description: ...

    def read(self, statement: Statement) -> AbstractAsyncContextManager[RowStream]:
        """Run a statement that does not write. Leaving the context early interrupts it."""
        ...

    async def write(self, statement: Statement) -> Executed:
        """Run one statement in autocommit. Raises `Busy` (did not run) and `OutcomeUnknown` (may have run)."""
        ...

    async def write_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        """Run all statements in one transaction, or none of them. A `SqlError` has its ``step``, where it is known."""
        ...

    async def read_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        """Run small reads in one round trip."""
        ...

    def converse(self) -> Conversation: ...

    async def aclose(self) -> None: ...
