"""SQL text taken apart without a schema: its statements and its parameters.

SQLite reports parameters without their prefix and statements one at a time, and cannot look past one that does not
compile yet (a table that an earlier statement will create); so the text is read here, by SQLite's own token rules.
"""

import re
from dataclasses import dataclass

import apsw

_TOKEN = re.compile(
    r"""
      (?P<space>\s+ | --[^\n]* | /\*.*?(?:\*/|\Z))
    | (?P<quoted>'(?:[^']|'')*(?:'|\Z) | "(?:[^"]|"")*(?:"|\Z) | `(?:[^`]|``)*(?:`|\Z) | \[[^\]]*(?:\]|\Z))
    | (?P<parameter>\?[0-9]* | [:@\#][\w$]+ | \$(?:[\w$]|::)+(?:\([^)\s]*\))?)
    | (?P<end>;)
    | (?P<other>[\w$]+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SqlText:
    """One statement. ``parameters`` are its names in index order, prefix included; None for ``?`` and for gaps."""

    sql: str
    parameters: tuple[str | None, ...]


def split(sql: str) -> list[SqlText]:
    """The statements of a text, without empty ones and comments that stand alone.

    A semicolon ends a statement where SQLite says that it does, which it does not inside a trigger's body.
    """
    statements: list[SqlText] = []
    start, has_content = 0, False
    parameters = _Parameters()
    for token in _TOKEN.finditer(sql):
        kind = token.lastgroup
        if kind == "end":
            if has_content and not apsw.complete(sql[start : token.end()]):
                continue
            if has_content:
                statements.append(SqlText(sql[start : token.end()], parameters.names()))
            start, has_content, parameters = token.end(), False, _Parameters()
        elif kind != "space":
            has_content = True
            if kind == "parameter":
                parameters.add(token.group())
    if has_content:
        statements.append(SqlText(sql[start:], parameters.names()))
    return statements


def first_word(sql: str) -> str:
    """The first token that is neither space nor comment."""
    return next((token.group() for token in _TOKEN.finditer(sql) if token.lastgroup != "space"), "")


def without_blobs(sql: str) -> str:
    """The same statement with nothing in its BLOBs."""
    parts, before = [], ""
    for token in _TOKEN.finditer(sql):
        is_blob = token.group().startswith("'") and before in {"x", "X"}
        before = token.group()
        parts.append("''" if is_blob else before)
    return "".join(parts)


class _Parameters:
    """Numbers parameters as SQLite does: ``?`` takes the next index, ``?5`` the fifth, a name its first one again."""

    def __init__(self) -> None:
        self._names: dict[int, str | None] = {}
        self._indexes: dict[str, int] = {}
        self._highest = 0

    def add(self, token: str) -> None:
        if token == "?":
            self._set(self._highest + 1, None)
        elif token[0] == "?":
            self._set(int(token[1:7]), token)
        elif token not in self._indexes:
            self._indexes[token] = self._highest + 1
            self._set(self._highest + 1, token)

    def names(self) -> tuple[str | None, ...]:
        return tuple(self._names.get(index) for index in range(1, self._highest + 1))

    def _set(self, index: int, name: str | None) -> None:
        # As in SQLite: the first name of an index stays, but ``?2`` names what a plain ``?`` has left nameless.
        self._names[index] = self._names.get(index) or name
        self._highest = max(self._highest, index)
