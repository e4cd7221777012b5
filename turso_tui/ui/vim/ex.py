"""The commands of the line that begins with a colon."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from turso_tui.ui.vim.changes import Change
from turso_tui.ui.vim.host import Host
from turso_tui.ui.vim.lines import first_sign, line_end, line_of, line_start
from turso_tui.ui.vim.motions import Memory, compiled

_LINE = re.compile(
    r"\s*(?P<range>%|'<,'>|(?:\d+|\.|\$)(?:,(?:\d+|\.|\$))?)?\s*(?P<name>[a-zA-Z]*)(?P<bang>!?)(?P<rest>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Ex:
    """``range`` is as it was typed."""

    name: str
    range: str = ""
    rest: str = ""


class Misunderstood(Exception):
    """It says which command cannot be run, and why."""


def run_ex(line: str, host: Host, at: int, marked: tuple[int, int] | None, memory: Memory) -> Change | None:
    """What a line asks of the host is done; what it does to the text is the answer. Raises `Misunderstood`.

    ``marked`` is what was selected last.
    """
    ex, text = parse_ex(line), host.text
    acts: dict[str, Callable[[], None]] = {
        "w": lambda: host.save(ex.rest),
        "q": host.close,
        "wq": lambda: host.save(ex.rest, close=True),
        "x": lambda: host.save(ex.rest, close=True),
        "e": lambda: host.open(ex.rest),
        "noh": lambda: None,
    }
    if ex.name == "s":
        start, end = range_of(ex.range, text, at, (min(marked), max(marked)) if marked is not None else None)
        new, count, memory.search = substituted(text[start:end], ex.rest, memory.search)
        if not count:
            raise Misunderstood(f"“{memory.search}” is not there.")
        host.say(f"Replaced {count}.")
        return Change(start, end, new, line_start(new, len(new)) + start)
    if ex.name in acts:
        acts[ex.name]()
    elif not ex.name and ex.range.isdecimal():
        place = first_sign(text, line_of(text, int(ex.range)))
        return Change(place, place, "", place)
    elif ex.name or ex.rest:
        raise Misunderstood(f"“:{ex.name or ex.rest}” is not known here; :w, :q, :e, :s and a line's number are.")
    return None


def parse_ex(line: str) -> Ex:
    """``s`` and what it is to do, or another command by its name."""
    found = _LINE.fullmatch(line)
    if found is None:  # the last part takes anything
        return Ex("")
    name, rest = found["name"], found["rest"]
    if name.startswith("s") and not name.isalpha():
        name, rest = "s", name[1:] + rest
    return Ex(name, found["range"] or "", rest.strip() if name != "s" else rest)


def range_of(written: str, text: str, at: int, marked: tuple[int, int] | None) -> tuple[int, int]:
    """Start and end of the lines that are meant, without the last break. Raises `Misunderstood`."""
    if written == "%":
        return 0, len(text)
    if written == "'<,'>":
        if marked is None:
            raise Misunderstood("Nothing has been selected.")
        first, last = marked
    else:
        ends = [_place(each, text, at) for each in (written or ".").split(",")]
        first, last = min(ends), max(ends)
    return line_start(text, first), line_end(text, min(last, len(text)))


def _place(written: str, text: str, at: int) -> int:
    if written == ".":
        return at
    return len(text) if written == "$" else line_of(text, int(written))


def substituted(text: str, rest: str, last_search: str) -> tuple[str, int, str]:
    """``text`` after ``/pattern/replacement/flags``, how often it was replaced, and the pattern.

    Raises `Misunderstood`.
    """
    if not rest or rest[0].isalnum() or rest[0].isspace():
        raise Misunderstood("Write it like :s/what/with/g.")
    parts = re.split(rf"(?<!\\){re.escape(rest[0])}", rest[1:])
    pattern, replacement, flags, *_ = [*parts, "", ""]
    pattern = pattern.replace(f"\\{rest[0]}", rest[0]) or last_search
    if not pattern:
        raise Misunderstood("There is nothing to look for.")
    wanted = re.compile(compiled(pattern).pattern, re.MULTILINE | re.IGNORECASE) if "i" in flags else compiled(pattern)
    count = 0

    def replaced(found: re.Match[str]) -> str:
        return _expanded(replacement.replace(f"\\{rest[0]}", rest[0]), found)

    lines = []
    for line in text.split("\n"):
        new, times = wanted.subn(replaced, line, count=0 if "g" in flags else 1)
        lines.append(new)
        count += times
    return "\n".join(lines), count, pattern


def _expanded(replacement: str, found: re.Match[str]) -> str:
    """``&`` and ``\\1`` are what was found."""

    def part(sign: re.Match[str]) -> str:
        written = sign[0]
        if written == "&":
            return found[0]
        key = written[1]
        if key.isdecimal():
            number = int(key)
            return (found[number] or "") if number <= (found.re.groups) else ""
        return {"n": "\n", "r": "\n", "t": "\t"}.get(key, key)

    return re.sub(r"\\.|&", part, replacement)
