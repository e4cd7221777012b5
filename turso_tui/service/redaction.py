"""SQL as it may be kept and shown: without the tokens that someone wrote into it."""

import re

from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.tokens.wrapping import labelled_words_in

MASK = "‹token›"

_JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{8,}(?:\.[\w-]*)*", re.ASCII)
"""``{"`` in base64 is ``eyJ``: so begins every JWT, whole or cut short."""

_TEXTS = {TokenKind.STRING, TokenKind.COMMENT, TokenKind.QUOTED_IDENTIFIER, TokenKind.ERROR}
"""Where a header, a variable or a URL can stand in SQL; outside of them ``token = x`` is about a column."""


def without_tokens(sql: str) -> str:
    """``sql`` with every JWT masked, and every word that a text in it calls a token.

    A statement that holds none is given back as it is.
    """
    masked = _JWT.sub(MASK, sql)
    if not re.search("token|jwt|authorization", masked, re.IGNORECASE):
        return masked
    return "".join(
        _without_labelled(masked[token.start : token.end]) if token.kind in _TEXTS else masked[token.start : token.end]
        for token in tokenize(masked)
    )


def _without_labelled(text: str) -> str:
    inner = text.strip("'\"`")
    lines = (line.lstrip(" -/*") for line in inner.splitlines())
    for word in labelled_words_in("\n".join(lines)):
        text = text.replace(word, MASK)
    return text
