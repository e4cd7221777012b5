"""The line on disk: who waits for whom, and what stays behind."""

import asyncio
import os
import select
from pathlib import Path

from turso_tui.service.queue_line import DOORS, Line, Ticket, lines


async def enter(line: Line, count: int) -> list[Ticket]:
    return [await line.enter(b"%d" % number) for number in range(count)]


def has_ended(end: int) -> bool:
    poll = select.poll()
    poll.register(end)
    return bool(poll.poll(0))


def open_files() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 -- it lists itself, whoever does it


async def test_each_waits_for_the_nearest_only(tmp_path: Path) -> None:
    """So who leaves wakes one, however many stand in line."""
    line = Line(tmp_path, "0" * 32)
    first, second, third = await enter(line, 3)
    ahead = line.ahead_of(third.number)
    assert ahead is not None
    first.leave()
    assert not has_ended(ahead)
    second.leave()
    assert has_ended(ahead)
    assert line.ahead_of(third.number) is None
    os.close(ahead)
    third.leave()


async def test_the_living_are_seen_in_order_past_the_ninth(tmp_path: Path) -> None:
    line = Line(tmp_path, "0" * 32)
    tickets = await enter(line, 12)
    assert [int(record) for _, record in line.records()] == list(range(12))
    tickets[3].leave()
    assert [int(record) for _, record in line.records()] == [0, 1, 2, *range(4, 12)]
    for ticket in tickets:
        ticket.leave()


async def test_leaving_twice_takes_nobody_elses_place(tmp_path: Path) -> None:
    line = Line(tmp_path, "0" * 32)
    (first,) = await enter(line, 1)
    first.leave()
    (second,) = await enter(line, 1)
    first.leave()
    assert [number for number, _ in line.records()] == [second.number]
    second.leave()


async def test_no_open_file_is_left(tmp_path: Path) -> None:
    line = Line(tmp_path, "0" * 32)
    before = open_files()
    for _ in range(3):
        tickets = await enter(line, 4)
        waits = [asyncio.create_task(ticket.reach_front()) for ticket in tickets]
        await asyncio.sleep(0)
        waits[2].cancel()
        for ticket in tickets:
            ticket.leave()
        await asyncio.wait(waits)
        line.records()
        line.sweep()
    assert open_files() == before


async def test_a_dead_ticket_holds_no_file_of_who_looks_at_it(tmp_path: Path) -> None:
    line = Line(tmp_path, "0" * 32)
    os.mkfifo(tmp_path / f"{'0' * 32}.1.00000000")
    before = open_files()
    line.records()
    line.sweep()
    assert open_files() == before
    assert [path.name for path in tmp_path.iterdir()] == [DOORS]


async def test_lines_are_told_apart_and_strangers_are_none(tmp_path: Path) -> None:
    one, two = Line.of(tmp_path, "sql:one"), Line.of(tmp_path, "sql:two")
    tickets = [*await enter(one, 1), *await enter(two, 2)]
    (tmp_path / "socket").touch()
    assert {line.name for line in lines(tmp_path)} == {one.name, two.name}
    assert [len(line.records()) for line in (one, two)] == [1, 2]
    for ticket in tickets:
        ticket.leave()
    assert lines(tmp_path) == []
