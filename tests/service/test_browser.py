"""Whether a browser would be seen, and that opening one disturbs nothing."""

import asyncio
import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.service.conftest import Eventually
from turso_tui.service.browser import can_open_browser, open_browser

URL = "http://127.0.0.1:9/?state=x&type=cli"
SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("environment", "platform", "is_seen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        (SSH, "linux", False),
        (SSH | {"DISPLAY": "localhost:10.0"}, "linux", True),
        (SSH | {"BROWSER": "/opt/editor/open-on-my-side"}, "linux", True),
        ({}, "darwin", True),
        (SSH, "darwin", False),
    ],
)
def test_whether_it_would_be_seen(environment: dict[str, str], platform: str, is_seen: bool) -> None:
    assert can_open_browser(environment, platform) is is_seen


def browser(directory: Path, program: str) -> dict[str, str]:
    script = directory / "browser.py"
    script.write_text(program)
    return {**os.environ, "BROWSER": shlex.join([sys.executable, str(script), "%s", str(directory / "seen")])}


async def test_the_browser_of_the_environment_gets_the_whole_address(tmp_path: Path) -> None:
    environment = browser(tmp_path, "import pathlib, sys; pathlib.Path(sys.argv[2]).write_text(sys.argv[1])")
    assert await open_browser(URL, environment)
    assert (tmp_path / "seen").read_text() == URL


async def test_a_browser_that_fails_is_reported(tmp_path: Path) -> None:
    assert not await open_browser(URL, browser(tmp_path, "raise SystemExit(1)"))


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the arguments of others are read from /proc")
async def test_the_address_is_not_among_the_arguments_of_its_opener(tmp_path: Path) -> None:
    spying = """
import os, pathlib, sys
pathlib.Path(sys.argv[2]).write_text(pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text())
"""
    assert await open_browser(URL, browser(tmp_path, spying))
    arguments = (tmp_path / "seen").read_text()
    assert "webbrowser.open" in arguments
    assert URL not in arguments


async def test_where_no_process_can_be_started_none_was_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert not await open_browser(URL, {})


async def test_it_cannot_write_on_our_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = "import sys; print('noise'); print('noise', file=sys.stderr); sys.stdin.read()"
    assert await open_browser(URL, browser(tmp_path, noise))
    assert capfd.readouterr() == ("", "")


async def test_one_that_stays_open_is_not_waited_for(tmp_path: Path, eventually: Eventually) -> None:
    staying = """
import pathlib, sys, time
pathlib.Path(sys.argv[2]).write_text("open")
while not pathlib.Path(sys.argv[2] + ".close").exists():
    time.sleep(0.01)
"""
    async with asyncio.timeout(10):
        assert await open_browser(URL, browser(tmp_path, staying), seconds=0.5)
    await eventually((tmp_path / "seen").exists)
    (tmp_path / "seen.close").touch()
