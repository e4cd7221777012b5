"""Scripts in files, by the keys of the editor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.content import Content
from textual.pilot import Pilot

from tests.ui.panes.stage import Stage
from turso_tui.ui.panes.editor import EditorPane
from turso_tui.ui.screens.choice import ChoiceScreen
from turso_tui.ui.screens.sql_file import SqlFileScreen
from turso_tui.ui.widgets.field import Field


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pane() -> EditorPane:
    pane = EditorPane()
    pane.add_class("wide")
    return pane


@pytest.fixture
async def pilot(pane: EditorPane) -> AsyncIterator[Pilot[None]]:
    async with Stage(pane).run_test(size=(100, 24)) as pilot:
        pane.focus()
        yield pilot


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause(0.1)
    await pilot.pause()


def title(pane: EditorPane) -> str:
    """What the frame's top says, drawn anew."""
    return Content.from_text(pane.border_title or "").plain


def is_changed(pane: EditorPane) -> bool:
    return pane.tab.is_changed


async def saved(pilot: Pilot[None], pane: EditorPane, text: str = "select 1") -> None:
    """A text that is in a.sql."""
    pane.editor.insert(text)
    await pilot.press("ctrl+d", *"a.sql", "enter")
    await settled(pilot)


async def test_save_asks_before_it_replaces(pilot: Pilot[None], pane: EditorPane, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("old")
    await saved(pilot, pane)
    screen = pilot.app.screen
    assert isinstance(screen, SqlFileScreen)
    assert "there already" in screen.query_one(Field).word
    assert (tmp_path / "a.sql").read_text() == "old"
    await pilot.press("enter")
    await settled(pilot)
    assert (tmp_path / "a.sql").read_text() == "select 1"
    assert not isinstance(pilot.app.screen, SqlFileScreen)


async def test_a_tab_with_a_file_says_so_and_is_saved_there(
    pilot: Pilot[None], pane: EditorPane, tmp_path: Path
) -> None:
    await saved(pilot, pane)
    assert "a.sql" in title(pane)
    pane.editor.insert(" + 1")
    await pilot.pause()
    assert is_changed(pane)
    await pilot.press("ctrl+d")
    await settled(pilot)
    assert (tmp_path / "a.sql").read_text() == "select 1 + 1"
    assert not is_changed(pane)
    await pilot.press("ctrl+z")
    await pilot.pause()
    assert is_changed(pane)
    pane.action_new_tab()
    assert "a.sql ●" in title(pane)


async def test_open(pilot: Pilot[None], pane: EditorPane, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"select 2;\r\nselect 3;\r\n")
    await pilot.press("alt+o", *"a.sql", "enter")
    await settled(pilot)
    assert pane.editor.text == "select 2;\nselect 3;\n"
    assert not is_changed(pane)
    pane.action_new_tab()
    pane.editor.insert("other")
    await pilot.press("alt+o", "enter")  # the same again
    await settled(pilot)
    assert pane.editor.text == "select 2;\nselect 3;\n"
    assert len(pane.tabs.all) == 2


async def test_what_cannot_be_opened_is_said_beside_the_field(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("alt+o", *"nope.sql", "enter")
    await settled(pilot)
    assert "cannot be read" in pilot.app.screen.query_one(Field).word
    await pilot.press("escape")
    assert pane.tab.file is None


class TestSomebodyElseWroteTheFile:
    """Between reading and saving it."""

    @pytest.fixture(autouse=True)
    async def _written(self, pilot: Pilot[None], pane: EditorPane, tmp_path: Path) -> None:
        await saved(pilot, pane)
        (tmp_path / "a.sql").write_text("theirs")
        pane.editor.insert(" + 1")
        await pilot.press("ctrl+d")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ChoiceScreen)
        assert (tmp_path / "a.sql").read_text() == "theirs"

    async def test_it_can_be_overwritten(self, pilot: Pilot[None], pane: EditorPane, tmp_path: Path) -> None:
        await pilot.press("enter")
        await settled(pilot)
        assert (tmp_path / "a.sql").read_text() == "select 1 + 1"
        assert not is_changed(pane)

    async def test_it_can_be_read_again_and_that_undone(self, pilot: Pilot[None], pane: EditorPane) -> None:
        await pilot.press("down", "enter")
        await settled(pilot)
        assert pane.editor.text == "theirs"
        assert not is_changed(pane)
        await pilot.press("ctrl+z")
        assert pane.editor.text == "select 1 + 1"

    async def test_both_can_be_kept(self, pilot: Pilot[None], pane: EditorPane, tmp_path: Path) -> None:
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert (tmp_path / "a.sql").read_text() == "theirs"
        assert (tmp_path / "a-2.sql").read_text() == "select 1 + 1"
        assert pane.tab.file is not None
        assert pane.tab.file.path.name == "a-2.sql"

    async def test_nothing_happens_to_either_when_one_leaves(
        self, pilot: Pilot[None], pane: EditorPane, tmp_path: Path
    ) -> None:
        await pilot.press("escape")
        await settled(pilot)
        assert (tmp_path / "a.sql").read_text() == "theirs"
        assert pane.editor.text == "select 1 + 1"


async def test_a_tab_can_be_given_a_name(pilot: Pilot[None], pane: EditorPane) -> None:
    await pilot.press("alt+r", *"Unread mail", "enter")
    await settled(pilot)
    assert "Unread mail" in title(pane)
    await pilot.press("alt+r", *["backspace"] * 11, "enter")
    await settled(pilot)
    assert "Unread mail" not in title(pane)
