"""The results grid, driven by keys and mouse in a running application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from tests.ui.widgets.grid_app import UGLY_COLUMNS, UGLY_ROWS, GridApp, LazySource, ListSource
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.values import Column

Source = ListSource | LazySource


@asynccontextmanager
async def shown(source: Source | None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[GridApp, Pilot[None]]]:
    app = GridApp(source)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def ugly() -> ListSource:
    return ListSource(UGLY_COLUMNS, UGLY_ROWS)


async def test_numbers_and_nulls_are_never_cut() -> None:
    async with shown(ugly(), (200, 24)) as (app, _):
        text = "\n".join(app.lines())
    for whole in ("9223372036854775807", "0.30000000000000004", "-1.7976931348623157e+308", "±Inf", "1234567.89"):
        assert whole in text


async def test_nothing_in_the_data_acts_on_the_terminal_or_is_read_as_markup() -> None:
    async with shown(ugly(), (200, 24)) as (app, _):
        text = "\n".join(app.lines())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[b]created[/b]" in text
    assert "[red]tool[/red]" in text


async def test_every_line_is_exactly_as_wide_as_the_grid() -> None:
    async with shown(ugly()) as (app, pilot):
        for _ in range(len(UGLY_COLUMNS)):
            region = app.grid.scrollable_content_region
            assert {app.grid.render_line(y).cell_length for y in range(region.height)} == {region.width}
            await pilot.press("right")


async def test_the_header_says_which_side_hides_columns() -> None:
    async with shown(ugly()) as (app, pilot):
        assert app.lines()[0].endswith("›")
        assert "│" in app.lines()[0]
        await pilot.press("end")
        assert "‹" in app.lines()[0]
        assert not app.lines()[0].endswith("›")


async def test_columns_may_share_a_name() -> None:
    async with shown(ListSource([Column("n"), Column("n")], [(1, 2)])) as (app, _):
        assert app.lines()[1].split() == ["1", "│", "1", "2"]


@pytest.mark.parametrize("rows", [200_000, 5_000_000])
async def test_the_last_row_of_a_large_result_is_one_key_away(rows: int) -> None:
    source = LazySource(rows)
    async with shown(source) as (app, pilot):
        await pilot.press("G")
        assert app.grid.cursor_row == rows - 1
        assert str(rows - 1) in app.lines()[-1]
        await pilot.press("g")
        assert app.grid.cursor_row == 0
    assert sum(map(len, source.asked)) < 500


async def test_scrolling_asks_for_each_page_once() -> None:
    source = LazySource(5_000_000)
    async with shown(source) as (_, pilot):
        await pilot.press(*["pagedown"] * 4, *["pageup"] * 4)
    assert sorted(asked.start for asked in source.asked) == [0, 64]


async def test_two_thousand_columns_measure_only_those_in_view() -> None:
    async with shown(LazySource(1_000, 2_000)) as (app, pilot):
        await pilot.press("$")
        assert app.grid.cursor_column == 1_999
        assert "c1999" in app.lines()[0]
        await pilot.press("0")
        assert "c0" in app.lines()[0]


async def test_a_column_gets_wider_for_what_comes_into_view_and_stays_so() -> None:
    source = ListSource([Column("n"), Column("t")], [*[(1, "a")] * 100, (10**17, "a")])
    async with shown(source) as (app, pilot):
        narrow = app.lines()[1].index("a")
        await pilot.press("G")
        assert str(10**17) in app.lines()[-1]
        await pilot.press("g")
        assert app.lines()[1].index("a") > narrow


async def test_rows_that_arrive_move_nothing() -> None:
    source = LazySource(100)
    async with shown(source) as (app, pilot):
        await pilot.press(*["pagedown"] * 2, "right")
        before = app.grid.cursor, app.grid.scroll_offset, app.lines()
        source.row_count = 100_000
        app.grid.extend()
        await pilot.pause()
        assert (app.grid.cursor, app.grid.scroll_offset, app.lines()) == before
        assert app.grid.row_count == 100_000
        assert app.grid.max_scroll_y > 90_000


async def test_rows_that_arrive_in_view_are_shown() -> None:
    source = ListSource([Column("n")], [(1,)])
    async with shown(source) as (app, pilot):
        source.data.append((2,))
        assert len([line for line in app.lines() if line]) == 2
        app.grid.extend()
        await pilot.pause()
        assert app.lines()[2].split() == ["2", "│", "2"]


async def test_a_new_result_starts_at_its_first_cell() -> None:
    async with shown(ugly()) as (app, pilot):
        await pilot.press("end", "G")
        app.grid.source = LazySource(5)
        await pilot.pause()
        assert app.grid.cursor == (0, 0)
        assert app.grid.first_column == 0
        assert "c0" in app.lines()[0]


async def test_nothing_to_show_is_no_trouble() -> None:
    async with shown(None) as (app, pilot):
        await pilot.press("down", "G", "end", "pagedown", "minus", "F", "less_than_sign", "enter")
        assert not any(app.lines())
        app.grid.source = ListSource(UGLY_COLUMNS, ())
        await pilot.press("down", "G", "end", "enter")
        assert "role" in app.lines()[0]
        assert {type(message) for message in app.messages} <= {ResultGrid.CursorMoved}


@pytest.mark.parametrize(
    ("keys", "cell"),
    [
        ("down j right l", (2, 2)),
        ("j j k l l h", (1, 1)),
        ("pagedown", (23, 0)),
        ("ctrl+d", (11, 0)),
        ("pagedown ctrl+u pageup", (0, 0)),
        ("G end", (999, 4)),
        ("ctrl+end $", (999, 4)),
        ("G end g home", (0, 0)),
        ("ctrl+end end ctrl+home 0", (0, 0)),
        ("up left", (0, 0)),
    ],
)
async def test_keys_move_the_cursor(keys: str, cell: tuple[int, int]) -> None:
    async with shown(LazySource(1_000, 5), (80, 26)) as (app, pilot):
        await pilot.press(*keys.split())
        assert app.grid.cursor == cell


async def test_a_page_down_keeps_the_cursors_place_on_the_screen() -> None:
    async with shown(LazySource(1_000)) as (app, pilot):
        await pilot.press("down", "down", "down", "pagedown")
        assert app.grid.cursor_row - app.grid.scroll_offset.y == 3


async def test_moving_says_where_the_cursor_is() -> None:
    async with shown(LazySource(10)) as (app, pilot):
        await pilot.press("down", "right")
        assert app.messages == [ResultGrid.CursorMoved(app.grid, 1, 0), ResultGrid.CursorMoved(app.grid, 1, 1)]


async def test_a_hidden_column_is_skipped_and_comes_back() -> None:
    async with shown(LazySource(10, 3)) as (app, pilot):
        await pilot.press("right", "minus")
        assert app.lines()[0].split() == ["#", "│", "c0", "c2"]
        assert app.grid.cursor_column == 2
        await pilot.press("left")
        assert app.grid.cursor_column == 0
        await pilot.press("minus", "minus", "minus")
        assert app.lines()[0].split() == ["#", "│", "c2"], "one column stays"
        await pilot.press("plus")
        assert app.lines()[0].split() == ["#", "│", "c0", "c1", "c2"]


async def test_a_column_is_as_wide_as_one_makes_it() -> None:
    source = ListSource([Column("text"), Column("n")], [("a long text that is cut somewhere", 1)])
    async with shown(source) as (app, pilot):
        await pilot.press(*["less_than_sign"] * 20)
        assert app.lines()[1].split() == ["1", "│", "a…", "1"]
        await pilot.press(*["greater_than_sign"] * 9)
        assert "a long text that is cut somewhere" in app.lines()[1]


async def test_frozen_columns_stay_while_the_others_scroll() -> None:
    async with shown(LazySource(10, 100)) as (app, pilot):
        await pilot.press("right", "F", "end")
        assert app.lines()[0].split()[:4] == ["#", "‹", "c0", "c1│"]
        assert "c99" in app.lines()[0]
        assert app.lines()[1].split()[2:4] == ["0", "1│"]
        await pilot.press("home", "right", "F", "end")
        assert "c0 " not in app.lines()[0]


async def test_frozen_columns_leave_room_for_others() -> None:
    async with shown(LazySource(10, 100)) as (app, pilot):
        await pilot.press(*["right"] * 60, "F", "end")
        assert "c99" in app.lines()[0]


async def test_enter_chooses_the_cell() -> None:
    async with shown(ugly()) as (app, pilot):
        await pilot.press("down", "right", "enter")
        assert app.messages[-1] == ResultGrid.CellChosen(app.grid, 1, 1, "assistant")


async def test_a_click_moves_the_cursor_and_a_double_click_chooses() -> None:
    async with shown(ugly()) as (app, pilot):
        line = 2 + 1  # the frame and the header stand above
        x = 2 + app.lines()[2].index("assistant")
        await pilot.click(ResultGrid, offset=(x, line))
        assert app.grid.cursor == (1, 1)
        await pilot.click(ResultGrid, offset=(x, line), times=2)
        assert app.messages[-1] == ResultGrid.CellChosen(app.grid, 1, 1, "assistant")


async def test_a_click_beside_the_rows_moves_nothing() -> None:
    async with shown(ugly()) as (app, pilot):
        await pilot.click(ResultGrid, offset=(10, 1))
        await pilot.click(ResultGrid, offset=(10, 20))
        assert app.messages == []


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines that the grid paints, in order."""
    lines: list[int] = []
    render_line: Callable[[ResultGrid, int], Strip] = ResultGrid.render_line

    def counted(grid: ResultGrid, y: int) -> Strip:
        lines.append(y)
        return render_line(grid, y)

    monkeypatch.setattr(ResultGrid, "render_line", counted)
    return lines


async def test_moving_the_cursor_repaints_two_lines(painted: list[int]) -> None:
    async with shown(LazySource(1_000)) as (_, pilot):
        painted.clear()
        await pilot.press("down")
        assert sorted(painted) == [1, 2]


async def test_rows_that_arrive_out_of_view_repaint_nothing(painted: list[int]) -> None:
    source = LazySource(1_000)
    async with shown(source) as (app, pilot):
        painted.clear()
        source.row_count = 1_000_000
        app.grid.extend()
        await pilot.pause()
        assert painted == []


async def test_rows_that_arrive_in_view_repaint_only_what_was_empty(painted: list[int]) -> None:
    source = LazySource(10)
    async with shown(source) as (app, pilot):
        painted.clear()
        source.row_count = 15
        app.grid.extend()
        await pilot.pause()
        assert min(painted) == 11


async def test_a_terminal_too_small_for_anything_is_survived() -> None:
    async with shown(ugly(), (12, 4)) as (app, pilot):
        await pilot.press("G", "end", "home", "pagedown", "pageup")
        await pilot.resize_terminal(3, 2)
        await pilot.press("g")
        app.grid.render_lines(Region(0, 0, 1, 1))
