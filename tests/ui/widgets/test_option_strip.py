"""One of a few things on one line."""

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.option_strip import OptionStrip, StripOption

OPTIONS = (StripOption("a", "one"), StripOption("b", "two"), StripOption("c", "three"))


class Choosing(Stage):
    """Keeps which options were chosen."""

    def __init__(self, chosen: str | None = "a") -> None:
        self.strip = OptionStrip(OPTIONS, chosen)
        super().__init__(self.strip)
        self.said: list[str] = []

    def on_mount(self) -> None:
        self.strip.focus()

    def on_option_strip_changed(self, event: OptionStrip.Changed) -> None:
        self.said.append(event.id)


async def test_keys_go_round() -> None:
    async with (app := Choosing()).run_test() as pilot:
        await pilot.press("right", "l", "space", "left")
        assert app.said == ["b", "c", "a", "c"]


async def test_none_chosen_begins_with_the_first() -> None:
    async with (app := Choosing(None)).run_test() as pilot:
        await pilot.press("left")
        assert app.strip.chosen == "a"


async def test_the_chosen_one_has_another_sign() -> None:
    async with (app := Choosing("b")).run_test():
        assert app.strip.render().plain == "○ one  ● two  ○ three"


async def test_a_click_chooses_and_a_gap_does_not() -> None:
    async with (app := Choosing()).run_test() as pilot:
        await pilot.click(app.strip, offset=(8, 0))
        await pilot.click(app.strip, offset=(5, 0))
        assert app.said == ["b"]


async def test_what_the_program_chooses_is_not_announced() -> None:
    async with (app := Choosing()).run_test() as pilot:
        app.strip.chosen = "c"
        await pilot.pause()
        assert app.said == []
