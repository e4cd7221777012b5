"""Who writes to a database and who waits, as every process of this user can see it."""

import os
from dataclasses import dataclass

import msgspec

DATABASE_CHARACTERS = 300
PROGRAM_CHARACTERS = 50
LABEL_CHARACTERS = 100
STATEMENT_CHARACTERS = 200

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Place(msgspec.Struct, frozen=True):
    """Someone's place in the line of one database. Texts are as they came: make them `printable` before drawing."""

    database: str = ""
    """The database's identity."""

    pid: int = 0
    program: str = ""
    label: str = ""
    """The pane, or whatever else the writer calls itself."""

    statement: str | None = ""
    """How the statement begins; None when its writer keeps it back, empty when it named none."""

    since: float = 0.0
    """Seconds on the machine's monotonic clock: since when it writes, or waits."""

    mine: bool = False
    """True for a place of the `Writers` that was asked."""

    @classmethod
    def of(
        cls, database: str, program: str, label: str, statement: str, *, private: bool = False, since: float = 0.0
    ) -> "Place":
        """A place of this process, its texts cut to what others get to see."""
        return cls(
            database=_clipped(database, DATABASE_CHARACTERS),
            pid=os.getpid(),
            program=_clipped(program, PROGRAM_CHARACTERS),
            label=_clipped(label, LABEL_CHARACTERS),
            statement=shown(statement, private=private),
            since=since,
            mine=True,
        )

    def seconds(self, now: float) -> float:
        """How long it has been writing, or waiting. Never negative, whatever another process has written down."""
        return max(0.0, now - self.since)


@dataclass(frozen=True, slots=True)
class Position:
    """One's own place: ``number`` is 1 for who comes next."""

    number: int
    since: float

    @property
    def ordinal(self) -> str:
        """``third in line``."""
        ordinal = _ORDINALS[self.number - 1] if self.number <= len(_ORDINALS) else f"number {self.number}"
        return f"{ordinal} in line"

    def words(self, now: float) -> str:
        """``third in line, 0.8 s``."""
        return f"{self.ordinal}, {max(0.0, now - self.since):.1f} s"


@dataclass(frozen=True, slots=True)
class QueueState:
    """The line of one database: the first of ``places`` writes, the others wait, in this order."""

    places: tuple[Place, ...] = ()

    @property
    def writing(self) -> Place | None:
        return self.places[0] if self.places else None

    @property
    def line(self) -> tuple[Place, ...]:
        """Those who wait."""
        return self.places[1:]

    @property
    def holder(self) -> str | None:
        """The label of who writes, None when nobody does."""
        return self.places[0].label if self.places else None

    @property
    def waiting(self) -> tuple[str, ...]:
        """The labels of those who wait."""
        return tuple(place.label for place in self.line)

    @property
    def elsewhere(self) -> bool:
        """True while one of ours waits for another process to write."""
        return bool(self.places) and not self.places[0].mine and any(place.mine for place in self.line)

    def position(self, label: str | None = None) -> Position | None:
        """Where the first of ours stands who waits (under ``label``, if given); None when none of ours does."""
        for number, place in enumerate(self.line, 1):
            if place.mine and label in {None, place.label}:
                return Position(number, place.since)
        return None


def shown(statement: str, *, private: bool) -> str | None:
    """What others may read of a statement: its beginning; nothing if it is private or begins with a space."""
    if private or statement.startswith(" "):
        return None
    return _clipped(statement, STATEMENT_CHARACTERS)


def _clipped(text: str, characters: int) -> str:
    """The beginning of ``text``, as UTF-8 can carry it."""
    return text[:characters].encode("utf-8", "replace").decode()


def encode(place: Place) -> bytes:
    return msgspec.json.encode(place)


def decode(record: bytes, *, mine: bool = False) -> Place:
    """A record of this or another version of the program; one that cannot be read still is a place."""
    try:
        place = msgspec.json.decode(record, type=Place)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Place(label="unreadable")
    return msgspec.structs.replace(place, mine=mine)
