"""Which columns are on the screen, and how wide."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.cells import CELL_LIMIT, cell_text
from turso_tui.ui.widgets.grid_columns import AIR, ColumnLayout
from turso_tui.values import Column, Value

columns = st.lists(st.builds(Column, st.text(max_size=50), st.sampled_from([None, "TEXT", "INTEGER"])), min_size=1)
rooms = st.integers(30, 300)


def layout_of(*values: Value, decltype: str | None = None) -> ColumnLayout:
    layout = ColumnLayout([Column("c", decltype)])
    for value in values:
        layout.widen(0, cell_text(value))
    return layout


@given(columns, st.data(), rooms)
def test_columns_stand_side_by_side_and_never_leave_the_room(
    seen: list[Column], data: st.DataObject, room: int
) -> None:
    layout = ColumnLayout(seen)
    slots = layout.slots(data.draw(st.integers(0, len(seen) - 1)), room)
    assert slots[0].x == AIR // 2
    for left, right in pairwise(slots):
        assert (left.index + 1, left.stop + AIR // 2) == (right.index, right.x)
    assert slots[0].partial or slots[-1].stop <= room


@given(columns, st.data(), rooms)
def test_a_revealed_column_is_whole_unless_it_is_wider_than_the_room(
    seen: list[Column], data: st.DataObject, room: int
) -> None:
    layout = ColumnLayout(seen)
    index, first = (data.draw(st.integers(0, len(seen) - 1)) for _ in range(2))
    start = layout.reveal(index, first, room)
    (slot,) = (slot for slot in layout.slots(start, room) if slot.index == index)
    assert not slot.partial or start == index


def test_a_number_takes_all_it_needs_and_a_text_up_to_the_limit() -> None:
    assert layout_of(-1.7976931348623157e308).slots(0, 200)[0].width == 24
    layout = ColumnLayout([Column("a"), Column("b")])
    layout.widen(0, cell_text("x" * 100, limit=100))
    assert layout.slots(0, 200)[0].width == CELL_LIMIT


def test_the_last_column_takes_the_rest_unless_it_holds_numbers() -> None:
    assert layout_of("x").slots(0, 100)[0].width == 100 - AIR
    assert layout_of(1).slots(0, 100)[0].width == 4


def test_the_first_value_decides_the_side_and_a_null_does_not() -> None:
    assert not layout_of().numeric(0)
    assert layout_of(decltype="BIGINT").numeric(0)
    assert layout_of(None, 1, "x").numeric(0)
    assert not layout_of(None, "x", 1, decltype="BIGINT").numeric(0)


def test_nothing_gets_narrower() -> None:
    layout = layout_of(10**17)
    assert not layout.widen(0, cell_text(1))
    assert layout.slots(0, 100)[0].width == 18
