"""What the numbers of a block add up to, exactly, whichever way is taken to read them."""

import math
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_views import Order
from turso_tui.service.sums import Sums, summed
from turso_tui.values import Column, Row, Value

LARGE = [2**63 - 1, -(2**63), 2**53 + 1]
VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([*LARGE, None, "7", "", b"1", 0.5, -1e300, 0.1]),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


async def filled(store: ResultStore, rows: list[Row]) -> ResultSet:
    result = await store.create([Column(f"c{place}") for place in range(len(rows[0]) if rows else 1)])
    await result.append(rows)
    result.finish()
    return result


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8))
async def test_few_cells_and_many_are_added_up_alike_and_integers_exactly(store: ResultStore, rows: list[Row]) -> None:
    few = await summed(await filled(store, rows), 0, len(rows), [0, 1])
    times = 2000
    result = await filled(store, rows * times)
    many = await summed(result, 0, result.row_count, [0, 1])
    numbers = [value for row in rows for value in row if isinstance(value, int | float)]
    assert (few.cells, few.numbers) == (2 * len(rows), len(numbers))
    assert (many.cells, many.numbers) == (few.cells * times, few.numbers * times)
    assert (many.least, many.greatest) == (few.least, few.greatest)
    assert few.least == min(numbers, default=None)
    if all(isinstance(value, int) for value in numbers):
        assert few.total == sum(numbers)
        assert many.total == sum(numbers) * times
        assert isinstance(many.total, int)
    else:
        exact = sum(map(Fraction, numbers), Fraction())
        assert few.total == float(exact)
        assert math.isclose(many.total, float(exact * times), rel_tol=1e-9, abs_tol=1e290)
    await result.drop()


async def test_only_the_block_is_added_up_in_the_order_on_show(store: ResultStore) -> None:
    result = await filled(store, [(number, -number) for number in range(10_000)])
    view = await result.view([Order(0, descending=True)])
    sums = await summed(view, 0, 3_000, [0])
    assert sums == Sums(3_000, 3_000, sum(range(7_000, 10_000)), 7_000, 9_999)
    assert sums.mean == sum(range(7_000, 10_000)) / 3_000


@pytest.mark.parametrize("times", [1, 3_000])
async def test_an_infinity_whose_sign_nobody_knows_is_not_left_out(store: ResultStore, times: int) -> None:
    rows: list[Row] = [(1,), (math.nan,)]
    result = await filled(store, rows * times)
    sums = await summed(result, 0, result.row_count, [0])
    assert sums.numbers == 2 * times
    assert math.isnan(sums.total)


def values(*given: Value) -> list[Row]:
    return [(value,) for value in given]


@pytest.mark.parametrize(
    ("rows", "mean"),
    [
        (values(1, 2), 1.5),
        (values(2**62, 2**62 + 2), 2**62 + 1),
        (values(1, "x", None), 1),
        (values("x", None), None),
        (values(0.1, 0.2), 0.15000000000000002),
    ],
)
async def test_the_mean_is_of_the_numbers_alone(store: ResultStore, rows: list[Row], mean: float | None) -> None:
    assert (await summed(await filled(store, rows), 0, len(rows), [0])).mean == mean
