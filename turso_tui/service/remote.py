"""A database behind SQL over HTTP: which token, which endpoint, and what may be tried again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus

from turso_tui import errors
from turso_tui.hrana import messages
from turso_tui.hrana.client import CursorUnsupported, HranaClient
from turso_tui.hrana.cursor import Cursor, raise_for_entry
from turso_tui.hrana.failures import sql_error
from turso_tui.hrana.messages import (
    BatchResult,
    Condition,
    CursorEntry,
    DescribeResult,
    PipelineBody,
    Request,
    StatementResult,
    StreamResult,
)
from turso_tui.service.answers import cursor_rows, executed, result_of, stream_of
from turso_tui.service.broker import TokenSource, with_token
from turso_tui.service.conversation import RemoteConversation
from turso_tui.service.link import Conversation, Description, Executed, RowStream
from turso_tui.tokens import Access, DatabaseToken
from turso_tui.values import Statement

ATTEMPTS = 3
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0

_BEGIN_WRITE = Statement("BEGIN IMMEDIATE")
_COMMIT = Statement("COMMIT")
_ROLLBACK = Statement("ROLLBACK")


class RemoteLink:
    """A `Link` to one server. Reads are repeated after failures of the network, writes only where nothing ran."""

    def __init__(self, client: HranaClient, tokens: TokenSource) -> None:
        self._client = client
        self._tokens = tokens
        name, colon, port = client.url.host.partition(":")
        self.identity = f"sql:{'127.0.0.1' if name == 'localhost' else name}{colon}{port}"

    async def describe(self, sql: str) -> Description:
        try:
            (result,) = await self._read_pipeline([messages.describe(sql)])
        except errors.ServerFault:
            # tursodb's own server knows no `describe` and answers 500; the text was not run.
            return Description(readonly=None)
        described = result_of(result, DescribeResult)
        return Description(
            readonly=described.is_readonly,
            columns=tuple(column.column() for column in described.cols),
            parameters=tuple(parameter.name for parameter in described.params),
            is_explain=described.is_explain,
        )

    @asynccontextmanager
    async def read(self, statement: Statement) -> AsyncIterator[RowStream]:
        """One response where it fits, because only that says what the read cost and is several times faster a row;
        a cursor where it does not."""
        try:
            (result,) = await self._read_pipeline([messages.execute(statement)])
            whole = await executed(result_of(result, StatementResult))
        except errors.ResponseTooLarge as too_large:
            async with self._read_cursor(statement, too_large) as stream:
                yield stream
            return
        yield stream_of(whole)

    async def write(self, statement: Statement) -> Executed:
        (result,) = await self._write_pipeline([messages.execute(statement)])
        return await executed(result_of(result, StatementResult))

    async def read_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        results = await self._read_pipeline([messages.execute(statement) for statement in statements])
        return [await executed(result_of(result, StatementResult)) for result in results]

    async def write_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        """Each step runs only if the one before did and the transaction is still ours: a server that takes the lock
        away would run the rest in autocommit."""
        steps: list[tuple[Statement, Condition | None]] = [(_BEGIN_WRITE, None)]
        steps += [(statement, self._still_ours(index)) for index, statement in enumerate(statements)]
        commit = len(steps)
        steps.append((_COMMIT, self._still_ours(commit - 1)))
        uncommitted: Condition = {"type": "not", "cond": messages.ok(commit)}
        steps.append((_ROLLBACK, {"type": "and", "conds": [messages.ok(0), uncommitted]}))
        (result,) = await self._write_pipeline([messages.batch(steps)])
        batch = result_of(result, BatchResult)
        for error in batch.step_errors[: commit + 1]:
            if error is not None:
                raise sql_error(error)
        if batch.step_results[commit] is None:
            raise errors.TransactionLost(
                "Nothing was applied: the server ended the transaction before its last statement.",
                next_step="Run it again.",
            )
        return [await executed(step or StatementResult()) for step in batch.step_results[1:commit]]

    def converse(self) -> Conversation:
        return RemoteConversation(self._client, self._tokens)

    async def aclose(self) -> None:
        """The HTTP client is shared and closed by its owner; no stream is ever left open here."""

    def _still_ours(self, step: int) -> Condition:
        conditions = [messages.ok(step)]
        if self._client.version >= 3:
            conditions.append(messages.IN_TRANSACTION)
        return {"type": "and", "conds": conditions}

    async def _read_pipeline(self, requests: list[Request]) -> list[StreamResult]:
        """Reads may be repeated whatever became of them; but who was silent for ten minutes is not asked again."""
        repeatable = (errors.Unreachable, errors.ConnectionLost, errors.RateLimited)
        return await self._patiently(requests, Access.READ_ONLY, repeatable)

    async def _write_pipeline(self, requests: list[Request]) -> list[StreamResult]:
        """Writes are repeated only where nothing had run."""
        try:
            return await self._patiently(requests, Access.READ_WRITE, (errors.Unreachable, errors.RateLimited))
        except (errors.ConnectionLost, errors.TimedOut, errors.ServerFault) as error:
            if isinstance(error, errors.ServerFault) and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise  # no room to begin: nothing ran
            raise errors.OutcomeUnknown(
                "Whether the write was applied is unknown.",
                means=f"After the statement had left: {error.what}",
                next_step="Look at the data before you run it again.",
            ) from error

    async def _patiently(
        self, requests: list[Request], access: Access, repeatable: tuple[type[errors.TursoTuiError], ...]
    ) -> list[StreamResult]:
        async def send(token: DatabaseToken | None) -> PipelineBody:
            return await self._client.pipeline([*requests, messages.CLOSE], token=token)

        for attempt in range(ATTEMPTS):
            try:
                return (await with_token(self._tokens, access, send)).results[:-1]
            except repeatable as error:
                if attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(_pause(attempt, error))
        raise AssertionError("the last attempt returns or raises")

    @asynccontextmanager
    async def _read_cursor(self, statement: Statement, too_large: errors.SqlError) -> AsyncIterator[RowStream]:
        batch = messages.batch_body([(statement, None)])
        async with AsyncExitStack() as stack:

            async def open_cursor(token: DatabaseToken | None) -> Cursor:
                return await stack.enter_async_context(self._client.cursor(batch, token=token))

            try:
                cursor = await with_token(self._tokens, Access.READ_ONLY, open_cursor)
            except CursorUnsupported:
                raise too_large from None
            events = aiter(cursor)
            begin = await anext(events, None)
            if not isinstance(begin, CursorEntry):
                raise errors.ProtocolError("The server's answer has no beginning.")
            raise_for_entry(begin)
            stream = RowStream(tuple(column.column() for column in begin.cols), cursor_rows(events, lambda: stream))
            yield stream


def _pause(attempt: int, error: errors.TursoTuiError) -> float:
    """Seconds before the next attempt; a server that says how long is believed, up to a limit."""
    if isinstance(error, errors.RateLimited) and error.retry_after is not None:
        return min(error.retry_after, LONGEST_PAUSE)
    return FIRST_PAUSE * 3.0**attempt
