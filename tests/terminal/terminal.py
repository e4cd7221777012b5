"""A real pseudo-terminal with a program in it, and a terminal's memory of what it drew."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyte

PATIENCE_SECONDS = 30.0
KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "f5": "\x1b[15~", "f8": "\x1b[19~",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "ctrl+b": "\x02", "ctrl+c": "\x03", "ctrl+e": "\x05", "ctrl+q": "\x11", "ctrl+r": "\x12", "ctrl+s": "\x13",
}  # fmt: skip

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")
ENTERS_SCREEN, LEAVES_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """Sends keys as a plain terminal does, and waits for what a person would wait for."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, size: tuple[int, int]) -> None:
        self.process = process
        self.output = bytearray()
        self._master = master
        self._seen = 0
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The screen, line by line."""
        unseen, self._seen = self.output[self._seen :], len(self.output)
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", unseen))
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Keys by name, or text as it is typed."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def wait_for(self, text: str) -> None:
        self.wait_until(lambda: text in self.text, f"“{text}” on the screen")

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}:\n{self.text}"
            self._read(0.05)

    def wait_for_quiet(self, seconds: float = 0.3) -> None:
        """Read until nothing has been drawn for so long."""
        seen = -1
        while seen != len(self.output):
            seen = len(self.output)
            self._read(seconds)

    def wait_for_end(self) -> int:
        """The exit code (negative for a signal), with everything read that was written."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"the program does not end:\n{self.text}"
            self._read(0.05)
        self._read(0.05)
        return self.process.returncode

    def hang_up(self) -> None:
        """The terminal goes away, as when a connection breaks."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read(self, seconds: float) -> None:
        if self._master < 0:
            time.sleep(seconds)
            return
        while select.select([self._master], [], [], seconds)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the other side is closed
                return
            if not data:
                return
            self.output += data
            seconds = 0.0


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (120, 36)
) -> Iterator[Terminal]:
    """Run ``command`` in a terminal of its own, as the leader of its session."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    # Pictures taken earlier in this process leave a size behind in the environment, and programs would believe it.
    own = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
    # A session leader that opens a terminal gets it as its own: that is what makes a hang-up reach the program.
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(slave), *command],
        start_new_session=True,
        env={**own, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )
    ready = select.select([master], [], [], PATIENCE_SECONDS)[0]
    assert ready, "the program draws nothing"
    os.close(slave)
    terminal = Terminal(process, master, size)
    try:
        yield terminal
    finally:
        terminal.close()
