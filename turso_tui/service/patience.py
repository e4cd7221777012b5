"""Asking again, a few times and not all at once, where that is safe."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from turso_tui import errors

T = TypeVar("T")

_PASSING_FAULTS = frozenset({502, 503, 504})
"""What a server, or a proxy before it, says while it is being started or has too much to do."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long; times in seconds."""

    attempts: int = 3
    """Including the first."""
    first_pause: float = 0.2
    longest_pause: float = 10.0
    """A server that asks for more gets it: the error goes to the person, who knows whether waiting pays."""
    jitter: Callable[[float, float], float] = random.uniform
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def ask(self, question: Callable[[], Awaitable[T]], is_safe: Callable[[errors.TursoTuiError], bool]) -> T:
        """Ask until there is an answer, or an error after which asking again is not safe or not worth it."""
        attempt = 1
        while True:
            try:
                return await question()
            except errors.TursoTuiError as error:
                pause = self._pause(attempt, error)
                if attempt >= self.attempts or not is_safe(error) or pause is None:
                    raise
            await self.sleep(pause)
            attempt += 1

    def _pause(self, attempt: int, error: errors.TursoTuiError) -> float | None:
        """Spread over half as much again, so that many who failed together do not come back together."""
        asked = error.retry_after if isinstance(error, errors.RateLimited) else None
        pause = self.first_pause * 3.0 ** (attempt - 1) if asked is None else asked
        return None if pause > self.longest_pause else pause * self.jitter(1.0, 1.5)


def nothing_ran(error: errors.TursoTuiError) -> bool:
    """The request had not left, or was turned away unseen: whatever it is, it may be sent again."""
    return isinstance(error, errors.Unreachable | errors.RateLimited)


def reading_failed(error: errors.TursoTuiError) -> bool:
    """A read may be repeated whatever became of it; but who was silent for ten minutes is not asked again."""
    is_passing = isinstance(error, errors.ServerFault) and error.status in _PASSING_FAULTS
    return nothing_ran(error) or is_passing or isinstance(error, errors.ConnectionLost)
