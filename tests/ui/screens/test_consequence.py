"""What cannot be taken back wants its name typed."""

from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from tests.ui.panes.stage import Stage
from turso_tui.ui.screens.consequence import ConsequenceScreen


class Asking(Stage):
    """Asks at once, and keeps the answers."""

    def __init__(self, word: str = "agent-0003") -> None:
        super().__init__()
        self.question = ConsequenceScreen(
            f"Rotate the key of {word}?", ["12 databases are affected."], word=word, act="rotate", warning="All of it."
        )
        self.answers: list[bool | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.question, self.answers.append)


def said(app: Asking) -> str:
    return "\n".join(str(text.visual) for text in app.question.query(Static))


async def typed(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*text, "enter")
    await pilot.pause()


async def test_the_name_and_enter_go_on() -> None:
    async with (app := Asking()).run_test() as pilot:
        await typed(pilot, "agent-0003")
        assert app.answers == [True]


async def test_another_name_changes_nothing_and_is_kept() -> None:
    async with (app := Asking()).run_test() as pilot:
        await typed(pilot, "agent-000")
        assert app.answers == []
        assert "Nothing has been rotated" in said(app)
        await typed(pilot, "3")
        assert app.answers == [True]


async def test_enter_alone_does_nothing() -> None:
    async with (app := Asking()).run_test() as pilot:
        await pilot.press("enter", "enter")
        assert app.answers == []


async def test_esc_leaves_everything_as_it_is() -> None:
    async with (app := Asking()).run_test() as pilot:
        await pilot.press(*"agent-0003", "escape")
        await pilot.pause()
        assert app.answers == [None]


async def test_the_mouse_presses_the_button_but_the_name_must_stand_there() -> None:
    async with (app := Asking()).run_test() as pilot:
        await pilot.click(Button)
        assert app.answers == []
        app.question.query_one("#word").focus()
        await pilot.press(*"agent-0003")
        await pilot.click(Button)
        await pilot.pause()
        assert app.answers == [True]


async def test_the_counts_and_the_warning_are_said() -> None:
    async with (app := Asking()).run_test() as pilot:
        await pilot.pause()
        assert "12 databases are affected." in said(app)
        assert "! All of it." in said(app)


async def test_a_name_that_cannot_be_typed_is_typed_as_it_is_shown() -> None:
    async with (app := Asking("[b]x\x1b")).run_test() as pilot:
        await pilot.pause()
        assert "[b]x␛" in said(app)
        app.question.query_one("#word", Input).value = "[b]x␛"
        await typed(pilot, "")
        assert app.answers == [True]
