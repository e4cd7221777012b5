"""The tokens of one line of a document, for whoever draws it line by line."""

import re
from collections.abc import Callable

from turso_tui.sql import grammar
from turso_tui.sql.lexer import Token, TokenKind, tokenize

_KIND_BY_BEGINNING = {
    "/*": TokenKind.COMMENT,
    "'": TokenKind.STRING,
    '"': TokenKind.QUOTED_IDENTIFIER,
    "`": TokenKind.QUOTED_IDENTIFIER,
    "[": TokenKind.QUOTED_IDENTIFIER,
    "x": TokenKind.BLOB,
    "X": TokenKind.BLOB,
}
"""What a token without an end will be."""

OPENERS = ("/*", "'", '"', "`", "[")
"""What can begin on one line and end on a later one. A blob cannot, but its quote can."""

_CLOSED = re.compile(
    rf"""(?:[^'"`\[/\-$@:#]++|{grammar.STRING}|{grammar.QUOTED_IDENTIFIER}"""
    rf"|{grammar.CLOSED_COMMENT}|{grammar.PARAMETER}|/(?!\*)|[\-$@:#])*+"
)
"""Everything up to that which is opened and not closed."""

LONGEST_LINE = 20_000
"""Characters of a line that get tokens: what lies behind is data, and nobody reads it in colour."""


def still_open(text: str, opened: str = "") -> str:
    """What is open (``/*`` or a quote) behind the line ``text``, when ``opened`` is open before it."""
    source = opened + text
    closed = _CLOSED.match(source)
    rest = source[closed.end() :] if closed else source
    return next((opener for opener in OPENERS if rest.startswith(opener)), "")


def tokens_of_line(text: str, opened: str = "") -> list[Token]:
    """The tokens of the line ``text``, which begins inside of what ``opened`` began.

    What the line leaves open is not an error, but what it will be once it is closed.
    """
    shift = len(opened)
    # With the line break, because of "/*": at the very end of a text it would not be a comment.
    source = f"{opened}{text[:LONGEST_LINE]}\n"
    tokens = []
    for kind, start, end in tokenize(source):
        begin, stop = max(start - shift, 0), min(end, len(source) - 1) - shift
        if begin < stop:
            meant = _KIND_BY_BEGINNING.get(source[start], kind) if kind is TokenKind.ERROR else kind
            tokens.append(Token(meant, begin, stop))
    return tokens


class LineLexer:
    """The lines of a document, asked for by number.

    What is open at the beginning of a line depends on everything above it. It is found by a scan that is much faster
    than making tokens, is kept, and goes no further down than somebody looked.
    """

    def __init__(self, line_at: Callable[[int], str]) -> None:
        self._line_at = line_at
        self._opened = [""]

    def tokens(self, number: int) -> list[Token]:
        """The tokens of line ``number`` (from 0), in offsets into it."""
        return tokens_of_line(self._line_at(number), self._opened_before(number))

    def is_code(self, number: int, column: int) -> bool:
        """Whether what is typed there is SQL, and not a part of a string, a quoted name or a comment."""
        before = self._line_at(number)[:column]
        if still_open(before, self._opened_before(number)):
            return False
        last = next(reversed(tokens_of_line(before, self._opened_before(number))), None)
        return last is None or last.kind is not TokenKind.COMMENT or before.endswith("*/")

    def _opened_before(self, number: int) -> str:
        opened = self._opened
        for above in range(len(opened) - 1, number):
            opened.append(still_open(self._line_at(above), opened[above]))
        return opened[number]

    def changed(self, number: int) -> None:
        """Line ``number`` is another one now, and so may be all below it."""
        del self._opened[number + 1 :]
