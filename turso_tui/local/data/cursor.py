"""The cursor: a batch whose rows leave as they are found, at the pace of the client that reads them."""

from collections.abc import Generator, Iterator

import msgspec

from turso_tui.local.data.batch import Conditions, StepState, check_conditions
from turso_tui.local.data.errors import HttpFailure, SqlFailure
from turso_tui.local.data.execution import Execution, Ready, prepare
from turso_tui.local.data.messages import (
    Batch,
    CursorEntry,
    CursorError,
    Error,
    ReplicationIndexEntry,
    RowEntry,
    StepBegin,
    StepEnd,
    StepError,
)
from turso_tui.local.data.pipeline import Pipeline
from turso_tui.local.data.streams import Stream
from turso_tui.local.data.values import encode_row
from turso_tui.local.tenant import Dialect, Tenant

_ROWS_AT_A_TIME = 256
"""Enough to make a chunk worth its way through the event loop, few enough to show a slow query's rows soon."""

_encoder = msgspec.json.Encoder()


class Cursor:
    """A batch on one stream, as lines of JSON. Its methods run in worker threads, one at a time."""

    def __init__(self, stream: Stream, tenant: Tenant, batch: Batch) -> None:
        self._stream = stream
        self._connection = stream.connection
        self._tenant = tenant
        self._batch = batch
        self._dialect = stream.connection.dialect
        self._ready: list[Ready] = []

    def prepare(self) -> None:
        """Refuses what can be refused before the answer begins, with an `HttpFailure`."""
        check_conditions(self._batch, version=3)
        texts = Pipeline(self._stream, self._tenant, version=3, max_response_bytes=0)
        try:
            for step in self._batch.steps:
                sql = texts.sql_of(step.stmt.sql, step.stmt.sql_id)
                self._ready.append(prepare(self._connection, sql, step.stmt))
        except SqlFailure as failure:
            # There is no place for it in a cursor: sqld calls it internal.
            raise HttpFailure(500, {"error": f"Internal Error: `{failure.message}`"}) from failure

    def chunks(self) -> Generator[bytes]:
        """Whole lines, several at a time. Closing the generator stops the statement and keeps the stream."""
        try:
            with self._connection.program():
                yield from self._steps()
            if self._dialect is not Dialect.SPEC:
                yield _lines([ReplicationIndexEntry(self._connection.database.replication_index)])
        except SqlFailure as failure:
            yield _lines([CursorError(failure.to_message())])
        except HttpFailure as failure:
            body = failure.body if isinstance(failure.body, str) else failure.body["error"]
            yield _lines([CursorError(Error(body, "INTERNAL_ERROR"))])

    def _steps(self) -> Iterator[bytes]:
        conditions = Conditions(
            lambda: self._connection.is_autocommit, skipped_is_error=self._dialect is not Dialect.SPEC
        )
        states: list[StepState] = []
        for index, (step, ready) in enumerate(zip(self._batch.steps, self._ready, strict=True)):
            state = StepState.SKIPPED
            if conditions.hold(step.condition, states):
                try:
                    yield from self._step(index, ready)
                    state = StepState.OK
                except SqlFailure as failure:
                    yield _lines([StepError(index, failure.to_message())])
                    state = StepState.ERROR
            states.append(state)

    def _step(self, index: int, ready: Ready) -> Iterator[bytes]:
        execution = Execution(self._connection, self._tenant, ready)
        pending: list[CursorEntry] = [StepBegin(index, execution.columns)]
        wants_rows = ready.stmt.want_rows is not False or self._dialect is Dialect.SQLD
        try:
            for rows in execution.rows(_ROWS_AT_A_TIME):
                if wants_rows:
                    pending.extend([RowEntry(encode_row(row)) for row in rows])
                    yield _lines(pending)
                    pending = []
        except GeneratorExit:
            execution.abandon()
            raise
        outcome = execution.outcome()
        rowid = outcome.last_insert_rowid
        as_number = self._dialect is Dialect.SQLD or rowid is None
        pending.append(StepEnd(outcome.affected_row_count, rowid if as_number else str(rowid)))
        yield _lines(pending)


def _lines(entries: list[CursorEntry]) -> bytes:
    return _encoder.encode_lines(entries)
