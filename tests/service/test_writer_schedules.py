"""The turn under every order of events: one at a time, in order, and everyone who stays gets it."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turso_tui.service.queue_line import DOORS
from turso_tui.service.queue_state import QueueState
from turso_tui.service.writer import Writers

DATABASE = "sql:db.example"


@dataclass
class Writer:
    """Someone who wants the turn, and notes down when they have it."""

    copy: int
    task: asyncio.Task[None] | None = None
    may_leave: asyncio.Event = field(default_factory=asyncio.Event)
    is_cancelled: bool = False
    had_turn: bool = False


class Story:
    """Writers of two copies of the program who come, leave and give up."""

    def __init__(self, directory: Path, places: int) -> None:
        self.copies = [Writers(directory, places=places) for _ in range(2)]
        self.everyone: list[Writer] = []
        self.order: list[Writer] = []
        self.inside: list[Writer] = []

    async def come(self, copy: int) -> None:
        writer = Writer(copy)
        self.everyone.append(writer)
        writer.task = asyncio.create_task(self._write(writer))

    async def leave(self, who: int) -> None:
        if self.everyone:
            self.everyone[who % len(self.everyone)].may_leave.set()

    async def give_up(self, who: int) -> None:
        if self.everyone:
            writer = self.everyone[who % len(self.everyone)]
            assert writer.task is not None
            writer.is_cancelled = writer.task.cancel() or writer.is_cancelled

    async def pass_time(self, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)

    async def end(self) -> None:
        for writer in self.everyone:
            writer.may_leave.set()
        tasks = [writer.task for writer in self.everyone if writer.task is not None]
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)

    async def _write(self, writer: Writer) -> None:
        async with self.copies[writer.copy].turn(DATABASE):
            writer.had_turn = True
            self.order.append(writer)
            self.inside.append(writer)
            assert self.inside == [writer]
            try:
                await writer.may_leave.wait()
            finally:
                self.inside.remove(writer)


EVENTS = st.one_of(
    st.tuples(st.just("come"), st.integers(0, 1)),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("give_up"), st.integers(0, 9)),
    st.tuples(st.just("pass_time"), st.integers(1, 12)),
)


async def tell(events: list[tuple[str, int]], directory: Path, places: int) -> Story:
    story = Story(directory, places)
    for event, number in events:
        await getattr(story, event)(number)
    await story.end()
    return story


def check(story: Story, directory: Path) -> None:
    assert all(writer.had_turn or writer.is_cancelled for writer in story.everyone)
    for writer in story.everyone:
        assert writer.task is not None
        assert writer.task.cancelled() or writer.task.exception() is None
    assert [copy.state(DATABASE) for copy in story.copies] == [QueueState()] * 2
    assert not directory.exists() or [path.name for path in directory.iterdir()] in ([], [DOORS])


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, min_size=4, max_size=25))
def test_all_come_in_one_order(events: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "lines")
        story = asyncio.run(tell(events, directory, places=16))
        check(story, directory)
        assert story.order == [writer for writer in story.everyone if writer.had_turn]


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, min_size=4, max_size=25), st.integers(1, 3))
def test_each_copy_keeps_its_order_when_places_are_few(events: list[tuple[str, int]], places: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder, "lines")
        story = asyncio.run(tell(events, directory, places))
        check(story, directory)
        for copy in range(2):
            ours = [writer for writer in story.everyone if writer.had_turn and writer.copy == copy]
            assert [writer for writer in story.order if writer.copy == copy] == ours


@pytest.mark.parametrize("steps", range(14))
@pytest.mark.parametrize("copies", [(0, 0, 0), (0, 1, 0), (0, 1, 1)], ids=["one copy", "in between", "both behind"])
@pytest.mark.parametrize("places", [1, 16])
async def test_giving_up_in_each_moment_of_the_hand_over(
    tmp_path: Path, steps: int, copies: tuple[int, ...], places: int
) -> None:
    """The second gives up some steps of the event loop after the first has left."""
    events = [("come", copy) for copy in copies]
    events += [("pass_time", 10), ("leave", 0), ("pass_time", steps + 1), ("give_up", 1)]
    story = await tell(events, tmp_path / "lines", places)
    check(story, tmp_path / "lines")
    assert story.order[0] is story.everyone[0]
    assert story.everyone[2].had_turn


@pytest.mark.parametrize("steps", range(6))
async def test_giving_up_while_someone_else_is_at_the_door(
    tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door is shut for the first tries; the first gives up at one of them, the second stays."""
    shut = iter([False] * 4)
    monkeypatch.setattr("turso_tui.service.queue_line._try_lock", lambda *_: next(shut, True))
    monkeypatch.setattr("turso_tui.service.queue_line.FIRST_PAUSE", 0)
    events = [("come", 0), ("come", 0), ("pass_time", steps), ("give_up", 0)]
    story = await tell(events, tmp_path / "lines", 16)
    check(story, tmp_path / "lines")
    assert story.everyone[1].had_turn


async def test_who_waits_at_the_door_is_not_overtaken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = iter([False])
    monkeypatch.setattr("turso_tui.service.queue_line._try_lock", lambda *_: next(shut, True))
    story = await tell([("come", 0), ("come", 0), ("come", 0)], tmp_path / "lines", 16)
    assert story.order == story.everyone
