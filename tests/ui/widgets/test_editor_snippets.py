"""Snippets by the keys of the editor."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.service.snippets import Snippets
from turso_tui.ui.screens.save_snippet import SaveSnippetScreen
from turso_tui.ui.screens.snippets import SnippetsScreen
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.field import Field

PAIR = "-- Two places\nSELECT ${1:one}, ${2:two}\n  FROM $1;$0"
BEHIND = {"completion", "keep", "snippets"}
CHOICE = "BEGIN ${1|IMMEDIATE,DEFERRED|};"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "pairing.sql").write_text(PAIR)
    (tmp_path / "choosing.sql").write_text(CHOICE)
    (tmp_path / "broken.sql").write_text("select ${1:a")
    return tmp_path


@pytest.fixture
async def pilot(directory: Path) -> AsyncIterator[Pilot[None]]:
    app = EditorApp()
    app.editor = SqlEditor(snippets=Snippets(lambda: directory))
    app.editor.cursor_blink = False
    async with app.run_test(size=(90, 24)) as pilot:
        await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[None]) -> None:
    """Once nothing goes on in the background but what waits for a person."""
    async with asyncio.timeout(10):
        while any(worker.is_running and worker.group in BEHIND for worker in pilot.app.workers):
            await pilot.pause(0.02)
    await pilot.pause()


def editor_of(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


async def expanded(pilot: Pilot[None], name: str) -> SqlEditor:
    await pilot.press(*name)
    await settled(pilot)
    await pilot.press("tab")
    await settled(pilot)
    return editor_of(pilot)


async def test_a_name_is_completed_and_tab_walks_its_places(pilot: Pilot[None]) -> None:
    editor = await expanded(pilot, "pairi")
    assert editor.text == "SELECT one, two\n  FROM one;"
    assert editor.selected_text == "one"
    await pilot.press(*"a1", "tab")
    assert editor.text == "SELECT a1, two\n  FROM a1;"
    assert editor.selected_text == "two"
    await pilot.press("shift+tab", "9", "tab", *"cou")
    await settled(pilot)
    assert editor.completer.popup.display
    await pilot.press("tab")
    assert editor.text == "SELECT 9, cou\n  FROM 9;"
    assert editor.cursor_location == (1, 9)
    await pilot.press("tab")
    assert not editor.has_focus  # tab does again what it does


async def test_lines_of_a_snippet_are_indented_like_the_first(pilot: Pilot[None]) -> None:
    await pilot.press(*"  ")
    editor = await expanded(pilot, "pairi")
    assert editor.text == "  SELECT one, two\n    FROM one;"
    await pilot.press("x", "tab")
    assert editor.text == "  SELECT x, two\n    FROM x;"


async def test_choices_are_offered_and_the_chosen_one_is_written(pilot: Pilot[None]) -> None:
    editor = await expanded(pilot, "choos")
    assert editor.selected_text == "IMMEDIATE"
    assert editor.completer.popup.display
    await pilot.press("down", "enter")
    assert editor.text == "BEGIN DEFERRED;"
    assert not editor.snippet.is_active


async def test_it_ends_with_esc_with_undo_and_when_something_else_is_changed(pilot: Pilot[None]) -> None:
    editor = await expanded(pilot, "pairi")
    await pilot.press("escape")
    assert not editor.snippet.is_active
    editor.load_text("")
    await expanded(pilot, "pairi")
    editor.insert("x", (1, 0))
    assert not editor.snippet.is_active
    editor.undo()
    editor.undo()
    assert editor.text == "pairi"


async def test_they_are_found_by_what_they_are_for(pilot: Pilot[None]) -> None:
    editor = editor_of(pilot)
    await pilot.press("alt+i")
    await pilot.pause(0.1)
    screen = pilot.app.screen
    assert isinstance(screen, SnippetsScreen)
    await pilot.press(*"two pla")
    assert "SELECT one, two" in str(screen.shown.visual)
    await pilot.press("enter")
    await pilot.pause(0.1)
    assert editor.text == "SELECT one, two\n  FROM one;"
    assert editor.selected_text == "one"


async def test_what_is_broken_is_said_by_name_and_line(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(editor_of(pilot), "notify", lambda message, **_: told.append(message))
    await editor_of(pilot).shelf.load()
    assert any("broken.sql: Line 1" in message for message in told)


async def test_the_selection_is_kept_as_one(pilot: Pilot[None], directory: Path) -> None:
    editor = editor_of(pilot)
    editor.load_text("select $1;")
    await pilot.press("alt+k")
    await pilot.pause(0.1)
    screen = pilot.app.screen
    assert isinstance(screen, SaveSnippetScreen)
    await pilot.press(*"pairing", "enter")
    await pilot.pause(0.1)
    assert "there already" in screen.query(Field).first().word
    await pilot.press(*"2", "enter")
    await settled(pilot)
    assert (directory / "pairing2.sql").read_text() == "select \\$1"
    assert "pairing2" in editor.shelf.known
