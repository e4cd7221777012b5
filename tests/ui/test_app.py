"""Coming in by the welcome, and going down without telling secrets."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from tests.ui.stage import StagedApp, account_app, listed, said, until
from turso_tui.errors import TursoTuiError
from turso_tui.local.server import LocalServer
from turso_tui.service.entrance import AccountEntrance
from turso_tui.tokens import PlatformToken
from turso_tui.ui.screens.welcome import WelcomeScreen
from turso_tui.ui.widgets.door_form import UrlForm

SIZE = (80, 24)


async def test_escape_goes_back_from_the_form_to_the_doors(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        assert app.screen.query_one(UrlForm).display
        await pilot.press("escape")

        assert not app.screen.query_one(UrlForm).display
        assert isinstance(app.focused, OptionList)


async def test_a_file_that_is_not_there_is_said_in_the_welcome(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "enter")
        await pilot.press(*"nowhere.db", "enter")
        await pilot.pause()

        assert "There is no file nowhere.db" in said(app.screen)


async def test_the_palette_runs_an_action_by_its_name(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=SIZE) as pilot:
        console = await listed(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        app.screen.query_one(Input).value = "Schema"
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is console)

        await until(pilot, lambda: app.focused is not None and console.schema in app.focused.ancestors)


async def test_another_door_can_be_looked_at_and_left_again(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=SIZE) as pilot:
        console = await listed(pilot)
        app.action_doors()
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is console)


async def test_leaving_stops_what_is_still_being_read(tmp_path: Path, local_server: LocalServer) -> None:
    app = account_app(tmp_path, local_server)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.console_screen is not None)
        local_server.faults.add("latency=2s,on=control")
        app.desk_screen.action_refresh()
        await until(pilot, lambda: any(worker.is_running for worker in app.workers))
        reading = list(app.workers)
        app.exit()

        assert all(worker.is_cancelled or worker.is_finished for worker in reading)


def test_a_crash_report_shows_no_local_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    app = StagedApp(tmp_path)
    monkeypatch.setattr(app, "panic", lambda *renderables: said.extend(map(str, renderables)))

    def fail(secret: str) -> None:
        raise TursoTuiError("It broke." if secret else "")

    try:
        fail("canary-3f9a")
    except TursoTuiError:
        app._fatal_error()  # what Textual calls; its own version would print `secret`

    assert "It broke." in said[0]
    assert "canary-3f9a" not in said[0].replace('fail("canary-3f9a")', "")


async def test_an_address_that_is_no_api_is_said_to_be_none(tmp_path: Path) -> None:
    app = StagedApp(tmp_path, AccountEntrance(PlatformToken("eyJ.e30.x"), "api.turso.tech"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await until(pilot, lambda: "address of the Platform API" in said(app.screen))
