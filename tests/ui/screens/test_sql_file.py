"""Scripts in files, by the keys of the editor."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.ui.screens.sql_file import SqlFileScreen
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.field import Field


class Opening(EditorApp):
    """Keeps what was opened."""

    opened: tuple[Path, str] | None = None

    def on_sql_editor_file_opened(self, event: SqlEditor.FileOpened) -> None:
        self.opened = (event.path, event.text)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause(0.1)
    await pilot.pause()


async def test_save_asks_before_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("old")
    async with Opening("select 1").run_test() as pilot:
        await pilot.press("f11", *"a.sql", "enter")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, SqlFileScreen)
        assert "there already" in screen.query_one(Field).word
        assert (tmp_path / "a.sql").read_text() == "old"
        await pilot.press("enter")
        await settled(pilot)
        assert (tmp_path / "a.sql").read_text() == "select 1"
        assert not isinstance(pilot.app.screen, SqlFileScreen)


async def test_open(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 2")
    app = Opening()
    async with app.run_test() as pilot:
        await pilot.press("alt+o", *"a.sql", "enter")
        await settled(pilot)
        assert app.opened == (Path("a.sql"), "select 2")


async def test_what_cannot_be_opened_is_said_beside_the_field() -> None:
    app = Opening()
    async with app.run_test() as pilot:
        await pilot.press("alt+o", *"nope.sql", "enter")
        await settled(pilot)
        assert "cannot be read" in app.screen.query_one(Field).word
        await pilot.press("escape")
        assert app.opened is None
