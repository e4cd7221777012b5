"""What the editor does with keys beyond writing letters."""

from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot
from textual.widgets.text_area import Selection

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.editor_area import DEEPEST_UNDO, STATEMENT_BAR
from turso_tui.ui.widgets.editor_lines import dedented, indented, toggled


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with EditorApp().run_test(size=(80, 24)) as pilot:
        yield pilot


@pytest.fixture
def editor(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


def load(editor: SqlEditor, marked: str) -> None:
    """Load a text with the cursor where the ``|`` is."""
    before, _, after = marked.partition("|")
    editor.load_text(before + after)
    editor.move_cursor((before.count("\n"), len(before.rpartition("\n")[2])))


def marked(editor: SqlEditor) -> str:
    cursor = editor.offset_of(editor.cursor_location)
    return f"{editor.text[:cursor]}|{editor.text[cursor:]}"


class TestPairs:
    @pytest.mark.parametrize(
        ("before", "keys", "after"),
        [
            ("|", "(", "(|)"),
            ("|", "()", "()|"),
            ("|", "(a)b", "(a)b|"),
            ("|", "((a))", "((a))|"),
            ("select |", "'a'", "select 'a'|"),
            ("select |", '"a"', 'select "a"|'),
            ("select |;", "'", "select '|';"),
            ("select |a", "(", "select (|a"),
            ("it|", "'", "it'|"),
            ("x|", "'ff'", "x'ff'|"),
            ("select 'a|'", "(", "select 'a(|'"),
            ("-- |", "it's (", "-- it's (|"),
            ("/* |", "(", "/* (|"),
            ("'a|'", "'", "'a'|'"),
        ],
    )
    async def test_typing(self, pilot: Pilot[None], editor: SqlEditor, before: str, keys: str, after: str) -> None:
        load(editor, before)
        await pilot.press(*keys)
        assert marked(editor) == after

    async def test_backspace_takes_both(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        await pilot.press("(", "backspace")
        assert marked(editor) == "|"

    async def test_backspace_takes_only_what_was_made_here(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "(|)")
        await pilot.press("backspace")
        assert marked(editor) == "|)"

    async def test_what_was_there_is_not_skipped(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "(a|)")
        await pilot.press(")")
        assert marked(editor) == "(a)|)"

    async def test_what_is_selected_is_put_in_parentheses(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("a + b")
        editor.selection = Selection((0, 0), (0, 5))
        await pilot.press("(")
        assert editor.text == "(a + b)"


class TestIndentation:
    async def test_tab_indents_selected_lines(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("a\n\nb\nc")
        editor.selection = Selection((0, 0), (2, 1))
        await pilot.press("tab")
        assert editor.text == "  a\n\n  b\nc"
        await pilot.press("shift+tab", "shift+tab")
        assert editor.text == "a\n\nb\nc"

    async def test_key_for_one_line(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "a|b")
        await pilot.press("ctrl+right_square_bracket")
        assert marked(editor) == "  a|b"

    async def test_backspace_goes_one_step_out(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "    |a")
        await pilot.press("backspace")
        assert marked(editor) == "  |a"
        load(editor, "   |a")
        await pilot.press("backspace")
        assert marked(editor) == "  |a"

    async def test_enter_between_parentheses_makes_room(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "  in (|)")
        await pilot.press("enter")
        assert marked(editor) == "  in (\n    |\n  )"

    def test_lines(self) -> None:
        assert indented(["a", "", " b"], 2) == ["  a", "", "   b"]
        assert dedented(["   a", " b", "\tc", "d"], 2) == [" a", "b", "c", "d"]
        assert toggled(["a", "", "  b"]) == ["-- a", "", "--   b"]
        assert toggled(["-- a", "", "  --b"]) == ["a", "", "  b"]


class TestBrackets:
    @pytest.mark.parametrize(
        ("text", "place", "other"),
        [
            ("f(a, (b))", (0, 1), (0, 8)),
            ("f(a, (b))", (0, 8), (0, 1)),
            ("f(\n')'\n)", (0, 1), (2, 0)),
            ("f( -- )\n)", (1, 0), (0, 1)),
            ("'('", (0, 1), None),
            ("(", (0, 0), None),
        ],
    )
    async def test_other_one(
        self, editor: SqlEditor, text: str, place: tuple[int, int], other: tuple[int, int] | None
    ) -> None:
        editor.load_text(text)
        assert editor.find_matching_bracket(editor.document.get_line(place[0])[place[1]], place) == other


async def test_undo_is_deep(editor: SqlEditor) -> None:
    for number in range(300):
        editor.insert(f"{number}\n")
    for _ in range(300):
        editor.undo()
    assert editor.text == ""
    assert editor.history.max_checkpoints == DEEPEST_UNDO


async def test_statement_that_would_run_has_a_bar_beside_it(pilot: Pilot[None], editor: SqlEditor) -> None:
    load(editor, "select 1;\n\nselect\n  |2;\n")
    await pilot.pause()
    assert [STATEMENT_BAR in editor.render_line(y).text for y in range(5)] == [False, False, True, True, False]


class TestFormatting:
    async def test_statement_under_the_cursor(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        load(editor, "select  1;\nselect a,b fr|om t\n")
        await pilot.press("ctrl+backslash")
        assert marked(editor) == "select  1;\nselect a, b\nfr|om t\n"
        editor.undo()
        assert editor.text == "select  1;\nselect a,b from t\n"

    async def test_selection(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("select  1;\nselect  2;\nselect  3")
        editor.selection = Selection((0, 0), (1, 10))
        await pilot.press("ctrl+backslash")
        assert editor.text == "select 1;\nselect 2;\nselect  3"
