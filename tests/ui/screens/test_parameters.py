"""Values for parameters, asked for in front of the real Console."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.stage import StagedApp, opened, until
from turso_tui.service.target import FileTarget
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.parameters import ParametersScreen
from turso_tui.ui.widgets.option_strip import OptionStrip

SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])


def app_over_a_file(home: Path) -> StagedApp:
    path = home / "notes.db"
    path.touch()
    return StagedApp(home, FileTarget(path))


async def asked(pilot: Pilot[None], sql: str, key: str = "f5") -> ParametersScreen:
    """Run ``sql``, and wait for the dialog."""
    console = await opened(pilot)
    console.editor.editor.load_text(sql)
    console.editor.focus()
    await pilot.press(key)
    return await dialog(pilot)


async def dialog(pilot: Pilot[None]) -> ParametersScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, ParametersScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ParametersScreen)
    for field in screen.query(Input):
        field.cursor_blink = False
    return screen


async def done(pilot: Pilot[None]) -> ConsoleScreen:
    app = pilot.app
    assert isinstance(app, StagedApp)
    await until(pilot, lambda: app.screen is app.desk_screen and not app.desk_screen.runs_something)
    return app.desk_screen


async def rows(console: ConsoleScreen) -> list[tuple[object, ...]]:
    result = console.results.results[0]
    return [tuple(row) for row in result.rows(0, result.row_count)]


async def test_values_are_bound_with_their_types(tmp_path: Path) -> None:
    async with app_over_a_file(tmp_path).run_test(size=(120, 36)) as pilot:
        await asked(pilot, "select :a, typeof(:a), @b, typeof(@b)")
        await pilot.press(*"it's", "tab", "tab", *"12", "tab", "right", "enter")
        assert await rows(await done(pilot)) == [("it's", "text", 12, "integer")]


async def test_they_are_remembered(tmp_path: Path) -> None:
    async with app_over_a_file(tmp_path).run_test(size=(120, 36)) as pilot:
        await asked(pilot, "select ?")
        await pilot.press(*"12", "tab", "right", "enter")
        await done(pilot)
        screen = await asked(pilot, "select ?")
        assert screen.query_one(Input).value == "12"
        assert screen.query_one(OptionStrip).chosen == "integer"
        await pilot.press("enter")
        assert await rows(await done(pilot)) == [(12,)]


async def test_what_is_wrong_stands_beside_its_field(tmp_path: Path) -> None:
    async with app_over_a_file(tmp_path).run_test(size=(120, 36)) as pilot:
        screen = await asked(pilot, "select :a, :b")
        await pilot.press(*"x", "tab", "tab", *"12x", "tab", "right", "enter")
        assert [field.word for field in screen.query("ParameterField")] == [  # type: ignore[attr-defined]
            "",
            "✗ This is not an integer. Digits, with a sign before them, or 0x and hex digits.",
        ]
        assert pilot.app.screen is screen


async def test_leaving_runs_nothing(tmp_path: Path) -> None:
    async with app_over_a_file(tmp_path).run_test(size=(120, 36)) as pilot:
        await asked(pilot, "create table t (a); insert into t values (?)", "f8")
        await pilot.press("escape")
        console = await done(pilot)
        assert console.status.status.text == "Not run."
        assert not console.results.results


async def test_a_script_gets_the_values_of_each_statement(tmp_path: Path) -> None:
    async with app_over_a_file(tmp_path).run_test(size=(120, 36)) as pilot:
        sql = "create table t (a); insert into t values (?); insert into t values (:a); select * from t"
        first = await asked(pilot, sql, "f8")
        await pilot.press(*"1", "enter")
        await until(pilot, lambda: pilot.app.screen is not first)
        await dialog(pilot)
        await pilot.press(*"2", "enter")
        assert await rows(await done(pilot)) == [("1",), ("2",)]


@SIZES
def test_picture(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.db").touch()

    async def play(pilot: Pilot[None]) -> None:
        await asked(
            pilot, "select * from messages where thread_id = :thread and embedding = @vector and role <> $role;"
        )
        await pilot.press(*"4711", "tab", "right", "tab", *"00f", "tab", "right", "right", "right", "enter")

    assert snap_compare(StagedApp(tmp_path, FileTarget(Path("notes.db"))), terminal_size=size, run_before=play)
