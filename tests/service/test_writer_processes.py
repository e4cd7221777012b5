"""The writer's turn among real processes: one line, and nobody who dies stops or misleads the others."""

import asyncio
import json
import os
import random
import signal
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.service.conftest import Eventually
from tests.service.writer_process import DATABASE, Process, kill, start, writing
from turso_tui.errors import TurnTimeout
from turso_tui.service.queue_line import DOORS, Line
from turso_tui.service.queue_state import QueueState, encode
from turso_tui.service.writer import Place, Writers

PATIENCE = 120
"""Seconds until a wait that should end counts as a deadlock, however slow the machine."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "lines"


@pytest.fixture
def writers(directory: Path) -> Writers:
    return Writers(directory)


def labels(writers: Writers) -> list[str]:
    return [place.label for place in writers.state(DATABASE).places]


def left_behind(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def line_up(stack: AsyncExitStack, writers: Writers, directory: Path, names: str) -> dict[str, Process]:
    """One process for each name, in line in this order; the first has the turn."""
    line: dict[str, Process] = {}
    for name in names:
        line[name] = await stack.enter_async_context(writing(directory, name))
        async with asyncio.timeout(PATIENCE):
            while labels(writers) != list(line):  # noqa: ASYNC110 -- it happens in another process
                await asyncio.sleep(0.005)
    return line


async def leave_one_by_one(line: dict[str, Process], names: str) -> None:
    """Fails unless each in turn, and nobody else, has the turn."""
    for name in names:
        await line[name].has_turn()
        await line[name].leave()


async def test_processes_take_turns_in_the_order_in_which_they_came(directory: Path, writers: Writers) -> None:
    async with AsyncExitStack() as stack:
        line = await line_up(stack, writers, directory, "abcd")
        await leave_one_by_one(line, "abcd")
    assert left_behind(directory) == [DOORS]


async def test_processes_and_tasks_stand_in_one_line(directory: Path, writers: Writers) -> None:
    async with AsyncExitStack() as stack:
        line = await line_up(stack, writers, directory, "ab")
        has_turn = asyncio.Event()

        async def write() -> None:
            async with writers.turn(DATABASE, "ours"):
                has_turn.set()

        task = asyncio.create_task(write())
        await asyncio.sleep(0)
        line["c"] = await stack.enter_async_context(writing(directory, "c"))
        await leave_one_by_one(line, "a")
        await line["b"].has_turn()
        assert not has_turn.is_set()
        await line["b"].leave()
        await asyncio.wait_for(task, PATIENCE)
        await leave_one_by_one(line, "c")


async def test_another_process_is_seen_with_all_it_says(directory: Path, writers: Writers) -> None:
    async with writing(directory, "pane 2", "UPDATE t SET a = 1") as process:
        await process.has_turn()
        place = writers.state(DATABASE).writing
        assert place is not None
        assert (place.pid, place.label, place.statement, place.mine) == (
            process.pid,
            "pane 2",
            "UPDATE t SET a = 1",
            False,
        )


async def test_other_databases_and_readers_of_the_line_wait_for_nobody(directory: Path, writers: Writers) -> None:
    async with writing(directory, "a") as process:
        await process.has_turn()
        os.kill(process.pid, signal.SIGSTOP)  # it holds the turn, and does nothing
        async with asyncio.timeout(PATIENCE), writers.turn("sql:other.example"):
            assert labels(writers) == ["a"]


@pytest.mark.parametrize("victims", ["a", "b", "c", "d", "ab", "bc", "ac", "abc", "bd"])
async def test_whoever_is_killed_is_passed_over(directory: Path, writers: Writers, victims: str) -> None:
    async with AsyncExitStack() as stack:
        line = await line_up(stack, writers, directory, "abcd")
        for victim in victims:
            await line[victim].kill()
        stay = [name for name in "abcd" if name not in victims]
        assert labels(writers) == stay
        await leave_one_by_one(line, "".join(stay))
        async with asyncio.timeout(PATIENCE), writers.turn(DATABASE):
            pass
    assert left_behind(directory) == [DOORS]


async def test_a_killed_process_holds_nothing(directory: Path, writers: Writers) -> None:
    async with writing(directory) as process:
        await process.has_turn()
        await process.kill()
    assert writers.state(DATABASE) == QueueState()
    async with asyncio.timeout(PATIENCE), writers.turn(DATABASE):
        pass
    assert left_behind(directory) == [DOORS]


async def test_a_wait_for_another_process_has_the_limit(directory: Path) -> None:
    writers = Writers(directory, limit=0.05)
    async with writing(directory, "a") as process:
        await process.has_turn()
        with pytest.raises(TurnTimeout):
            async with writers.turn(DATABASE):
                pytest.fail("two have the turn")
        assert labels(writers) == ["a"]


async def test_a_wait_for_another_process_can_be_given_up(directory: Path, writers: Writers) -> None:
    async with writing(directory, "a") as process:
        await process.has_turn()
        task = asyncio.create_task(writers.turn(DATABASE, "ours").__aenter__())
        await asyncio.sleep(0)
        assert labels(writers) == ["a", "ours"]
        task.cancel()
        await asyncio.wait([task])
        assert labels(writers) == ["a"]


@pytest.mark.parametrize("pid", [os.getpid(), 1, 2**22 + 1], ids=["ours", "someone's", "nobody's"])
async def test_what_a_dead_process_left_says_nothing_whoever_has_its_number_now(
    directory: Path, writers: Writers, pid: int
) -> None:
    async with writing(directory, "dead") as process:
        await process.has_turn()
        await process.kill()
    (record,) = directory.glob("*.json")
    record.write_bytes(encode(Place(database=DATABASE, pid=pid, label="dead")))
    assert labels(writers) == []
    async with asyncio.timeout(PATIENCE), writers.turn(DATABASE, "ours"):
        assert labels(writers) == ["ours"]
    assert left_behind(directory) == [DOORS]


async def test_who_died_at_the_door_is_no_obstacle(directory: Path, writers: Writers) -> None:
    """Killed between the steps of coming in: a ticket without a record, and one that nobody ever opened."""
    name = Line.of(directory, DATABASE).name
    directory.mkdir(mode=0o700)
    for number in (1, 2):
        os.mkfifo(directory / f"{name}.{number}.00000000", 0o600)
    (directory / f"{name}.2.00000000.json").write_bytes(b"{")
    async with asyncio.timeout(PATIENCE), writers.turn(DATABASE, "ours"):
        assert labels(writers) == ["ours"]
    assert left_behind(directory) == [DOORS]


async def test_a_shut_door_is_waited_at_and_opens_when_its_holder_dies(
    directory: Path, writers: Writers, eventually: Eventually
) -> None:
    directory.mkdir(mode=0o700)
    holder = await start("door", directory)
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"shut\n"
        task = asyncio.create_task(writers.turn(DATABASE, "ours").__aenter__())
        await eventually(lambda: labels(writers) == ["ours"])
        await asyncio.sleep(0.05)  # not for a result: it may try the door some times
        assert not task.done()
    finally:
        await kill(holder)
    await asyncio.wait_for(task, PATIENCE)


@pytest.mark.parametrize("end", [signal.SIGKILL, None], ids=["killed", "leaving"])
async def test_a_forked_child_does_not_keep_its_parents_turn(
    directory: Path, writers: Writers, end: signal.Signals | None
) -> None:
    process = await start("fork", directory)
    assert process.stdin is not None
    assert process.stdout is not None
    child = int(await process.stdout.readline())
    try:
        assert await process.stdout.readline() == b"writing\n"
        if end is not None:
            process.send_signal(end)
        else:
            process.stdin.write(b"\n")
            assert await process.stdout.readline() == b"left\n"
        async with asyncio.timeout(PATIENCE), writers.turn(DATABASE):
            os.kill(child, 0)  # it lives
    finally:
        os.kill(child, signal.SIGKILL)
        await kill(process)


async def test_processes_count_without_losing_any(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    processes = [await start("count", directory, tmp_path, 50) for _ in range(4)]
    answers = await asyncio.wait_for(asyncio.gather(*(process.communicate() for process in processes)), PATIENCE)
    waits = [wait for out, _ in answers for wait in json.loads(out)]
    assert len(waits) == 200
    assert (tmp_path / "number").read_text() == "200"
    assert left_behind(directory) == [DOORS]
    print(f"longest wait / mean: {max(waits) / (sum(waits) / len(waits)):.1f}")


async def test_processes_that_are_killed_again_and_again_stop_nobody(directory: Path, tmp_path: Path) -> None:
    """Whoever holds the turn when it is killed may have counted or not; all others count each of theirs once."""
    (tmp_path / "number").write_text("0")
    steady = [await start("count", directory, tmp_path, 300) for _ in range(3)]
    finished = asyncio.gather(*(process.communicate() for process in steady))
    chance = random.Random(1)
    for _ in range(12):
        victim = await start("count", directory, tmp_path, 10_000)
        await asyncio.sleep(chance.uniform(0.1, 0.4))  # not for a result: it may be killed anywhere
        assert victim.returncode is None  # it has not seen two with the turn
        await kill(victim)
    for out, _ in await asyncio.wait_for(finished, PATIENCE):
        assert len(json.loads(out)) == 300
    assert int((tmp_path / "number").read_text()) >= 900
    async with asyncio.timeout(PATIENCE), Writers(directory).turn(DATABASE):
        pass
    assert left_behind(directory) == [DOORS]


async def test_one_process_that_never_stops_does_not_starve_another(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    hog = await start("count", directory, tmp_path, 1_000_000)
    try:
        modest = await start("count", directory, tmp_path, 20)
        out, _ = await asyncio.wait_for(modest.communicate(), PATIENCE)
        assert len(json.loads(out)) == 20
        assert hog.returncode is None
    finally:
        await kill(hog)


def in_threads(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def test_event_loops_in_threads_take_turns_too(directory: Path) -> None:
    inside: list[int] = []
    seen: list[int] = []

    async def write(thread: int) -> None:
        writers = Writers(directory)
        for _ in range(50):
            async with writers.turn(DATABASE):
                inside.append(thread)
                seen.append(len(inside))
                await asyncio.sleep(0)
                inside.remove(thread)

    in_threads(*(lambda thread=thread: asyncio.run(write(thread)) for thread in range(3)))
    assert seen == [1] * 150


async def test_a_file_that_may_not_grow_says_so(directory: Path) -> None:
    process = await start("no space", directory)
    out, _ = await process.communicate()
    assert out.startswith(b"The writer's line cannot be entered: File too large.")
    assert left_behind(directory) == [DOORS]
