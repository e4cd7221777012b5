"""The JSON messages of Hrana over HTTP (versions 2 and 3), as Hrana's own documents name them.

Unknown keys are ignored and optional ones may be absent or null, because real clients send both.
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Raw, UnsetType

from turso_tui.local.data.values import Argument, Value

SqlId: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


# What clients send


class NamedArg(msgspec.Struct):
    """A named argument; the name may carry its ``:``, ``@`` or ``$``, or not."""

    name: str
    value: Argument


class Stmt(msgspec.Struct):
    """A statement: exactly one of ``sql`` and ``sql_id``, and arguments of one kind."""

    sql: str | None = None
    sql_id: SqlId | None = None
    args: list[Argument] | None = None
    named_args: list[NamedArg] | None = None
    want_rows: bool | None = None


class OkCond(msgspec.Struct, tag="ok"):
    """The step ran and succeeded."""

    step: int


class ErrorCond(msgspec.Struct, tag="error"):
    """The step failed; what a skipped step means here differs between servers."""

    step: int


class NotCond(msgspec.Struct, tag="not"):
    """The condition does not hold."""

    cond: "Cond"


class AndCond(msgspec.Struct, tag="and"):
    """All hold; true when empty."""

    conds: list["Cond"]


class OrCond(msgspec.Struct, tag="or"):
    """One holds; false when empty."""

    conds: list["Cond"]


class IsAutocommitCond(msgspec.Struct, tag="is_autocommit"):
    """No transaction is open on the stream now (version 3)."""


Cond: TypeAlias = OkCond | ErrorCond | NotCond | AndCond | OrCond | IsAutocommitCond


class BatchStep(msgspec.Struct):
    """One statement of a batch, run if its condition holds."""

    stmt: Stmt
    condition: Cond | None = None


class Batch(msgspec.Struct):
    """Statements that run one after the other; a failure does not stop the batch, conditions do."""

    steps: list[BatchStep]


class CloseRequest(msgspec.Struct, tag="close"):
    """End the stream."""


class ExecuteRequest(msgspec.Struct, tag="execute"):
    """Run one statement."""

    stmt: Stmt


class BatchRequest(msgspec.Struct, tag="batch"):
    """Run a batch."""

    batch: Batch


class SequenceRequest(msgspec.Struct, tag="sequence"):
    """Run a script of statements without arguments, and drop their rows."""

    sql: str | None = None
    sql_id: SqlId | None = None


class DescribeRequest(msgspec.Struct, tag="describe"):
    """Say what a statement is, without running it."""

    sql: str | None = None
    sql_id: SqlId | None = None


class StoreSqlRequest(msgspec.Struct, tag="store_sql"):
    """Keep a text on the stream under a number."""

    sql_id: SqlId
    sql: str


class CloseSqlRequest(msgspec.Struct, tag="close_sql"):
    """Forget a stored text."""

    sql_id: SqlId


class GetAutocommitRequest(msgspec.Struct, tag="get_autocommit"):
    """Ask whether a transaction is open (version 3)."""


StreamRequest: TypeAlias = (
    CloseRequest
    | ExecuteRequest
    | BatchRequest
    | SequenceRequest
    | DescribeRequest
    | StoreSqlRequest
    | CloseSqlRequest
    | GetAutocommitRequest
)


class PipelineRequest(msgspec.Struct):
    """The body of ``POST /v2/pipeline`` and ``/v3/pipeline``."""

    requests: list[StreamRequest]
    baton: str | None = None


class CursorRequest(msgspec.Struct):
    """The body of ``POST /v3/cursor``."""

    batch: Batch
    baton: str | None = None


# What the server answers


class Error(msgspec.Struct, omit_defaults=True):
    """An error inside an answer that is otherwise good."""

    message: str
    code: str
    extended_code: str | UnsetType = UNSET


class Col(msgspec.Struct):
    """A result column; ``decltype`` is null for an expression."""

    name: str | None
    decltype: str | None


class StmtResult(msgspec.Struct, kw_only=True):
    """The outcome of one statement. ``rows`` is already JSON: a list of rows of values."""

    cols: list[Col]
    rows: Raw
    affected_row_count: int
    last_insert_rowid: str | None
    replication_index: str | UnsetType | None = UNSET
    rows_read: int
    rows_written: int
    query_duration_ms: float


class BatchResult(msgspec.Struct):
    """One entry a step in both lists; null in both for a step that was skipped."""

    step_results: list[StmtResult | None]
    step_errors: list[Error | None]
    replication_index: str | UnsetType | None = UNSET


class DescribeParam(msgspec.Struct):
    """A parameter; its name has its prefix, a plain ``?`` has none."""

    name: str | None


class DescribeResult(msgspec.Struct):
    """What a statement is: ``is_readonly`` is SQLite's own word (``sqlite3_stmt_readonly``)."""

    params: list[DescribeParam]
    cols: list[Col]
    is_explain: bool
    is_readonly: bool


class StreamResponse(msgspec.Struct, omit_defaults=True):
    """The response to one request of a pipeline: ``type`` is the request's."""

    type: str
    result: StmtResult | BatchResult | DescribeResult | UnsetType = UNSET
    is_autocommit: bool | UnsetType = UNSET


class OkResult(msgspec.Struct, tag="ok"):
    """A request that succeeded."""

    response: StreamResponse


class ErrorResult(msgspec.Struct, tag="error"):
    """A request that failed, while its pipeline goes on."""

    error: Error


StreamResult: TypeAlias = OkResult | ErrorResult


class PipelineResponse(msgspec.Struct):
    """The answer to a pipeline; a null baton says that the stream is closed."""

    baton: str | None
    base_url: str | None
    results: list[StreamResult]


class CursorHead(msgspec.Struct):
    """The first line of a cursor's answer."""

    baton: str | None
    base_url: str | None


class StepBegin(msgspec.Struct, tag="step_begin"):
    """The rows of a step follow."""

    step: int
    cols: list[Col]


class RowEntry(msgspec.Struct, tag="row", gc=False):
    """A row of the step that began last."""

    row: list[Value]


class StepEnd(msgspec.Struct, tag="step_end"):
    """The step succeeded. Hrana writes the rowid as a string, sqld as a number."""

    affected_row_count: int
    last_insert_rowid: str | int | None


class StepError(msgspec.Struct, tag="step_error"):
    """The step failed, perhaps after some of its rows."""

    step: int
    error: Error


class CursorError(msgspec.Struct, tag="error"):
    """The batch failed as a whole; nothing follows."""

    error: Error


class ReplicationIndexEntry(msgspec.Struct, tag="replication_index"):
    """The last line of a complete cursor of sqld and Turso Cloud; not part of Hrana."""

    replication_index: int | None


CursorEntry: TypeAlias = StepBegin | RowEntry | StepEnd | StepError | CursorError | ReplicationIndexEntry
