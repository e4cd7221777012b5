"""The program as a person starts it: the installed command, in a real terminal, by keyboard alone."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import ENTERS_SCREEN, LEAVES_SCREEN, Terminal, running

pytestmark = pytest.mark.terminal


@pytest.fixture
def demo() -> Iterator[Terminal]:
    with running([command(), "demo"], os.environ) as terminal:
        terminal.wait_for("agent-0001")
        yield terminal


def command() -> str:
    beside_python = Path(sys.executable).with_name("turso-tui")
    found = str(beside_python) if beside_python.exists() else shutil.which("turso-tui")
    assert found, "turso-tui is not installed"
    return found


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started, from /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def gone(pids: list[int]) -> Callable[[], bool]:
    return lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_tenant_is_found_and_queried_and_the_program_left(demo: Terminal) -> None:
    demo.press("/", "agent-0012", "enter")
    demo.wait_for("acme / eu / agent-0012")
    demo.press("select count(*) as how_many from messages;", "f5")
    demo.wait_for("how_many")
    demo.wait_for("1 row in")
    demo.press("ctrl+q")

    assert demo.wait_for_end() == 0
    assert ENTERS_SCREEN in demo.output
    assert LEAVES_SCREEN in demo.output


def test_a_faulty_statement_is_answered_in_sqlites_words(demo: Terminal) -> None:
    demo.press("/", "agent-0012", "enter")
    demo.wait_for("acme / eu / agent-0012")
    demo.press("select nope from messages;", "f5")
    demo.wait_for("no such column: nope")


def test_sigterm_restores_the_terminal_and_ends_the_demos_server(demo: Terminal) -> None:
    servers = children(demo.process.pid)
    assert servers

    demo.process.send_signal(signal.SIGTERM)

    assert demo.wait_for_end() == 128 + signal.SIGTERM
    assert demo.output.endswith(LEAVES_SCREEN) or LEAVES_SCREEN in demo.output[-400:]
    demo.wait_until(gone(servers), "the demo's server to end")


def test_nothing_is_left_when_the_terminal_goes_away(demo: Terminal) -> None:
    servers = children(demo.process.pid)
    demo.press("/", "agent-0012", "enter")
    demo.wait_for("acme / eu / agent-0012")
    demo.press("select 1")

    demo.hang_up()

    demo.wait_until(lambda: demo.process.poll() is not None, "the program to end")
    demo.wait_until(gone(servers), "the demo's server to end")


def test_the_demos_server_ends_even_when_the_program_is_killed(demo: Terminal) -> None:
    servers = children(demo.process.pid)
    assert servers

    demo.process.kill()

    demo.wait_until(gone(servers), "the demo's server to end")


def test_a_real_sqld_is_a_place_to_work_in(sqld: str) -> None:
    with running([command(), sqld], os.environ) as terminal:
        terminal.wait_for(sqld.removeprefix("http://"))
        terminal.press("ctrl+e", "create table t(a); insert into t values (41), (42); select max(a) as top from t;")
        terminal.press("f8")
        terminal.wait_for("top")
        terminal.wait_for("1 row in")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0


def test_a_newcomer_finds_the_demo_in_the_welcome() -> None:
    with running([command()], os.environ, size=(80, 24)) as terminal:
        terminal.wait_for("How do you want to come in?")
        terminal.press("down", "down", "down", "enter")
        terminal.wait_for("agent-0001")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0
