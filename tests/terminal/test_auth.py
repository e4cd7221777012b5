"""``turso-tui auth login`` as a person uses it: typed, through a browser, interrupted."""

import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal, running
from tests.terminal.test_installed_command import command
from tests.test_cli_auth import Home, session
from tests.tokens import samples
from turso_tui.local.server import LocalServer
from turso_tui.service.target import FileTarget

pytestmark = pytest.mark.terminal

BROWSER = """
import pathlib, sys, httpx
print("a browser that talks")
page = httpx.get(sys.argv[1], follow_redirects=True, trust_env=False)
token = next(step.url.params["jwt"] for step in page.history if "jwt" in step.url.params)
commands = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")]
pathlib.Path(sys.argv[2]).write_text(f"{page.url.query.decode()}|{token}|{sum(token.encode() in c for c in commands)}")
"""
"""Follows the address as a browser does, then looks whether the token is in the arguments of any process."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "home").mkdir()
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=3, approve_sign_ins=True) as server:
        yield Home(tmp_path / "home", server)


def login(
    home: Home, *options: str, size: tuple[int, int] = (120, 36), **environment: str
) -> AbstractContextManager[Terminal]:
    return running([command(), "auth", "login", *options], {**home.environment, **environment}, size)


def test_a_typed_token_is_never_seen(home: Home) -> None:
    secret = session(home.server)
    with login(home, "--headless", "--profile", "work") as terminal:
        terminal.wait_for(f"{home.server.url}?redirect=false")
        terminal.wait_for("Token:")
        terminal.press(secret, "enter")
        terminal.wait_for("Remembered as the profile “work”.")
        assert terminal.wait_for_end() == 0
        assert not any(part.encode() in terminal.output for part in secret.split("."))
    assert home.token_of("work") == secret
    assert home.files_with(secret) == ["vault.json"]


def test_a_mistake_is_explained_and_not_repeated(home: Home) -> None:
    with login(home, "--headless") as terminal:
        terminal.wait_for("Token:")
        terminal.press(samples.DATABASE, "enter")
        assert terminal.wait_for_end() == 1
        assert "That is a database token" in terminal.text
        assert samples.DATABASE[:20].encode() not in terminal.output


@pytest.mark.parametrize(("size", "is_drawn"), [((120, 36), True), ((80, 24), False), ((30, 60), False)])
def test_the_address_is_drawn_for_a_telephone_where_it_fits(home: Home, size: tuple[int, int], is_drawn: bool) -> None:
    with login(home, "--headless", size=size) as terminal:
        terminal.wait_for("Token:")
        assert ("█▀▀▀▀▀█" in terminal.text) is is_drawn
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130


def test_over_ssh_no_browser_is_tried(home: Home) -> None:
    with login(home, SSH_CONNECTION="10.0.0.1 50000 10.0.0.2 22") as terminal:
        terminal.wait_for("in a browser on any machine")
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130


def test_a_browser_signs_in(home: Home, tmp_path: Path) -> None:
    script, seen = tmp_path / "browser.py", tmp_path / "seen"
    script.write_text(BROWSER)
    browser = shlex.join([sys.executable, str(script), "%s", str(seen)])
    with login(home, "--profile", "work", BROWSER=browser) as terminal:
        terminal.wait_for("Remembered as the profile “work”.")
        assert terminal.wait_for_end() == 0
        terminal.wait_until(seen.exists, "the browser")
        query, token, processes = seen.read_text().split("|")
        assert token == home.token_of("work")
        assert (query, processes) == ("", "0")
        assert "a browser that talks" not in terminal.text
        assert token.encode() not in terminal.output
    assert home.files_with(token) == ["vault.json"]


def test_a_browser_that_does_not_open_is_replaced_by_the_keyboard(home: Home) -> None:
    with login(home, BROWSER="false") as terminal:
        terminal.wait_for("No browser could be opened here.")
        terminal.wait_for("Token:")
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130


def test_interrupting_the_wait_leaves_no_listener(home: Home) -> None:
    with login(home, BROWSER="true") as terminal:
        terminal.wait_for("Waiting for it.")
        port = int(terminal.text.partition("port=")[2].partition("&")[0])
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130
        assert b"Traceback" not in terminal.output
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
        pass


def test_the_dashboard_starts_with_the_profile_that_is_named(home: Home, tmp_path: Path) -> None:
    home.auth("login", "--profile", "work", piped=home.server.token)
    home.profiles.remember("notes", FileTarget(tmp_path / "notes.db"))
    environment = {name: value for name, value in home.environment.items() if name != "TURSO_API_BASEURL"}
    with running([command(), "--profile", "work"], environment) as terminal:
        terminal.wait_for("playground")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0
    last = home.profiles.last()
    assert last is not None
    assert last.name == "work"
