"""Pieces of an answer: joined where they are many, at once where there is one, never lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.hrana.gathering import MOST_BYTES, gathered


async def sent(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def read(pieces: AsyncIterator[bytes]) -> list[bytes]:
    async with gathered(pieces) as joined:
        return [whole async for whole in joined]


@given(st.lists(st.binary(max_size=8)))
async def test_every_byte_arrives_in_order(pieces: list[bytes]) -> None:
    assert b"".join(await read(sent(*pieces))) == b"".join(pieces)


async def test_what_is_there_already_comes_in_one() -> None:
    assert await read(sent(*[b"row"] * 1000)) == [b"row" * 1000]


async def test_what_is_there_is_not_held_back_for_what_is_not() -> None:
    more = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"first"
        await more.wait()
        yield b"second"

    async with gathered(slowly()) as joined:
        assert await anext(joined) == b"first"
        more.set()
        assert await anext(joined) == b"second"


async def test_a_failure_comes_after_what_arrived_before_it() -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"first"
        raise ConnectionError

    async with gathered(breaking()) as joined:
        assert await anext(joined) == b"first"
        with pytest.raises(ConnectionError):
            await anext(joined)


async def test_it_does_not_run_far_ahead_of_a_slow_reader() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(MOST_BYTES // 10)
            await asyncio.sleep(0)

    async with gathered(endless()) as joined:
        await anext(joined)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert taken <= 12


async def test_leaving_early_stops_the_fetching() -> None:
    stopped = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with gathered(endless()) as joined:
        await anext(joined)
    assert stopped.is_set()
