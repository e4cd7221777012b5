"""What is put into the editor can be run at once, and takes nothing away."""

from collections.abc import Sequence

import pytest

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.sql.split import split
from turso_tui.ui.inserting import put_back, put_below

CHECK = "SELECT 1"


async def below(text: str, statement: str, additions: Sequence[str] = (CHECK,)) -> str:
    """The text after the additions were put below ``statement``; the places that are told are right."""
    app = EditorApp(text)
    async with app.run_test():
        for span in put_below(app.editor, statement, additions):
            assert app.editor.text[span.start : span.end] == span.text
        return app.editor.text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("update t", "update t;\n\nSELECT 1;"),
        ("update t;", "update t;\n\nSELECT 1;"),
        ("update t ;\nselect 2;", "update t ;\n\nSELECT 1;\nselect 2;"),
        ("select 2;\nupdate t", "select 2;\nupdate t;\n\nSELECT 1;"),
        ("update t; select 2", "update t;\n\nSELECT 1;\n\n select 2"),
        ("select 2", "select 2;\n\nSELECT 1;"),
        ("", "SELECT 1;"),
    ],
)
async def test_a_check_stands_below_its_statement(text: str, after: str) -> None:
    assert await below(text, "update t") == after
    assert [span.text for span in split(after)].count(CHECK) == 1


async def test_it_is_not_put_in_twice() -> None:
    once = await below("update t", "update t", [CHECK, "SELECT 2"])
    assert await below(once, "update t", [CHECK, "SELECT 2"]) == once


async def test_the_cursor_goes_to_what_was_put_in() -> None:
    app = EditorApp("update t")
    async with app.run_test():
        put_below(app.editor, "update t", [CHECK])
        assert app.editor.cursor_location == (2, 0)
        found = app.editor.statement_under_cursor()
        assert found is not None
        assert found.text == CHECK


async def test_lost_statements_come_back_at_the_end() -> None:
    app = EditorApp("select 2")
    async with app.run_test():
        assert put_back(app.editor, ["begin", "update t"])
        assert app.editor.text == "select 2;\n\nbegin;\nupdate t;"
        assert app.editor.cursor_location == (2, 0)


async def test_what_is_still_there_only_gets_the_cursor() -> None:
    text = "select 2;\nbegin; update t;\nselect 3"
    app = EditorApp(text)
    async with app.run_test():
        assert not put_back(app.editor, ["begin", "update t"])
        assert app.editor.text == text
        assert app.editor.cursor_location == (1, 0)


async def test_one_undo_takes_it_out_again() -> None:
    app = EditorApp("update t")
    async with app.run_test():
        put_below(app.editor, "update t", [CHECK])
        app.editor.undo()
        assert app.editor.text == "update t"
