"""The demo: a server in a process of its own that ends with us, whatever happens to us."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.doors import until
from turso_tui.service.demo import Demo, DemoFailed
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.services import Services

DYING = """
import asyncio, os, signal
from turso_tui.service.demo import Demo

async def main():
    await Demo(tenants=2).start()
    print("started", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo makes its files, so that one sees what it leaves."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return directory


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    demo = Demo(tenants=2)
    yield demo
    await demo.aclose()


def servers(directory: Path) -> list[int]:
    """The processes that keep their files in ``directory``."""
    wanted = f"TMPDIR={directory}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_wanted = wanted in (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended
        if is_wanted and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


async def databases_behind(entrance: AccountEntrance, directory: Path) -> set[str]:
    async with Services(scratch=directory / "scratch", locks=directory / "locks") as services:
        account = services.account(entrance.token, entrance.base_url)
        pages = account.database_pages(entrance.organization)
        return {database.name async for page in pages for database in page}


async def test_its_entrance_leads_somewhere(demo: Demo, tmp_path: Path) -> None:
    names = await databases_behind(await demo.start(), tmp_path)
    assert {"agent-0001", "agent-0002", "telemetry", "ugly"} <= names


async def test_asked_for_twice_it_is_started_once(demo: Demo, temporary: Path) -> None:
    first, second = await asyncio.gather(demo.start(), demo.start())
    assert first is second
    assert len(servers(temporary)) == 1


async def test_closing_ends_the_process_and_removes_its_files(demo: Demo, temporary: Path) -> None:
    await demo.start()
    assert len(servers(temporary)) == 1
    await demo.aclose()
    assert servers(temporary) == []
    assert list(temporary.iterdir()) == []


async def test_it_can_be_started_again(demo: Demo, tmp_path: Path) -> None:
    await demo.start()
    await demo.aclose()
    assert await databases_behind(await demo.start(), tmp_path)


async def test_cancelled_while_it_starts_it_leaves_nothing(demo: Demo, temporary: Path) -> None:
    task = asyncio.create_task(demo.start())
    await until(lambda: bool(servers(temporary)))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert servers(temporary) == []
    assert list(temporary.iterdir()) == []


async def test_a_server_that_cannot_start_says_why(
    demo: Demo, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(temporary))
    (temporary / "starlette.py").write_text("raise SystemExit('no starlette today')")
    with pytest.raises(DemoFailed, match="no starlette today"):
        await demo.start()


def test_killed_without_a_word_it_takes_its_server_along(temporary: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", DYING], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == "started\n"
    assert ended.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 30
    while servers(temporary) or any(temporary.glob("turso-tui-dev-*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
