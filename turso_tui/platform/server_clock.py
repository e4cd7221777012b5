"""What time the server thinks it is: token lifetimes are judged by its clock, not by that of a laptop."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

_RESOLUTION = 1.0
"""Seconds: a ``Date`` header has no fractions."""


class ServerClock:
    """Our own clock, corrected by what the server's ``Date`` headers say. All times are unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._offset = 0.0

    def local(self) -> float:
        """Our own clock."""
        return self._clock()

    def now(self) -> float:
        """The server's clock, exact to about a second plus half a round trip; ours, before the first answer."""
        return self._clock() + self._offset

    def observe(self, date: str | None, sent_at: float, received_at: float) -> None:
        """Learn from one answer; a ``Date`` that agrees with our clock, as far as it can tell, corrects nothing."""
        said = parse_http_date(date) if date else None
        if said is None:
            return
        offset = said + _RESOLUTION / 2 - (sent_at + received_at) / 2
        uncertainty = (_RESOLUTION + max(0.0, received_at - sent_at)) / 2
        self._offset = 0.0 if abs(offset) <= uncertainty else offset


def parse_http_date(text: str) -> float | None:
    """Unix seconds of an HTTP date, None for anything else."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):  # the parser is strict in its own, undocumented ways
        return None
