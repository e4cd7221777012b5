"""Coming in, being remembered, and going down without telling secrets."""

import stat
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, Label, OptionList

from tests.ui.stage import StagedApp, account_app, listed, until
from turso_tui.errors import TursoTuiError
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.entrance import AccountEntrance, choose_entrance
from turso_tui.tokens import PlatformToken, Vault
from turso_tui.ui.screens.welcome import WelcomeScreen

SIZE = (80, 24)


async def test_a_pasted_platform_token_opens_the_account_and_is_remembered(
    tmp_path: Path, local_server: LocalServer
) -> None:
    app = StagedApp(tmp_path, url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        app.screen.query_one("#first", Input).value = f'export TURSO_API_TOKEN="{local_server.token}"\n'
        await pilot.press("enter")
        await listed(pilot)

    vault = tmp_path / "state" / "vault.json"
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    again = choose_entrance({"TURSO_API_BASEURL": local_server.url}, Vault(vault), None)
    assert isinstance(again, AccountEntrance)
    assert again.token == PlatformToken(local_server.token)


async def test_a_database_token_at_the_sign_in_is_explained_and_not_kept(
    tmp_path: Path, local_server: LocalServer
) -> None:
    async with PlatformClient(PlatformTransport(local_server.url, PlatformToken(local_server.token))) as platform:
        token = await platform.tokens.mint_database_token("acme", "agent-0003", expiration=None, read_only=True)
    app = StagedApp(tmp_path, url=local_server.url)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        app.screen.query_one("#first", Input).value = token.reveal()
        await pilot.press("enter")
        await pilot.pause()

        assert "That is a database token" in str(app.screen.query_one("#problem", Label).content)
        assert isinstance(app.screen, WelcomeScreen)
    assert not (tmp_path / "state" / "vault.json").exists()


async def test_escape_goes_back_from_the_form_to_the_doors(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        assert app.screen.query_one("#form").display
        await pilot.press("escape")

        assert not app.screen.query_one("#form").display
        assert isinstance(app.focused, OptionList)


async def test_a_file_that_is_not_there_is_said_in_the_welcome(tmp_path: Path) -> None:
    app = StagedApp(tmp_path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "enter")
        await pilot.press(*"nowhere.db", "enter")
        await pilot.pause()

        assert "There is no file nowhere.db" in str(app.screen.query_one("#problem", Label).content)


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
