"""SQL with places to fill in: ``$1``, ``${1:default}``, ``${1|one,other|}``, and ``$0``, where one is at the end.

``\\$`` is a dollar sign. A number that stands several times is one place that is written in several.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from turso_tui.errors import InputError

_PART = re.compile(
    r"\\(?P<escaped>[$}\\])|\$(?P<plain>\d+)|\$\{(?P<number>\d+)(?:(?P<end>\})|:(?P<default>(?:\\[$}\\]|[^}\n])*)\}"
    r"|\|(?P<choices>[^|\n]+)\|\})|(?P<broken>\$\{(?=\d))"
)
_ESCAPED = re.compile(r"\\([$}\\])")
_NEEDS_ESCAPE = re.compile(r"\$(?=\d|\{\d)|\\(?=[$}\\])")
LAST = 0


class Stop(NamedTuple):
    """A place to fill in, from ``start`` to ``end`` in the text; ``choices`` are what one may fill in."""

    number: int
    start: int
    end: int
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """``text`` with every default in its place; ``stops`` in the order of the text."""

    text: str
    stops: tuple[Stop, ...] = ()

    @property
    def order(self) -> list[int]:
        """The numbers as one walks them: the last is 0, which is at the end of the text if nobody said where."""
        return [*sorted({stop.number for stop in self.stops} - {LAST}), LAST]


def parse_template(source: str) -> Template:
    """Raises `InputError`, which names the line."""
    parts = list(_PART.finditer(source))
    for part in parts:
        if part["broken"]:
            line = source.count("\n", 0, part.start()) + 1
            raise InputError(f"Line {line}: the place that begins with “{source[part.start() :][:12]}” does not end.")
    defaults = _defaults(parts)
    text, stops, end = "", [], 0
    for part in parts:
        text += source[end : part.start()]
        end = part.end()
        if part["escaped"]:
            text += part["escaped"]
            continue
        number = int(part["plain"] or part["number"])
        filled, choices = defaults.get(number, ("", ()))
        stops.append(Stop(number, len(text), len(text) + len(filled), choices))
        text += filled
    text += source[end:]
    if all(stop.number != LAST for stop in stops):
        stops.append(Stop(LAST, len(text), len(text)))
    return Template(text, tuple(stops))


def as_template(sql: str) -> str:
    """What `parse_template` reads as ``sql``, with nothing to fill in."""
    return _NEEDS_ESCAPE.sub(lambda found: f"\\{found[0]}", sql)


def _defaults(parts: list[re.Match[str]]) -> dict[int, tuple[str, tuple[str, ...]]]:
    """What each number is filled with: what is said first counts. A default may name an earlier number."""
    defaults: dict[int, tuple[str, tuple[str, ...]]] = {}
    for part in parts:
        number = int(part["number"] or LAST)
        if part["choices"] and number not in defaults:
            choices = tuple(part["choices"].split(","))
            defaults[number] = choices[0], choices
        elif part["default"] is not None and number not in defaults:
            default = re.sub(r"(?<!\\)\$(\d+)", lambda found: defaults.get(int(found[1]), ("", ()))[0], part["default"])
            defaults[number] = _ESCAPED.sub(r"\1", default), ()
    return defaults
