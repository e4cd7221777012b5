"""The program in a pseudo-terminal, with somebody before it who looks at the clock."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal.terminal import Terminal, running

LONG_SECONDS = 900.0
KEYS_WHILE_STREAMING = 20


@dataclass
class Ran:
    """Seconds from the key that ran it: to the first row, to the last; and of each key in between."""

    first: float = 0.0
    all: float = 0.0
    keys: list[float] = field(default_factory=list)


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
        self._row = 1

    def run(self, sql: str, rows: int) -> Ran:
        terminal, ran = self._terminal, Ran()
        terminal.press("ctrl+e", sql, "escape")
        terminal.wait_for_quiet()
        began = time.perf_counter()
        terminal.press("f5")
        self._until("name 1 ")
        ran.first = time.perf_counter() - began
        done = f"✓ {rows:,} rows".replace(",", " ")
        terminal.press("ctrl+r")
        self._until("View")  # the grid has the focus
        for _ in range(KEYS_WHILE_STREAMING):
            seconds = self.key_to_paint_in_grid()
            if done.encode() in terminal.output:
                break
            ran.keys.append(seconds)
        terminal.wait_until(lambda: done.encode() in terminal.output, done, LONG_SECONDS)
        ran.all = time.perf_counter() - began
        terminal.wait_for_quiet()
        return ran

    def key_to_paint(self, pane: str, key: str) -> float:
        """Until something is drawn, while nothing else draws."""
        self._terminal.press(pane)
        self._terminal.wait_for_quiet()
        before = len(self._terminal.output)
        began = time.perf_counter()
        self._terminal.press(key)
        self._terminal.wait_until(lambda: len(self._terminal.output) > before, "a paint")
        return time.perf_counter() - began

    def key_to_paint_in_grid(self) -> float:
        """Until the cursor of the grid says that it is a row further down."""
        self._row += 1
        before, words = len(self._terminal.output), f"↕ {self._row} ".encode()
        began = time.perf_counter()
        self._terminal.press("down")
        self._terminal.wait_until(lambda: words in self._terminal.output[before:], f"row {self._row}")
        return time.perf_counter() - began

    def erase(self) -> None:
        self._terminal.press("escape", "\x7f")
        self._terminal.wait_for_quiet()

    def sort(self) -> float:
        self._terminal.press("right")
        self._terminal.wait_for_quiet()
        return self._timed("s", "✓ by c1")

    def filter(self) -> float:
        self._terminal.press("f", "999")
        return self._timed("enter", " match ")

    def megabytes(self) -> float:
        """The most that the program has ever held."""
        status = Path(f"/proc/{self._terminal.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def bytes_per_key(self) -> Iterator[tuple[str, int]]:
        self._bytes("ctrl+r")
        yield "cursor down in the grid", self._bytes("down")
        yield "page down in the grid", self._bytes("pagedown")
        yield "focus to the editor", self._bytes("ctrl+e")
        yield "focus to the grid", self._bytes("ctrl+r")
        self._bytes("ctrl+e")
        yield "a space in the editor", self._bytes(" ")
        yield "a letter in the editor, which completion may follow", self._bytes("w")
        yield "another letter of the same word", self._bytes("h")

    def _bytes(self, key: str) -> int:
        before = len(self._terminal.output)
        self._terminal.press(key)
        self._terminal.wait_for_quiet()
        return len(self._terminal.output) - before

    def _timed(self, key: str, words: str) -> float:
        began = time.perf_counter()
        self._terminal.press(key)
        self._until(words)
        return time.perf_counter() - began

    def _until(self, words: str) -> None:
        self._terminal.wait_until(lambda: words in self._terminal.text, f"“{words}”", LONG_SECONDS)
