"""The filter above a list: focus, keys, and what esc takes back."""

from textual import events
from textual.content import Content

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.filter_list import FilterList
from turso_tui.ui.widgets.tree_list import RowText, TreeList, TreeRow

NAMES = ("ada", "bob", "cay")


class Filtering(Stage):
    """Answers a query with the names that contain it."""

    def __init__(self) -> None:
        self.list = FilterList(lambda row: RowText(Content(str(row.item))))
        super().__init__(self.list)
        self.escaped = 0
        self.chosen: list[str] = []

    BINDINGS = [("escape", "note_escape")]

    def on_mount(self) -> None:
        self.answer("")
        self.list.focus()

    def answer(self, query: str) -> None:
        names = [name for name in NAMES if query in name]
        self.list.show(tuple(TreeRow((name,), name) for name in names), count=str(len(names)))

    def on_filter_list_filtered(self, event: FilterList.Filtered) -> None:
        self.answer(event.query)

    def on_filter_list_accepted(self) -> None:
        self.list.choose()

    def on_tree_list_chosen(self, event: TreeList.Chosen) -> None:
        self.chosen.append(event.row.id[0])

    def action_note_escape(self) -> None:
        self.escaped += 1

    @property
    def names(self) -> list[str]:
        return [row.id[0] for row in self.list.listing.rows]


async def test_letters_narrow_the_list_only_after_a_slash() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("b")
        assert app.names == [*NAMES]
        await pilot.press("slash", "b")
        assert app.names == ["bob"]


async def test_letters_that_come_in_one_packet_with_the_slash_are_not_lost() -> None:
    async with (app := Filtering()).run_test() as pilot:
        for character in "/bob":
            app.post_message(events.Key("slash" if character == "/" else character, character))
        await pilot.pause()
        assert app.list.query_text == "bob"


async def test_escape_clears_then_returns_then_is_someone_elses() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("slash", "b", "escape")
        assert (app.list.query_text, app.names) == ("", [*NAMES])
        assert app.list.input.has_focus
        await pilot.press("escape")
        assert app.list.listing.has_focus
        assert app.escaped == 0
        await pilot.press("escape")
        assert app.escaped == 1


async def test_escape_in_the_list_clears_the_filter_too() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("slash", "b", "down", "escape")
        assert app.list.query_text == ""
        assert app.list.listing.has_focus


async def test_enter_right_behind_a_letter_chooses_from_what_that_letter_left() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("slash")
        app.list.input.value = "c"
        await app.list.input.action_submit()
        await pilot.pause()
        assert app.chosen == ["cay"]


async def test_down_goes_into_the_list_unless_it_is_empty() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("slash", "z", "down")
        assert app.list.input.has_focus
        await pilot.press("backspace", "down")
        assert app.list.listing.has_focus


async def test_tab_does_not_stop_at_the_filter_but_a_click_does() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("tab")
        assert app.list.listing.has_focus
        await pilot.click("FilterInput")
        assert app.list.input.has_focus


async def test_the_count_stands_at_the_right() -> None:
    async with (app := Filtering()).run_test() as pilot:
        await pilot.press("slash", "b")
        assert str(app.query_one("#count").render()) == "1"
