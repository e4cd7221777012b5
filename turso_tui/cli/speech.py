"""What commands say: sentences for a person, in which nothing can act on the terminal."""

import sys

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable, printable_lines


def say(*lines: str) -> None:
    """Lines on standard output."""
    for line in lines:
        print(printable_lines(line), flush=True)  # noqa: T201


def complain(error: TursoTuiError) -> None:
    """An error on standard error, a line for each thing it says."""
    what, *more = (printable(part) for part in (error.what, error.means, error.next_step) if part)
    print("\n  ".join((f"turso-tui: {what}", *more)), file=sys.stderr)  # noqa: T201
