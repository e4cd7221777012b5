from collections.abc import AsyncIterator

import pytest
from rich.color import Color
from textual import events
from textual.app import App, ComposeResult
from textual.color import Color as CssColor
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets.text_area import Selection

from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.editor import SqlEditor


class EditorApp(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield SqlEditor()
        yield Input()

    def on_mount(self) -> None:
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)

    @property
    def editor(self) -> SqlEditor:
        return self.query_one(SqlEditor)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with EditorApp().run_test(size=(60, 20)) as pilot:
        yield pilot


@pytest.fixture
def editor(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


def colour(editor: SqlEditor, row: int, column: int) -> Color | None:
    """The colour in which a character is drawn."""
    line = editor.get_line(row)
    return line.get_style_at_offset(editor.app.console, column).color


def variable(editor: SqlEditor, name: str) -> Color:
    """The colour of a theme variable."""
    return CssColor.parse(editor.app.theme_variables[name]).rich_color


def underlined(editor: SqlEditor, row: int) -> str:
    """What of a line is marked as wrong."""
    line, console = editor.get_line(row), editor.app.console
    return "".join(
        sign for column, sign in enumerate(line.plain) if line.get_style_at_offset(console, column).underline
    )


class TestColours:
    @pytest.mark.parametrize("theme", ["turso-dark", "turso-light", "nord"])
    async def test_words_have_the_colours_of_the_theme(self, pilot: Pilot[None], editor: SqlEditor, theme: str) -> None:
        editor.load_text("select 'a', :b -- c")
        pilot.app.theme = theme
        await pilot.pause()
        for column, name in ((0, "keyword"), (7, "string"), (12, "parameter"), (16, "comment")):
            assert colour(editor, 0, column) == variable(editor, f"sql-{name}")

    async def test_comment_opened_above_colours_the_lines_below(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("\nselect 1\nselect 2")
        await pilot.press("/", "*")
        assert colour(editor, 2, 0) == variable(editor, "sql-comment")
        await pilot.press("*", "/")
        assert colour(editor, 2, 0) == variable(editor, "sql-keyword")

    async def test_undo_gives_the_lines_below_their_colours_back(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("\nselect 1")
        editor.insert("'")
        assert colour(editor, 1, 0) == variable(editor, "sql-string")
        editor.undo()
        assert colour(editor, 1, 0) == variable(editor, "sql-keyword")

    async def test_nothing_in_the_text_acts_on_the_terminal(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        text = "a\x1b[2J\x07\u202eb\u00ad\x9b\U000e0041\tc"
        editor.load_text(text)
        await pilot.pause()
        drawn = editor.get_line(0).plain
        assert drawn == "a␛[2J␇·b···\tc"
        assert editor.text == text


class TestStatements:
    async def test_statement_under_the_cursor(self, editor: SqlEditor) -> None:
        editor.load_text("select 1;\n\nselect 2;\n")
        editor.move_cursor((1, 0))
        assert editor.statement_under_cursor() == (0, 8, "select 1")
        editor.move_cursor((2, 3))
        assert editor.statement_under_cursor() == (11, 19, "select 2")

    async def test_statements_follow_every_kind_of_edit(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        def texts() -> list[str]:
            return [span.text for span in editor.statements()]

        await pilot.press(*"select 1", "semicolon", *"begin")
        assert texts() == ["select 1", "begin"]
        editor.replace("2", (0, 7), (0, 8))
        assert texts() == ["select 2", "begin"]
        editor.undo()
        assert texts() == ["select 1", "begin"]
        editor.redo()
        assert texts() == ["select 2", "begin"]
        editor.load_text("commit")
        assert texts() == ["commit"]
        editor.clear()
        assert texts() == []

    async def test_statement_about_to_run_is_marked_when_there_are_others(self, editor: SqlEditor) -> None:
        def marked(row: int) -> bool:
            return any(span.style.bgcolor for span in editor.get_line(row).spans if not isinstance(span.style, str))

        editor.load_text("select 1;\nselect 2;")
        editor.move_cursor((1, 0))
        assert [marked(0), marked(1)] == [False, True]
        editor.move_cursor((0, 0))
        assert [marked(0), marked(1)] == [True, False]
        editor.load_text("select 1;")
        assert not marked(0)

    async def test_selected_statements_are_in_offsets_of_the_whole_text(self, editor: SqlEditor) -> None:
        editor.load_text("select 1;\nselect 2; select 3")
        editor.selection = Selection((1, 18), (1, 0))
        assert editor.selected_statements() == [(10, 18, "select 2"), (20, 28, "select 3")]

    @pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
    async def test_offsets_and_locations_are_each_others_inverse(self, editor: SqlEditor, line_break: str) -> None:
        editor.load_text(line_break.join(["select 1", "", "from ü"]))
        for offset in range(len(editor.text) + 1):
            location = editor.location_of(offset)
            assert editor.offset_of(location) == offset
            assert editor.get_text_range((0, 0), location) == editor.text[:offset]
        assert editor.location_of(999) == (2, 6)

    async def test_carriage_return_ends_a_comment_as_it_ends_the_line(self, editor: SqlEditor) -> None:
        editor.load_text("-- a\rselect 1")
        assert [span.text for span in editor.statements()] == ["select 1"]


class TestError:
    async def test_place_of_an_error_is_underlined(self, editor: SqlEditor) -> None:
        editor.load_text("select 1\n  form t")
        editor.error_at(11, 15)
        assert [underlined(editor, 0), underlined(editor, 1)] == ["", "form"]
        assert colour(editor, 1, 2) == variable(editor, "bad")

    async def test_error_over_several_lines(self, editor: SqlEditor) -> None:
        editor.load_text("select 1\n  form t")
        editor.error_at(7, 12)
        assert [underlined(editor, 0), underlined(editor, 1)] == ["1", "  f"]

    async def test_edit_clears_the_error(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("form t")
        editor.error_at(0, 4)
        await pilot.press("x")
        assert underlined(editor, 0) == ""

    async def test_error_can_be_taken_back(self, editor: SqlEditor) -> None:
        editor.load_text("form t")
        editor.error_at(0, 4)
        editor.clear_error()
        assert underlined(editor, 0) == ""

    async def test_moving_the_cursor_keeps_the_error(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("form t")
        editor.error_at(0, 4)
        await pilot.press("right")
        assert underlined(editor, 0) == "form"


class TestTyping:
    async def test_paste_arrives_whole(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        script = "".join(f"insert into t values ({number}, 'a; b');\n" for number in range(3000))
        pilot.app.post_message(events.Paste(script))
        await pilot.pause()
        assert editor.text == script
        assert len(editor.statements()) == 3000
        assert editor.cursor_location == (3000, 0)

    async def test_new_line_keeps_the_indentation(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("    from t")
        editor.move_cursor((0, 8))
        await pilot.press("enter")
        assert editor.text == "    from\n     t"

    async def test_new_line_within_the_indentation_moves_the_line_as_it_is(
        self, pilot: Pilot[None], editor: SqlEditor
    ) -> None:
        editor.load_text("    from t")
        editor.move_cursor((0, 2))
        await pilot.press("enter")
        assert editor.text == "  \n    from t"

    async def test_new_line_behind_an_open_parenthesis_is_further_in(
        self, pilot: Pilot[None], editor: SqlEditor
    ) -> None:
        await pilot.press(*"t (", "enter", "a")
        assert editor.text == "t (\n  a\n)"

    async def test_new_line_replaces_the_selection(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("  a b c")
        editor.selection = Selection((0, 6), (0, 3))
        await pilot.press("enter")
        assert editor.text == "  a\n  c"

    async def test_tab_leaves_the_editor(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.focus()
        await pilot.press("tab")
        assert pilot.app.focused is pilot.app.query_one(Input)
        assert editor.text == ""


class TestComments:
    @pytest.mark.parametrize("key", ["ctrl+underscore", "ctrl+slash"])
    async def test_line_is_commented_and_back(self, pilot: Pilot[None], editor: SqlEditor, key: str) -> None:
        editor.load_text("  select 1")
        editor.move_cursor((0, 4))
        await pilot.press(key)
        assert editor.text == "--   select 1"
        assert editor.cursor_location == (0, 7)
        await pilot.press(key)
        assert editor.text == "  select 1"
        assert editor.cursor_location == (0, 4)

    async def test_selected_lines_are_commented_as_one_step(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("a\n\nb\nc")
        editor.selection = Selection((0, 0), (3, 0))
        await pilot.press("ctrl+underscore")
        assert editor.text == "-- a\n\n-- b\nc"
        assert editor.selection == Selection((0, 0), (3, 0))
        editor.undo()
        assert editor.text == "a\n\nb\nc"

    async def test_comments_among_lines_are_commented_too(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("-- a\nb")
        editor.select_all()
        await pilot.press("ctrl+underscore")
        assert editor.text == "-- -- a\n-- b"

    async def test_read_only_text_stays(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("select 1")
        editor.read_only = True
        await pilot.press("ctrl+underscore", "enter")
        assert editor.text == "select 1"


async def test_own_keys_can_be_remapped() -> None:
    assert all(binding.id for binding in SqlEditor.BINDINGS if not isinstance(binding, tuple))


async def test_letters_in_one_packet_with_a_key_that_moves_the_cursor_come_where_it_went(
    pilot: Pilot[None], editor: SqlEditor
) -> None:
    editor.load_text("ab")
    editor.focus()
    await pilot.press("right")
    for key, character in (("home", None), ("x", "x"), ("end", None), ("y", "y"), ("left", None), ("z", "z")):
        editor.post_message(events.Key(key, character))
    await pilot.pause()
    assert editor.text == "xabzy"


async def test_ctrl_with_home_and_end_goes_to_the_ends_of_the_text(pilot: Pilot[None], editor: SqlEditor) -> None:
    editor.load_text("select 1;\n" * 99 + "select 2;")
    await pilot.press("ctrl+end")
    assert editor.cursor_location == (99, 9)
    await pilot.press("ctrl+home")
    assert editor.cursor_location == (0, 0)
