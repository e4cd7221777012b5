"""Reading a cursor: newline-separated JSON that arrives as the server produces it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import msgspec

from turso_tui.errors import ConnectionLost
from turso_tui.hrana.failures import network_failure, sql_error
from turso_tui.hrana.messages import CursorEntry, CursorHead, WireError, read
from turso_tui.hrana.values import decode
from turso_tui.values import Row

_head = msgspec.json.Decoder(CursorHead)
_entry = msgspec.json.Decoder(CursorEntry)
_INLINE_BYTES = 4096
"""Less than this is decoded where it stands: a thread costs more than the work."""


class RowBatch(list[Row]):
    """Rows of the step that began last."""


CursorEvent = RowBatch | CursorEntry
"""Rows in batches; everything else (``step_begin``, ``step_end``, ``step_error``, ``error``) as it came."""


class Cursor:
    """The events of one cursor answer, in order, each read once."""

    def __init__(self, pieces: AsyncIterator[bytes], host: str) -> None:
        self._pieces = pieces
        self._host = host
        self.head: CursorHead | None = None

    async def __aiter__(self) -> AsyncIterator[CursorEvent]:
        """Raises `ConnectionLost` when the answer was cut off, `ProtocolError` when it is not a cursor's."""
        unfinished: list[bytes] = []  # the pieces of a line that has not ended: a cell may be many megabytes
        try:
            async for piece in self._pieces:
                complete, newline, begun = piece.rpartition(b"\n")
                if newline:
                    lines = b"".join((*unfinished, complete)).split(b"\n")
                    unfinished.clear()
                    for event in await self._read(lines):
                        yield event
                unfinished.append(begun)
        except httpx.HTTPError as error:
            raise network_failure(error, self._host) from error
        if self.head is None or any(unfinished):
            raise ConnectionLost(f"The answer of {self._host} was cut off.", means="Only a part of the result is here.")

    async def _read(self, lines: list[bytes]) -> Sequence[CursorEvent]:
        if self.head is None:
            self.head = read(lines.pop(0), _head, "The server's answer is not a cursor's.")
        if not lines:
            return ()
        if sum(map(len, lines)) < _INLINE_BYTES:
            return read_entries(lines)
        return await asyncio.to_thread(read_entries, lines)


def read_entries(lines: Sequence[bytes]) -> list[CursorEvent]:
    """Decode complete lines; neighbouring rows become one `RowBatch`. Raises `ProtocolError`."""
    events: list[CursorEvent] = []
    rows: RowBatch | None = None
    for line in lines:
        if not line:
            continue
        entry = read(line, _entry, "A line of the server's answer cannot be read.")
        if entry.type == "row":
            if rows is None:
                rows = RowBatch()
                events.append(rows)
            rows.append(tuple([decode(value) for value in entry.row]))
        else:
            rows = None
            events.append(entry)
    return events


def raise_for_entry(entry: CursorEntry) -> None:
    """Turn ``step_error`` and ``error`` into the error that they carry."""
    if entry.type in {"step_error", "error"}:
        raise sql_error(entry.error or WireError())
