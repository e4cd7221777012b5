"""Hrana's answers turned into what the service speaks: executed statements and row streams."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

import msgspec

from turso_tui import errors
from turso_tui.hrana.cursor import RowBatch, raise_for_entry
from turso_tui.hrana.failures import sql_error
from turso_tui.hrana.messages import CursorEntry, StatementResult, StreamResult, read
from turso_tui.hrana.values import decode, integer
from turso_tui.service.link import CHUNK_ROWS, Executed, RowStream, Summary
from turso_tui.values import Row

T = TypeVar("T")


def result_of(result: StreamResult, type_: type[T]) -> T:
    if result.error is not None:
        raise sql_error(result.error)
    if result.response is None:
        raise errors.ProtocolError("The server's answer has neither a result nor an error.")
    return read(result.response.result, msgspec.json.Decoder(type_), "The server's answer cannot be read.")


async def executed(result: StatementResult) -> Executed:
    wire = result.rows
    rows = _decode_rows(result) if len(wire) < CHUNK_ROWS else await asyncio.to_thread(_decode_rows, result)
    return Executed(
        columns=tuple(column.column() for column in result.cols),
        rows=rows,
        summary=Summary(
            affected_rows=result.affected_row_count,
            last_insert_rowid=_rowid(result.last_insert_rowid),
            rows_read=result.rows_read,
            rows_written=result.rows_written,
            server_ms=result.query_duration_ms,
        ),
    )


def _decode_rows(result: StatementResult) -> list[Row]:
    return [tuple([decode(value) for value in row]) for row in result.rows]


def _rowid(value: str | int | None) -> int | None:
    return None if value is None else integer(value)


async def cursor_rows(
    events: AsyncIterator[RowBatch | CursorEntry], stream: Callable[[], RowStream]
) -> AsyncIterator[Sequence[Row]]:
    ended = False
    async for event in events:
        if isinstance(event, RowBatch):
            yield event
            continue
        raise_for_entry(event)
        if event.type == "step_end":
            ended = True
            stream().summary = Summary(
                affected_rows=event.affected_row_count,
                last_insert_rowid=_rowid(event.last_insert_rowid),
                rows_read=event.rows_read,
                rows_written=event.rows_written,
                server_ms=event.query_duration_ms,
            )
    if not ended:
        raise errors.ConnectionLost("The answer was cut off.", means="Only a part of the result is here.")
