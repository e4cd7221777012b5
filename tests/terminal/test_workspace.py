"""What is typed survives a program that is killed, in a real terminal."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import apsw
import pytest

from tests.terminal.terminal import Terminal, running
from tests.terminal.test_installed_command import command

pytestmark = pytest.mark.terminal

KEEPS_WITHIN_SECONDS = 1.0


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    return path


@pytest.fixture
def copies() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(copies: ExitStack, path: Path) -> Terminal:
    terminal = copies.enter_context(running([command(), str(path)], os.environ))
    terminal.wait_for("notes.db")
    terminal.wait_for("Schema")
    terminal.wait_for("F5")
    terminal.press("ctrl+e")
    return terminal


def let_pass(terminal: Terminal, seconds: float) -> None:
    """Time in which the program goes on drawing."""
    import time

    end = time.monotonic() + seconds
    terminal.wait_until(lambda: time.monotonic() >= end, "time to pass")


def test_what_was_typed_is_there_after_the_program_was_killed(copies: ExitStack, notes: Path) -> None:
    terminal = start(copies, notes)
    terminal.press("select 'first tab'")
    terminal.wait_for("select 'first tab'")
    terminal.press("\x14", "select 'second tab'")
    terminal.wait_for("select 'second tab'")
    let_pass(terminal, KEEPS_WITHIN_SECONDS)
    terminal.process.kill()
    terminal.wait_for_end()

    again = start(copies, notes)

    again.wait_for("select 'second tab'")
    again.press("\x0e")
    again.wait_for("select 'first tab'")


def test_a_statement_that_ran_is_found_after_the_program_was_killed(copies: ExitStack, notes: Path) -> None:
    terminal = start(copies, notes)
    terminal.press("select 40 + 2 as answer", "f5")
    terminal.wait_for("1 row in")
    terminal.process.kill()
    terminal.wait_for_end()

    again = start(copies, notes)
    again.press("\x1b[24~", "answer")

    again.wait_for("History · 1")
    again.wait_for("notes.db")


def test_two_copies_keep_their_tabs_apart_and_a_killed_one_leaves_them_to_the_next(
    copies: ExitStack, notes: Path
) -> None:
    one = start(copies, notes)
    one.press("select 'one'")
    one.wait_for("select 'one'")
    let_pass(one, KEEPS_WITHIN_SECONDS)
    other = start(copies, notes)
    other.press("select 'other'")
    other.wait_for("select 'other'")
    let_pass(other, KEEPS_WITHIN_SECONDS)
    assert "select 'one'" not in other.text

    one.process.kill()
    one.wait_for_end()
    third = start(copies, notes)

    third.wait_for("select 'one'")
    assert "select 'other'" not in third.text
