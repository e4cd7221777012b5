"""A writer from elsewhere is waited for, as long as the statement provably did not run."""

import asyncio
from itertools import pairwise

import pytest

from turso_tui import errors
from turso_tui.service.busy import LONGEST_PAUSE, BusyWait, while_busy


class Clock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


class Write:
    """Fails with each of ``failures`` in turn, then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.attempts = 0

    async def __call__(self) -> str:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def busy(times: int) -> list[Exception]:
    return [errors.Busy("database is locked", code="SQLITE_BUSY") for _ in range(times)]


async def test_busy_is_tried_again() -> None:
    clock, write = Clock(), Write(*busy(5))
    assert await while_busy(write, clock=clock, sleep=clock.sleep) == "done"
    assert write.attempts == 6


async def test_the_pauses_grow_up_to_a_second() -> None:
    clock = Clock()
    await while_busy(Write(*busy(20)), clock=clock, sleep=clock.sleep, jitter=lambda *_: 1.0)
    assert all(before <= after for before, after in pairwise(clock.pauses))
    assert clock.pauses[0] < 0.1
    assert clock.pauses[-1] == LONGEST_PAUSE


async def test_two_who_wait_do_not_keep_in_step() -> None:
    one, two = Clock(), Clock()
    await while_busy(Write(*busy(8)), clock=one, sleep=one.sleep)
    await while_busy(Write(*busy(8)), clock=two, sleep=two.sleep)
    assert one.pauses != two.pauses


@pytest.mark.parametrize("limit", [0.0, 0.5, 30.0])
async def test_it_gives_up_before_the_limit_and_says_for_how_long_it_waited(limit: float) -> None:
    clock, write = Clock(), Write(*busy(10_000))
    with pytest.raises(errors.Busy, match="database is locked") as caught:
        await while_busy(write, limit=limit, clock=clock, sleep=clock.sleep)
    assert limit - 1.5 * LONGEST_PAUSE <= clock.now <= limit
    assert f"{clock.now:.1f} s" in caught.value.means
    assert caught.value.code == "SQLITE_BUSY"


async def test_who_watches_is_told_before_each_pause() -> None:
    clock = Clock()
    told: list[BusyWait] = []
    await while_busy(Write(*busy(2)), on_wait=told.append, clock=clock, sleep=clock.sleep, jitter=lambda *_: 1.0)
    assert told == [BusyWait(1, 0.0, clock.pauses[0]), BusyWait(2, clock.pauses[0], clock.pauses[1])]


async def test_inside_a_transaction_it_is_not_tried_again() -> None:
    write = Write(*busy(1))
    with pytest.raises(errors.Busy):
        await while_busy(write, once=True)
    assert write.attempts == 1


@pytest.mark.parametrize(
    "error",
    [
        errors.OutcomeUnknown("the connection died"),
        errors.ConnectionLost("the connection died"),
        errors.TimedOut("no answer"),
        errors.ServerFault(502, "bad gateway"),
        errors.SqlError("no such table", code="SQLITE_ERROR"),
        errors.Blocked("writes are blocked"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_does_not_say_that_nothing_ran_is_not_tried_again(error: errors.TursoTuiError) -> None:
    clock, write = Clock(), Write(*busy(2), error)
    with pytest.raises(type(error)) as caught:
        await while_busy(write, clock=clock, sleep=clock.sleep)
    assert caught.value is error
    assert write.attempts == 3


async def test_a_pause_can_be_given_up() -> None:
    write = Write(*busy(10))
    paused = asyncio.Event()

    async def sleep(_: float) -> None:
        paused.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(while_busy(write, sleep=sleep))
    await asyncio.wait_for(paused.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert write.attempts == 1
