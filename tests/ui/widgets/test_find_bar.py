"""The bar that finds and replaces, by its keys."""

from collections.abc import AsyncIterator, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.find_bar import FindBar

SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
TEXT = "select id from users;\nselect name from users u\n where u.id = 1;\n"


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with EditorApp(TEXT).run_test(size=(80, 24)) as pilot:
        yield pilot


@pytest.fixture
def editor(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


def count(editor: SqlEditor) -> str:
    return str(editor.screen.query_one(FindBar).query_one("#count", Static).visual)


async def test_what_is_typed_is_found_at_once(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"users")
    assert editor.selected_text == "users"
    assert editor.selection.start == (0, 15)
    assert count(editor) == "1 of 2"


async def test_enter_and_arrows_go_round(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"users")
    rows = []
    for key in ("enter", "enter", "down", "up", "f3"):
        await pilot.press(key)
        rows.append(editor.selection.start[0])
    assert rows == [1, 0, 1, 0, 1]


async def test_what_is_selected_is_looked_for(pilot: Pilot[None], editor: SqlEditor) -> None:
    editor.select_offsets(10, 14)
    await pilot.press("ctrl+f")
    assert editor.screen.query_one(FindBar).wanted.value == "from"


async def test_escape_leaves_the_cursor_at_what_was_found(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"where", "escape")
    assert editor.has_focus
    assert editor.selected_text == "where"
    assert not editor.screen.query_one(FindBar).display


async def test_next_without_the_bar(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"select", "escape", "alt+n")
    assert editor.selection.start == (1, 0)
    assert editor.has_focus


async def test_what_is_nowhere_is_said(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"nope")
    assert count(editor) == "not found"


async def test_replace_one_after_the_other(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"users", "ctrl+f", *"people", "enter")
    assert editor.text == TEXT.replace("users", "people", 1)
    assert editor.selected_text == "users"
    await pilot.press("enter")
    assert editor.text == TEXT.replace("users", "people")


async def test_replace_all_is_one_step(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"users", "ctrl+f", *"people", "ctrl+g")
    assert editor.text == TEXT.replace("users", "people")
    assert "replaced 2" in count(editor)
    editor.undo()
    assert editor.text == TEXT


async def test_count_follows_the_text(pilot: Pilot[None], editor: SqlEditor) -> None:
    await pilot.press("ctrl+f", *"users")
    editor.load_text("users")
    await pilot.pause()
    assert count(editor).endswith("1")


@SIZES
def test_picture(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+f", *"users", "ctrl+f", *"people")
        for field in pilot.app.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause()

    assert snap_compare(EditorApp(TEXT), terminal_size=size, run_before=play)
