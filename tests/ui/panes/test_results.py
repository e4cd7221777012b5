"""Results side by side: pinned, named, closed, compared, and beside panels of another kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.panes.results_app import ResultsApp
from tests.ui.panes.table_app import PEOPLE, ROWS
from turso_tui.ui.screens.compare import CompareScreen
from turso_tui.ui.screens.rename import RenameScreen
from turso_tui.ui.widgets.statusline import StatusKind
from turso_tui.values import Column

LATER = [ROWS[0], (2, "Bob", "pro", 1.5), ROWS[2], ROWS[4], (6, "Fay", "free", 0.0)]


@asynccontextmanager
async def shown(home: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[ResultsApp, Pilot[None]]]:
    app = ResultsApp(home / "scratch")
    async with app.run_test(size=size) as pilot:
        await app.run_one()
        await pilot.pause()
        yield app, pilot


async def test_a_pinned_result_stays_as_it_was_left_beside_the_newest(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        first = app.pane.results[0]
        await pilot.press("p", "right", "s", "down")
        await app.calm(pilot)
        await app.run_one(rows=LATER)
        await app.run_one([Column("n")], [(1,)])
        await pilot.pause()
        assert app.labels == ["◆ r1", "Result r3", "Messages"]
        assert app.pane.strip.active == "result-r3"
        await pilot.press("left_square_bracket")
        assert app.pane.strip.active == "result-r1"
        assert app.pane.table.words == ["by name ▲"]
        assert app.pane.grid.cursor == (1, 1)
        assert "12 ms" in app.foot
        await pilot.press("p")
        assert app.labels == ["Result r1", "Result r3", "Messages"]
        await app.run_one()
        await pilot.pause()
        assert app.labels == ["Result", "Messages"]
        assert first in app.store.results, "SQL over the results still knows it"


async def test_a_result_is_named_and_one_name_is_given_once(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("A")
        assert isinstance(app.screen, RenameScreen)
        app.screen.query_one(Input).value = "people"
        await pilot.press("enter")
        await app.run_one()
        await pilot.pause()
        assert app.labels == ["◆ people", "Result r2", "Messages"]
        await pilot.press("A")
        app.screen.query_one(Input).value = "People"
        await pilot.press("enter")
        assert isinstance(app.screen, RenameScreen)
        await pilot.press("escape")
        assert [result.name for result in app.store.results] == ["people", "r2"]


async def test_a_closed_result_makes_way_for_its_neighbour_and_counts_as_retired(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("p")
        await app.run_one()
        await pilot.press("left_square_bracket", "x")
        await app.calm(pilot)
        assert app.labels == ["Result", "Messages"]
        assert app.pane.strip.active == "result-r2"
        assert not app.store.results[0].pinned
        await pilot.press("x")
        await app.calm(pilot)
        assert app.labels == ["Messages"]
        assert app.pane.notice.display
        await pilot.press("x", "p", "A", "equals_sign")
        assert len(app.screen_stack) == 1, "there is nothing to do it to"


async def test_what_is_still_arriving_is_not_closed(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        app.pane.begin()
        app.pane.open(0, await app.store.create(PEOPLE))
        app.pane.focus()
        await pilot.press("x")
        await pilot.pause()
        assert app.told[-1].text == "Its rows are still arriving."
        assert len(app.pane.results) == 1
        app.pane.end()


async def test_two_results_are_compared_by_a_key_that_is_guessed(tmp_path: Path) -> None:
    async with shown(tmp_path, (120, 36)) as (app, pilot):
        await app.run_one(rows=LATER)
        await pilot.press("equals_sign")
        await app.calm(pilot)
        assert isinstance(app.screen, CompareScreen)
        assert app.screen.key.checked == {0}
        await pilot.press("enter")
        await app.calm(pilot)
        assert app.labels == ["Result r2", "r1 → r2", "Messages"]
        rows = app.pane.results[-1].rows(0, 10)
        assert rows == [
            ("~", "plan, spent", 2, "Bob", "free → pro", "0.0 → 1.5"),
            ("-", None, 4, "Dan", "pro", 99.95),
            ("+", None, 6, "Fay", "free", 0.0),
        ]
        assert app.foot.startswith("1 added · 1 removed · 1 changed · 3 the same · 3 rows")
        marks = [app.pane.grid.mark_of(row) for row in range(3)] if app.pane.grid.mark_of else []
        assert [mark and mark.kind for mark in marks] == ["changed", "gone", "added"]
        assert marks[0] is not None
        assert marks[0].columns == frozenset({4, 5})
        assert app.told[-1].detail == "by id"


async def test_a_key_that_is_none_is_said_and_whole_rows_can_be_counted(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await app.run_one(rows=LATER)
        await pilot.press("equals_sign")
        await app.calm(pilot)
        await pilot.press("tab", "space", "down", "down", "space", "enter")
        await app.calm(pilot)
        assert app.told[-1].kind is StatusKind.FAILED
        assert app.told[-1].text.startswith("Several rows of r1 have the same plan")
        await pilot.press("equals_sign")
        await app.calm(pilot)
        await pilot.press("tab", "space", "enter")
        await app.calm(pilot)
        assert app.foot.startswith("2 added · 2 removed · 3 the same")


async def test_a_panel_stays_over_runs_and_its_owner_closes_it(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        app.pane.add_panel("browse", "users", Input())
        app.pane.update_panel("browse", footing="500 of more than 500", changed=True)
        app.pane.focus()
        await pilot.pause()
        assert app.focused is app.pane.panel("browse")
        assert app.foot == "500 of more than 500"
        app.pane.begin()
        app.pane.end()
        assert app.pane.switcher.current == "browse", "a run without rows leaves it in view"
        await app.run_one()
        await pilot.press("left_square_bracket")
        assert app.labels == ["users", "Result", "Messages"]
        assert app.pane.switcher.current == "browse"
        app.pane.grid.focus()
        app.pane.action_close()
        await pilot.pause()
        assert app.asked_to_close == ["browse"]
        app.pane.close_panel("browse")
        await pilot.pause()
        assert app.pane.strip.active == "result-r2"
        assert app.pane.table.display
