"""The installed program in a real terminal: what it draws and writes, and what other processes can see of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.secrecy.canary import Canaries
from tests.terminal.terminal import Terminal, running
from tests.terminal.test_installed_command import children, command
from tests.test_cli_auth import Home
from tests.tokens import samples
from turso_tui.local.server import LocalServer
from turso_tui.tokens import PlatformToken

pytestmark = pytest.mark.terminal

F4 = "\x1bOS"
JWT = re.compile(r"eyJhbGciOi[\w-]{8,}")
"""Any token at all: those that are minted meanwhile are known to nobody."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    for name in ("tmp", "run"):
        (tmp_path / "home" / name).mkdir(parents=True)
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=3) as server:
        yield Home(tmp_path / "home", server)


def environment(home: Home) -> dict[str, str]:
    """Every directory in which a program could write is below the home."""
    elsewhere = {"TMPDIR": str(home.directory / "tmp"), "XDG_RUNTIME_DIR": str(home.directory / "run")}
    return {**home.environment, **elsewhere, "PYTHONASYNCIODEBUG": "1"}


def visible(pid: int) -> str:
    """What `ps` shows of a process and of all that it started: arguments and environment."""
    processes = (pid, *children(pid))
    paths = (Path(f"/proc/{process}/{name}") for process in processes for name in ("cmdline", "environ"))
    return "\n".join(path.read_bytes().decode("latin-1") for path in paths)


def sign_in(home: Home, secret: PlatformToken) -> Terminal:
    with running([command(), "auth", "login", "--headless", "--profile", "work"], environment(home)) as terminal:
        terminal.wait_for("Token:")
        terminal.press(secret.reveal(), "enter")
        terminal.wait_for("Remembered as the profile")
        assert terminal.wait_for_end() == 0
    return terminal


def write_and_mint(terminal: Terminal, server: LocalServer) -> None:
    """Write in a database, look at the tokens, and mint one by hand; the dialog that has it is open in the end."""
    terminal.wait_for("playground")
    terminal.press("/", "playground", "enter")
    terminal.wait_for("No tables yet.")
    terminal.press("create table t (x);")
    terminal.wait_for("create table t (x);")
    terminal.press("f5")
    terminal.wait_until(lambda: any(mint.access == "rw" for mint in server.mints), "a token to write with")
    terminal.press(F4)
    terminal.wait_for("Minted by the program")
    terminal.press("n")
    terminal.wait_for("Every database of a group")
    terminal.press("playground", "enter")
    terminal.wait_for("Mint a token")
    terminal.press("enter")
    terminal.wait_for("Minted by hand")


def test_secrets_are_in_the_vault_and_nowhere_else(home: Home) -> None:
    secret = PlatformToken(home.server.session_token(timedelta(hours=1)))
    canaries = Canaries()
    canaries.add("session", secret)
    signing_in = sign_in(home, secret)
    with running([command(), "--profile", "work"], environment(home)) as terminal:
        write_and_mint(terminal, home.server)
        others_see = visible(terminal.process.pid)
        terminal.press("escape", "escape", "ctrl+q")
        terminal.wait_for_end()

    assert {mint.access for mint in home.server.mints} == {"ro", "rw"}, "there were tokens to tell"
    for text in (signing_in.output.decode("latin-1"), terminal.output.decode("latin-1"), others_see):
        assert canaries.in_text(text) == []
        assert JWT.findall(text) == []
    assert canaries.in_files(home.directory) == {"vault.json": ["session"]}
    files = [path for path in home.directory.rglob("*") if path.is_file()]
    assert [path.name for path in files if JWT.search(path.read_text("latin-1"))] == ["vault.json"]


def test_a_token_of_the_environment_is_handed_to_no_child(home: Home) -> None:
    """It comes with the environment of the program, and stays there: a browser has no use for it."""
    script, seen = home.directory / "browser", home.directory / "seen"
    script.write_text(f"#!/bin/sh\nenv > {seen}.new && mv {seen}.new {seen}\n")
    script.chmod(0o700)
    variables = {**environment(home), "TURSO_AUTH_TOKEN": samples.DATABASE, "BROWSER": f"{script} %s"}
    with running([command(), "auth", "login"], variables) as terminal:
        terminal.wait_until(seen.exists, "the browser")
        terminal.press("ctrl+c")
        terminal.wait_for_end()
    assert samples.DATABASE not in seen.read_text()
