"""Vim's keys in the real editor: what a text without a screen cannot show."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.panes.stage import Stage
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.screens.sql_file import SqlFileScreen
from turso_tui.ui.widgets.editor import SqlEditor

TEXT = "select a\n  from t;\nselect b;"


@pytest.fixture
def pane() -> EditorPane:
    pane = EditorPane()
    pane.add_class("wide")
    return pane


@pytest.fixture
async def pilot(pane: EditorPane) -> AsyncIterator[Pilot[None]]:
    async with Stage(pane).run_test(size=(80, 16)) as pilot:
        pane.editor.vim_keys = True
        pane.editor.load_text(TEXT)
        pane.focus()
        await pilot.pause()
        yield pilot


async def test_a_word_is_changed_and_the_change_repeated(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("w", *"cwcount(b", "escape", "j", ".")
    assert pane.editor.text.startswith("select count(b)")
    await pilot.press("u", "u")
    assert pane.editor.text == TEXT


async def test_one_undo_takes_back_all_that_was_typed_in_one_go(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("G", "o", *"select 'x'", "enter", *"from u;", "escape")
    assert pane.editor.text == f"{TEXT}\nselect 'x'\nfrom u;"
    await pilot.press("u")
    assert pane.editor.text == TEXT
    await pilot.press("ctrl+r")
    assert pane.editor.text == f"{TEXT}\nselect 'x'\nfrom u;"


async def test_the_mode_stands_in_the_frame(pilot: Pilot[None], pane: EditorPane) -> None:
    assert "NORMAL" in str(pane.border_subtitle)
    await pilot.press("V", "j")
    await pilot.pause()
    assert "VISUAL LINE" in str(pane.border_subtitle)
    assert pane.editor.selected_text == "select a\n  from t;"
    await pilot.press("d")
    assert pane.editor.text == "select b;"
    await pilot.press("alt+v")
    await pilot.pause()
    assert "NORMAL" not in str(pane.border_subtitle)
    await pilot.press("x")
    assert pane.editor.text == "xselect b;"


async def test_the_keys_of_the_editor_and_the_program_stay(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("down", "i", *"sel", "escape")
    assert pane.editor.cursor_location == (1, 2)
    await pilot.press("ctrl+t")
    assert len(pane.tabs.all) == 2
    await pilot.press("i", "x")
    assert pane.editor.text == "x"


@pytest.mark.parametrize("vim", [True, False])
async def test_a_letter_that_comes_with_alt_is_not_written(pilot: Pilot[None], pane: EditorPane, vim: bool) -> None:
    pane.editor.vim_keys = vim
    pilot.app.post_message(events.Key("alt+v", "v"))
    await pilot.pause()
    assert pane.editor.text == TEXT
    assert pane.editor.vim_keys is not vim


async def test_a_letter_with_alt_that_nothing_is_bound_to_is_not_written(pilot: Pilot[None], pane: EditorPane) -> None:
    pane.editor.vim_keys = False
    pilot.app.post_message(events.Key("alt+d", "d"))
    await pilot.pause()
    assert pane.editor.text == TEXT


async def test_a_key_right_behind_esc_comes_with_alt_and_means_both(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("i", *"new ")
    pilot.app.post_message(events.Key("alt+o", "o"))
    await pilot.press("x")
    pilot.app.post_message(events.Key("alt+d", "d"))
    await pilot.press("d")
    assert pane.editor.text == f"new {TEXT}"
    assert "NORMAL" in str(pane.border_subtitle)


async def test_lines_of_the_tab(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press(*":%s/select/SELECT/", "enter")
    assert pane.editor.text.count("SELECT") == 2
    await pilot.press(":", "q", "enter")
    await pilot.pause()
    assert pane.editor.text == ""


KEYS = st.lists(
    st.sampled_from([*"hjklwbe0$gGfTt;%dcyxDsSrJpPoOiaAu.~v V>=\"+'(12ab:n/*", "escape", "enter", "ctrl+r", "left"]),
    max_size=25,
)


async def test_no_keys_crash_or_lose_the_way_back(pilot: Pilot[None], pane: EditorPane) -> None:
    editor = pane.editor

    async def play(keys: list[str]) -> None:
        editor.load_text(TEXT)
        editor.vim_keys = False
        editor.vim_keys = True
        await pilot.press(*keys)
        while editor.history.undo_stack:
            editor.undo()
        assert editor.text == TEXT

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def drawn(data: st.DataObject) -> None:
        cases.append(data.draw(KEYS))

    cases: list[list[str]] = []
    drawn()
    for keys in cases:
        await play(keys)
    assert isinstance(editor, SqlEditor)


async def test_a_path_that_is_typed_behind_w_is_the_one_that_is_asked_about(
    pilot: Pilot[None], pane: EditorPane
) -> None:
    await pilot.press(*":w notes.sql", "enter")
    await pilot.pause()
    assert isinstance(pilot.app.screen, SqlFileScreen)
    assert pilot.app.screen.query(Input).first().value == "notes.sql"
