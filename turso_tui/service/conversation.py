"""A transaction over HTTP: one Hrana stream, kept open and guarded."""

import asyncio
from contextlib import suppress

from turso_tui import errors
from turso_tui.hrana import messages
from turso_tui.hrana.client import HranaClient, StreamKey
from turso_tui.hrana.failures import sql_error
from turso_tui.hrana.messages import BatchResult, PipelineBody, Request, StreamResult, WireError
from turso_tui.service.answers import executed, result_of
from turso_tui.service.broker import TokenSource, with_token
from turso_tui.service.link import Executed
from turso_tui.service.patience import Patience, nothing_ran
from turso_tui.sql.facts import leading_keyword, may_commit, opens_transaction
from turso_tui.tokens import Access, DatabaseToken
from turso_tui.values import Statement

CLOSE_SECONDS = 5.0

PATIENCE = Patience(longest_pause=3.0)
"""Less than the time after which a server forgets who is silent."""


class RemoteConversation:
    """One Hrana stream, kept while a transaction is open; each statement in it is guarded against running outside."""

    def __init__(self, client: HranaClient, tokens: TokenSource) -> None:
        self._client = client
        self._tokens = tokens
        self._stream: StreamKey | None = None
        self._access = Access.READ_ONLY
        self._is_in_doubt = False
        """A sign of life was not answered: the server may have given the stream a new baton that we do not know."""
        self.in_transaction = False

    async def run(self, statement: Statement, *, writes: bool = True) -> Executed:
        if self._client.version < 3:
            raise errors.InputError(
                "Transactions need Hrana 3.", means="This server only speaks version 2 of SQL over HTTP."
            )
        access = Access.READ_WRITE if writes else self._access
        condition = messages.IN_TRANSACTION if self.in_transaction else None
        was_open = self.in_transaction
        requests = [messages.batch([(statement, condition)]), messages.GET_AUTOCOMMIT]
        try:
            results = await self._send(requests, access)
            self._access = access  # from here on: a token that was not to be had for writing leaves reading as it was
            self._note_autocommit(results[1])
            batch = result_of(results[0], BatchResult)
        except errors.TursoTuiError as error:
            if error.outcome is not errors.Outcome.UNKNOWN:
                raise
            self._forget()
            raise _broken(was_open, statement.sql, error) from error
        if batch.step_errors and (refusal := batch.step_errors[0]) is not None:
            raise sql_error(refusal)
        if not batch.step_results or (result := batch.step_results[0]) is None:
            raise self._lost(was_open, errors.Loss.LOCK_TAKEN)
        return await executed(result)

    async def keep_alive(self) -> None:
        was_open = self.in_transaction
        try:
            (result,) = await self._send([messages.GET_AUTOCOMMIT], self._access)
        except errors.TursoTuiError as error:
            self._is_in_doubt = self._is_in_doubt or error.outcome is errors.Outcome.UNKNOWN
            raise
        self._note_autocommit(result)
        if was_open and not self.in_transaction:
            raise self._lost(was_open, errors.Loss.LOCK_TAKEN)

    async def aclose(self) -> None:
        if self._stream is None:
            return
        self.in_transaction = False  # nothing that goes wrong from here on is worth a word: it is given up anyway
        # The server ends a stream that nobody uses after ten seconds; there is nothing left to do for it.
        with suppress(TimeoutError, errors.TursoTuiError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send([messages.CLOSE], self._access)
        self._stream = None

    async def _send(self, requests: list[Request], access: Access) -> list[StreamResult]:
        try:
            answer = await self._ask(requests, access)
        except asyncio.CancelledError:
            self._forget()  # the connection is closed, and with it the server's stream
            raise
        except (errors.MintRefused, errors.SignInEnded, errors.RateLimited):
            raise  # nothing was sent, or it was turned away unseen: what is open stays open
        except errors.ServerFault:
            raise  # whoever asked knows what it was about
        except errors.HttpError as error:
            raise self._refused(error) from error
        except errors.StreamLost as error:
            was_open, in_doubt = self.in_transaction, self._is_in_doubt
            self._forget()
            raise self._lost(was_open, errors.Loss.DISCONNECTED if in_doubt else errors.Loss.EXPIRED) from error
        self._is_in_doubt = False
        self._stream = StreamKey(answer.baton, answer.base_url) if answer.baton else None
        if self._stream is None:
            self.in_transaction = False
        return answer.results

    async def _ask(self, requests: list[Request], access: Access) -> PipelineBody:
        """After a connection that broke, once more: a baton is good for one request, so that it cannot run twice.

        If the server takes it, it had not seen the first; if not, what is told is what became of the first.
        """
        broken: list[errors.ConnectionLost] = []

        async def send(token: DatabaseToken | None) -> PipelineBody:
            try:
                return await self._client.pipeline(requests, token=token, stream=self._stream)
            except errors.ConnectionLost as error:
                if self._stream is None or broken:
                    raise
                broken.append(error)
            return await self._client.pipeline(requests, token=token, stream=self._stream)

        try:
            return await PATIENCE.ask(lambda: with_token(self._tokens, access, send), nothing_ran)
        except errors.TursoTuiError as error:
            if not broken:
                raise
            raise broken[0] from error

    def _note_autocommit(self, result: StreamResult) -> None:
        if result.response is None or result.response.is_autocommit is None:
            raise sql_error(result.error or WireError())
        self.in_transaction = not result.response.is_autocommit

    def _forget(self) -> None:
        self._stream = None
        self._is_in_doubt = False
        self.in_transaction = False

    def _lost(self, was_open: bool, reason: errors.Loss) -> errors.TursoTuiError:
        if not was_open:
            return errors.StreamLost(
                "The session is gone; nothing ran.",
                means="The server forgot its connection.",
                next_step="Run it again.",
            )
        return errors.TransactionLost(
            "The transaction is lost: the server rolled it back, and this statement did not run.",
            means=_WHY[reason],
            next_step="Begin again; keep transactions short.",
            reason=reason,
        )

    def _refused(self, error: errors.HttpError) -> errors.TursoTuiError:
        """Without a token that the server takes, an open transaction can be neither used nor committed any more; and
        where the token may not do something, or the database is gone or asleep, the server ends the stream."""
        was_open = self.in_transaction
        self._forget()
        if not was_open:
            return error
        match error:
            case errors.Unauthorized():
                why, reason = "its token is no longer accepted", errors.Loss.REFUSED
            case errors.Forbidden():
                why, reason = "its token may not do this", errors.Loss.REFUSED
            case _:
                why, reason = "the server turned it away", errors.Loss.DISCONNECTED
        return errors.TransactionLost(
            f"The transaction is lost: {why}, and this statement did not run.",
            means=f"{error.what} {error.means} The server rolls back what was not committed.",
            next_step=error.next_step or "Begin again.",
            reason=reason,
        )


_WHY = {
    errors.Loss.EXPIRED: "It was idle too long for the server, or the server was started anew.",
    errors.Loss.DISCONNECTED: "Its connection broke while it was idle, and the server no longer takes up its stream.",
    errors.Loss.LOCK_TAKEN: "Someone else was waiting for the lock, and a server takes it away after some seconds.",
}


def _broken(was_open: bool, sql: str, error: errors.TursoTuiError) -> errors.TursoTuiError:
    """The connection is gone, and with it whatever was not committed: only of a COMMIT nobody knows."""
    if may_commit(sql) or not (was_open or opens_transaction(sql)):
        return errors.OutcomeUnknown(
            "Whether the transaction was committed is unknown.",
            means=f"After the {leading_keyword(sql)} had left: {error.what} All of it is applied, or nothing.",
            next_step="Look at the data before you run it again.",
        )
    if was_open:
        return errors.TransactionLost(
            "The transaction is lost: its connection broke.",
            means=f"{error.what} All of it is rolled back.",
            next_step="Begin again.",
            reason=errors.Loss.DISCONNECTED,
        )
    return errors.StreamLost(
        "The transaction did not begin.", means=f"{error.what} Nothing was changed.", next_step="Begin again."
    )
