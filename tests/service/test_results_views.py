"""A result in another order, a part of it, and what is found in it: right, in the background, and stoppable."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_conditions import read_condition, text_condition
from turso_tui.service.results_views import Order, find
from turso_tui.values import Column, Row, Value

A, B = Column("a"), Column("b")
MIXED: list[Value] = [None, 3, 2.5, -(2**63), 2**63 - 1, "10", "9", "ä", "", b"\x00", b"", math.inf, -math.inf]
MANY = 300_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "scratch") as store:
        yield store


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


async def filled(store: ResultStore, columns: Sequence[Column], rows: Sequence[Row]) -> ResultSet:
    result = await store.create(columns)
    await result.append(rows)
    result.finish()
    return result


async def matching(result: ResultSet, text: str) -> list[Value]:
    """The first column of what is left by a filter."""
    view = await result.view((), read_condition(text, result.columns))
    return [row[0] for row in view.rows(0, view.row_count)]


@asynccontextmanager
async def longest_stall() -> AsyncIterator[list[float]]:
    """How long the event loop kept others waiting meanwhile, in seconds."""
    stalls = [0.0]

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            stalls[0] = max(stalls[0], time.perf_counter() - before - 0.001)

    watching = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        watching.cancel()


def rank(value: Value) -> tuple[int, object]:
    """SQLite's order of values."""
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return (2, value.encode()) if isinstance(value, str) else (3, value)


@given(st.lists(st.sampled_from(MIXED), max_size=30), st.booleans())
async def test_it_sorts_as_sqlite_does_and_equal_rows_stay_as_they_came(
    shared_store: ResultStore, values: list[Value], descending: bool
) -> None:
    result = await filled(shared_store, [A, B], [(value, place) for place, value in enumerate(values)])
    view = await result.view([Order(0, descending)])
    expected = sorted(enumerate(values), key=lambda each: rank(each[1]), reverse=descending)
    if descending:  # reverse=True keeps equal ones as they came
        assert [row[1] for row in view.rows(0, 100)] == [place for place, _ in expected]
    assert [row[0] for row in view.rows(0, 100)] == [value for _, value in expected]
    assert view.places(0, 100) == [row[1] for row in view.rows(0, 100)]
    await result.drop()


async def test_it_sorts_by_several_columns(store: ResultStore) -> None:
    result = await filled(store, [A, B], [(1, "x"), (2, "y"), (1, "y"), (2, "x")])
    view = await result.view([Order(0), Order(1, descending=True)])
    assert view.rows(0, 10) == [(1, "y"), (1, "x"), (2, "y"), (2, "x")]


async def test_a_number_that_sqlite_cannot_keep_is_itself_in_every_order(store: ResultStore) -> None:
    result = await filled(store, [A, B], [(2, math.nan), (1, None)])
    view = await result.view([Order(0)])
    (_, none), (_, nan) = view.rows(0, 10)
    assert none is None
    assert isinstance(nan, float)
    assert math.isnan(nan)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 5", [6, 7.5]),
        ("amount >= 6 and amount < 7", [6]),
        ('"amount" = 6', [6, "6"]),
        ("AMOUNT <> 6", [1, 7.5, "zebra", "Ärger", "'"]),
        ("amount > 'm'", ["zebra", "Ärger"]),
        ("amount = zebra", ["zebra"]),
        ("amount contains EBR", ["zebra"]),
        ("amount is null", [None]),
        ("amount = null", [None]),
        ("amount is not null and amount < 5", [1]),
        ("amount = ''''", ["'"]),
        ("ärger", ["Ärger"]),
        ("ÄRGER", ["Ärger"]),
        ("7.5", [7.5]),
        ("%", []),
        ("amount > ", []),
        ("nothing > 5", []),
    ],
)
async def test_a_filter_is_a_condition_where_it_can_be_read_as_one_else_a_text(
    store: ResultStore, text: str, expected: list[Value]
) -> None:
    values: list[Value] = [1, 6, 7.5, None, "6", "zebra", "Ärger", "'"]
    result = await filled(store, [Column("amount")], [(value,) for value in values])
    assert await matching(result, text) == expected


async def test_bytes_are_found_in_blobs_and_texts_are_not(store: ResultStore) -> None:
    result = await filled(store, [A], [(b"\x00abc",), ("abc",)])
    assert await matching(result, "abc") == ["abc"]
    assert await matching(result, "x'6162'") == [b"\x00abc"]


async def test_a_text_is_found_behind_a_null_character(store: ResultStore) -> None:
    result = await filled(store, [A], [("a\0needle",)])
    assert await matching(result, "needle") == ["a\0needle"]


@pytest.mark.parametrize("name", ["count(*)", "two words", "a and b", "x > 1", "a's"])
async def test_any_column_name_can_be_asked_for(store: ResultStore, name: str) -> None:
    result = await filled(store, [Column("a"), Column(name)], [(1, 5), (2, 6)])
    assert await matching(result, f"{name} > 5" if name != "a and b" and "'" not in name else f'"{name}" > 5') == [2]


async def test_a_view_covers_what_was_there_when_it_was_made(store: ResultStore) -> None:
    result = await store.create([A])
    await result.append([(n,) for n in range(10)])
    view = await result.view((), read_condition("a >= 5", [A]))
    await result.append([(n,) for n in range(10, 20)])
    assert (view.row_count, view.covers, result.row_count) == (5, 10, 20)


async def test_two_thousand_columns_can_be_filtered_sorted_and_searched(store: ResultStore) -> None:
    columns = [Column(f"n{n}") for n in range(2000)]
    result = await filled(store, columns, [tuple(range(2000)), tuple("é" * 2000)])
    assert (await result.view([Order(1999)], text_condition("É", range(2000)))).row_count == 1
    assert await find(result, "É", 0, 0) == (1, 0)
    assert await find(result, "1999", 0, 0) == (0, 1999)


async def test_a_search_goes_right_then_down_then_on_from_the_top(store: ResultStore) -> None:
    result = await filled(store, [A, B], [("hit", "x"), ("x", "hit"), ("x", "x"), ("hit", "hit")])
    seen = []
    place: tuple[int, int] | None = (0, 0)
    for _ in range(4):
        assert place is not None
        place = await find(result, "HIT", *place)
        seen.append(place)
    assert seen == [(1, 1), (3, 0), (3, 1), (0, 0)]
    assert await find(result, "hit", 0, 0, backwards=True) == (3, 1)
    assert await find(result, "hit", 3, 0, backwards=True) == (1, 1)
    assert await find(result, "miss", 0, 0) is None


async def test_a_search_in_a_view_finds_rows_of_the_view(store: ResultStore) -> None:
    result = await filled(store, [A, B], [(1, "hit"), (2, "x"), (3, "hit")])
    view = await result.view([Order(0, descending=True)], read_condition("a > 1", [A]))
    assert await find(view, "hit", 1, 1) == (0, 1)
    assert view.rows(0, 1) == [(3, "hit")]


async def test_dropping_a_result_drops_its_views(store: ResultStore) -> None:
    result = await filled(store, [A], [(1,)])
    view = await result.view([Order(0)])
    await result.drop()
    assert view.rows(0, 10) == []


async def test_sorting_and_filtering_keep_nobody_waiting_and_stop_when_told(store: ResultStore) -> None:
    result = await store.create([A, B])
    for start in range(0, MANY, 50_000):
        await result.append([((n * 7919) % MANY, f"name {n}") for n in range(start, start + 50_000)])
    async with longest_stall() as stalls:
        view = await result.view([Order(0, descending=True)])
        filtered = await result.view((), read_condition("999", result.columns))
    assert view.rows(0, 1)[0][0] == MANY - 1
    assert 0 < filtered.row_count < MANY
    assert stalls[0] < 0.25, f"the event loop stood still for {stalls[0]:.3f} s"
    sorting = asyncio.create_task(result.view([Order(1)]))
    await asyncio.sleep(0.01)
    sorting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sorting
    left = await store.analyst.do(lambda raw: raw.execute("SELECT count(*) FROM sqlite_schema").get)
    assert left == 2, "only the two views that were finished"


async def test_rows_arrive_while_another_result_is_sorted(store: ResultStore) -> None:
    result = await filled(store, [A], [((n * 7919) % MANY,) for n in range(MANY)])
    growing = await store.create([A])
    sorting = asyncio.create_task(result.view([Order(0)]))
    while not sorting.done():
        await growing.append([(1,)])
    assert (await sorting).row_count == MANY
    assert growing.row_count > 1


async def test_results_no_longer_on_show_stay_while_they_are_few(store: ResultStore) -> None:
    results = [await filled(store, [A], [(n,)]) for n in range(20)]
    store.rename(results[0], "first")
    for result in results:
        await result.retire()
    assert [each.name for each in store.results] == ["first", *(f"r{n}" for n in range(5, 21))]
    assert results[0].rows(0, 1) == [(0,)]
