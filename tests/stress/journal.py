"""What a process says of its writes, on the disk before it goes on: what it was about to do, and how that ended."""

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec

from tests.stress.plan import Kind


class Stage(StrEnum):
    """How far a write has come. The last three are outcomes."""

    BEGUN = "begun"
    COMMITTING = "committing"
    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    UNKNOWN = "unknown"


OUTCOMES = frozenset({Stage.APPLIED, Stage.NOT_APPLIED, Stage.UNKNOWN})


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a journal. Times are in seconds; ``at`` is on the clock of this machine, `time.monotonic`."""

    key: str
    kind: Kind
    stage: Stage
    at: float
    why: str = ""
    """The name of the error, ``killed`` or ``cancelled``."""
    number: int | None = None
    """What the counter was after an increment, as the server answered."""
    total: int | None = None
    """What both accounts held together after a transfer, as read without the turn."""
    waited: float | None = None
    """Until the turn came; None where it was not taken."""
    took: float | None = None
    """From the call to its end."""


def read_journal(path: Path) -> list[Entry]:
    """The whole lines; one that was being written when its process was killed is left out."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    return [msgspec.json.decode(line, type=Entry) for line in lines]


def outcomes(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.stage in OUTCOMES]


class Journal:
    """Open for writing, by one process at a time; begins where the last one was killed."""

    def __init__(self, path: Path) -> None:
        entries = read_journal(path)
        self.settled = len(outcomes(entries))
        self.unsettled = entries[-1] if entries and entries[-1].stage not in OUTCOMES else None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, path.read_bytes().rfind(b"\n") + 1)

    def note(self, entry: Entry) -> None:
        """Returns when it would survive a loss of power."""
        os.write(self._file, msgspec.json.encode(entry) + b"\n")
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)
