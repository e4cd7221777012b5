"""The writer's turn: in order, cancellable at any moment, and one at a time among all processes."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.service.conftest import Eventually
from turso_tui.errors import Busy, StorageError, TurnTimeout
from turso_tui.service.writer import QueueState, Writers, while_busy

DATABASE = "sql:db.example"
COUNTING = """
import asyncio, sys
from pathlib import Path
from turso_tui.service.writer import Writers

async def count() -> None:
    writers, counter = Writers(Path(sys.argv[1])), Path(sys.argv[2])
    for _ in range(50):
        async with writers.turn("sql:db.example"):
            number = int(counter.read_text())
            counter.write_text(str(number + 1))

asyncio.run(count())
"""
HOLDING = """
import asyncio, sys
from pathlib import Path
from turso_tui.service.writer import Writers

async def hold() -> None:
    async with Writers(Path(sys.argv[1])).turn("sql:db.example"):
        print("holding", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest.fixture
def writers(tmp_path: Path) -> Writers:
    return Writers(tmp_path / "locks")


@asynccontextmanager
async def holder_process(directory: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that has the turn."""
    command = [sys.executable, "-c", HOLDING, str(directory)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"holding\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Writer:
    """Takes the turn in a task and keeps it until told to finish."""

    def __init__(self, writers: Writers, label: str, order: list[str]) -> None:
        self._finish = asyncio.Event()
        self.task = asyncio.create_task(self._write(writers, label, order))

    async def _write(self, writers: Writers, label: str, order: list[str]) -> None:
        async with writers.turn(DATABASE, label):
            order.append(label)
            await self._finish.wait()

    def finish(self) -> None:
        self._finish.set()


async def line_up(writers: Writers, labels: str, order: list[str]) -> list[Writer]:
    """The first has the turn and the others wait, when this returns."""
    line = [Writer(writers, label, order) for label in labels]
    async with asyncio.timeout(5):
        while order != [labels[0]] or len(writers.state(DATABASE).waiting) < len(labels) - 1:  # noqa: ASYNC110
            await asyncio.sleep(0)
    return line


async def finish_all(line: list[Writer]) -> None:
    for writer in line:
        writer.finish()
    await asyncio.wait_for(asyncio.gather(*(writer.task for writer in line), return_exceptions=True), 5)


async def test_first_come_first_served(writers: Writers) -> None:
    order: list[str] = []
    line = await line_up(writers, "abcdef", order)
    assert writers.state(DATABASE) == QueueState("a", ("b", "c", "d", "e", "f"))
    await finish_all(line)
    assert order == list("abcdef")
    assert writers.state(DATABASE) == QueueState(None)


async def test_one_at_a_time(writers: Writers) -> None:
    inside = 0

    async def write() -> None:
        nonlocal inside
        async with writers.turn(DATABASE):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(write() for _ in range(100)))


async def test_databases_do_not_wait_for_each_other(writers: Writers) -> None:
    async with asyncio.timeout(5), writers.turn("one"), writers.turn("two"):
        assert writers.state("one").holder is not None
        assert writers.state("two").holder is not None


@pytest.mark.parametrize("quitter", [1, 2, 3], ids=["first", "middle", "last"])
async def test_one_who_waits_may_give_up(writers: Writers, quitter: int) -> None:
    order: list[str] = []
    line = await line_up(writers, "abcd", order)
    line[quitter].task.cancel()
    await asyncio.wait({line[quitter].task})
    assert line[quitter].task.cancelled()
    assert len(writers.state(DATABASE).waiting) == 2
    await finish_all(line)
    assert order == [label for index, label in enumerate("abcd") if index != quitter]


async def test_giving_up_just_before_the_turn_comes(writers: Writers) -> None:
    order: list[str] = []
    line = await line_up(writers, "abc", order)
    line[0].finish()
    await asyncio.sleep(0)  # the holder's task is due, but has not run yet
    line[1].task.cancel()
    await finish_all(line)
    assert line[1].task.cancelled()
    assert order[-1] == "c"
    assert writers.state(DATABASE) == QueueState(None)


@pytest.mark.parametrize("steps", range(6))
async def test_giving_up_in_the_moment_of_the_hand_over(writers: Writers, steps: int) -> None:
    order: list[str] = []
    line = await line_up(writers, "abc", order)
    line[0].finish()
    for _ in range(steps):
        await asyncio.sleep(0)
    line[1].task.cancel()
    await finish_all(line)
    assert line[1].task.cancelled() or "b" in order
    assert order[-1] == "c"
    assert writers.state(DATABASE) == QueueState(None)


async def test_the_holder_and_the_next_give_up_at_once(writers: Writers) -> None:
    order: list[str] = []
    line = await line_up(writers, "abc", order)
    line[1].task.cancel()
    line[0].task.cancel()
    await finish_all(line)
    assert [writer.task.cancelled() for writer in line] == [True, True, False]
    assert order == ["a", "c"]


async def test_a_failure_inside_gives_the_turn_back(writers: Writers) -> None:
    with pytest.raises(ZeroDivisionError):
        async with writers.turn(DATABASE):
            _ = 1 // 0
    async with asyncio.timeout(5), writers.turn(DATABASE):
        pass


async def test_the_wait_has_a_limit(tmp_path: Path) -> None:
    writers = Writers(tmp_path, limit=0.05)
    async with writers.turn(DATABASE, "long"):
        with pytest.raises(TurnTimeout, match=r"0\.05 s"):
            async with writers.turn(DATABASE):
                pytest.fail("two have the turn")
        assert writers.state(DATABASE) == QueueState("long")
    async with writers.turn(DATABASE):
        pass


async def test_every_change_of_the_line_is_told(writers: Writers) -> None:
    told: list[QueueState] = []
    writers.on_change = lambda _, state: told.append(state)
    order: list[str] = []
    await finish_all(await line_up(writers, "ab", order))
    assert told == [QueueState("a"), QueueState("a", ("b",)), QueueState("b"), QueueState(None)]


async def test_another_process_is_waited_for_and_seen(tmp_path: Path, eventually: Eventually) -> None:
    writers = Writers(tmp_path)
    told: list[QueueState] = []
    writers.on_change = lambda _, state: told.append(state)
    async with holder_process(tmp_path) as process:
        order: list[str] = []
        writer = Writer(writers, "a", order)
        await eventually(lambda: writers.state(DATABASE).elsewhere)
        assert order == []
        process.kill()
        await eventually(lambda: order == ["a"])
    assert [state.elsewhere for state in told] == [False, True, False]
    await finish_all([writer])


async def test_a_wait_for_another_process_has_the_limit_too(tmp_path: Path) -> None:
    async with holder_process(tmp_path):
        with pytest.raises(TurnTimeout):
            async with Writers(tmp_path, limit=0.05).turn(DATABASE):
                pytest.fail("two have the turn")


async def test_a_wait_for_another_process_can_be_given_up(tmp_path: Path, eventually: Eventually) -> None:
    writers = Writers(tmp_path)
    async with holder_process(tmp_path):
        order: list[str] = []
        writer = Writer(writers, "a", order)
        await eventually(lambda: writers.state(DATABASE).elsewhere)
        writer.task.cancel()
        await asyncio.wait({writer.task})
        assert writers.state(DATABASE) == QueueState(None)


async def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    async with holder_process(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with asyncio.timeout(5), Writers(tmp_path).turn(DATABASE):
        pass


async def test_processes_count_without_losing_any(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", COUNTING, str(tmp_path / "locks"), str(counter)]
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(4)]
    assert [await process.wait() for process in processes] == [0] * 4
    assert counter.read_text() == "200"


async def test_one_with_much_to_write_lets_others_in(tmp_path: Path) -> None:
    """Two copies of the program, as far as locks are concerned."""
    busy, other = Writers(tmp_path), Writers(tmp_path)
    is_done = asyncio.Event()

    async def write_on_and_on() -> None:
        while not is_done.is_set():
            async with busy.turn(DATABASE):
                await asyncio.sleep(0)

    writing = asyncio.create_task(write_on_and_on())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        for _ in range(3):
            async with other.turn(DATABASE):
                pass
    is_done.set()
    await writing


async def test_without_its_directory_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writers = Writers(tmp_path / "file")
    with pytest.raises(StorageError, match="lock cannot be opened"):
        async with writers.turn(DATABASE):
            pytest.fail("written without a lock")
    assert writers.state(DATABASE) == QueueState(None)


async def test_busy_is_tried_again() -> None:
    answers: list[Busy | str] = [Busy("database is locked"), Busy("database is locked"), "done"]

    async def write() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Busy):
            raise answer
        return answer

    assert await while_busy(write) == "done"


async def test_busy_inside_a_transaction_is_not_tried_again() -> None:
    attempts = 0

    async def write() -> None:
        nonlocal attempts
        attempts += 1
        raise Busy("database is locked")

    with pytest.raises(Busy):
        await while_busy(write, once=True)
    assert attempts == 1
