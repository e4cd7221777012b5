"""What commands say: sentences for a person, in which nothing can act on the terminal."""

import shutil
import sys
import textwrap
from typing import TextIO

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable


def say(*lines: str) -> None:
    """Lines on standard output."""
    for line in lines:
        _write(line, sys.stdout)


def complain(error: TursoTuiError) -> None:
    """An error on standard error, a line for each thing it says."""
    what, *more = (part for part in (error.what, error.means, error.next_step) if part)
    _write(f"turso-tui: {what}", sys.stderr)
    for line in more:
        _write(f"  {line}", sys.stderr)


def _write(line: str, stream: TextIO) -> None:
    """Whole words where a person reads; one line where a program does, and an address stays in one piece."""
    line = printable(line)
    if stream.isatty():
        indent = " " * (len(line) - len(line.lstrip()))
        columns = shutil.get_terminal_size().columns
        line = textwrap.fill(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    print(line, file=stream, flush=True)
