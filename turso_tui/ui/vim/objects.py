"""Text objects: a word, what is in quotes or brackets, a paragraph, a statement."""

import re
from collections.abc import Callable

from turso_tui.ui.vim.lines import line_end, line_start
from turso_tui.ui.vim.motions import closing, opening

Range = tuple[int, int]
Statement = Callable[[int], Range | None]

_RUNS = re.compile(r"\w+|[^\w\s]+|[^\S\n]+")
_BIG_RUNS = re.compile(r"\S+|[^\S\n]+")
_BRACKETS = {"(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "B": "{}"}


def text_object(name: str, text: str, at: int, statement: Statement) -> tuple[Range, bool] | None:
    """Start and end of ``iw``, ``a(`` … around ``at``, and whether these are whole lines; None where there is none."""
    around, kind = name[0] == "a", name[1]
    if kind in "wW":
        found = _word(_RUNS if kind == "w" else _BIG_RUNS, text, at, around=around)
    elif kind in "\"'`":
        found = _quoted(kind, text, at, around=around)
    elif kind in _BRACKETS:
        found = _bracketed(_BRACKETS[kind], text, at, around=around)
    elif kind == "s":
        found = _statement(text, statement(at), around=around)
    else:
        return _paragraph(text, at, around=around), True
    return (found, False) if found is not None else None


def _word(pattern: re.Pattern[str], text: str, at: int, *, around: bool) -> Range | None:
    start, end = line_start(text, at), line_end(text, at)
    runs = [(run.start(), run.end()) for run in pattern.finditer(text, start, end)]
    here = next((index for index, run in enumerate(runs) if run[0] <= at < run[1]), None)
    if here is None:
        return None
    first, last = runs[here]
    if not around:
        return first, last
    behind = runs[here + 1] if here + 1 < len(runs) else None
    before = runs[here - 1] if here else None
    is_space = text[first].isspace()
    if behind is not None and text[behind[0]].isspace() != is_space:
        last = behind[1]
    elif before is not None and not is_space and text[before[0]].isspace():
        first = before[0]
    return first, last


def _quoted(quote: str, text: str, at: int, *, around: bool) -> Range | None:
    start, end = line_start(text, at), line_end(text, at)
    for found in re.finditer(f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", text[start:end]):
        if start + found.end() > at:
            inset = 0 if around else 1
            return start + found.start() + inset, start + found.end() - inset
    return None


def _bracketed(pair: str, text: str, at: int, *, around: bool) -> Range | None:
    first = at if text[at : at + 1] == pair[0] else opening(text, at, pair[1])
    last = closing(text, first) if first is not None else None
    if first is None or last is None:
        return None
    return (first, last + 1) if around else (first + 1, last)


def _statement(text: str, span: Range | None, *, around: bool) -> Range | None:
    """``as`` takes its semicolon and the space behind that along."""
    if span is None or not around:
        return span
    start, end = span
    behind = re.compile(r"\s*;[^\S\n]*\n?").match(text, end)
    return start, behind.end() if behind else end


def _paragraph(text: str, at: int, *, around: bool) -> Range:
    """Lines that are alike: written, or blank."""

    def is_blank(start: int) -> bool:
        return not text[start : line_end(text, start)].strip()

    first = line_start(text, at)
    kind = is_blank(first)
    while first > 0 and is_blank(line_start(text, first - 1)) == kind:
        first = line_start(text, first - 1)

    def beyond(place: int, blank: bool) -> int:
        while place < len(text) and is_blank(place) == blank:
            place = line_end(text, place) + 1
        return place

    last = beyond(line_start(text, at), kind)
    if around:
        last = beyond(last, not kind)
    return first, min(last, len(text))
