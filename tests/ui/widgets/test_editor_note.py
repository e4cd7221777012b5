"""What is said under a statement that failed."""

from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot
from textual.widgets.text_area import Selection

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.ui.widgets.editor import SqlEditor

TEXT = "select 1;\nselect nope\n  from t;\nselect 3;\nselect 4;"
START, END = TEXT.index("select nope"), TEXT.index(";\nselect 3")


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with EditorApp(TEXT).run_test(size=(44, 14)) as pilot:
        await pilot.pause()
        editor_of(pilot).note_under(START, END, "no such column: nope.", "Nothing has this. Did you mean role?")
        await pilot.pause()
        yield pilot


def editor_of(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


def shown(editor: SqlEditor) -> list[str]:
    """The rows on the screen, without the numbers and what is empty."""
    gutter = editor.gutter_width
    return [text for y in range(editor.size.height) if (text := editor.render_line(y).text[gutter:].rstrip())]


NOTE = ["✗ no such column: nope. Nothing has", "  this. Did you mean role?"]
LINES = TEXT.split("\n")


async def test_it_stands_under_its_statement_and_hides_no_line(pilot: Pilot[None]) -> None:
    assert shown(editor_of(pilot)) == [*LINES[:3], *NOTE, *LINES[3:]]
    assert editor_of(pilot).text == TEXT


async def test_the_cursor_walks_over_it(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    editor.move_cursor((2, 3))
    before = editor.cursor_screen_offset.y
    await pilot.press("down")
    assert editor.cursor_location == (3, 3)
    assert editor.cursor_screen_offset.y == before + 1 + len(NOTE)
    await pilot.press("up")
    assert editor.cursor_location == (2, 3)


@pytest.mark.parametrize(("row", "line"), [(2, 2), (3, 2), (4, 2), (5, 3), (6, 4)])
async def test_a_click_goes_where_it_points(pilot: Pilot[None], row: int, line: int) -> None:
    editor = editor_of(pilot)
    await pilot.click(editor, offset=(editor.gutter_width + 2, row))
    assert editor.cursor_location == (line, 2)


async def test_it_stays_while_others_are_edited_and_moves_with_its_statement(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    editor.error_at(START + 7, END)
    editor.insert("\n-- x", (4, 9))
    editor.insert("-- y\n", (0, 0))
    assert shown(editor)[4:6] == NOTE
    assert editor.get_line(2).get_style_at_offset(pilot.app.console, 8).underline


@pytest.mark.parametrize("place", [(1, 3), (2, 8)])
async def test_it_goes_when_its_statement_changes(pilot: Pilot[None], place: tuple[int, int]) -> None:
    editor = editor_of(pilot)
    editor.insert("x", place)
    assert len(shown(editor)) == len(LINES)
    editor.undo()
    assert shown(editor) == LINES


async def test_it_can_be_scrolled_past_and_is_wrapped_anew(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    assert editor.virtual_size.height == len(LINES) + len(NOTE)
    await pilot.resize_terminal(60, 7)
    await pilot.pause()
    assert editor.virtual_size.height == len(LINES) + 2
    editor.selection = Selection.cursor((4, 0))
    await pilot.pause()
    assert shown(editor)[-1] == "select 4;"
    assert editor.cursor_screen_offset.y == editor.region.y + editor.size.height - 1


async def test_it_acts_on_no_terminal_and_takes_few_rows(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    editor.note_under(START, END, "\x1b[31m[b]bad[/b]\n" * 40)
    rows = [text for text in shown(editor) if text not in LINES]
    assert "[b]bad[/b]" in rows[0]
    assert "\x1b" not in "".join(rows)
    assert len(rows) == 6
    assert rows[-1].endswith("…")


async def test_running_again_takes_it_away(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    editor.clear_error()
    await pilot.pause()
    assert shown(editor) == LINES
    assert editor.virtual_size.height == len(LINES)


async def test_in_a_statement_longer_than_the_pane_it_stands_under_the_place(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    editor.load_text("select nope\n" + "  , 1\n" * 40 + "  from t;")
    editor.error_at(7, 11)
    editor.note_under(0, len(editor.text) - 1, "no such column: nope.")
    await pilot.pause()
    assert shown(editor)[:3] == ["select nope", "✗ no such column: nope.", "  , 1"]
    editor.insert("x", (30, 0))
    assert "✗" not in "".join(shown(editor))
