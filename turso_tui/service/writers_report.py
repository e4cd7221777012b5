"""Every database of this machine that somebody writes to, or waits to: for people as lines, for programs as JSON."""

import time
from collections.abc import Sequence
from pathlib import Path

from turso_tui.errors import StorageError
from turso_tui.printable import printable
from turso_tui.service.queue_line import Line, lines
from turso_tui.service.queue_state import Place, QueueState, decode

NOBODY = "Nobody writes from this machine."
KEPT_BACK = "(kept back)"

_MINUTE = 60
_HOUR = 3600


def queues(directory: Path) -> list[QueueState]:
    """The lines in which somebody stands, of all processes of this user, by the database's identity.

    What dead processes have left is removed on the way. Raises `StorageError`.
    """
    try:
        states = [_state(line) for line in lines(directory)]
    except OSError as error:
        raise StorageError(
            f"The writers' lines cannot be read: {error.strerror}.",
            means="Who writes from this machine is not known.",
            next_step=f"Make {directory} readable for yourself.",
        ) from error
    return sorted((state for state in states if state.places), key=lambda state: state.places[0].database)


def report_lines(states: Sequence[QueueState], *, now: float | None = None) -> list[str]:
    """The lines of ``turso-tui writers``, safe to print. ``now`` is on the clock of `Place.since`, in seconds."""
    now = time.monotonic() if now is None else now
    printed = []
    for state in states:
        printed += [printable(address(state)), *(f"  {line}" for line in _table(_rows(state, now))), ""]
    return printed[:-1] or [NOBODY]


def report_json(states: Sequence[QueueState], *, now: float | None = None) -> list[dict[str, object]]:
    """The same as plain values; ``statement`` is null where its writer keeps it back, ``seconds`` how long by now."""
    now = time.monotonic() if now is None else now
    return [
        {
            "database": state.places[0].database,
            "writing": _values(state.places[0], now),
            "waiting": [_values(place, now) for place in state.line],
        }
        for state in states
    ]


def address(state: QueueState) -> str:
    """Of the database of a line in which somebody stands, without the kind that its identity begins with."""
    identity = state.places[0].database
    return identity.partition(":")[2] or identity


def _state(line: Line) -> QueueState:
    state = QueueState(tuple(decode(record) for _, record in line.records()))
    if not state.places:
        line.sweep()
    return state


def _rows(state: QueueState, now: float) -> list[tuple[str, ...]]:
    return [
        ("writes" if number == 0 else f"{number}.", *_cells(place, now)) for number, place in enumerate(state.places)
    ]


def _cells(place: Place, now: float) -> tuple[str, ...]:
    statement = KEPT_BACK if place.statement is None else " ".join(place.statement.split())
    return (
        _span(place.seconds(now)),
        printable(f"{place.program} {place.pid}".strip()),
        printable(place.label),
        printable(statement),
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns two spaces apart; numbers, which are the second, stand to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index == 1 else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            if width
        ).rstrip()
        for row in rows
    ]


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:02.0f} s"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:02.0f} min"


def _values(place: Place, now: float) -> dict[str, object]:
    return {
        "pid": place.pid,
        "program": place.program,
        "label": place.label,
        "statement": place.statement,
        "seconds": round(place.seconds(now), 3),
    }
