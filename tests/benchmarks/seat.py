"""The program in a pseudo-terminal, with somebody before it who looks at the clock.

What is waited for is looked for in the bytes as they arrive, so no time goes into drawing them.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal.terminal import Terminal, running

LONG_SECONDS = 300.0
"""For one question of a million rows, on a machine that does other things too."""

PAUSE_SECONDS = 0.15
"""Between an answer and the next key, as when somebody reads."""

QUIET_SECONDS = 0.3
"""Nothing more comes of a key after so long a silence; less than the cursor of the editor takes to blink."""

STEPS = (("cursor down", "down"), ("page down", "pagedown"), ("page up", "pageup"), ("cursor up", "up"))
"""They end where they began, so that each round asks for the same work."""

_ROW = re.compile("↕ ([0-9 ]*[0-9])".encode())


@dataclass
class Ran:
    """Seconds from the key that ran it to the first row and to the last; and of each key in between, by its name."""

    first: float = 0.0
    all: float = 0.0
    keys: dict[str, list[float]] = field(default_factory=dict)


@contextmanager
def seated(url: str, home: Path) -> Iterator["Seat"]:
    own = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    settings = home / "config" / "turso-tui" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[cost]\nwarn = false\n")  # it is meant to read everything
    environment = {**os.environ, **own, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    with running([sys.executable, "-m", "turso_tui", url], environment) as terminal:
        terminal.wait_for("big")
        terminal.wait_for_quiet()
        yield Seat(terminal)


class Seat:
    """Everything in seconds and bytes, as they arrive at the terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._row = b"1"

    def run(self, sql: str, rows: int) -> Ran:
        """Run it, and walk through its first rows while the others arrive."""
        terminal, ran = self._terminal, Ran()
        terminal.press("ctrl+e", sql)
        terminal.wait_for_quiet()
        terminal.press("escape")  # the completion, if it offers something
        terminal.wait_for_quiet()
        start, began = len(terminal.output), time.perf_counter()
        terminal.press("f5")
        ran.first = self._until("name 1 ", start) - began
        terminal.press("ctrl+r")
        self._until("View", start)  # the grid has the focus
        done = f"{rows:,} rows · ".replace(",", " ")
        ran.keys = self._walk(lambda: self._is_written(done, start))
        ran.all = self._until(done, start) - began
        self._settle()
        return ran

    def steps(self, rounds: int = 3) -> dict[str, list[float]]:
        """Seconds of each key in the grid, by its name, while nothing runs."""
        self._settle()
        return self._walk(lambda: False, rounds)

    def sort(self) -> float:
        """Seconds to sort by the second column, a REAL; afterwards the rows are as they came."""
        self._terminal.press("right")
        self._settle()
        seconds = self._timed("s", "by c1 ▲ · ")
        self._timed("s", "by c1 ▼ · ")
        self._timed("s", "in the order in which they came")
        self._settle()
        return seconds

    def filter(self, text: str) -> tuple[float, int]:
        """Seconds to see only the rows with ``text``, and how many those are."""
        self._terminal.press("f")
        self._settle()
        start = len(self._terminal.output)
        seconds = self._timed(f"{text}\r", " match · ")
        told = re.search(rb"([0-9 ]+) of [0-9 ]+ match", self._terminal.output[start:])
        self._settle()
        return seconds, int(told[1].replace(b" ", b"")) if told else 0

    def megabytes(self) -> float:
        """The most that the program has ever held."""
        status = Path(f"/proc/{self._terminal.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def bytes_per_key(self) -> Iterator[tuple[str, int]]:
        self._bytes("down")
        yield "cursor down in the grid", self._bytes("down")
        yield "page down in the grid", self._bytes("pagedown")
        yield "focus from the grid to the editor", self._bytes("ctrl+e")
        yield "focus from the editor to the grid", self._bytes("ctrl+r")
        self._bytes("ctrl+e")
        yield "a letter typed in the editor", self._bytes("1")
        self._bytes(" ")
        yield "a letter that opens the completion", self._bytes("w")
        yield "a letter that narrows the completion", self._bytes("h")
        yield "the completion closed", self._bytes("escape")
        yield "a second without a key in the editor, whose cursor blinks", self._idle_bytes(4) // 4

    def _walk(self, is_over: Callable[[], bool], rounds: int = 1000) -> dict[str, list[float]]:
        """Seconds of each key, by its name; one that is answered when it is over does not count."""
        times: dict[str, list[float]] = {}
        for name, key in STEPS * rounds:
            seconds = self._step(key)
            if is_over():
                break
            times.setdefault(name, []).append(seconds)
        return times

    def _step(self, key: str) -> float:
        """Seconds from the key until the frame of the grid names the row that the cursor is on now."""
        terminal, before = self._terminal, self._row
        start, began = len(terminal.output), time.perf_counter()
        terminal.press(key)
        terminal.wait_until(lambda: self._told_row(start) not in (None, before), f"a row after {key}")
        seconds = time.perf_counter() - began
        self._row = self._told_row(start) or before
        time.sleep(PAUSE_SECONDS)
        return seconds

    def _told_row(self, start: int) -> bytes | None:
        told = _ROW.findall(self._terminal.output, start)
        return bytes(told[-1]) if told else None

    def _bytes(self, key: str) -> int:
        before = len(self._terminal.output)
        self._terminal.press(key)
        self._terminal.wait_until(lambda: len(self._terminal.output) > before, f"an answer to {key}")
        self._settle()
        return len(self._terminal.output) - before

    def _idle_bytes(self, seconds: float) -> int:
        before, until = len(self._terminal.output), time.perf_counter() + seconds
        self._terminal.wait_until(lambda: time.perf_counter() >= until, "time to pass")
        return len(self._terminal.output) - before

    def _timed(self, key: str, words: str) -> float:
        start, began = len(self._terminal.output), time.perf_counter()
        self._terminal.press(key)
        return self._until(words, start) - began

    def _settle(self) -> None:
        self._terminal.wait_for_quiet(QUIET_SECONDS)

    def _is_written(self, words: str, start: int) -> bool:
        return self._terminal.output.find(words.encode(), start) >= 0

    def _until(self, words: str, start: int) -> float:
        """When ``words`` had been written after the byte ``start``."""
        self._terminal.wait_until(lambda: self._is_written(words, start), f"“{words}”", LONG_SECONDS)
        return time.perf_counter()
