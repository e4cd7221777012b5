"""What is sent to the terminal, where each byte goes over SSH."""

import os
from pathlib import Path

import apsw
import pytest

from tests.terminal.terminal import running
from tests.terminal.test_installed_command import command

pytestmark = pytest.mark.terminal

STEP = 3_000
"""Bytes: the two lines that the cursor leaves and enters, and the foot that tells its place. A pane has thrice that."""


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, word)")
    connection.executemany("INSERT INTO t (word) VALUES (?)", [(f"row {number}",) for number in range(99)])
    connection.close()
    return path


def test_a_step_of_the_cursor_redraws_no_pane(numbers: Path) -> None:
    with running([command(), str(numbers)], os.environ) as terminal:
        terminal.wait_for("▸ t")
        terminal.wait_for_quiet()
        terminal.press("ctrl+s")
        terminal.wait_for_quiet()
        terminal.press("enter")
        terminal.wait_for("↕ 1")
        terminal.wait_for_quiet()
        before = len(terminal.output)
        terminal.press("down")
        terminal.wait_for("↕ 2")
        terminal.wait_for_quiet()
        assert 0 < len(terminal.output) - before < STEP
