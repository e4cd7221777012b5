"""What is asked before something is written: levels for organizations, groups, databases, profiles, URLs and files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import msgspec

from turso_tui.errors import StorageError
from turso_tui.sql.effects import Effect, effect_of

_WILD = frozenset("*?[]")


class Level(StrEnum):
    """What is asked about. Every row of a table, and a DROP, are asked about at every level."""

    OFF = "off"
    DESTRUCTIVE = "destructive"
    EVERY_WRITE = "every-write"


class Scope(StrEnum):
    """What a level may be set for, as it is called in the settings."""

    DATABASES = "databases"
    URLS = "urls"
    FILES = "files"
    GROUPS = "groups"
    ORGANIZATIONS = "organizations"
    PROFILES = "profiles"


_NARROWEST_FIRST = (Scope.DATABASES, Scope.URLS, Scope.FILES, Scope.GROUPS, Scope.ORGANIZATIONS, Scope.PROFILES)
_MOST_CAUTIOUS_FIRST = (Level.EVERY_WRITE, Level.DESTRUCTIVE, Level.OFF)


class Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Levels by name; ``*`` stands for any characters in one."""

    databases: dict[str, Level] = {}
    """As ``organization/database``."""
    urls: dict[str, Level] = {}
    """The scheme is left out."""
    files: dict[str, Level] = {}
    groups: dict[str, Level] = {}
    """As ``organization/group``."""
    organizations: dict[str, Level] = {}
    profiles: dict[str, Level] = {}

    def of(self, scope: Scope) -> Mapping[str, Level]:
        levels: Mapping[str, Level] = getattr(self, scope.value)
        return levels


class CautionConfig(msgspec.Struct, frozen=True):
    level: Level = Level.DESTRUCTIVE
    """Where nothing else is said."""
    rehearse: bool = False
    """Every write is a dry run first."""
    hold: timedelta = timedelta(seconds=30)
    """How long a dry run waits for its answer while others cannot write; then it is rolled back."""
    places: Places = Places()


@dataclass(frozen=True, slots=True)
class Address:
    """Where something runs; what does not apply is empty. ``url`` has no scheme, ``file`` is the whole path."""

    organization: str = ""
    group: str = ""
    database: str = ""
    url: str = ""
    file: str = ""
    profile: str = ""

    def name(self, scope: Scope) -> str:
        """What it is called in ``scope``; empty where that does not apply."""
        match scope:
            case Scope.DATABASES:
                return f"{self.organization}/{self.database}" if self.organization else ""
            case Scope.GROUPS:
                return f"{self.organization}/{self.group}" if self.group else ""
            case Scope.ORGANIZATIONS:
                return self.organization
            case Scope.URLS:
                return self.url
            case Scope.FILES:
                return self.file
            case Scope.PROFILES:
                return self.profile

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """For what a level can be set here, the narrowest first."""
        return tuple(scope for scope in _NARROWEST_FIRST if self.name(scope))


class _Rule(NamedTuple):
    """Sorts by how closely it fits: the first of those that match decides."""

    rank: int
    is_pattern: bool
    looseness: int
    is_from_settings: bool
    boldness: int
    level: Level


class Levels:
    """The level of each place: the narrowest rule wins, and of two alike the one that was chosen in the program."""

    def __init__(self, config: CautionConfig, path: Path) -> None:
        """``path`` is where it keeps what is chosen in the program; nothing is read yet."""
        self.config = config
        self._path = path
        self._chosen: Places | None = None
        self._problem: StorageError | None = None

    @property
    def problem(self) -> StorageError | None:
        """Why what was chosen cannot be read; every write is asked about until it can."""
        self._read()
        return self._problem

    def of(self, address: Address) -> Level:
        chosen = self._read()
        if self._problem is not None:
            return Level.EVERY_WRITE
        rules = [*_rules(chosen, address, from_settings=False), *_rules(self.config.places, address)]
        return min(rules).level if rules else self.config.level

    def chosen(self, address: Address, scope: Scope) -> Level | None:
        """What was chosen in the program for exactly this."""
        return self._read().of(scope).get(address.name(scope))

    def choose(self, address: Address, scope: Scope, level: Level | None) -> None:
        """From now on, also for copies of the program that start later; None takes it back. Raises `StorageError`.

        Where what was chosen before cannot be read, it is not written over.
        """
        self._chosen = None
        chosen = self._read()
        if self._problem is not None:
            raise self._problem
        levels = dict(chosen.of(scope))
        levels.pop(address.name(scope), None)
        if level is not None:
            levels[address.name(scope)] = level
        changed = msgspec.structs.replace(chosen, **{scope.value: levels})
        _save(self._path, changed)
        self._chosen = changed

    def _read(self) -> Places:
        if self._chosen is None:
            self._problem = None
            try:
                self._chosen = msgspec.json.decode(self._path.read_bytes(), type=Places)
            except FileNotFoundError:
                self._chosen = Places()
            except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
                self._problem = StorageError(
                    f"What was chosen to be asked about cannot be read from {self._path}: {error}.",
                    means="Every write is asked about until it can.",
                    next_step="Mend or remove the file.",
                )
                self._chosen = Places()
        return self._chosen


@dataclass(frozen=True, slots=True)
class Concern:
    """A statement that is asked about: number ``index`` (from 0) of what is to run."""

    index: int
    sql: str
    effect: Effect


def concerns(level: Level, statements: Sequence[str]) -> tuple[Concern, ...]:
    """What is to be asked about before ``statements`` run."""
    found = (Concern(index, sql, effect_of(sql)) for index, sql in enumerate(statements))
    return tuple(concern for concern in found if _asks(level, concern.effect))


def _asks(level: Level, effect: Effect) -> bool:
    match level:
        case Level.EVERY_WRITE:
            return effect.writes
        case Level.DESTRUCTIVE:
            return effect.destroys
        case Level.OFF:
            return effect.is_worst


def _rules(places: Places, address: Address, *, from_settings: bool = True) -> Iterator[_Rule]:
    for rank, scope in enumerate(_NARROWEST_FIRST):
        name = address.name(scope)
        for pattern, level in places.of(scope).items() if name else ():
            wanted = _spelled(scope, pattern)
            if name == wanted or fnmatchcase(name, wanted):
                looseness = -sum(letter not in _WILD for letter in wanted)
                boldness = _MOST_CAUTIOUS_FIRST.index(level)
                yield _Rule(rank, name != wanted, looseness, from_settings, boldness, level)


def _spelled(scope: Scope, pattern: str) -> str:
    """As an address has it."""
    if scope is Scope.FILES:
        return os.path.expanduser(pattern)  # noqa: PTH111 -- a pattern is no path
    return pattern.partition("://")[2] or pattern if scope is Scope.URLS else pattern


def _save(path: Path, places: Places) -> None:
    beside = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(places)) + b"\n")
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"The choice cannot be saved: {error}.", next_step=f"Make {path} writable.") from error
