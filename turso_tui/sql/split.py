"""From a script to its statements.

We split ourselves, because sqld looks only one statement ahead and drops the error it finds there: of
``CREATE TABLE t(a); SELEC; INSERT …`` it runs the first and the third, and reports success.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from turso_tui.sql import grammar
from turso_tui.sql.lexer import INSIGNIFICANT, tokenize


class Span(NamedTuple):
    """A statement and where it stands: ``text`` is what lies between the offsets ``start`` and ``end`` (exclusive).

    White space and comments around it do not belong to it, nor does its semicolon.
    """

    start: int
    end: int
    text: str


_BLANK = re.compile(rf"(?:{grammar.SPACE}|{grammar.COMMENT})*+")

_BODY = re.compile(
    rf"""(?:[^;'"`\[/\-$@:#]++|{grammar.STRING}|{grammar.QUOTED_IDENTIFIER}|{grammar.UNTERMINATED}"""
    rf"|{grammar.COMMENT}|{grammar.PARAMETER}|[/\-$@:#])*+"
)
"""Everything up to the next semicolon that is one."""

_MAY_CREATE = re.compile(r"(?i:CREATE|EXPLAIN)")
"""What a statement begins with that may be a trigger: the many others are not looked at closely."""

_END = re.compile(rf"(?i:END)(?!{grammar.WORD}){_BLANK.pattern}")


def split(text: str) -> list[Span]:
    """The statements of ``text`` in order. A piece without any (white space, comments, a lone ``;``) is left out.

    The last one needs no semicolon. An unclosed quote or comment reaches to the end, as it does for SQLite.
    """
    return [span for span, _ in _statements(text, 0)]


def _statements(text: str, position: int) -> Iterator[tuple[Span, int]]:
    """The statements from ``position``, each with the place behind its semicolon, from where the next is sought."""
    while position < len(text):
        start = _match_end(_BLANK, text, position)
        end = _match_end(_BODY, text, start)
        if end > start:
            if _MAY_CREATE.match(text, start) and _creates_trigger(text, start, end):
                end = _end_of_trigger(text, end)
            yield _trimmed(text, start, end), end + 1
        position = end + 1


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where ``pattern``, which also matches nothing at all, stops."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _creates_trigger(text: str, start: int, end: int) -> bool:
    """Whether the semicolon at ``end`` may be one of a trigger's body: the first half of ``sqlite3_complete``."""
    explained = created = False
    for kind, begin, stop in tokenize(text, start):
        if begin >= end:
            break
        if kind in INSIGNIFICANT:
            continue
        word = text[begin:stop].upper()
        if created:
            if word in {"TEMP", "TEMPORARY"}:
                continue
            return word == "TRIGGER"
        if word == "CREATE":
            created = True
        elif word == "EXPLAIN" and begin == start:
            explained = True
        elif not explained or word in {"EXPLAIN", "TEMP", "TEMPORARY", "TRIGGER", "END"}:
            return False
    return False


def _end_of_trigger(text: str, semicolon: int) -> int:
    """The semicolon behind ``; END``, or the end of the text; ``semicolon`` is the first of the body."""
    while semicolon < len(text):
        start = _match_end(_BLANK, text, semicolon + 1)
        semicolon = _match_end(_BODY, text, start)
        end = _END.match(text, start)
        if end and end.end() == semicolon:
            break
    return semicolon


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without the white space and comments at its end."""
    statement = text[start:end].rstrip(grammar.SPACES)  # never to nothing: it begins with a token
    if "--" in statement or "/*" in statement:
        significant = (token.end for token in tokenize(statement) if token.kind not in INSIGNIFICANT)
        statement = statement[: max(significant, default=0)]
    return Span(start, start + len(statement), statement)


class Script:
    """A text and its statements, found no further than somebody asked, so that a key press in a script of megabytes
    costs what a key press costs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._spans: list[Span] = []
        self._resume: list[int] = [0]
        self._rest = _statements(text, 0)

    def edited(self, text: str, unchanged: int) -> "Script":
        """The script with another ``text`` that begins with the same ``unchanged`` characters."""
        script = Script(text)
        # A semicolon ends what it ended before, whatever comes behind it.
        kept = bisect_right(self._resume, unchanged) - 1
        script._spans = self._spans[:kept]
        script._resume = self._resume[: kept + 1]
        script._rest = _statements(text, script._resume[-1])
        return script

    def statements(self) -> list[Span]:
        while self._advance():
            pass
        return list(self._spans)

    @property
    def has_several(self) -> bool:
        """Whether there is more than one statement."""
        while len(self._spans) < 2 and self._advance():
            pass
        return len(self._spans) > 1

    def at(self, offset: int) -> Span | None:
        """The statement that a person with the cursor at ``offset`` means.

        It is the one the cursor is in; or the one it stands behind, on the same line or on blank lines below it; or
        the one that it stands before, in its indentation or in a comment above it.
        """
        while (not self._spans or self._spans[-1].start <= offset) and self._advance():
            pass
        index = bisect_right(self._spans, offset, key=lambda span: span.start)
        before = self._spans[index - 1] if index > 0 else None
        after = self._spans[index] if index < len(self._spans) else None
        if before is None or after is None:
            return before or after
        if offset <= before.end or "\n" not in self.text[before.end : offset]:
            return before
        line_start = self.text.rfind("\n", 0, offset) + 1
        line_end = self.text.find("\n", offset)
        return after if self.text[line_start:line_end].strip() else before

    def piece_at(self, offset: int) -> tuple[int, int]:
        """Start and end of everything between the semicolons around ``offset``, comments and all: what a person who
        types there is writing."""
        while self._resume[-1] <= offset and self._advance():
            pass
        index = bisect_right(self._resume, offset)
        end = self._resume[index] - 1 if index < len(self._resume) else len(self.text)
        return self._resume[index - 1], min(end, len(self.text))

    def _advance(self) -> bool:
        found = next(self._rest, None)
        if found is None:
            return False
        span, resume = found
        self._spans.append(span)
        self._resume.append(resume)
        return True


def statement_at(text: str, offset: int) -> Span | None:
    """`Script.at` for a text that is looked at once. None when it holds no statement."""
    return Script(text).at(offset)
