"""Where in a statement an error is, and what it says as a sentence."""

import re

from turso_tui.errors import SqlError, TursoTuiError
from turso_tui.sql.facts import character_offset
from turso_tui.sql.lexer import tokenize


def sentence(text: str) -> str:
    """With an end, when it has none."""
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


_NAMED = re.compile(r"""(?:no such \w+: |near "|ambiguous column name: )(?P<name>[^"\s]+)""")


def error_place(sql: str, error: TursoTuiError) -> tuple[int, int] | None:
    """Start and end, in characters of ``sql``, of what an error is about.

    The server's byte offset where there is one, else the token that the message names, else nothing.
    """
    if not isinstance(error, SqlError):
        return None
    start = None
    if error.offset is not None:
        start = character_offset(sql, error.offset)
    elif named := _NAMED.search(error.message):
        found = re.search(rf"\b{re.escape(named['name'].rpartition('.')[2])}", sql, re.IGNORECASE)
        start = found.start() if found else None
    if start is None:
        return None
    token = next((token for token in tokenize(sql) if token.start <= start < token.end), None)
    return (token.start, token.end) if token is not None else (max(0, len(sql) - 1), len(sql))
