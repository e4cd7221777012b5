"""The program can leave even when its terminal is gone."""

import os
import pty
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from turso_tui.ui.driver import LastingOutput


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """The master's side as a number, the program's side as a file."""
    master, slave = pty.openpty()
    file = os.fdopen(slave, "w")
    yield master, file
    with suppress(OSError):  # what is left in its buffer can go nowhere
        file.close()


def test_what_is_written_arrives(terminal: tuple[int, TextIO]) -> None:
    master, file = terminal
    output = LastingOutput(file)

    output.write("hello")
    output.flush()

    assert os.read(master, 100) == b"hello"
    os.close(master)


def test_what_can_no_longer_be_written_is_dropped(terminal: tuple[int, TextIO]) -> None:
    master, file = terminal
    output = LastingOutput(file)
    os.close(master)

    output.write("is anyone there?")
    output.flush()

    assert output.is_lost
    assert output.write("no") == 2
