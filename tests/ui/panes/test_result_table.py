"""What can be done to the rows of a result, by keys."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.panes.table_app import PEOPLE, ROWS, TableApp
from turso_tui.ui.screens.column import ColumnScreen
from turso_tui.ui.screens.export import ExportScreen
from turso_tui.ui.widgets.statusline import StatusKind
from turso_tui.values import Column


@asynccontextmanager
async def shown(home: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp(home / "scratch")
    async with app.run_test(size=size) as pilot:
        await app.add()
        await pilot.pause()
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await pilot.pause(0.01)
    await pilot.pause()


async def settled(pilot: Pilot[None], app: TableApp) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_column_is_sorted_then_the_other_way_then_not(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "right", "right", "s")
        await settled(pilot, app)
        assert app.column(1) == ["Cyd", "Bob", "Dan", "Ada", "Eve"]
        assert "spent ▲" in app.lines()[0]
        assert app.table.words == ["by spent ▲"]
        await pilot.press("s")
        await settled(pilot, app)
        assert app.column(1) == ["Eve", "Ada", "Dan", "Bob", "Cyd"]
        assert "spent ▼" in app.lines()[0]
        await pilot.press("down", "s")
        await settled(pilot, app)
        assert app.column(1) == ["Ada", "Bob", "Cyd", "Dan", "Eve"]
        assert app.table.words == []
        assert app.table.grid.cursor_row == 0, "the cursor is on the row that it was on"


async def test_equal_rows_are_sorted_further(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "right", "s")
        await settled(pilot, app)
        await pilot.press("left", "S")
        await settled(pilot, app)
        await pilot.press("S")
        await settled(pilot, app)
        assert app.column(1) == ["Cyd", "Bob", "Dan", "Ada", "Eve"]
        assert app.table.words == ["by plan ▲, name ▼"]


@pytest.mark.parametrize(
    ("typed", "names", "words"),
    [
        ("plan = free", ["Bob", "Cyd"], "2 of 5 match"),
        ("spent > 100", ["Ada", "Eve"], "2 of 5 match"),
        ("a", ["Ada", "Dan", "Eve"], "3 of 5 match"),
        ("nobody", [], "0 of 5 match"),
    ],
)
async def test_rows_are_filtered_and_the_count_is_true(
    tmp_path: Path, typed: str, names: list[str], words: str
) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("f")
        app.table.bar.input.value = typed
        await pilot.press("enter")
        await settled(pilot, app)
        assert app.column(1) == names
        assert app.table.words == [words]
        assert app.focused is app.table.grid
        await pilot.press("escape")
        await settled(pilot, app)
        assert app.column(1) == ["Ada", "Bob", "Cyd", "Dan", "Eve"]
        assert not app.table.bar.display


async def test_what_is_typed_right_behind_the_key_is_filtered_by(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press(*"fEve", "enter")
        await settled(pilot, app)
        assert app.table.bar.input.value == "Eve"
        assert app.column(1) == ["Eve"]


async def test_a_filter_narrows_while_it_is_typed(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press(*"fCyd")
        await until(pilot, lambda: app.table.words == ["1 of 5 match"])
        assert app.table.bar.input.has_focus


async def test_a_search_goes_from_cell_to_cell(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("slash", *"free", "enter")
        await settled(pilot, app)
        assert app.table.grid.cursor == (1, 2)
        await pilot.press("n")
        await settled(pilot, app)
        assert app.table.grid.cursor == (2, 2)
        await pilot.press("n")
        await settled(pilot, app)
        assert app.table.grid.cursor == (1, 2)
        assert app.told[-1].detail == "on from the top"
        await pilot.press("N")
        await settled(pilot, app)
        assert app.table.grid.cursor == (2, 2)
        assert len(app.column(0)) == len(ROWS), "nothing is left out"


async def test_what_is_nowhere_is_said_and_moves_nothing(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("down", "slash", *"zz", "enter")
        await settled(pilot, app)
        assert app.table.grid.cursor == (1, 0)
        assert app.told[-1].text == "Nothing contains zz."


@pytest.mark.parametrize(
    ("keys", "text", "what"),
    [
        ("yc", "Ada", "name of row 1"),
        ("yy", "Ada", "name of row 1"),
        ("yr", "1\tAda\tpro\t120.5\n", "row 1"),
        ("yJr", '{"id": 1, "name": "Ada", "plan": "pro", "spent": 120.5}', "row 1 as JSON"),
        ("ySl", "('Ada', 'Bob', 'Cyd', 'Dan', 'Eve')", "column name, 5 rows as SQL"),
        (
            "yCa",
            "id,name,plan,spent\n1,Ada,pro,120.5\n2,Bob,free,0.0\n3,Cyd,free,\n4,Dan,pro,99.95\n5,Eve,team,1204.1\n",
            "5 rows as CSV",
        ),
    ],
)
async def test_two_keys_copy(tmp_path: Path, keys: str, text: str, what: str) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", *keys)
        await settled(pilot, app)
        assert app.clipboard == text
        assert app.copies == [what]
        assert not app.table.copy_bar.display
        assert app.focused is app.table.grid


async def test_the_format_is_remembered_and_esc_copies_nothing(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press(*"yJ", "escape")
        await settled(pilot, app)
        assert app.copies == []
        await pilot.press(*"yc")
        await settled(pilot, app)
        assert app.clipboard == "1"
        assert app.copies == ["id of row 1 as JSON"]


async def test_hidden_columns_are_neither_copied_nor_forgotten(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "minus", *"yr")
        await settled(pilot, app)
        assert app.clipboard == "1\tpro\t120.5\n"
        assert app.table.words == ["1 hidden"]


async def test_rows_are_exported_as_they_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "s")
        await settled(pilot, app)
        await pilot.press("s")
        await settled(pilot, app)
        await pilot.press("e")
        assert isinstance(app.screen, ExportScreen)
        assert app.screen.path.value == "r1.csv"
        await pilot.press("enter")
        await settled(pilot, app)
        assert (tmp_path / "r1.csv").read_text().split()[1:3] == ["5,Eve,team,1204.1", "4,Dan,pro,99.95"]
        assert app.told[-1].text == f"5 rows in {tmp_path / 'r1.csv'}"
        await pilot.press("e", "enter")
        assert isinstance(app.screen, ExportScreen), "it is already there"
        await pilot.press("enter")
        await settled(pilot, app)
        assert app.told[-1].kind is StatusKind.OK


async def test_a_column_is_described(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "right", "i")
        await settled(pilot, app)
        assert isinstance(app.screen, ColumnScreen)
        for fact in ("different   3", "text 5", "free"):
            assert fact in app.screen.said
        await pilot.press("escape")
        assert app.focused is app.table.grid


async def test_each_result_is_as_it_was_left(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        first = app.store.results[0]
        await pilot.press("right", "s", "minus", "down")
        await settled(pilot, app)
        before = app.lines()
        await app.add([Column("n")], [(1,)])
        await pilot.pause()
        assert app.table.words == []
        app.table.show(first)
        await pilot.pause()
        assert app.lines() == before
        assert app.table.words == ["by name ▲", "1 hidden"]


async def test_a_filter_takes_in_what_arrives_once_the_result_has_ended(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        result = await app.store.create(PEOPLE)
        await result.append(ROWS)
        app.table.show(result)
        app.table.focus()
        await pilot.press(*"fpro", "enter")
        await settled(pilot, app)
        await result.append(ROWS)
        app.table.extend()
        await settled(pilot, app)
        assert app.table.words == ["2 of the first 5 match"]
        result.finish()
        app.table.extend()
        await settled(pilot, app)
        assert app.table.words == ["4 of 10 match"]


async def test_nothing_on_show_is_no_trouble(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        app.table.show(None)
        await pilot.press("s", "f", "escape", "slash", "escape", "n", "y", "e", "i", "minus", "F", "escape")
        await settled(pilot, app)
        assert app.told == []


async def test_the_ending_of_the_file_chooses_its_format_and_the_format_the_ending(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("e")
        assert isinstance(app.screen, ExportScreen)
        app.screen.path.value = "people.ndjson"
        await pilot.pause()
        assert app.screen.format.chosen == "ndjson"
        app.screen.format.focus()
        await pilot.press("left")
        assert app.screen.path.value == "people.json"
