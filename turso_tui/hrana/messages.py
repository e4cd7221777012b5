"""Hrana's messages over JSON: requests are built as plain dictionaries, answers are read into tolerant structs."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from turso_tui.errors import ProtocolError
from turso_tui.hrana.values import WireValue, encode
from turso_tui.values import Column, Statement

T = TypeVar("T")
Request = dict[str, Any]
Condition = dict[str, Any]

CLOSE: Request = {"type": "close"}
GET_AUTOCOMMIT: Request = {"type": "get_autocommit"}
IN_TRANSACTION: Condition = {"type": "not", "cond": {"type": "is_autocommit"}}


def ok(step: int) -> Condition:
    return {"type": "ok", "step": step}


def statement(what: Statement) -> dict[str, Any]:
    """A Stmt. Both kinds of arguments at once are the caller's mistake: sqld answers ARGS_BOTH_POSITIONAL_AND_NAMED."""
    wire: dict[str, Any] = {"sql": what.sql, "want_rows": True}
    if what.args:
        wire["args"] = [encode(value) for value in what.args]
    if what.named_args:
        wire["named_args"] = [{"name": name, "value": encode(value)} for name, value in what.named_args.items()]
    return wire


def execute(what: Statement) -> Request:
    return {"type": "execute", "stmt": statement(what)}


def describe(sql: str) -> Request:
    return {"type": "describe", "sql": sql}


def batch_body(steps: Sequence[tuple[Statement, Condition | None]]) -> dict[str, Any]:
    return {"steps": [{"stmt": statement(what), "condition": condition} for what, condition in steps]}


def batch(steps: Sequence[tuple[Statement, Condition | None]]) -> Request:
    return {"type": "batch", "batch": batch_body(steps)}


def read(raw: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], complaint: str) -> T:
    """Decode JSON. Raises `ProtocolError`, which begins with ``complaint``."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(complaint, means=str(error)) from error


class WireError(msgspec.Struct):
    message: str = ""
    code: str | None = None
    extended_code: str | None = None


class WireColumn(msgspec.Struct):
    name: str | None = None
    decltype: str | None = None

    def column(self) -> Column:
        return Column(self.name or "", self.decltype)


class StatementResult(msgspec.Struct):
    """The counters are None where a server does not send them (older ones, and every cursor)."""

    cols: list[WireColumn] = []
    rows: list[list[WireValue]] = []
    affected_row_count: int = 0
    last_insert_rowid: str | int | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    query_duration_ms: float | None = None


class BatchResult(msgspec.Struct):
    """One entry a step in both lists; null in both means that the step was skipped."""

    step_results: list[StatementResult | None] = []
    step_errors: list[WireError | None] = []


class Parameter(msgspec.Struct):
    name: str | None = None


class DescribeResult(msgspec.Struct):
    params: list[Parameter] = []
    cols: list[WireColumn] = []
    is_explain: bool = False
    is_readonly: bool = False


class Response(msgspec.Struct):
    """``result`` stays raw until the request that it answers says what it is."""

    type: str = ""
    result: msgspec.Raw = msgspec.Raw(b"null")
    is_autocommit: bool | None = None


class StreamResult(msgspec.Struct):
    type: str
    response: Response | None = None
    error: WireError | None = None


class PipelineBody(msgspec.Struct):
    results: list[StreamResult]
    baton: str | None = None
    base_url: str | None = None


class CursorHead(msgspec.Struct):
    baton: str | None = None
    base_url: str | None = None


class CursorEntry(msgspec.Struct):
    """Any line of a cursor after the first; unknown types are skipped by the reader."""

    type: str
    step: int = 0
    cols: list[WireColumn] = []
    row: list[WireValue] = []
    affected_row_count: int = 0
    last_insert_rowid: str | int | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    query_duration_ms: float | None = None
    error: WireError | None = None
