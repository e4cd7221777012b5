"""``turso-tui writers``: who has the turn of each database on this machine, and who waits."""

import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import TextIO

from turso_tui import locations
from turso_tui.cli.arguments import Parser
from turso_tui.cli.speech import complain
from turso_tui.errors import TursoTuiError
from turso_tui.service.queue_state import QueueState
from turso_tui.service.writers_report import queues, report_json, report_lines

LOOK_AGAIN = 0.5
"""Seconds between two looks at the lines."""

BROKEN_PIPE = 141

_CUT = "…"
_DESCRIPTION = "Who writes to which database from this machine, and who waits for that."
_EPILOG = """\
Of every copy of this program that you run: dashboards, scripts and agents. Writers on other machines are not
seen here. Nothing is sent, and nothing is changed.

exit codes: 0, also when nobody writes; 1 when it cannot be known; 2 for a command line that cannot be used.
"""

Read = Callable[[], Sequence[QueueState]]


def run(words: Sequence[str]) -> int:
    """The exit code: 0, 1 for a failure, 2 for a command line that cannot be used, 141 when nobody reads any more."""
    parser = Parser("turso-tui writers", _DESCRIPTION, _EPILOG)
    parser.add_argument("--json", action="store_true", help="for programs; with --watch one line for each change")
    parser.add_argument("--watch", action="store_true", help="go on until ctrl+c")
    options = parser.parse_args(words)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no “…” gets a “?”
    directory = locations.lock_directory()
    try:
        _show(lambda: queues(directory), sys.stdout, as_json=options.json, watch=options.watch)
    except TursoTuiError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return 0  # that is how one stops watching
    except BrokenPipeError:
        sys.stdout = None  # or Python would try again at the end, and complain
        return BROKEN_PIPE
    return 0


def _show(read: Read, stream: TextIO, *, as_json: bool, watch: bool) -> None:
    if not watch:
        lines = _json(read(), 2) if as_json else _fitting(report_lines(read()), stream)
        print(*lines, sep="\n", file=stream, flush=True)
    elif stream.isatty() and not as_json:
        watch_here(read, stream)
    else:
        watch_changes(read, stream, as_json=as_json)


def watch_here(read: Read, stream: TextIO, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Draw over what was drawn before, so that the times count; what a terminal cannot hold is not drawn."""
    drawn: list[str] = []
    while True:
        lines = _fitting(report_lines(read()), stream)
        rows = shutil.get_terminal_size().lines - 1
        if len(lines) > rows:
            lines = [*lines[: rows - 1], f"{_CUT} {len(lines) - rows + 1} more lines"]
        if lines != drawn:
            up = f"\x1b[{len(drawn)}A\x1b[J" if drawn else ""
            print(up + "\n".join(lines), file=stream, flush=True)
            drawn = lines
        sleep(LOOK_AGAIN)


def watch_changes(read: Read, stream: TextIO, *, as_json: bool, sleep: Callable[[float], None] = time.sleep) -> None:
    """Say it again whenever somebody comes, gets the turn or leaves, for whoever reads line by line."""
    last: Sequence[QueueState] | None = None
    while True:
        if (states := read()) != last:
            last = states
            lines = _json(states, None) if as_json else [*report_lines(states), ""]
            print(*lines, sep="\n", file=stream, flush=True)
        sleep(LOOK_AGAIN)


def _json(states: Sequence[QueueState], indent: int | None) -> list[str]:
    return [json.dumps(report_json(states), indent=indent)]


def _fitting(lines: list[str], stream: TextIO) -> list[str]:
    """A table stays a table: in a terminal a line that is too long is cut with a sign."""
    if not stream.isatty():
        return lines
    from rich.cells import cell_len, set_cell_size

    width = shutil.get_terminal_size().columns
    return [line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + _CUT for line in lines]
