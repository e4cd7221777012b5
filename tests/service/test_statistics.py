"""What a column holds, counted."""

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_conditions import read_condition
from turso_tui.service.statistics import BUCKETS, statistics
from turso_tui.values import Column, Value

A = Column("a")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


async def column(store: ResultStore, *values: Value) -> ResultSet:
    result = await store.create([A])
    await result.append([(value,) for value in values])
    result.finish()
    return result


async def test_every_kind_is_counted_and_the_ends_are_by_sqlites_order(store: ResultStore) -> None:
    found = await statistics(await column(store, None, 1, 2.5, "x", b"y", "x", None), 0)
    assert (found.rows, found.nulls, found.distinct) == (7, 2, 4)
    assert found.kinds == {"blob": 1, "integer": 1, "null": 2, "real": 1, "text": 2}
    assert (found.minimum, found.maximum, found.mean) == (1, b"y", 1.75)
    assert found.common == [("x", 2)]


async def test_numbers_are_spread_over_buckets_that_hold_all_of_them(store: ResultStore) -> None:
    found = await statistics(await column(store, *range(120), "text", math.inf), 0)
    assert [bucket.count for bucket in found.buckets] == [10] * BUCKETS
    assert (found.buckets[0].low, found.buckets[-1].high) == (0.0, 119.0)


@pytest.mark.parametrize("values", [(), (None,), ("a", "b"), (5, 5.0), (math.inf, -math.inf)])
async def test_without_two_different_numbers_there_are_no_buckets(
    store: ResultStore, values: tuple[Value, ...]
) -> None:
    found = await statistics(await column(store, *values), 0)
    assert found.buckets == ()
    assert found.rows == len(values)


@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**63 - 1))))
async def test_no_number_is_left_out(store: ResultStore, values: list[Value]) -> None:
    result = await column(store, *values)
    found = await statistics(result, 0)
    if found.buckets:
        assert sum(bucket.count for bucket in found.buckets) == len(values)
    await result.drop()


async def test_a_view_is_described_by_its_rows(store: ResultStore) -> None:
    result = await column(store, *range(10))
    found = await statistics(await result.view((), read_condition("a >= 8", [A])), 0)
    assert (found.rows, found.minimum, found.maximum) == (2, 8, 9)


async def test_an_empty_view_has_nothing_to_describe(store: ResultStore) -> None:
    result = await column(store, 1)
    found = await statistics(await result.view((), read_condition("a > 8", [A])), 0)
    assert (found.rows, found.distinct, found.minimum) == (0, 0, None)
