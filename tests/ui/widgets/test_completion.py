"""The list of candidates: it comes while one types, and never gets in the way."""

from collections.abc import AsyncIterator, Callable

import pytest
from textual.pilot import Pilot

from tests.ui.widgets.editor_app import EditorApp
from turso_tui.sql.names import KnownColumn, Names, Relation
from turso_tui.ui.widgets.completion import CompletionList
from turso_tui.ui.widgets.editor import SqlEditor

SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with EditorApp().run_test(size=(80, 24)) as pilot:
        yield pilot


@pytest.fixture
def editor(pilot: Pilot[None]) -> SqlEditor:
    assert isinstance(pilot.app, EditorApp)
    return pilot.app.editor


@pytest.fixture
def popup(editor: SqlEditor) -> CompletionList:
    return editor.completer.popup


async def typed(pilot: Pilot[None], *keys: str) -> None:
    """Press the keys, and wait until there is nothing more to answer."""
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(popup: CompletionList) -> list[str]:
    completion = popup.completion
    return [candidate.text for candidate in completion.candidates] if completion is not None and popup.display else []


class TestWhenItComes:
    async def test_after_two_letters(self, pilot: Pilot[None], popup: CompletionList) -> None:
        await typed(pilot, "s")
        assert shown(popup) == []
        await typed(pilot, "e")
        assert shown(popup)[0] == "select"

    async def test_after_a_dot(self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList) -> None:
        editor.load_text("select  from threads t")
        editor.move_cursor((0, 7))
        await typed(pilot, "t", "full_stop")
        assert shown(popup) == ["id", "title", '"order"']

    async def test_when_asked_for(self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList) -> None:
        editor.load_text("select * from ")
        editor.move_cursor((0, 14))
        await typed(pilot, "ctrl+@")
        assert shown(popup)[:2] == ["messages", "threads"]

    async def test_not_when_text_is_loaded_or_pasted(
        self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList
    ) -> None:
        editor.load_text("sel")
        editor.move_cursor((0, 3))
        editor.insert("ect us")
        await typed(pilot)
        assert shown(popup) == []

    async def test_an_answer_that_comes_too_late_is_dropped(
        self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList
    ) -> None:
        await pilot.press("s", "e")
        editor.load_text("")
        await typed(pilot)
        assert shown(popup) == []


class TestWhenItGoes:
    @pytest.mark.parametrize("key", ["escape", "left", "home", "space", "semicolon"])
    async def test_other_keys_close_it(self, pilot: Pilot[None], popup: CompletionList, key: str) -> None:
        await typed(pilot, *"sel")
        await typed(pilot, key)
        assert shown(popup) == []

    async def test_escape_changes_nothing_else(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        await typed(pilot, *"sel", "escape")
        assert (editor.text, editor.has_focus) == ("sel", True)

    async def test_leaving_the_editor(self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList) -> None:
        await typed(pilot, *"sel")
        editor.screen.query_one("Input").focus()
        await pilot.pause()
        assert shown(popup) == []

    async def test_backspace_widens_it_again(self, pilot: Pilot[None], popup: CompletionList) -> None:
        await typed(pilot, *"selx")
        assert shown(popup) == []
        await typed(pilot, "backspace", "e")
        assert shown(popup) == ["select"]


class TestAccepting:
    async def test_tab_takes_the_first(self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList) -> None:
        await typed(pilot, *"select * from thr")
        await typed(pilot, "tab")
        assert (editor.text, shown(popup)) == ("select * from threads", [])

    async def test_enter_is_a_line_break_until_one_is_chosen(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        await typed(pilot, *"sel")
        await typed(pilot, "enter")
        assert editor.text == "sel\n"

    async def test_arrows_choose_and_enter_takes(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("select * from ")
        editor.move_cursor((0, 14))
        await typed(pilot, "ctrl+@")
        await typed(pilot, "down", "enter")
        assert editor.text == "select * from threads"

    async def test_up_goes_to_the_last(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        editor.load_text("select t. from threads t")
        editor.move_cursor((0, 8))
        await typed(pilot, "full_stop", "delete", "ctrl+@")
        await typed(pilot, "up", "tab")
        assert editor.text == 'select t."order" from threads t'

    async def test_tab_walks_on_when_there_is_no_list(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        await typed(pilot, "s", "tab")
        assert (editor.text, editor.has_focus) == ("s", False)

    async def test_cursor_stands_between_the_parentheses_of_a_function(
        self, pilot: Pilot[None], editor: SqlEditor
    ) -> None:
        await typed(pilot, *"select coun")
        await typed(pilot, "tab", "*", ")", "space")
        assert editor.text == "select count(*) "

    async def test_one_undo_takes_it_back(self, pilot: Pilot[None], editor: SqlEditor) -> None:
        await typed(pilot, *"select * from thr")
        await typed(pilot, "tab")
        editor.undo()
        assert editor.text == "select * from thr"


class TestOnTheScreen:
    async def test_under_the_cursor_or_above_it_where_there_is_no_room(
        self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList
    ) -> None:
        await typed(pilot, *"sel")
        assert popup.region.y == editor.cursor_screen_offset.y + 1
        editor.load_text("\n" * 18)
        editor.move_cursor((18, 0))
        await typed(pilot, *"cr")
        assert popup.region.bottom == editor.cursor_screen_offset.y

    async def test_never_wider_than_the_screen(
        self, pilot: Pilot[None], editor: SqlEditor, popup: CompletionList
    ) -> None:
        editor.names = Names((Relation("t" * 300, (KnownColumn("c" * 300),)),))
        editor.load_text("x" * 70 + "; select * from ")
        editor.move_cursor((0, len(editor.text)))
        await typed(pilot, "t", "t")
        assert popup.region.right <= 80
        assert popup.region.width <= 60


@SIZES
class TestPictures:
    def test_columns_of_an_alias(self, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            await typed(pilot, *"select m.c")
            await typed(pilot, "down")

        text = "\n  from messages m\n  join threads t on t.id = m.thread_id;\n\nselect 1;\n"
        app = EditorApp(text)
        assert snap_compare(app, terminal_size=size, run_before=play)

    def test_names_that_act_as_markup(self, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
        async def play(pilot: Pilot[None]) -> None:
            app = pilot.app
            assert isinstance(app, EditorApp)
            app.editor.move_cursor((0, 14))
            await typed(pilot, "ctrl+@")

        assert snap_compare(EditorApp("select * from ", "turso-light"), terminal_size=size, run_before=play)
