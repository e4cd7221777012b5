"""``turso-tui writers``, piped and in a terminal."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.service.writer_process import DATABASE, writing
from tests.test_cli import PROGRAM, run
from turso_tui.cli.writers import watch_changes, watch_here
from turso_tui.locations import lock_directory
from turso_tui.service.queue_state import Place, QueueState
from turso_tui.service.writers_report import NOBODY

ADA = QueueState((Place("sql:db.example", 4711, "turso-tui", "ada", "UPDATE t SET a = 1", 0.0),))
BOTH = QueueState((*ADA.places, Place("sql:db.example", 815, "turso-tui", "bob", None, 0.0)))


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


class Stopped(Exception):
    """The watching has seen all there was."""


def readings(*states: Sequence[QueueState]) -> tuple[Callable[[], Sequence[QueueState]], Callable[[float], None]]:
    """What each look finds, and a sleep that passes no time."""
    left: Iterator[Sequence[QueueState]] = iter(states)
    remaining = len(states)

    def sleep(_seconds: float) -> None:
        nonlocal remaining
        remaining -= 1
        if not remaining:
            raise Stopped

    return lambda: next(left), sleep


def lines_of(width: int, height: int, monkeypatch: pytest.MonkeyPatch, *states: Sequence[QueueState]) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", str(height))
    stream = Terminal()
    read, sleep = readings(*states)
    with pytest.raises(Stopped):
        watch_here(read, stream, sleep=sleep)
    return stream.getvalue()


def test_nobody_writes() -> None:
    done = run("writers")
    assert (done.returncode, done.stdout) == (0, f"{NOBODY}\n")
    assert run("writers", "--json").stdout == "[]\n"


async def test_another_process_and_what_it_writes_are_shown() -> None:
    async with writing(lock_directory(), "seeding", "INSERT INTO t VALUES (1)") as process:
        await process.has_turn()
        said = run("writers").stdout
        (queue,) = json.loads(run("writers", "--json").stdout)
    assert str(process.pid) in said
    assert "seeding" in said
    assert "INSERT INTO t VALUES (1)" in said
    assert queue["database"] == DATABASE
    assert queue["writing"]["pid"] == process.pid


def test_what_cannot_be_read_is_a_failure() -> None:
    lock_directory().parent.mkdir(parents=True)
    lock_directory().touch()
    done = run("writers")
    assert done.returncode == 1
    assert done.stderr.startswith("turso-tui: The writers' lines cannot be read")


def test_an_unknown_option_is_refused() -> None:
    assert run("writers", "--nonsense").returncode == 2


def test_watching_ends_well_with_ctrl_c() -> None:
    with subprocess.Popen([*PROGRAM, "writers", "--watch"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{NOBODY}\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_nobody_reads_any_more(option: tuple[str, ...]) -> None:
    """As when it is piped into a program that has seen enough."""
    reading, writing_end = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "turso_tui", "writers", *option],
        stdout=writing_end,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writing_end)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_pipe_is_told_of_changes_only() -> None:
    stream = io.StringIO()
    read, sleep = readings([ADA], [ADA], [BOTH], [])
    with pytest.raises(Stopped):
        watch_changes(read, stream, as_json=True, sleep=sleep)
    assert [[len(queue["waiting"]) for queue in json.loads(line)] for line in stream.getvalue().splitlines()] == [
        [0],
        [1],
        [],
    ]


def test_a_terminal_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = lines_of(100, 24, monkeypatch, [BOTH], [])
    assert drawn.count("\x1b[3A\x1b[J") == 1
    assert drawn.endswith(f"{NOBODY}\n")


def test_a_long_line_is_cut_with_a_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(40, 24, monkeypatch, [ADA]).splitlines()
    assert max(map(len, lines)) == 40
    assert lines[-1].endswith("…")


def test_what_a_terminal_cannot_hold_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = lines_of(100, 5, monkeypatch, [QueueState(BOTH.places * 5)]).splitlines()
    assert len(lines) == 4
    assert lines[-1] == "… 8 more lines"


def test_texts_of_others_do_not_act_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "\x1b]0;owned\x07"
    assert "\x1b]" not in lines_of(100, 24, monkeypatch, [QueueState((Place(evil, 1, evil, evil, evil),))])
