"""A secret in a file: where, how, and not over what is there."""

import json
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.panes.stage import Stage
from tests.ui.tokens_known import OF_A_GROUP, READING, SIGN_IN
from turso_tui.service.known_tokens import KnownToken
from turso_tui.ui.screens.save_secret import SaveSecretScreen
from turso_tui.ui.widgets.field import Field


class Saving(Stage):
    """Asks at once, and keeps the answers."""

    def __init__(self, known: KnownToken = READING) -> None:
        super().__init__()
        assert known.token is not None
        self.secret = known.token.reveal()
        self.dialog = SaveSecretScreen(known, known.token)
        self.answers: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    @property
    def path(self) -> Input:
        return self.dialog.query_one("#path", Input)

    def word(self, field: str) -> str:
        return self.dialog.query_one(f"#{field}", Field).word


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_enter_writes_a_private_file_of_variables(tmp_path: Path) -> None:
    async with (app := Saving()).run_test() as pilot:
        await pilot.press("enter")
        await settled(pilot)
    written = tmp_path / "agent-0003.env"
    assert app.answers == ["agent-0003.env"]
    assert f"TURSO_AUTH_TOKEN={app.secret}" in written.read_text().replace('"', "").replace("'", "")
    assert "TURSO_DATABASE_URL" in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


async def test_the_suggested_name_follows_the_format() -> None:
    async with (app := Saving()).run_test() as pilot:
        await pilot.press("shift+tab", "left")
        assert app.path.value == "agent-0003.token"
        await pilot.press("left")
        assert app.path.value == "agent-0003.json"


async def test_a_name_of_ones_own_stays(tmp_path: Path) -> None:
    async with (app := Saving()).run_test() as pilot:
        app.path.value = "mine"
        await pilot.press("shift+tab", "right", "enter")
        await settled(pilot)
        assert app.answers == ["mine"]
        assert json.loads((tmp_path / "mine").read_text())["token"] == app.secret


async def test_a_file_that_is_there_is_replaced_only_when_asked_twice(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("precious")
    async with (app := Saving()).run_test() as pilot:
        await pilot.press("shift+tab", "left")
        app.path.value = "taken"
        await pilot.press("enter")
        await settled(pilot)
        assert "Enter again replaces it" in app.word("to")
        assert (tmp_path / "taken").read_text() == "precious"
        await pilot.press("enter")
        await settled(pilot)
        assert app.answers == ["taken"]
        assert (tmp_path / "taken").read_text() == f"{app.secret}\n"


async def test_asking_twice_holds_for_one_name_only(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text("precious")
    async with (app := Saving()).run_test() as pilot:
        await pilot.press("shift+tab", "left")
        for name in ("one", "two", "one"):
            app.path.value = name
            await pilot.press("enter")
            await settled(pilot)
        assert app.answers == []
        assert {(tmp_path / name).read_text() for name in ("one", "two")} == {"precious"}


@pytest.mark.parametrize("path", ["", "no/such/folder/x", ".", "~nobody-of-that-name/x"])
async def test_a_place_that_cannot_be_is_explained_beside_it(path: str) -> None:
    async with (app := Saving()).run_test() as pilot:
        app.path.value = path
        await pilot.press("enter")
        await settled(pilot)
        assert app.word("to").startswith("✗")
        assert app.path.value == path
        assert app.answers == []


async def test_each_kind_of_token_says_which_variables_it_becomes() -> None:
    async with (app := Saving(SIGN_IN)).run_test() as pilot:
        await pilot.pause()
        assert app.word("as").startswith("TURSO_API_TOKEN;")
    async with (app := Saving(OF_A_GROUP)).run_test() as pilot:
        await pilot.pause()
        assert app.word("as").startswith("TURSO_AUTH_TOKEN;")


async def test_the_secret_is_not_on_the_screen() -> None:
    async with (app := Saving()).run_test() as pilot:
        await pilot.press("enter")
        await settled(pilot)
        assert app.secret[20:60] not in app.export_screenshot()
