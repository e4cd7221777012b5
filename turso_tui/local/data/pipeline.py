"""Pipelines: the requests of one HTTP request, run in order on one stream. Runs in a worker thread."""

from collections.abc import Sequence

import msgspec

from turso_tui.local.data.analysis import accept_libsql
from turso_tui.local.data.batch import Conditions, StepState, check_conditions
from turso_tui.local.data.connection import Connection
from turso_tui.local.data.errors import SqlFailure, protocol_violation, response_too_large
from turso_tui.local.data.execution import Execution, Outcome, Ready, prepare
from turso_tui.local.data.messages import (
    Batch,
    BatchRequest,
    BatchResult,
    CloseRequest,
    CloseSqlRequest,
    DescribeParam,
    DescribeRequest,
    DescribeResult,
    Error,
    ErrorResult,
    ExecuteRequest,
    GetAutocommitRequest,
    OkResult,
    SequenceRequest,
    Stmt,
    StmtResult,
    StoreSqlRequest,
    StreamRequest,
    StreamResponse,
    StreamResult,
)
from turso_tui.local.data.policy import check_kind
from turso_tui.local.data.streams import Stream
from turso_tui.local.data.text import split
from turso_tui.local.data.values import encode_row
from turso_tui.local.tenant import Dialect, Tenant

_ROWS_AT_A_TIME = 256
_LARGEST_STORED_SQL = 5_000
_MOST_STORED_SQL = 50

_encoder = msgspec.json.Encoder()


class Pipeline:
    """Runs requests for one tenant on one stream. ``max_response_bytes`` is for the rows of one request."""

    def __init__(self, stream: Stream, tenant: Tenant, *, version: int, max_response_bytes: int) -> None:
        self._stream = stream
        self._connection: Connection = stream.connection
        self._tenant = tenant
        self._version = version
        self._limit = max_response_bytes
        self._dialect = stream.connection.dialect

    def run(self, requests: Sequence[StreamRequest]) -> list[StreamResult]:
        """One result a request. Raises `HttpFailure` where the whole pipeline fails; what has run has run."""
        if self._dialect is Dialect.CLOUD and any(isinstance(request, CloseRequest) for request in requests[:-1]):
            raise protocol_violation("`close` must be the last request of a pipeline")
        return [self._answer(request) for request in requests]

    def run_statement(self, stmt: Stmt) -> StmtResult:
        """One statement, with its rows."""
        ready = prepare(self._connection, self.sql_of(stmt.sql, stmt.sql_id), stmt)
        with self._connection.program():
            result, _ = self._run(ready, self._limit)
        result.replication_index = self._replication_index
        return result

    def run_batch(self, batch: Batch) -> BatchResult:
        """All steps whose conditions hold. A text that is no SQL, or too many rows, fails the batch as a whole."""
        check_conditions(batch, self._version)
        ready = [
            prepare(self._connection, self.sql_of(step.stmt.sql, step.stmt.sql_id), step.stmt) for step in batch.steps
        ]
        conditions = Conditions(
            lambda: self._connection.is_autocommit, skipped_is_error=self._dialect is not Dialect.SPEC
        )
        states: list[StepState] = []
        results: list[StmtResult | None] = []
        errors: list[Error | None] = []
        room = self._limit
        with self._connection.program():
            for step, statement in zip(batch.steps, ready, strict=True):
                result, error, state = None, None, StepState.SKIPPED
                if conditions.hold(step.condition, states):
                    try:
                        result, room = self._run(statement, room)
                        state = StepState.OK
                    except SqlFailure as failure:
                        if failure.code == "RESPONSE_TOO_LARGE":
                            raise
                        error, state = failure.to_message(), StepState.ERROR
                states.append(state)
                results.append(result)
                errors.append(error)
        return BatchResult(results, errors, self._replication_index)

    def sql_of(self, sql: str | None, sql_id: int | None) -> str:
        """The text that a request means. Raises `HttpFailure` unless it gives exactly one of the two."""
        if sql is not None and sql_id is not None:
            raise protocol_violation("Either `sql` or `sql_id` are required, but not both")
        if sql is not None:
            return sql
        if sql_id is None:
            raise protocol_violation("Either `sql` or `sql_id` are required")
        if sql_id not in self._stream.stored_sql:
            raise protocol_violation(f"SQL text {sql_id} not found")
        return self._stream.stored_sql[sql_id]

    def _answer(self, request: StreamRequest) -> StreamResult:
        try:
            return OkResult(self._respond(request))
        except SqlFailure as failure:
            return ErrorResult(failure.to_message())

    def _respond(self, request: StreamRequest) -> StreamResponse:
        match request:
            case CloseRequest():
                self._stream.is_closed = True
                self._connection.close()
                return StreamResponse("close")
            case StoreSqlRequest(sql_id=sql_id, sql=sql):
                self._store(sql_id, sql)
                return StreamResponse("store_sql")
            case CloseSqlRequest(sql_id=sql_id):
                self._stream.stored_sql.pop(sql_id, None)
                return StreamResponse("close_sql")
        if self._stream.is_closed:
            raise protocol_violation("Stream for this baton was closed")
        return self._respond_with_connection(request)

    def _respond_with_connection(self, request: StreamRequest) -> StreamResponse:
        match request:
            case ExecuteRequest(stmt=stmt):
                return StreamResponse("execute", self.run_statement(stmt))
            case BatchRequest(batch=batch):
                return StreamResponse("batch", self.run_batch(batch))
            case SequenceRequest(sql=sql, sql_id=sql_id):
                self._run_sequence(self.sql_of(sql, sql_id))
                return StreamResponse("sequence")
            case DescribeRequest(sql=sql, sql_id=sql_id):
                return StreamResponse("describe", self._describe(self.sql_of(sql, sql_id)))
            case GetAutocommitRequest() if self._version >= 3:
                return StreamResponse("get_autocommit", is_autocommit=self._connection.is_autocommit)
            case _:
                raise protocol_violation(
                    "The `get_autocommit` request is only supported in protocol version hrana3 and higher"
                )

    def _run_sequence(self, sql: str) -> None:
        """Statement by statement up to the first that fails; nothing runs if one of them is not SQL at all."""
        ready = []
        for text in map(accept_libsql, split(sql)):
            facts = self._connection.compile_if_possible(text)
            if facts is not None:
                check_kind(facts, self._dialect, sql)
            ready.append(Ready(text, Stmt()))
        with self._connection.program():
            for statement in ready:
                execution = Execution(self._connection, self._tenant, statement)
                for _ in execution.rows(_ROWS_AT_A_TIME):
                    pass
                execution.outcome()

    def _describe(self, sql: str) -> DescribeResult:
        statements = split(sql)
        if not statements:
            return DescribeResult([], [], is_explain=False, is_readonly=True)
        facts = self._connection.describe(accept_libsql(statements[0]))
        params = [DescribeParam(name) for name in facts.text.parameters]
        return DescribeResult(params, facts.columns, facts.is_explain, facts.is_readonly)

    def _store(self, sql_id: int, sql: str) -> None:
        stored = self._stream.stored_sql
        if sql_id in stored and self._dialect is not Dialect.CLOUD:
            raise protocol_violation(f"SQL text {sql_id} already exists")
        if len(sql.encode()) > _LARGEST_STORED_SQL:
            message = f"The statement is too large to be stored: {len(sql) / 1000:.1f} KB/5.0 KB"
            raise SqlFailure("SQL_STORE_TOO_LARGE", message)
        if len(stored) >= _MOST_STORED_SQL:
            message = f"Too many statements are stored on this stream: at most {_MOST_STORED_SQL}"
            raise SqlFailure("SQL_STORE_TOO_MANY", message)
        stored[sql_id] = sql

    def _run(self, ready: Ready, room: int) -> tuple[StmtResult, int]:
        """The result of a statement, and how many bytes of rows still fit the answer."""
        execution = Execution(self._connection, self._tenant, ready)
        # sqld ignores ``want_rows``; the protocol and Turso Cloud do not.
        wants_rows = ready.stmt.want_rows is not False or self._dialect is Dialect.SQLD
        chunks: list[bytes] = []
        for rows in execution.rows(_ROWS_AT_A_TIME):
            if wants_rows:
                chunk = _encoder.encode([encode_row(row) for row in rows])[1:-1]
                room -= len(chunk)
                if room < 0 or self._tenant.interference.refuses_rows():
                    execution.abandon()
                    raise response_too_large()
                chunks.append(chunk)
        encoded = msgspec.Raw(b"[" + b",".join(chunks) + b"]")
        return _to_result(execution, execution.outcome(), encoded), room

    @property
    def _replication_index(self) -> str | msgspec.UnsetType | None:
        if self._dialect is not Dialect.SQLD:
            return msgspec.UNSET
        index = self._connection.database.replication_index
        return None if index is None else str(index)


def _to_result(execution: Execution, outcome: Outcome, rows: msgspec.Raw) -> StmtResult:
    rowid = outcome.last_insert_rowid
    return StmtResult(
        cols=execution.columns,
        rows=rows,
        affected_row_count=outcome.affected_row_count,
        last_insert_rowid=None if rowid is None else str(rowid),
        rows_read=outcome.rows_read,
        rows_written=outcome.rows_written,
        query_duration_ms=outcome.elapsed_ms,
    )
