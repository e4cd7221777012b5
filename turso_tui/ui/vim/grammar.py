"""Keys of the normal and visual modes as commands: ``2d3w`` is an operator, a count and a motion."""

from collections.abc import Sequence
from dataclasses import dataclass

MOTIONS = frozenset([*"hjklwbeWBE0^$G{}%;,nN* +-_", "gg", "ge", "enter", "backspace"])
FINDS = frozenset("fFtT")
OPERATORS = frozenset(["d", "c", "y", ">", "<", "=", "g~", "gu", "gU"])
OBJECTS = frozenset(["w", "W", '"', "'", "`", "(", ")", "b", "[", "]", "{", "}", "B", "p", "s"])
ACTIONS = frozenset("xXDCYsSJpPoOiIaAu.~vV:/?")
SPECIAL = frozenset(["ctrl+r", "gv"])
VISUAL_ACTIONS = frozenset("xXDCYsSJpPouU~vV:/?")
PREFIXES = frozenset("g")


@dataclass(frozen=True, slots=True)
class Move:
    """``name`` is a motion, a text object (``iw``) or the operator itself, which means whole lines."""

    name: str
    argument: str = ""
    """The character of f, F, t and T."""


@dataclass(frozen=True, slots=True)
class Command:
    """``count`` is None where none was given. An operator has a ``move``, except in the visual mode."""

    name: str
    count: int | None = None
    register: str = '"'
    move: Move | None = None
    argument: str = ""


class Unfinished(Exception):
    """More keys are needed."""


class Unknown(Exception):
    """These keys mean nothing."""


class _Keys:
    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._at = 0

    def next(self) -> str:
        if self._at >= len(self._keys):
            raise Unfinished
        self._at += 1
        return self._keys[self._at - 1]

    def count(self) -> int | None:
        """A number, which does not begin with 0."""
        digits = ""
        while (
            self._at < len(self._keys) and self._keys[self._at].isdecimal() and (digits or self._keys[self._at] != "0")
        ):
            digits += self.next()
        return min(int(digits), 100_000) if digits else None

    def name(self) -> str:
        """One key, or two where the first says so."""
        key = self.next()
        return key + self.next() if key in PREFIXES else key


def parse(keys: Sequence[str], *, visual: bool = False) -> Command:
    """Raises `Unfinished` and `Unknown`."""
    reader = _Keys(keys)
    count, register = reader.count(), '"'
    name = reader.name()
    if name == '"':
        register = reader.next()
        second = reader.count()
        count = count if second is None else second * (count or 1)
        name = reader.name()
    if visual and name in {"i", "a"}:
        return Command("select", count, register, _object(name, reader))
    if name in OPERATORS:
        return Command(name, count, register) if visual else _operated(name, count, register, reader)
    if name == "r":
        return Command(name, count, register, argument=reader.next())
    if name in FINDS or name in MOTIONS:
        return Command("move", count, register, _move(name, reader))
    if name in (VISUAL_ACTIONS if visual else ACTIONS) or name in SPECIAL:
        return Command(name, count, register)
    raise Unknown


def _operated(operator: str, count: int | None, register: str, reader: _Keys) -> Command:
    second = reader.count()
    if second is not None:
        count = second * (count or 1)
    name = reader.name()
    if name == operator or (len(operator) == 2 and name == operator[1]):
        return Command(operator, count, register, Move(operator))
    if name in {"i", "a"}:
        return Command(operator, count, register, _object(name, reader))
    return Command(operator, count, register, _move(name, reader))


def _move(name: str, reader: _Keys) -> Move:
    if name in FINDS:
        return Move(name, reader.next())
    if name in MOTIONS:
        return Move(name)
    raise Unknown


def _object(kind: str, reader: _Keys) -> Move:
    key = reader.next()
    if key not in OBJECTS:
        raise Unknown
    return Move(kind + key)
