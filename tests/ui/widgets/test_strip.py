"""The strip of tabs."""

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.strip import StripTab, TabStrip

TABS = (StripTab("r", "Result 1"), StripTab("p", "Plan"), StripTab("m", "Messages", changed=True))


class Tabbed(Stage):
    """Keeps which tabs were chosen."""

    def __init__(self, tabs: tuple[StripTab, ...] = TABS) -> None:
        self.strip = TabStrip()
        super().__init__(self.strip)
        self.strip.tabs = tabs
        self.strip.active = tabs[0].id if tabs else None
        self.chosen: list[str] = []

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        self.chosen.append(event.id)

    @property
    def text(self) -> str:
        return self.strip.render().plain


async def test_shows_every_tab_when_there_is_room() -> None:
    async with (app := Tabbed()).run_test():
        assert app.text == "Result 1   Plan   Messages ●"


async def test_keys_go_round() -> None:
    async with (app := Tabbed()).run_test() as pilot:
        app.strip.focus()
        await pilot.press("right", "right", "right", "left")
        assert app.chosen == ["p", "m", "r", "m"]


async def test_a_click_chooses_and_a_gap_does_not() -> None:
    async with (app := Tabbed()).run_test() as pilot:
        await pilot.click(TabStrip, offset=(12, 0))
        await pilot.click(TabStrip, offset=(9, 0))
        assert (app.strip.active, app.chosen) == ("p", ["p"])


async def test_padding_does_not_move_where_a_click_counts() -> None:
    async with (app := Tabbed()).run_test() as pilot:
        app.strip.styles.padding = (0, 3)
        await pilot.pause()
        await pilot.click(TabStrip, offset=(12, 0))
        assert app.chosen == []
        await pilot.click(TabStrip, offset=(14, 0))
        assert app.chosen == ["p"]


async def test_when_they_do_not_fit_the_active_one_is_there_with_signs_for_the_rest() -> None:
    tabs = tuple(StripTab(str(number), f"Result {number}") for number in range(20))
    async with (app := Tabbed(tabs)).run_test() as pilot:
        assert app.text == "Result 0   Result 1   Result 2 …"
        app.strip.active = "10"
        assert app.text == "… Result 9   Result 10   Result 11 …"
        app.strip.active = "19"
        assert app.text == "… Result 18   Result 19"
        await pilot.click(TabStrip, offset=(3, 0))
        assert app.chosen == ["18"]


async def test_a_label_is_no_markup_and_acts_on_nothing() -> None:
    async with (app := Tabbed((StripTab("x", "[red]\x1b[2J"),))).run_test():
        assert app.text == "[red]␛[2J"


async def test_no_tabs_are_an_empty_line() -> None:
    async with (app := Tabbed(())).run_test() as pilot:
        app.strip.focus()
        await pilot.press("right")
        assert (app.text, app.chosen) == ("", [])
