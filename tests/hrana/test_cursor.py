"""Reading a cursor, however the network cuts it into pieces."""

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import ConnectionLost, ProtocolError, SqlError
from turso_tui.hrana.cursor import Cursor, CursorEvent, RowBatch, raise_for_entry
from turso_tui.hrana.messages import CursorEntry
from turso_tui.values import Row

LINES: list[dict[str, Any]] = [
    {"baton": "b", "base_url": None},
    {"type": "step_begin", "step": 0, "cols": [{"name": "a", "decltype": "INT"}, {"name": "ünï\n", "decltype": None}]},
    {"type": "row", "row": [{"type": "integer", "value": "1"}, {"type": "text", "value": "Größe\n🦆"}]},
    {"type": "row", "row": [{"type": "null"}, {"type": "blob", "base64": "AAEC"}]},
    {"type": "step_end", "affected_row_count": 0, "last_insert_rowid": 9223372036854775807},
    {"type": "something_new", "row": []},
    {"type": "replication_index", "replication_index": 7},
]
BODY = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in LINES)
ROWS: list[Row] = [(1, "Größe\n🦆"), (None, b"\0\1\2")]


class Pieces(httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes, failure: httpx.HTTPError | None = None) -> None:
        self._pieces = pieces
        self._failure = failure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._failure is not None:
            raise self._failure


def cursor_over(*pieces: bytes, failure: httpx.HTTPError | None = None) -> Cursor:
    return Cursor(httpx.Response(200, stream=Pieces(*pieces, failure=failure)).aiter_bytes(), "db.example")


async def read(cursor: Cursor) -> tuple[list[Row], list[CursorEntry]]:
    events: list[CursorEvent] = [event async for event in cursor]
    rows = [row for event in events if isinstance(event, RowBatch) for row in event]
    return rows, [event for event in events if isinstance(event, CursorEntry)]


async def test_rows_come_in_batches_between_their_beginning_and_end() -> None:
    events = [event async for event in cursor_over(BODY)]
    assert [event if isinstance(event, RowBatch) else event.type for event in events] == [
        "step_begin",
        ROWS,
        "step_end",
        "something_new",
        "replication_index",
    ]


@given(st.lists(st.integers(0, len(BODY)), max_size=12))
async def test_where_the_pieces_are_cut_does_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(BODY)]
    cursor = cursor_over(*(BODY[start:stop] for start, stop in itertools.pairwise(edges)))
    assert await read(cursor) == await read(cursor_over(BODY))
    assert cursor.head is not None
    assert cursor.head.baton == "b"


async def test_byte_by_byte() -> None:
    rows, entries = await read(cursor_over(*(bytes([byte]) for byte in BODY)))
    assert rows == ROWS
    assert entries[0].cols[0].decltype == "INT"
    assert entries[1].last_insert_rowid == 2**63 - 1


async def test_a_large_piece_is_decoded_elsewhere_and_stays_in_order() -> None:
    rows = b"".join(
        json.dumps({"type": "row", "row": [{"type": "integer", "value": str(n)}]}).encode() + b"\n" for n in range(5000)
    )
    lines = BODY.splitlines(keepends=True)
    received, _ = await read(cursor_over(b"".join(lines[:2]) + rows + b"".join(lines[4:])))
    assert received == [(n,) for n in range(5000)]


@pytest.mark.parametrize("end", [0, 1, len(BODY) // 2, len(BODY) - 1])
async def test_an_answer_that_was_cut_off_is_not_a_whole_one(end: int) -> None:
    with pytest.raises(ConnectionLost, match="cut off"):
        await read(cursor_over(BODY[:end]))


async def test_what_came_before_the_connection_broke_is_kept() -> None:
    events = aiter(cursor_over(BODY[:-60], failure=httpx.ReadError("reset")))
    received = [await anext(events) for _ in range(3)]
    assert received[1] == ROWS
    with pytest.raises(ConnectionLost, match=r"db\.example broke"):
        await anext(events)


@pytest.mark.parametrize(
    "body",
    [
        b"Hello\n",
        b"[]\n",
        b"{}\nnot json\n",
        b'{}\n{"no":"type"}\n',
        b'{}\n{"type":"row","row":[{"type":"date"}]}\n',
        b'{}\n{"type":"row","row":[{"type":"text","value":"\xff"}]}\n',
    ],
)
async def test_what_is_no_cursor_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        await read(cursor_over(body))


@given(st.binary())
async def test_no_bytes_are_a_surprise(body: bytes) -> None:
    try:
        await read(cursor_over(body))
    except (ConnectionLost, ProtocolError):
        return


@pytest.mark.parametrize("kind", ["step_error", "error"])
async def test_an_error_entry_can_be_raised(kind: str) -> None:
    entry = {"type": kind, "step": 0, "error": {"message": "SQLite error: no such table: x", "code": "SQLITE_UNKNOWN"}}
    _, (event,) = await read(cursor_over(b"{}\n" + json.dumps(entry).encode() + b"\n"))
    with pytest.raises(SqlError, match=r"^no such table: x"):
        raise_for_entry(event)
