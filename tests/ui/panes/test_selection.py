"""What is selected in the grid: by keys that every terminal has, by shift, by the mouse; copied and added up."""

from pathlib import Path

import pytest

from tests.ui.panes.results_app import ResultsApp
from tests.ui.panes.table_app import PEOPLE, ROWS
from turso_tui.ui.widgets.grid_selection import Block


@pytest.mark.parametrize(
    ("keys", "block"),
    [
        (["v", "down", "right"], Block(0, 2, (0, 1))),
        (["down", "right", "v", "up", "left"], Block(0, 2, (0, 1))),
        (["shift+down", "shift+right"], Block(0, 2, (0, 1))),
        (["shift+down", "v", "right"], Block(0, 2, (0, 1))),
        (["down", "V", "down"], Block(1, 3, (0, 1, 2, 3))),
        (["right", "C", "right"], Block(0, 5, (1, 2))),
        (["v", "G", "$"], Block(0, 5, (0, 1, 2, 3))),
        (["right", "minus", "v", "down", "right"], Block(0, 2, (2, 3))),
        (["v", "down", "V"], Block(0, 2, (0, 1, 2, 3))),
        (["v", "down", "v"], None),
        (["v", "down", "escape"], None),
        (["shift+down", "down"], None),
        (["v", "down", "s"], None),
    ],
)
async def test_keys_select(tmp_path: Path, keys: list[str], block: Block | None) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.run_one()
        await pilot.press(*keys)
        await app.calm(pilot)
        assert app.pane.grid.block == block


async def test_the_mouse_selects_cells_and_by_their_numbers_rows(tmp_path: Path) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.run_one()
        await pilot.pause()
        grid = app.pane.grid
        await pilot.mouse_down(grid, offset=(8, 1))
        await pilot.hover(grid, offset=(16, 3))
        await pilot.mouse_up(grid, offset=(16, 3))
        assert grid.block == Block(0, 3, (0, 1))
        await pilot.mouse_down(grid, offset=(1, 2))
        await pilot.hover(grid, offset=(1, 3))
        await pilot.mouse_up(grid, offset=(1, 3))
        assert grid.block == Block(1, 3, (0, 1, 2, 3))
        await pilot.click(grid, offset=(8, 5), shift=True)
        assert grid.block == Block(1, 5, (0, 1, 2, 3))
        await pilot.click(grid, offset=(8, 1))
        assert grid.block is None


@pytest.mark.parametrize(
    ("keys", "text", "what"),
    [
        ("vjlyy", "1\tAda\n2\tBob\n", "2 × 2 cells"),
        ("vjlyJc", '[\n{"id": 1, "name": "Ada"},\n{"id": 2, "name": "Bob"}\n]\n', "2 × 2 cells as JSON"),
        ("vjlyVy", "id\tname\n1\tAda\n2\tBob\n", "2 × 2 cells as TSV"),
        ("vjlyMy", "| id | name |\n| --- | --- |\n| 1 | Ada |\n| 2 | Bob |\n", "2 × 2 cells as Markdown"),
        ("lvjySy", "('Ada', 'Bob')", "2 cells as SQL"),
        ("jVjyCy", "id,name,plan,spent\n2,Bob,free,0.0\n3,Cyd,free,\n", "2 rows as CSV"),
        ("vjyr", "2\tBob\tfree\t0.0\n", "row 2"),
    ],
)
async def test_what_is_selected_is_copied(tmp_path: Path, keys: str, text: str, what: str) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.run_one()
        await pilot.press(*keys)
        await app.calm(pilot)
        assert app.clipboard == text
        assert app.copied == [what]
        assert app.pane.grid.block is not None, "it stays, for another format"


async def test_numbers_are_added_up_in_the_foot_and_large_integers_exactly(tmp_path: Path) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(120, 24)) as pilot:
        await app.run_one()
        await pilot.press("right", "right", "right", "v", "G")
        await app.calm(pilot)
        assert app.foot == "5 cells · 4 numbers · sum 1424.55 · avg 356.1375 · min 0.0 · max 1204.1"
        await pilot.press("escape")
        assert app.foot.startswith("5 rows")
        await app.run_one(rows=[(2**63 - 1, "x", "y", None)] * 3_000)
        await pilot.press("C")
        await app.calm(pilot)
        assert app.foot.startswith(f"1 column · sum {(2**63 - 1) * 3_000} · avg {2**63 - 1}")
        await pilot.press("v", "right")
        await app.calm(pilot)
        assert app.foot.startswith("1 × 2 cells · 1 number · sum ")


async def test_a_selection_survives_scrolling_and_what_arrives(tmp_path: Path) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.begin()
        result = await app.store.create(PEOPLE)
        await result.append(ROWS * 100)
        app.pane.open(0, result)
        app.pane.focus()
        await pilot.press("C", "pagedown", "G")
        await result.append(ROWS * 100)
        result.finish()
        app.pane.end()
        await app.calm(pilot)
        assert app.pane.grid.block == Block(0, 1000, (0,))
        assert app.foot == "1 column · sum 3000 · avg 3 · min 1 · max 5"
        await pilot.press("escape", "v", "pagedown", "pagedown")
        block = app.pane.grid.block
        assert block is not None
        assert (block.start, block.columns) == (499, (0,))
        app.pane.grid.scroll_to(y=0, animate=False)
        assert app.pane.grid.block == block


async def test_nothing_is_selected_where_there_is_nothing(tmp_path: Path) -> None:
    app = ResultsApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.run_one(rows=[])
        await pilot.press("v", "down", "V", "C", "shift+down", "shift+right", "y", "escape")
        await app.calm(pilot)
        assert app.pane.grid.block is None
        assert app.foot.startswith("0 rows")
