"""Who writes from this machine: to read, and for programs."""

import json
import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.service.writer_process import DATABASE, writing
from turso_tui.errors import StorageError
from turso_tui.service.queue_line import DOORS
from turso_tui.service.queue_state import Place, QueueState
from turso_tui.service.writer import Writers
from turso_tui.service.writers_report import NOBODY, queues, report_json, report_lines

STATES = [
    QueueState(
        (
            Place("file:/srv/app.db", 4711, "turso-tui", "app.db: transaction", "UPDATE t\n  SET a = 1", 37.7),
            Place("file:/srv/app.db", 815, "turso-tui mcp", "agent", None, 99.2),
        )
    ),
    QueueState((Place("sql:acme.turso.io", 4711, "turso-tui", "acme", "", -3900.0),)),
]


def test_lines_to_read() -> None:
    assert report_lines(STATES, now=100.0) == [
        "/srv/app.db",
        "  writes  1 min 02 s  turso-tui 4711     app.db: transaction  UPDATE t SET a = 1",
        "  1.           0.8 s  turso-tui mcp 815  agent                (kept back)",
        "",
        "acme.turso.io",
        "  writes  1 h 06 min  turso-tui 4711  acme",
    ]


def test_plain_values_for_programs() -> None:
    report = json.loads(json.dumps(report_json(STATES, now=100.0)))
    assert [queue["database"] for queue in report] == ["file:/srv/app.db", "sql:acme.turso.io"]
    assert report[0]["writing"] == {
        "pid": 4711,
        "program": "turso-tui",
        "label": "app.db: transaction",
        "statement": "UPDATE t\n  SET a = 1",
        "seconds": 62.3,
    }
    assert [place["statement"] for place in report[0]["waiting"]] == [None]
    assert report[1]["waiting"] == []


def test_no_escape_sequence_reaches_the_terminal() -> None:
    evil = "\x1b]0;owned\x07"
    state = QueueState((Place(f"sql:{evil}", 1, evil, evil, evil),))
    assert all(line.isprintable() for line in report_lines([state], now=0.0))


def test_nobody_writes(tmp_path: Path) -> None:
    assert queues(tmp_path / "nowhere") == []
    assert report_lines([]) == [NOBODY]
    assert report_json([]) == []


async def test_all_lines_of_all_processes(tmp_path: Path) -> None:
    writers = Writers(tmp_path)
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(writing(tmp_path, "other"))
        await other.has_turn()
        await stack.enter_async_context(writers.turn("file:/srv/app.db", "ours"))
        states = queues(tmp_path)
        assert [[place.pid for place in state.places] for state in states] == [[os.getpid()], [other.pid]]
        assert [state.places[0].database for state in states] == ["file:/srv/app.db", DATABASE]


async def test_what_killed_processes_left_is_cleared_away(tmp_path: Path) -> None:
    async with writing(tmp_path) as process:
        await process.has_turn()
        await process.kill()
    assert len(list(tmp_path.iterdir())) == 3
    assert queues(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == [DOORS]


def test_a_directory_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be read: Not a directory"):
        queues(tmp_path / "file")
