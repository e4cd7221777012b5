"""What differs between two results: exact, for any values, in the background, and stoppable."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError, StorageError
from turso_tui.service.comparison import became, compare
from turso_tui.service.comparison_key import guess_key
from turso_tui.service.comparison_sides import common_columns, left_out
from turso_tui.service.comparison_signs import ADDED, CHANGED, REMOVED
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.values import Column, Row, Value

A, B, C = Column("a"), Column("b"), Column("c")
TRICKY: list[Value] = [None, 0, 1, 1.0, "1", "", b"", b"1", "NULL", 2**63 - 1, 9.223372036854776e18, math.nan, math.inf]
VALUES = st.sampled_from(TRICKY)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


async def filled(store: ResultStore, columns: Sequence[Column], rows: Sequence[Row]) -> ResultSet:
    result = await store.create(columns)
    await result.append(rows)
    result.finish()
    return result


def told_apart(value: Value) -> tuple[str, str]:
    """Equal only for one value of one kind."""
    return type(value).__name__, repr(value)


def exactly(row: Sequence[Value]) -> tuple[tuple[str, str], ...]:
    return tuple(map(told_apart, row))


@given(st.lists(st.tuples(VALUES, VALUES), max_size=12), st.lists(st.tuples(VALUES, VALUES), max_size=12))
async def test_whole_rows_differ_as_two_bags_of_them_do(store: ResultStore, old: list[Row], new: list[Row]) -> None:
    before, after = await filled(store, [A, B], old), await filled(store, [A, B], new)
    found = await compare(before, after, ())
    rows = found.result.rows(0, found.result.row_count)
    bags = Counter(map(exactly, old)), Counter(map(exactly, new))
    signs: dict[str, Counter[tuple[tuple[str, str], ...]]] = {ADDED: Counter(), REMOVED: Counter()}
    for sign, times, *values in rows:
        assert isinstance(times, int)
        signs[str(sign)][exactly(values)] += times
    assert signs == {ADDED: bags[1] - bags[0], REMOVED: bags[0] - bags[1]}
    assert (found.added, found.removed, found.changed) == (signs[ADDED].total(), signs[REMOVED].total(), 0)
    assert found.same == (bags[0] & bags[1]).total()
    await asyncio.gather(*(result.drop() for result in (before, after, found.result)))


@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12, unique_by=lambda row: exactly(row[:2])),
    st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12, unique_by=lambda row: exactly(row[:2])),
)
async def test_rows_that_belong_together_are_changed_and_the_others_came_or_went(
    store: ResultStore, old: list[Row], new: list[Row]
) -> None:
    before, after = await filled(store, [A, B, C], old), await filled(store, [A, B, C], new)
    found = await compare(before, after, (0, 1))
    was, now = ({exactly(row[:2]): row for row in rows} for rows in (old, new))
    expected = [(REMOVED, None, *row) for key, row in was.items() if key not in now]
    expected += [(ADDED, None, *row) for key, row in now.items() if key not in was]
    expected += [
        (CHANGED, "c", row[0], row[1], became(was[key][2], row[2]))
        for key, row in now.items()
        if key in was and told_apart(was[key][2]) != told_apart(row[2])
    ]
    rows = found.result.rows(0, found.result.row_count)
    assert Counter(map(exactly, rows)) == Counter(map(exactly, expected))
    assert found.same == len(was) - found.removed - found.changed == len(now) - found.added - found.changed
    await asyncio.gather(*(result.drop() for result in (before, after, found.result)))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (1, 2, "1 → 2"),
        (1, 1.0, "1 → 1.0"),
        (1, "1", "1 → '1'"),
        ("Ada", "Bob", "Ada → Bob"),
        ("a → b", "c", "'a → b' → 'c'"),
        (None, "NULL", "NULL → 'NULL'"),
        ("", "x", "'' → 'x'"),
        (b"\x00", b"\xff", "x'00' → x'ff'"),
        (0.1, 0.1 + 0.2, "0.1 → 0.30000000000000004"),
    ],
)
def test_a_changed_cell_says_what_became_of_it_and_is_taken_for_nothing_else(
    old: Value, new: Value, shown: str
) -> None:
    assert became(old, new) == shown


def test_columns_belong_together_by_name_and_what_only_one_has_is_reported() -> None:
    before = [Column("id"), Column("x"), Column("Name"), Column("x"), Column("gone")]
    after = [Column("x"), Column("name"), Column("new"), Column("ID"), Column("x")]
    pairs = [(each.column.name, each.before, each.after) for each in common_columns(before, after)]
    assert pairs == [("x", 1, 0), ("name", 2, 1), ("ID", 0, 3), ("x", 3, 4)]
    assert left_out(before, after) == (["gone"], ["new"])


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([("x", 1, 0.5), ("y", 2, 0.5)], ["user_id"]),
        ([("x", 1, 0.5), ("y", 1, 0.7)], ["plan"]),
        ([("x", 1, 0.5), ("x", 2, 0.5), ("y", 1, 0.5)], ["plan", "user_id"]),
        ([("x", 1, 0.1), ("x", 1, 0.2)], []),
    ],
)
async def test_a_key_is_guessed_that_tells_every_row_apart(store: ResultStore, rows: list[Row], key: list[str]) -> None:
    columns = [Column("plan"), Column("user_id"), Column("spent")]
    if key == ["user_id"]:
        rows = [*rows, ("x", 3, 0.5)]
    before, after = await filled(store, columns, rows), await filled(store, columns, rows[:-1])
    assert [columns[place].name for place in await guess_key(before, after)] == key


async def test_a_key_that_several_rows_share_is_refused_and_leaves_nothing(store: ResultStore) -> None:
    before, after = await filled(store, [A, B], [(1, 1), (1, 2)]), await filled(store, [A, B], [(1, 1)])
    known = store.results
    with pytest.raises(InputError, match=f"Several rows of {before.name} have the same a"):
        await compare(before, after, (0,))
    assert store.results == known


async def test_results_without_a_common_column_are_refused(store: ResultStore) -> None:
    before, after = await filled(store, [A], [(1,)]), await filled(store, [B], [(1,)])
    with pytest.raises(InputError, match="no column in common"):
        await compare(before, after, ())


async def test_two_thousand_columns_are_compared(store: ResultStore) -> None:
    columns = [Column(f"c{place}") for place in range(1998)]
    row: Row = tuple(range(1998))
    before, after = await filled(store, columns, [row]), await filled(store, columns, [(*row[:-1], "new")])
    found = await compare(before, after, (0,))
    assert found.result.rows(0, 1)[0][-1] == "1997 → 'new'"
    with pytest.raises(InputError, match="too wide to be counted"):
        await compare(before, after, ())


async def test_a_comparison_can_be_stopped_and_leaves_nothing(store: ResultStore) -> None:
    rows: list[Row] = [(number, f"text {number}") for number in range(200_000)]
    before = await filled(store, [A, B], rows)
    after = await filled(store, [A, B], [(number, "other") for number, _ in rows])
    known = store.results
    for seconds in (0.05, 0.4):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await compare(before, after, (0,))
        assert store.results == known
        tables = await store.analyst.do(lambda raw: raw.execute("SELECT name FROM sqlite_temp_master").fetchall())
        assert tables == []
    await before.drop()
    await after.drop()


async def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with ResultStore(tmp_path / "scratch") as small:
        rows: list[Row] = [(number, f"text {number}") for number in range(20_000)]
        before, after = await filled(small, [A, B], rows), await filled(small, [A, B], [])
        await small.analyst.do(lambda raw: raw.execute("PRAGMA temp.max_page_count = 20").fetchall())
        with pytest.raises(StorageError, match="The disk is full"):
            await compare(before, after, (0,))
        assert small.results == (before, after)
