"""From SQL text to tokens, by SQLite's own rules."""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from turso_tui.sql import grammar
from turso_tui.sql.words import KEYWORDS, TYPES


class TokenKind(Enum):
    """What a token is to a reader: SQLite itself knows no types and no functions at this level, only names."""

    KEYWORD = auto()
    TYPE = auto()
    FUNCTION = auto()
    IDENTIFIER = auto()
    QUOTED_IDENTIFIER = auto()
    STRING = auto()
    BLOB = auto()
    NUMBER = auto()
    PARAMETER = auto()
    OPERATOR = auto()
    PUNCTUATION = auto()
    COMMENT = auto()
    WHITESPACE = auto()
    ERROR = auto()


class Token(NamedTuple):
    """``kind`` of the characters from ``start`` to ``end`` (offsets into the `str`, the end exclusive)."""

    kind: TokenKind
    start: int
    end: int


INSIGNIFICANT = frozenset({TokenKind.WHITESPACE, TokenKind.COMMENT})
"""What the parser never sees."""

_PATTERNS: tuple[tuple[TokenKind, str], ...] = (
    (TokenKind.WHITESPACE, grammar.SPACE),
    (TokenKind.IDENTIFIER, rf"(?![xX]'){grammar.WORD_START}{grammar.WORD}*+"),
    (TokenKind.PUNCTUATION, grammar.PUNCTUATION),
    (TokenKind.STRING, grammar.STRING),
    (TokenKind.NUMBER, rf"(?>{grammar.NUMBER})(?!{grammar.WORD})"),
    (TokenKind.COMMENT, grammar.COMMENT),
    (TokenKind.OPERATOR, grammar.OPERATOR),
    (TokenKind.BLOB, grammar.BLOB),
    (TokenKind.ERROR, rf"{grammar.BROKEN_BLOB}|{grammar.NUMBER}{grammar.WORD}++"),
    (TokenKind.QUOTED_IDENTIFIER, grammar.QUOTED_IDENTIFIER),
    (TokenKind.PARAMETER, rf"\?[0-9]*+|[$@:#]{grammar.PARAMETER_NAME}(?:{grammar.PARAMETER_SUFFIX}\)|(?!\())"),
    (TokenKind.ERROR, rf"[$@:#](?:{grammar.PARAMETER_NAME}{grammar.PARAMETER_SUFFIX}|(?:::)*+)"),
    (TokenKind.ERROR, rf"{grammar.UNTERMINATED}|[\s\S]"),
)
"""Tried in this order; the last takes whatever is left, so that there is always a token."""

_TOKEN = re.compile("|".join(f"({pattern})" for _, pattern in _PATTERNS))
_KIND_OF_GROUP = (TokenKind.ERROR, *(kind for kind, _ in _PATTERNS))

_NAME = "name"
_NAMES = frozenset({TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.TYPE})
_BEFORE_TYPE = frozenset({_NAME, "AS"})
_BEFORE_TABLE = frozenset({"EXISTS", "INDEX", "INTO", "RECURSIVE", "REFERENCES", "TABLE", "VIEW", "WITH"})
"""Behind these a name with a parenthesis is a table and its columns, not a call."""


def tokenize(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of ``text`` from ``start``, which must not lie inside one. They tile the text; nothing is an error
    to us: what SQLite cannot read is a token of kind ERROR.

    Words are told apart by what stands around them: a type follows a name (``id integer``) or AS, a function is
    followed by its parenthesis, and behind a dot even a keyword is a name.
    """
    kind_of_group, identifier = _KIND_OF_GROUP, TokenKind.IDENTIFIER
    previous = ""
    for match in _TOKEN.finditer(text, start):
        kind = kind_of_group[match.lastindex or 0]
        begin, end = match.span()
        if kind is identifier:
            word = match.group().upper()
            kind = _kind_of_word(word, previous, called=text.startswith("(", end))
            previous = _NAME if kind in _NAMES else word
        elif kind not in INSIGNIFICANT:
            previous = _NAME if kind in _NAMES else match.group()
        yield Token(kind, begin, end)


def _kind_of_word(word: str, previous: str, *, called: bool) -> TokenKind:
    if previous == ".":
        return TokenKind.IDENTIFIER
    if word in KEYWORDS:
        return TokenKind.FUNCTION if called and word == "REPLACE" else TokenKind.KEYWORD
    if word in TYPES and previous in _BEFORE_TYPE:
        return TokenKind.TYPE
    return TokenKind.FUNCTION if called and previous not in _BEFORE_TABLE else TokenKind.IDENTIFIER
