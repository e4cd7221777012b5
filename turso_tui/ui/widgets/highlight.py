"""Which tokens stand on which line: found line by line, and only as far down as somebody looks."""

from collections.abc import Callable
from typing import NamedTuple

from turso_tui.sql.lexer import Token, TokenKind, tokenize

OPENERS = ("/*", "'", '"', "`", "[")
"""What can begin on one line and end on a later one."""

LONGEST_LINE = 20_000
"""Characters of one line that are coloured: what lies behind is data, and nobody reads it in colour."""


class Line(NamedTuple):
    """The tokens of a line, in offsets into it, and what is still open at its end."""

    tokens: tuple[Token, ...]
    open: str


def read_line(text: str, opened: str) -> Line:
    """Tokenize one line that begins inside what ``opened`` began (empty: inside nothing)."""
    shift = len(opened)
    source = f"{opened}{text[:LONGEST_LINE]}\n"
    tokens = list(tokenize(source))
    last = source[tokens[-1].start :].removeprefix("x").removeprefix("X")
    still_open = next((opener for opener in OPENERS if last.startswith(opener)), "")
    moved = (Token(kind, max(0, start - shift), end - shift) for kind, start, end in tokens)
    return Line(tuple(token for token in moved if token.kind is not TokenKind.WHITESPACE), still_open)


class Highlighter:
    """The lines of a document, which is asked for them by number."""

    def __init__(self, line_of: Callable[[int], str]) -> None:
        self._line_of = line_of
        self._lines: list[Line] = []

    def tokens(self, number: int) -> tuple[Token, ...]:
        """The tokens of line ``number``; reads the lines above it that have not been read yet."""
        while len(self._lines) <= number:
            opened = self._lines[-1].open if self._lines else ""
            self._lines.append(read_line(self._line_of(len(self._lines)), opened))
        return self._lines[number].tokens

    def forget_from(self, number: int) -> None:
        """Line ``number`` and those below it have changed."""
        del self._lines[max(0, number) :]
