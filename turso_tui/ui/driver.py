"""The terminal's driver: Textual's own, made to outlive the terminal for as long as it takes to leave."""

from io import TextIOWrapper
from typing import TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


class LastingOutput:
    """Drops what can no longer be written.

    Textual's writer thread ends with the first error, and everybody who writes afterwards waits for it for ever:
    the program could then not even leave.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.is_lost = False

    def write(self, text: str) -> int:
        if not self.is_lost:
            try:
                self._file.write(text)
            except OSError:
                self.is_lost = True
        return len(text)

    def flush(self) -> None:
        if not self.is_lost:
            try:
                self._file.flush()
            except OSError:
                self.is_lost = True

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


class TerminalDriver(LinuxDriver):
    """Writes through `LastingOutput`; there is no public place to hand an output in."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("TextIOWrapper", LastingOutput(cast("TextIO", self._file)))
