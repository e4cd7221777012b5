"""Which editor is the person's own. That the terminal is left to it, and taken back, is seen only in a terminal."""

from pathlib import Path

import pytest

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.errors import InputError
from turso_tui.ui.outside import edit_outside, editor_command


def test_visual_comes_before_editor() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": "", "EDITOR": "vi"}) == ["vi"]


def test_what_every_system_has(tmp_path: Path) -> None:
    editor = tmp_path / "nano"
    editor.touch(mode=0o755)
    assert editor_command({"PATH": str(tmp_path)}) == [str(editor)]


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no editor"):
        editor_command({"PATH": str(tmp_path)})


def test_a_variable_that_cannot_be_understood() -> None:
    with pytest.raises(InputError, match="EDITOR cannot be understood"):
        editor_command({"EDITOR": "vi 'open"})


async def test_a_terminal_that_cannot_be_left_is_said() -> None:
    async with EditorApp().run_test() as pilot:
        with pytest.raises(InputError, match="cannot be left"):
            await edit_outside(pilot.app, "select 1", {"EDITOR": "true"})
