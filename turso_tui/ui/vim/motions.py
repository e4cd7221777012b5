"""Where a motion goes, and what an operator takes on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from turso_tui.ui.vim.grammar import Move
from turso_tui.ui.vim.lines import down, first_sign, last_of_line, line_end, line_of, line_start


class Reach(Enum):
    """What of the text belongs to a motion."""

    EXCLUSIVE = auto()
    INCLUSIVE = auto()
    LINES = auto()


@dataclass(frozen=True, slots=True)
class Target:
    at: int
    reach: Reach = Reach.EXCLUSIVE


@dataclass(slots=True)
class Memory:
    """What motions know of those before them."""

    column: int = 0
    """That of j and k; as far as the line goes where it is shorter."""
    find: Move | None = None
    search: str = ""
    backwards: bool = False


WINDOW = 20_000
"""Characters in which a word is looked for towards the beginning."""

TO_LINE_END = 1 << 30

_STARTS = re.compile(r"(?<!\w)\w|(?<![^\w\s])[^\w\s]|^(?=\n)", re.MULTILINE)
_BIG_STARTS = re.compile(r"(?<!\S)\S|^(?=\n)", re.MULTILINE)
_ENDS = re.compile(r"\w(?!\w)|[^\w\s](?![^\w\s])")
_BIG_ENDS = re.compile(r"\S(?!\S)")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BACK = {close: opener for opener, close in _PAIRS.items()}


def target(move: Move, text: str, at: int, count: int | None, memory: Memory) -> Target | None:
    """None where it cannot go."""
    times = count or 1
    if move.name in "fFtT":
        memory.find = move
        return _find(move, text, at, times)
    if move.name in {";", ","}:
        return _find_again(text, at, times, memory, turned=move.name == ",")
    if move.name in {"n", "N"}:
        return search(text, at, times, memory, turned=move.name == "N")
    if move.name in _STEPS:
        return _STEPS[move.name](text, at, times, memory)
    return _PLACES[move.name](text, at, count)


# --- along the line


def _left(text: str, at: int, times: int, _memory: Memory) -> Target:
    return Target(max(line_start(text, at), at - times))


def _right(text: str, at: int, times: int, _memory: Memory) -> Target:
    return Target(min(line_end(text, at), at + times))


def _line_end(text: str, at: int, times: int, memory: Memory) -> Target:
    memory.column = TO_LINE_END
    return Target(last_of_line(text, down(text, at, times - 1)), Reach.INCLUSIVE)


def _find(move: Move, text: str, at: int, times: int, *, again: bool = False) -> Target | None:
    start, end = line_start(text, at), line_end(text, at)
    found = at
    if move.name in "ft":
        begin = at + (2 if again and move.name == "t" else 1)
        for _ in range(times):
            found = text.find(move.argument, begin, end)
            if found < 0:
                return None
            begin = found + 1
        return Target(found - (move.name == "t"), Reach.INCLUSIVE)
    stop = at - (1 if again and move.name == "T" else 0)
    for _ in range(times):
        found = text.rfind(move.argument, start, max(stop, start))
        if found < 0:
            return None
        stop = found
    return Target(found + (move.name == "T"))


def _find_again(text: str, at: int, times: int, memory: Memory, *, turned: bool) -> Target | None:
    move = memory.find
    if move is None:
        return None
    name = move.name.swapcase() if turned else move.name
    return _find(Move(name, move.argument), text, at, times, again=True)


# --- words


def _forth(pattern: re.Pattern[str], text: str, at: int, times: int) -> int:
    for _ in range(times):
        found = pattern.search(text, at + 1)
        if found is None:
            return len(text)
        at = found.start()
    return at


def _back(pattern: re.Pattern[str], text: str, at: int, times: int) -> int:
    for _ in range(times):
        last = max(0, at - WINDOW)
        for found in pattern.finditer(text, last, at):
            last = found.start()
        at = last
    return at


def _words(pattern: re.Pattern[str]) -> "Step":
    return lambda text, at, times, _: Target(_forth(pattern, text, at, times))


def _words_back(pattern: re.Pattern[str]) -> "Step":
    return lambda text, at, times, _: Target(_back(pattern, text, at, times))


def _word_ends(pattern: re.Pattern[str]) -> "Step":
    return lambda text, at, times, _: Target(
        min(_forth(pattern, text, at, times), max(0, len(text) - 1)), Reach.INCLUSIVE
    )


def _ends_back(text: str, at: int, times: int, _memory: Memory) -> Target:
    return Target(_back(_ENDS, text, at, times), Reach.INCLUSIVE)


# --- lines


def _vertical(steps: int) -> "Step":
    def step(text: str, at: int, times: int, memory: Memory) -> Target | None:
        start = down(text, at, steps * times)
        if start == line_start(text, at):
            return None
        return Target(min(start + memory.column, last_of_line(text, start)), Reach.LINES)

    return step


def _line_below(steps: int) -> "Step":
    return lambda text, at, times, _: Target(first_sign(text, down(text, at, steps * times)), Reach.LINES)


def _this_line(text: str, at: int, times: int, _memory: Memory) -> Target:
    return Target(first_sign(text, down(text, at, times - 1)), Reach.LINES)


def _paragraph_forth(text: str, at: int, times: int, _memory: Memory) -> Target:
    for _ in range(times):
        found = re.compile(r"(?<=\S)[ \t]*\n([ \t]*)(?=\n)").search(text, at)
        if found is None:
            return Target(len(text))
        at = found.start(1)
    return Target(at)


def _paragraph_back(text: str, at: int, times: int, _memory: Memory) -> Target:
    for _ in range(times):
        start = line_start(text, at)
        while start > 0 and not text[start : line_end(text, start)].strip():
            start = line_start(text, start - 1)
        while start > 0 and text[start : line_end(text, start)].strip():
            start = line_start(text, start - 1)
        at = start
    return Target(at)


# --- places


def _line(number: int | None, text: str, fallback: int) -> Target:
    start = line_of(text, number) if number is not None else fallback
    return Target(first_sign(text, start), Reach.LINES)


def _pair(text: str, at: int, _count: int | None) -> Target | None:
    end = line_end(text, at)
    while at < end and text[at] not in _PAIRS and text[at] not in _BACK:
        at += 1
    if at >= end:
        return None
    found = closing(text, at) if text[at] in _PAIRS else opening(text, at, text[at])
    return Target(found, Reach.INCLUSIVE) if found is not None else None


def closing(text: str, at: int) -> int | None:
    """The other one of the opening bracket at ``at``."""
    opener, closer, depth = text[at], _PAIRS[text[at]], 0
    for found in re.finditer(f"[{re.escape(opener + closer)}]", text[at:]):
        depth += 1 if found[0] == opener else -1
        if depth == 0:
            return at + found.start()
    return None


def opening(text: str, at: int, closer: str) -> int | None:
    """The opening bracket before ``at`` to which a ``closer`` at or behind ``at`` belongs."""
    opener, depth = _BACK[closer], 1
    for place in range(at - 1, max(-1, at - 1 - WINDOW), -1):
        if text[place] in (opener, closer):
            depth += -1 if text[place] == opener else 1
            if depth == 0:
                return place
    return None


def search(text: str, at: int, times: int, memory: Memory, *, turned: bool = False) -> Target | None:
    """What was looked for last, round the end of the text; a capital in it makes capitals matter."""
    if not memory.search:
        return None
    pattern = compiled(memory.search)
    starts = [found.start() for found in pattern.finditer(text)]
    if not starts:
        return None
    if memory.backwards != turned:
        before = [start for start in starts if start < at]
        place = len(before) - times
    else:
        place = sum(start <= at for start in starts) + times - 1
    return Target(starts[place % len(starts)])


def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression, or the text itself where it is none."""
    flags = re.MULTILINE | (re.IGNORECASE if pattern == pattern.lower() else 0)
    try:
        return re.compile(pattern, flags)
    except re.error:
        return re.compile(re.escape(pattern), flags)


def _star(text: str, at: int, times: int, memory: Memory) -> Target | None:
    found = next((word for word in re.finditer(r"\w+", text[: line_end(text, at)]) if word.end() > at), None)
    if found is None:
        return None
    memory.search, memory.backwards = rf"\b{re.escape(found[0])}\b", False
    return search(text, found.start(), times, memory)


Step = Callable[[str, int, int, Memory], Target | None]

_STEPS: dict[str, Step] = {
    "h": _left,
    "backspace": _left,
    "l": _right,
    " ": _right,
    "j": _vertical(1),
    "k": _vertical(-1),
    "+": _line_below(1),
    "enter": _line_below(1),
    "-": _line_below(-1),
    "_": _this_line,
    "$": _line_end,
    "w": _words(_STARTS),
    "W": _words(_BIG_STARTS),
    "b": _words_back(_STARTS),
    "B": _words_back(_BIG_STARTS),
    "e": _word_ends(_ENDS),
    "E": _word_ends(_BIG_ENDS),
    "ge": _ends_back,
    "}": _paragraph_forth,
    "{": _paragraph_back,
    "*": _star,
}

_PLACES: dict[str, Callable[[str, int, int | None], Target | None]] = {
    "0": lambda text, at, _: Target(line_start(text, at)),
    "^": lambda text, at, _: Target(first_sign(text, at)),
    "gg": lambda text, _, count: _line(count or 1, text, 0),
    "G": lambda text, _, count: _line(count, text, line_start(text, len(text))),
    "%": _pair,
}
