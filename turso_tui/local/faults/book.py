"""The faults that are at work, and what they have done; used by the server and, from any thread, by whoever tests."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from turso_tui.local.faults.fault import Fault
from turso_tui.local.faults.grammar import format_fault, parse_fault

_LONGEST_LOG = 100_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A fault that happened: to the ``asked``-th request it was for, counting from 1."""

    number: int
    """The fault's, as `Faults.add` gave it."""
    fault: Fault
    asked: int
    method: str
    path: str
    database: str
    """Its name; empty where the request is about none."""


@dataclass(eq=False, slots=True)
class AtWork:
    """A fault with its dice and its counters. Only `Faults` changes it."""

    number: int
    fault: Fault
    dice: Random
    asked: int = 0
    hits: int = 0
    began: float | None = None
    is_over: bool = False


class Faults:
    """``clock`` is in seconds, and monotonic. Every method may be called from any thread, at any time.

    server.faults.add("cut=after,times=1,writes")
    server.faults.add(Fault(Status(429, retry_after=2), percent=10, on="data"))
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._at_work: list[AtWork] = []
        self._log: deque[Hit] = deque(maxlen=_LONGEST_LOG)
        self._last_number = 0

    def add(self, fault: Fault | str) -> int:
        """From now on; the number is for `remove`. Raises `InputError` for a text that is no fault."""
        return self._add([fault])[0]

    def replace(self, faults: Sequence[Fault | str]) -> list[int]:
        """These, and none that there were; at once. Raises `InputError`, and then nothing changes."""
        return self._add(faults, keep=False)

    def remove(self, number: int) -> bool:
        """False if it is over already, or never was."""
        with self._changed:
            found = [each for each in self._at_work if each.number == number]
            for each in found:
                self._end(each)
            return bool(found)

    def clear(self) -> None:
        """Ends all faults; what they have done stays in the `log`. Requests that are stalled stay so."""
        self.replace([])

    def clear_log(self) -> None:
        """Forgets what has happened."""
        with self._changed:
            self._log.clear()

    @property
    def at_work(self) -> tuple[AtWork, ...]:
        """In the order in which requests meet them."""
        with self._changed:
            return tuple(self._at_work)

    @property
    def log(self) -> tuple[Hit, ...]:
        """What has happened to which requests, in order; the last 100 000."""
        with self._changed:
            return tuple(self._log)

    def wait_for_hits(self, count: int = 1, timeout: float = 10.0) -> tuple[Hit, ...]:
        """The `log` when it has ``count`` entries; blocks for at most ``timeout`` seconds, then `TimeoutError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._log) >= count, timeout):
                raise TimeoutError(f"{len(self._log)} faults have happened in {timeout} s, not {count}.")
            return tuple(self._log)

    def strike(self, each: AtWork, method: str, path: str, database: str) -> bool:
        """Whether a fault happens to a request that it is for; for the server, once a request. Counts and logs."""
        with self._changed:
            if each.is_over or not self._throw(each):
                return False
            each.hits += 1
            if each.hits == each.fault.times:
                self._end(each)
            self._log.append(Hit(each.number, each.fault, each.asked, method, path, database))
            self._changed.notify_all()
            return True

    def spread(self, each: AtWork) -> float:
        """From -1 to 1, by the fault's own dice."""
        with self._changed:
            return each.dice.uniform(-1, 1)

    def _add(self, faults: Sequence[Fault | str], *, keep: bool = True) -> list[int]:
        parsed = [parse_fault(fault) if isinstance(fault, str) else fault for fault in faults]
        with self._changed:
            for each in () if keep else tuple(self._at_work):
                self._end(each)
            numbers = []
            for fault in parsed:
                self._last_number += 1
                # ruff's S311 is about secrets; these dice have to fall the same way every time.
                self._at_work.append(AtWork(self._last_number, fault, Random(fault.seed)))  # noqa: S311
                numbers.append(self._last_number)
            return numbers

    def _throw(self, each: AtWork) -> bool:
        fault, now = each.fault, self._clock()
        each.began = now if each.began is None else each.began
        if fault.lasts is not None and now - each.began >= fault.lasts:
            self._end(each)
            return False
        each.asked += 1
        return each.asked > fault.skip and (fault.percent == 100 or each.dice.random() * 100 < fault.percent)

    def _end(self, each: AtWork) -> None:
        each.is_over = True
        self._at_work.remove(each)


def describe(each: AtWork) -> dict[str, str | int]:
    """What the admin route says of a fault."""
    return {"id": each.number, "fault": format_fault(each.fault), "requests": each.asked, "hits": each.hits}
