"""``turso-tui dev`` as a process: what it announces, how it stops, what it leaves behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

PROGRAM = """
import argparse, sys
from turso_tui.local import command
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the command with a TMPDIR of its own."""
    running: list[subprocess.Popen[str]] = []
    (tmp_path / "tmp").mkdir()

    def run(*arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def read_when_ready(path: Path, process: subprocess.Popen[str]) -> dict[str, str]:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ready: dict[str, str] = json.loads(path.read_text())
    return ready


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_it_and_removes_the_temporary_account(start: Start, tmp_path: Path, number: int) -> None:
    process = start("--ready-file", tmp_path / "ready")
    ready = read_when_ready(tmp_path / "ready", process)
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    headers = {"authorization": f"Bearer {ready['token']}"}
    assert httpx.get(f"{ready['api']}/v1/auth/validate", headers=headers).json() == {"exp": -1}
    process.send_signal(number)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_it_ends_with_its_standard_input(start: Start, tmp_path: Path) -> None:
    process = start("--until-stdin-closes", "--ready-file", tmp_path / "ready", "--seed", "demo", "--tenants", "5")
    ready = read_when_ready(tmp_path / "ready", process)
    assert ready["organization"] == "acme"
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_ready_file_is_for_the_owner_only_and_says_all(start: Start, tmp_path: Path) -> None:
    process = start("--ready-file", tmp_path / "ready")
    ready = read_when_ready(tmp_path / "ready", process)
    assert stat.S_IMODE((tmp_path / "ready").stat().st_mode) == 0o600
    assert ready.keys() == {"api", "token", "organization"}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["ready"]


def test_without_a_ready_file_it_prints_what_is_needed(start: Start) -> None:
    process = start()
    assert process.stdout is not None
    lines = [process.stdout.readline().split(": ")[0] for _ in range(3)]
    assert lines == ["api", "token", "organization"]


def test_a_directory_that_was_given_is_kept(start: Start, tmp_path: Path) -> None:
    process = start("--dir", tmp_path / "mine", "--ready-file", tmp_path / "ready")
    read_when_ready(tmp_path / "ready", process)
    process.terminate()
    process.communicate(timeout=20)
    assert (tmp_path / "mine" / "account.db").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_request_log_has_one_line_each_without_secrets(start: Start, tmp_path: Path) -> None:
    process = start("--log-requests", "--ready-file", tmp_path / "ready")
    ready = read_when_ready(tmp_path / "ready", process)
    headers = {"authorization": f"Bearer {ready['token']}"}
    httpx.get(f"{ready['api']}/v1/databases/%1b%5b31m?secret=1", headers=headers)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    (line,) = errors.splitlines()
    assert line.startswith("GET /v1/databases/␛[31m 404 ")
    assert "secret" not in errors
    assert ready["token"] not in errors


def test_the_request_log_tells_nothing_of_a_sign_in(start: Start, tmp_path: Path) -> None:
    process = start("--log-requests", "--approve-sign-ins", "--ready-file", tmp_path / "ready")
    ready = read_when_ready(tmp_path / "ready", process)
    answer = httpx.get(f"{ready['api']}/?port=43210&redirect=true&state=Unguessable&type=cli")
    token = answer.headers["location"].partition("jwt=")[2].partition("&")[0]
    httpx.get(f"{ready['api']}/v1/{token}?jwt={token}")
    process.terminate()
    _, errors = process.communicate(timeout=20)
    lines = errors.splitlines()
    assert [line.partition(" ms ")[0].rpartition(" ")[0] for line in lines] == ["GET / 303", "GET /v1/<token> 404"]
    assert "Unguessable" not in errors
    assert not any(part in errors for part in token.split("."))


def test_a_sign_in_asks_a_person_unless_told_otherwise(start: Start, tmp_path: Path) -> None:
    ready = read_when_ready(tmp_path / "ready", start("--ready-file", tmp_path / "ready"))
    assert httpx.get(f"{ready['api']}/?port=43210&redirect=true&state=x").status_code == 200


@pytest.mark.parametrize("port", ["taken", "99999"])
def test_a_port_that_cannot_be_had_is_one_sentence(start: Start, tmp_path: Path, port: str) -> None:
    if port == "taken":
        port = read_when_ready(tmp_path / "ready", start("--ready-file", tmp_path / "ready"))["api"].rpartition(":")[2]
    process = start("--port", port)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, len(errors.splitlines())) == (1, "", 1)
    assert port in errors


def test_a_damaged_account_is_one_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "account.db").write_bytes(b"\x00garbage" * 1000)
    process = start("--dir", tmp_path)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (1, "")
    assert errors == f"The account file {tmp_path / 'account.db'} cannot be used: file is not a database.\n"


def test_a_ready_file_that_cannot_be_written_stops_it(start: Start, tmp_path: Path) -> None:
    process = start("--ready-file", tmp_path / "missing" / "ready")
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, len(errors.splitlines())) == (1, 1)
    assert list((tmp_path / "tmp").iterdir()) == []
