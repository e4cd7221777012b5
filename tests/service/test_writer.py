"""The writer's turn in one process: in order, seen, cancellable at any moment."""

import asyncio
import errno
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from turso_tui.errors import StorageError, TurnTimeout
from turso_tui.service.queue_line import DOORS
from turso_tui.service.queue_state import Position, QueueState
from turso_tui.service.writer import Writers

DATABASE = "sql:db.example"
NOBODY = QueueState()


@pytest.fixture
def writers(tmp_path: Path) -> Writers:
    return Writers(tmp_path / "lines")


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
    async with asyncio.timeout(30):
        while order != [labels[0]] or len(writers.state(DATABASE).waiting) < len(labels) - 1:  # noqa: ASYNC110
            await asyncio.sleep(0)
    return line


async def finish_all(line: list[Writer]) -> None:
    for writer in line:
        writer.finish()
    await asyncio.wait_for(asyncio.gather(*(writer.task for writer in line), return_exceptions=True), 5)


def labels(state: QueueState) -> list[str]:
    return [place.label for place in state.places]


def left_behind(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


class TestTurns:
    async def test_first_come_first_served(self, writers: Writers) -> None:
        order: list[str] = []
        line = await line_up(writers, "abcdef", order)
        assert labels(writers.state(DATABASE)) == list("abcdef")
        await finish_all(line)
        assert order == list("abcdef")
        assert writers.state(DATABASE) == NOBODY

    async def test_one_at_a_time(self, writers: Writers) -> None:
        inside = 0

        async def write() -> None:
            nonlocal inside
            async with writers.turn(DATABASE):
                inside += 1
                assert inside == 1
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(write() for _ in range(100)))

    async def test_databases_do_not_wait_for_each_other(self, writers: Writers) -> None:
        async with asyncio.timeout(30), writers.turn("one"), writers.turn("two"):
            assert writers.state("one").writing is not None
            assert writers.state("two").writing is not None

    async def test_a_free_turn_is_taken_without_a_pause(self, writers: Writers) -> None:
        turn = writers.turn(DATABASE)
        with pytest.raises(StopIteration):
            turn.__aenter__().send(None)  # the coroutine's first step is its last
        await turn.__aexit__(None, None, None)

    async def test_a_failure_inside_gives_the_turn_back(self, writers: Writers) -> None:
        with pytest.raises(ZeroDivisionError):
            async with writers.turn(DATABASE):
                _ = 1 // 0
        async with asyncio.timeout(30), writers.turn(DATABASE):
            pass

    async def test_what_fails_inside_is_not_taken_for_a_failure_of_the_turn(self, writers: Writers) -> None:
        for error in (TimeoutError("inside"), OSError("inside")):
            with pytest.raises(type(error), match="inside"):
                async with writers.turn(DATABASE):
                    raise error

    async def test_more_than_have_a_place_wait_outside_in_order(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path, places=2)
        order: list[str] = []
        line = await line_up(writers, "abcdef", order)
        assert len(list(tmp_path.glob("*.json"))) == 2
        assert labels(writers.state(DATABASE)) == list("abcdef")
        await finish_all(line)
        assert order == list("abcdef")

    async def test_a_thousand_writes_let_others_in_between(self, tmp_path: Path) -> None:
        """Two copies of the program, as far as the line is concerned."""
        order: list[str] = []
        many, other = Writers(tmp_path, places=4), Writers(tmp_path)
        line = await line_up(many, "aaaaaaaaaaaa", order)
        late = Writer(other, "b", order)
        await asyncio.sleep(0)
        await finish_all([*line, late])
        assert order.index("b") == 4

    async def test_one_with_much_to_write_lets_others_in(self, tmp_path: Path) -> None:
        busy, other = Writers(tmp_path), Writers(tmp_path)
        is_done = asyncio.Event()

        async def write_on_and_on() -> None:
            while not is_done.is_set():
                async with busy.turn(DATABASE):
                    await asyncio.sleep(0)

        writing = asyncio.create_task(write_on_and_on())
        await asyncio.sleep(0)
        async with asyncio.timeout(30):
            for _ in range(3):
                async with other.turn(DATABASE):
                    pass
        is_done.set()
        await writing

    async def test_two_copies_stand_in_one_line(self, tmp_path: Path) -> None:
        one, two = Writers(tmp_path), Writers(tmp_path)
        order: list[str] = []
        line = await line_up(one, "a", order)
        for label, writers in zip("bcdef", (two, one, two, two, one), strict=True):
            line.append(Writer(writers, label, order))
            await asyncio.sleep(0)
        assert labels(one.state(DATABASE)) == labels(two.state(DATABASE)) == list("abcdef")
        await finish_all(line)
        assert order == list("abcdef")

    async def test_who_has_left_leaves_nothing(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path)
        order: list[str] = []
        line = await line_up(writers, "abcd", order)
        line[2].task.cancel()
        await finish_all(line)
        assert left_behind(tmp_path) == [DOORS]


class TestGivingUp:
    @pytest.mark.parametrize("quitter", [1, 2, 3], ids=["first", "middle", "last"])
    async def test_one_who_waits_may_give_up(self, writers: Writers, quitter: int) -> None:
        order: list[str] = []
        line = await line_up(writers, "abcd", order)
        line[quitter].task.cancel()
        await asyncio.wait({line[quitter].task})
        assert line[quitter].task.cancelled()
        assert len(writers.state(DATABASE).waiting) == 2
        await finish_all(line)
        assert order == [label for index, label in enumerate("abcd") if index != quitter]

    async def test_the_holder_and_the_next_give_up_at_once(self, writers: Writers) -> None:
        order: list[str] = []
        line = await line_up(writers, "abc", order)
        line[1].task.cancel()
        line[0].task.cancel()
        await finish_all(line)
        assert [writer.task.cancelled() for writer in line] == [True, True, False]
        assert order == ["a", "c"]

    async def test_the_wait_has_a_limit(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path, limit=0.05)
        async with writers.turn(DATABASE, "long"):
            with pytest.raises(TurnTimeout, match=r"0\.05 s"):
                async with writers.turn(DATABASE):
                    pytest.fail("two have the turn")
            assert labels(writers.state(DATABASE)) == ["long"]
        async with writers.turn(DATABASE):
            pass

    async def test_the_wait_outside_has_the_limit_too(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path, limit=0.05, places=1)
        async with writers.turn(DATABASE):
            with pytest.raises(TurnTimeout):
                async with writers.turn(DATABASE):
                    pytest.fail("two have the turn")

    async def test_without_patience_a_free_turn_is_taken_all_the_same(self, tmp_path: Path) -> None:
        async with Writers(tmp_path, limit=0).turn(DATABASE, "a"):
            assert labels(Writers(tmp_path).state(DATABASE)) == ["a"]


class TestSeeing:
    async def test_what_one_writes_and_since_when(self, tmp_path: Path) -> None:
        now = 100.0
        writers = Writers(tmp_path, clock=lambda: now, program="turso-tui mcp")
        async with writers.turn(DATABASE, "pane 2", "UPDATE t SET a = 1"):
            now = 103.0
            place = Writers(tmp_path).state(DATABASE).writing
            assert place is not None
            assert (place.database, place.pid, place.program) == (DATABASE, os.getpid(), "turso-tui mcp")
            assert (place.label, place.statement, place.seconds(now)) == ("pane 2", "UPDATE t SET a = 1", 3.0)

    async def test_only_the_beginning_of_a_statement_is_written_down(self, tmp_path: Path) -> None:
        async with Writers(tmp_path).turn(DATABASE, "", "x" * 201):
            assert Writers(tmp_path).state(DATABASE).places[0].statement == "x" * 200

    @pytest.mark.parametrize(("statement", "private"), [("SELECT 'secret'", True), (" SELECT 'secret'", False)])
    async def test_a_secret_is_kept_back(self, tmp_path: Path, statement: str, private: bool) -> None:
        writers = Writers(tmp_path)
        async with writers.turn(DATABASE, "", statement, private=private) as turn:
            turn.note(statement, private=private)
            assert writers.state(DATABASE).places[0].statement is None
            assert not any(b"secret" in path.read_bytes() for path in tmp_path.glob("*.json"))

    async def test_only_its_owner_may_look(self, tmp_path: Path) -> None:
        directory = tmp_path / "lines"
        directory.mkdir(mode=0o755)
        async with Writers(directory).turn(DATABASE, "", "UPDATE t SET a = 1"):
            assert directory.stat().st_mode & 0o777 == 0o700
            assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}

    async def test_the_next_statement_of_the_same_turn(self, tmp_path: Path) -> None:
        async with Writers(tmp_path).turn(DATABASE, "transaction", "BEGIN IMMEDIATE") as turn:
            turn.note("DELETE FROM t")
            assert Writers(tmp_path).state(DATABASE).places[0].statement == "DELETE FROM t"

    async def test_what_cannot_be_noted_does_not_stop_the_write(self, tmp_path: Path) -> None:
        async with Writers(tmp_path).turn(DATABASE, "transaction", "BEGIN") as turn:
            (record,) = tmp_path.glob("*.json")
            record.unlink()
            record.mkdir()
            turn.note("DELETE FROM t")
            record.rmdir()

    async def test_ones_own_position(self, tmp_path: Path) -> None:
        now = 100.0
        one, two = Writers(tmp_path, clock=lambda: now), Writers(tmp_path)
        order: list[str] = []
        line = await line_up(one, "a", order)
        line += [Writer(two, "b", order), Writer(one, "c", order), Writer(one, "d", order)]
        await asyncio.sleep(0)
        assert one.state(DATABASE).position() == Position(2, 100.0)
        assert one.state(DATABASE).position("d") == Position(3, 100.0)
        assert one.state(DATABASE).position("a") is None
        assert not one.state(DATABASE).elsewhere
        assert two.state(DATABASE).elsewhere
        await finish_all(line)

    async def test_a_place_that_one_has_given_up_is_not_ones_own_when_another_takes_it(self, tmp_path: Path) -> None:
        one, two = Writers(tmp_path), Writers(tmp_path)
        order: list[str] = []
        line = await line_up(one, "abc", order)
        line[2].task.cancel()
        await asyncio.wait({line[2].task})
        line.append(Writer(two, "d", order))
        await asyncio.sleep(0)
        assert [place.mine for place in one.state(DATABASE).places] == [True, True, False]
        await finish_all(line)

    async def test_since_when_one_has_the_turn_is_not_since_when_one_waits(self, tmp_path: Path) -> None:
        now = 100.0
        writers = Writers(tmp_path, clock=lambda: now)
        order: list[str] = []
        line = await line_up(writers, "ab", order)
        now = 107.0
        line[0].finish()
        await asyncio.wait({line[0].task})
        async with asyncio.timeout(30):
            while order != ["a", "b"]:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert [place.since for place in writers.state(DATABASE).places] == [107.0]
        await finish_all(line)

    async def test_every_change_of_the_line_is_told(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path, clock=lambda: 0.0)
        told: list[QueueState] = []
        writers.on_change = lambda _, state: told.append(state)
        order: list[str] = []
        await finish_all(await line_up(writers, "ab", order))
        assert [labels(state) for state in told] == [["a"], ["a", "b"], ["b"], []]

    async def test_watching_tells_ours_at_once_and_others_when_it_looks_again(self, tmp_path: Path) -> None:
        writers, other = Writers(tmp_path), Writers(tmp_path)
        async with asyncio.timeout(30), aclosing(writers.changes(DATABASE, look_again=0.01)) as changes:
            assert await anext(changes) == NOBODY
            async with writers.turn(DATABASE, "a"):
                assert labels(await anext(changes)) == ["a"]
            assert await anext(changes) == NOBODY
            async with other.turn(DATABASE, "b"):
                assert labels(await anext(changes)) == ["b"]
            assert await anext(changes) == NOBODY

    async def test_a_stranger_in_the_directory_is_no_writer(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path)
        async with writers.turn(DATABASE, "a"):
            (record,) = tmp_path.glob("*.json")
            record.write_bytes(b"\xff not ours")
            (tmp_path / "socket").touch()
            assert labels(writers.state(DATABASE)) == ["unreadable"]


class TestTheDirectory:
    async def test_without_it_nothing_is_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        writers = Writers(tmp_path / "file")
        with pytest.raises(StorageError, match="line cannot be entered"):
            async with writers.turn(DATABASE):
                pytest.fail("written without a line")
        assert writers.state(DATABASE) == NOBODY

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EMFILE], ids=["full", "read-only", "files"])
    @pytest.mark.parametrize("call", ["mkfifo", "write"])
    async def test_a_disk_that_refuses_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
    ) -> None:
        def refuse(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        writers = Writers(tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            with pytest.raises(StorageError, match=os.strerror(code)):
                async with writers.turn(DATABASE):
                    pytest.fail("written without a line")
        assert left_behind(tmp_path) == [DOORS]
        async with asyncio.timeout(30), writers.turn(DATABASE):
            pass

    async def test_somebody_elses_is_not_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
        with pytest.raises(StorageError, match="belongs to another user"):
            async with Writers(tmp_path).turn(DATABASE):
                pytest.fail("written where others could look")

    async def test_it_may_go_away_between_two_turns(self, tmp_path: Path) -> None:
        writers = Writers(tmp_path / "lines")
        async with writers.turn(DATABASE):
            pass
        (tmp_path / "lines" / DOORS).unlink()
        (tmp_path / "lines").rmdir()
        async with writers.turn(DATABASE, "a"):
            assert labels(writers.state(DATABASE)) == ["a"]
