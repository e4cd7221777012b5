"""A database behind SQL over HTTP: which token, which endpoint, and what may be tried again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
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
from turso_tui.service.answers import cursor_rows, executed, result_of
from turso_tui.service.broker import TokenSource, with_token
from turso_tui.service.conversation import RemoteConversation
from turso_tui.service.link import Conversation, Description, Executed, RowStream, TransactionLimits, stream_of
from turso_tui.service.outcomes import keeps_what_it_did, tell_of_a_part, write_unknown
from turso_tui.service.patience import Patience, nothing_ran, reading_failed
from turso_tui.tokens import Access, DatabaseToken
from turso_tui.values import Statement

_PATIENCE = Patience()

_BEGIN_WRITE = Statement("BEGIN IMMEDIATE")
_COMMIT = Statement("COMMIT")
_ROLLBACK = Statement("ROLLBACK")
_CHANGES = Statement("SELECT changes()")


class RemoteLink:
    """A `Link` to one server. Reads are repeated after failures of the network, writes only where nothing ran."""

    limits = TransactionLimits()

    def __init__(self, client: HranaClient, tokens: TokenSource, *, patience: Patience = _PATIENCE) -> None:
        self._client = client
        self._tokens = tokens
        self._patience = patience
        name, colon, port = client.url.host.partition(":")
        self.identity = f"sql:{'127.0.0.1' if name == 'localhost' else name}{colon}{port}"

    async def describe(self, sql: str) -> Description:
        try:
            with _changes_nothing():
                (result,) = await self._read_pipeline([messages.describe(sql)])
        except errors.ServerFault as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return Description(readonly=None)  # tursodb's own server knows no `describe`; the text was not run
        with _changes_nothing():
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
            with _changes_nothing():
                (result,) = await self._read_pipeline([messages.execute(statement)])
                whole = await executed(result_of(result, StatementResult))
        except errors.ResponseTooLarge as too_large:
            async with self._read_cursor(statement, too_large) as stream:
                yield stream
            return
        yield stream_of(whole)

    async def write(self, statement: Statement) -> Executed:
        requests = [messages.execute(statement)]
        if keeps_what_it_did(statement.sql):
            requests.append(messages.execute(_CHANGES))
        result, *changes = await self._write_pipeline(requests, [statement])
        with _nobody_knows([statement]):
            try:
                return await executed(result_of(result, StatementResult))
            except errors.SqlError as error:
                if changes:
                    tell_of_a_part(error, (await executed(result_of(changes[0], StatementResult))).rows[0][0])
                raise

    async def read_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        with _changes_nothing():
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
        (result,) = await self._write_pipeline([messages.batch(steps)], statements)
        with _nobody_knows(statements):
            return await _committed(result, commit)

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
        async def send(token: DatabaseToken | None) -> PipelineBody:
            return await self._client.pipeline([*requests, messages.CLOSE], token=token)

        return await self._patiently(send, Access.READ_ONLY, reading_failed)

    async def _write_pipeline(self, requests: list[Request], about: Sequence[Statement]) -> list[StreamResult]:
        async def send(token: DatabaseToken | None) -> PipelineBody:
            with _nobody_knows(about):
                return await self._client.pipeline([*requests, messages.CLOSE], token=token)

        return await self._patiently(send, Access.READ_WRITE, nothing_ran)

    async def _patiently(
        self,
        send: Callable[[DatabaseToken | None], Awaitable[PipelineBody]],
        access: Access,
        is_safe: Callable[[errors.TursoTuiError], bool],
    ) -> list[StreamResult]:
        answer = await self._patience.ask(lambda: with_token(self._tokens, access, send), is_safe)
        return answer.results[:-1]

    @asynccontextmanager
    async def _read_cursor(self, statement: Statement, too_large: errors.SqlError) -> AsyncIterator[RowStream]:
        batch = messages.batch_body([(statement, None)])
        async with AsyncExitStack() as stack:

            async def open_cursor(token: DatabaseToken | None) -> Cursor:
                return await stack.enter_async_context(self._client.cursor(batch, token=token))

            with _changes_nothing():
                try:
                    cursor = await self._patience.ask(
                        lambda: with_token(self._tokens, Access.READ_ONLY, open_cursor), reading_failed
                    )
                except CursorUnsupported:
                    raise too_large from None
                events = aiter(cursor)
                begin = await anext(events, None)
                if not isinstance(begin, CursorEntry):
                    raise errors.ProtocolError("The server's answer has no beginning.")
                raise_for_entry(begin)
            stream = RowStream(tuple(column.column() for column in begin.cols), cursor_rows(events, lambda: stream))
            yield stream


async def _committed(result: StreamResult, commit: int) -> list[Executed]:
    """The results of a batch whose step number ``commit`` is its COMMIT; raises the error of what failed before."""
    try:
        batch = result_of(result, BatchResult)
    except errors.ResponseTooLarge as error:
        # It ends the whole batch, and what was not committed is rolled back with its connection.
        raise errors.SqlError(
            error.message,
            code=error.code,
            means="The answers of all statements together do not fit one response; nothing was applied.",
            next_step="Run what returns many rows on its own.",
        ) from error
    for step, refusal in enumerate(batch.step_errors[: commit + 1]):
        if refusal is not None:
            failure = sql_error(refusal)
            failure.step = step - 1 if 0 < step < commit else None
            raise failure
    if len(batch.step_results) <= commit:
        raise errors.ProtocolError("The server answered only a part of the batch.")
    if batch.step_results[commit] is None:
        raise errors.TransactionLost(
            "Nothing was applied: the server ended the transaction before its last statement.",
            next_step="Run it again.",
            reason=errors.Loss.LOCK_TAKEN,
        )
    return [await executed(step or StatementResult()) for step in batch.step_results[1:commit]]


@contextmanager
def _changes_nothing() -> Iterator[None]:
    """Whatever became of a read, nothing was applied."""
    try:
        yield
    except errors.TursoTuiError as error:
        error.outcome = errors.Outcome.NOT_APPLIED
        raise


@contextmanager
def _nobody_knows(about: Sequence[Statement]) -> Iterator[None]:
    """Errors after which nobody knows whether a write was applied say so, and what to look with."""
    try:
        yield
    except asyncio.CancelledError as cancelled:
        raise cancelled from write_unknown("It was cancelled after the statement had left.", about)
    except errors.TursoTuiError as error:
        if error.outcome is not errors.Outcome.UNKNOWN:
            raise
        raise write_unknown(f"After the statement had left: {error.what}", about) from error
