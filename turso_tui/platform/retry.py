"""When a question is asked again, and after how long."""

import math
from dataclasses import dataclass

from turso_tui.platform.server_clock import parse_http_date


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently; all times in seconds."""

    attempts: int = 3
    """Including the first."""
    first_pause: float = 0.5
    longest_pause: float = 8.0
    longest_retry_after: float = 30.0
    """A server that wants a longer rest gets it: the error goes to the caller, who knows whether waiting pays."""

    def pause(self, attempt: int, chance: float, *, asked: float | None = None) -> float | None:
        """How long to wait after the ``attempt``-th try (from 1) failed, None when there is no other try.

        ``chance``, in [0, 1), spreads clients that failed together; ``asked`` is what the server wants us to wait.
        """
        if attempt >= self.attempts or (asked is not None and asked > self.longest_retry_after):
            return None
        backoff: float = min(self.first_pause * 2 ** (attempt - 1), self.longest_pause)
        return (asked or 0.0) + backoff * (0.5 + chance / 2)


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Seconds to wait from a ``Retry-After`` header, which holds seconds or a date; ``now`` by the server's clock."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        date = parse_http_date(text)
        return None if date is None else max(0.0, date - now)
    return max(0.0, seconds) if math.isfinite(seconds) else None
