"""What operators and single keys do to a text: each is one replacement, and where the cursor is then."""

import re
from typing import NamedTuple

from turso_tui.ui.vim.grammar import Command
from turso_tui.ui.vim.lines import down, first_sign, last_of_line, line_end, line_start
from turso_tui.ui.vim.motions import Reach, Target


class Span(NamedTuple):
    """A part of the text; ``lines`` says that it is whole lines, the last break included where there is one."""

    start: int
    end: int
    lines: bool = False


class Change(NamedTuple):
    """``text`` in the place of what is from ``start`` to ``end``, and the cursor at ``cursor``."""

    start: int
    end: int
    text: str
    cursor: int


class Register(NamedTuple):
    text: str = ""
    lines: bool = False


def lines_of(text: str, first: int, last: int) -> Span:
    """The whole lines of everything from ``first`` to ``last``."""
    return Span(line_start(text, min(first, last)), min(line_end(text, max(first, last)) + 1, len(text)), True)


def span_of(text: str, at: int, goal: Target) -> Span:
    """What an operator takes on the way from ``at`` to its target."""
    if goal.reach is Reach.LINES:
        return lines_of(text, at, goal.at)
    start, end = sorted((at, goal.at))
    return Span(start, min(end + (goal.reach is Reach.INCLUSIVE), len(text)))


def within_lines(text: str, span: Span) -> Span:
    """A word that is the last of its line does not take the break along."""
    taken = text[span.start : span.end]
    if "\n" not in taken:
        return span
    kept = taken.rstrip(" \t\n")
    if kept:
        return span._replace(end=span.start + len(kept))
    return span._replace(end=line_end(text, span.start))


def register_of(text: str, span: Span) -> Register:
    taken = text[span.start : span.end]
    return Register(f"{taken.removesuffix(chr(10))}\n" if span.lines else taken, span.lines)


def deleted(text: str, span: Span) -> Change:
    """The last line of the text takes the break before it along."""
    start, end = span.start, span.end
    if not span.lines:
        return Change(start, end, "", start)
    if end == len(text) and not text.endswith("\n", start) and start > 0:
        start -= 1
    rest = text[:start] + text[end:]
    return Change(start, end, "", first_sign(rest, min(span.start, len(rest))))


def emptied(text: str, span: Span) -> Change:
    """For something else to be typed there; of lines one stays, with its indentation."""
    if not span.lines:
        return Change(span.start, span.end, "", span.start)
    line = text[span.start : line_end(text, span.start)]
    indentation = line[: len(line) - len(line.lstrip(" \t"))]
    end = span.end - (text[span.start : span.end].endswith("\n"))
    return Change(span.start, end, indentation, span.start + len(indentation))


def shifted(text: str, span: Span, steps: int, width: int = 2) -> Change:
    """Its lines further in, or out for a negative number of steps."""
    first, last = line_start(text, span.start), line_end(text, max(span.start, span.end - 1))
    lines = text[first:last].split("\n")
    if steps > 0:
        lines = [" " * width * steps + line if line.strip() else line for line in lines]
    else:
        lines = [re.sub(rf"^(?:\t| {{1,{width}}}){{0,{-steps}}}", "", line) for line in lines]
    new = "\n".join(lines)
    return Change(first, last, new, first_sign(text[:first] + new + text[last:], first))


def recased(text: str, span: Span, how: str) -> Change:
    taken = text[span.start : span.end]
    new = {"gu": taken.lower, "gU": taken.upper}.get(how, taken.swapcase)()
    return Change(span.start, span.end, new, span.start)


def joined(text: str, at: int, lines: int) -> Change | None:
    """This line and those below, with one space between."""
    start = line_start(text, at)
    end = line_end(text, down(text, at, max(lines - 1, 1)))
    parts = text[start:end].split("\n")
    if len(parts) < 2:
        return None
    new, seam = parts[0], 0
    for part in parts[1:]:
        new = new.rstrip(" \t")
        behind = part.strip(" \t")
        seam = len(new)
        new += ("" if not behind or not new or behind.startswith(")") else " ") + behind
    return Change(start, end, new, start + min(seam, max(0, len(new) - 1)))


def put(text: str, at: int, register: Register, times: int, *, before: bool) -> Change:
    """A register's text, beside the cursor or as lines of their own."""
    new = register.text * times
    if register.lines:
        if before:
            start = line_start(text, at)
            return Change(start, start, new, start + _indentation(new))
        end = line_end(text, at)
        if end == len(text):
            return Change(end, end, f"\n{new.removesuffix(chr(10))}", end + 1 + _indentation(new))
        return Change(end + 1, end + 1, new, end + 1 + _indentation(new))
    place = at if before or line_start(text, at) == line_end(text, at) else at + 1
    return Change(place, place, new, place + max(0, len(new) - 1))


def over_signs(text: str, at: int, times: int, sign: str) -> Change | None:
    """So many signs replaced by another, if there are as many in the line."""
    end = at + times
    if end > line_end(text, at):
        return None
    return Change(at, end, sign * times, end - 1)


def opened(text: str, at: int, *, above: bool) -> Change:
    """A new line that begins where this one does."""
    start, end = line_start(text, at), line_end(text, at)
    line = text[start:end]
    indentation = line[: len(line) - len(line.lstrip(" \t"))]
    if above:
        return Change(start, start, f"{indentation}\n", start + len(indentation))
    return Change(end, end, f"\n{indentation}", end + 1 + len(indentation))


def toggled(text: str, at: int, times: int) -> Change:
    end = min(at + times, line_end(text, at))
    return Change(at, end, text[at:end].swapcase(), min(end, last_of_line(text, at)))


def _indentation(text: str) -> int:
    line = text.partition("\n")[0]
    return len(line) - len(line.lstrip(" \t"))


def insertion(name: str, text: str, at: int) -> int:
    """Where i, I, a and A begin to write."""
    match name:
        case "i":
            return at
        case "a":
            return min(at + 1, line_end(text, at))
        case "I":
            start, end = line_start(text, at), line_end(text, at)
            return start + len(text[start:end]) - len(text[start:end].lstrip(" \t"))
        case _:
            return line_end(text, at)


def simple(command: Command, text: str, at: int, register: Register) -> Change | None:
    """What p, J, r and ~ do; None where they can do nothing."""
    times = command.count or 1
    match command.name:
        case "p" | "P":
            return put(text, at, register, times, before=command.name == "P") if register.text else None
        case "J":
            return joined(text, at, times)
        case "r":
            return over_signs(text, at, times, command.argument) if len(command.argument) == 1 else None
        case "~":
            return toggled(text, at, times)
        case _:
            return None
