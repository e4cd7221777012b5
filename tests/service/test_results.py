"""Results on disk: exact, windowed while they grow, and gone with their process."""

import asyncio
import math
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turso_tui.errors import ConnectionLost, StorageError
from turso_tui.service.results import ResultStore, sweep
from turso_tui.values import Column, Row, Value

A, B = Column("a"), Column("b", "TEXT")
values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(codec="utf-8")),
    st.binary(),
)
HOLDING = """
import sys
from pathlib import Path
from turso_tui.service.results import ResultStore

store = ResultStore(Path(sys.argv[1]))
print("holding", flush=True)
sys.stdin.read()
"""


def exactly(rows: Sequence[Row]) -> list[list[tuple[type, object]]]:
    """Comparable without 1 == 1.0, 0.0 == -0.0 and NaN != NaN."""

    def exact(value: Value) -> tuple[type, object]:
        if isinstance(value, float):
            return float, "nan" if math.isnan(value) else struct.pack("d", value)
        return type(value), value

    return [[exact(value) for value in row] for row in rows]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "scratch") as store:
        yield store


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


@given(st.lists(st.tuples(values, values), max_size=5), st.lists(st.tuples(values, values), max_size=5))
@example([(2**63 - 1, -(2**63)), (math.nan, None), (None, math.nan)], [("a\0b", b"\0\xff"), (-0.0, math.inf)])
async def test_every_value_comes_back_exactly(shared_store: ResultStore, first: list[Row], then: list[Row]) -> None:
    result = await shared_store.create([A, B])
    await result.append(first)
    await result.append(then)
    assert exactly(result.rows(0, 100)) == exactly([*first, *then])
    await result.drop()


async def test_a_window_is_what_there_is_of_it(store: ResultStore) -> None:
    result = await store.create([A])
    await result.append([(n,) for n in range(10)])
    assert result.rows(3, 5) == [(3,), (4,)]
    assert result.rows(8, 100) == [(8,), (9,)]
    assert result.rows(10, 20) == []
    assert result.rows(5, 5) == []


async def test_it_can_be_read_while_it_grows(store: ResultStore) -> None:
    result = await store.create([A])

    async def grow() -> None:
        for start in range(0, 5000, 500):
            await result.append([(n,) for n in range(start, start + 500)])
        result.finish()

    growing = asyncio.create_task(grow())
    seen = set()
    while not growing.done():
        count = result.row_count
        seen.add(count)
        assert result.rows(max(0, count - 3), count) == [(n,) for n in range(max(0, count - 3), count)]
        await asyncio.sleep(0)
    await growing
    assert result.complete
    assert result.rows(4999, 5000) == [(4999,)]
    assert len(seen) > 2


async def test_two_results_do_not_mix(store: ResultStore) -> None:
    one, two = await store.create([A]), await store.create([A, B])
    await asyncio.gather(*(one.append([(n,)]) for n in range(20)), *(two.append([(n, "x")]) for n in range(20)))
    assert sorted(one.rows(0, 100)) == [(n,) for n in range(20)]
    assert sorted(two.rows(0, 100)) == [(n, "x") for n in range(20)]


async def test_a_result_that_is_only_a_part_says_why(store: ResultStore) -> None:
    result = await store.create([A])
    await result.append([(1,)])
    failure = ConnectionLost("The connection broke.")
    result.finish(failure)
    assert not result.complete
    assert result.failure is failure
    assert result.rows(0, 1) == [(1,)]


async def test_a_dropped_result_is_empty_and_its_space_is_used_again(store: ResultStore, tmp_path: Path) -> None:
    for _ in range(5):
        result = await store.create([A])
        await result.append([(bytes(1_000_000),)])
        await result.drop()
        assert result.rows(0, 1) == []
    (database,) = tmp_path.glob("scratch/results-*/results.db")
    assert database.stat().st_size < 3_000_000


async def test_no_columns_and_the_most_columns(store: ResultStore) -> None:
    nothing = await store.create([])
    await nothing.append([(), ()])
    assert (nothing.row_count, nothing.rows(0, 2)) == (2, [])
    wide = await store.create([A] * 2000)
    await wide.append([tuple(range(2000))])
    assert wide.rows(0, 1) == [tuple(range(2000))]
    with pytest.raises(StorageError, match="2001 columns"):
        await store.create([A] * 2001)


async def test_a_full_disk_leaves_the_rows_before(store: ResultStore) -> None:
    result = await store.create([A])
    await result.append([(1,), (math.nan,)])
    await store.work(lambda: store.execute("PRAGMA max_page_count = 50"))
    with pytest.raises(StorageError, match="disk is full"):
        await result.append([(math.nan,), (bytes(1_000_000),)])
    assert result.row_count == 2
    assert exactly(result.rows(0, 10)) == exactly([(1,), (math.nan,)])
    await result.append([(None,), (4,)])
    assert result.rows(2, 4) == [(None,), (4,)], "what was not kept has left no trace"


async def test_a_cancelled_append_is_counted_as_a_whole_or_not_at_all(store: ResultStore) -> None:
    result = await store.create([A])
    await result.append([(0,)])
    appending = asyncio.create_task(result.append([(n,) for n in range(1, 100_000)]))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    assert result.rows(0, 10) == [(n,) for n in range(min(10, result.row_count))]
    assert result.row_count in {1, 100_000}


def test_only_the_owner_may_look_and_nothing_stays(tmp_path: Path) -> None:
    with ResultStore(tmp_path):
        (home,) = tmp_path.iterdir()
        assert home.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


async def test_what_a_killed_process_left_is_swept_and_a_living_one_keeps_its_own(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDING, str(tmp_path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"holding\n"
        (home,) = tmp_path.iterdir()
        sweep(tmp_path)
        assert (home / "results.db").exists()
    finally:
        process.kill()
        await process.wait()
    with ResultStore(tmp_path):
        assert not home.exists()


def test_a_folder_that_is_being_made_is_not_swept(tmp_path: Path) -> None:
    (tmp_path / "results-new").mkdir()
    sweep(tmp_path)
    assert (tmp_path / "results-new").exists()


def test_a_place_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be kept"):
        ResultStore(tmp_path / "file")
