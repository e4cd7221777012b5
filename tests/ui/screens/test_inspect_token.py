"""Any pasted token in words."""

import pytest
from textual import events
from textual.widgets import Static

from tests.tokens.samples import DATABASE, GROUP, GROUP_SCOPED, NARROW_DATABASE, NOW, SESSION, UNRESTRICTED
from tests.ui.panes.stage import Stage
from turso_tui.ui.screens.inspect_token import InspectTokenScreen


class Inspecting(Stage):
    """Opens the dialog at once."""

    def __init__(self) -> None:
        super().__init__()
        self.dialog = InspectTokenScreen(NOW)

    def on_mount(self) -> None:
        self.push_screen(self.dialog)

    @property
    def answer(self) -> str:
        return " ".join(str(self.dialog.query_one("#answer", Static).visual).split())


async def inspected(text: str) -> str:
    async with (app := Inspecting()).run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        app.post_message(events.Paste(text))
        await pilot.pause()
        assert "•" in app.export_screenshot() or not text
        assert text[20:60] not in app.export_screenshot() or not text
        return app.answer


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (DATABASE, "A database token: it runs SQL on database"),
        (NARROW_DATABASE, "reads messages and threads; adds to messages"),
        (GROUP, "every database of group"),
        (GROUP_SCOPED, "read and db:mint-token"),
        (SESSION, "A sign-in session token"),
        (UNRESTRICTED, "A platform API token"),
        ("hello there, what is this supposed to be", "cannot be a token"),
    ],
    ids=["database", "narrow", "group", "group's API", "session", "API", "no token"],
)
async def test_says_what_it_is(token: str, words: str) -> None:
    assert words in await inspected(token)


async def test_takes_what_comes_along_with_a_copy() -> None:
    wrapped = f'export TURSO_AUTH_TOKEN="{DATABASE[:70]}\n{DATABASE[70:]}"'
    assert "A database token" in await inspected(wrapped)


async def test_says_until_when() -> None:
    assert "10 minutes from now" in await inspected(DATABASE)


async def test_nothing_is_said_of_nothing() -> None:
    assert await inspected("") == ""
