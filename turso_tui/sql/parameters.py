"""The parameters of a statement: what it wants values for, by SQLite's own rules."""

import re
from typing import NamedTuple

from turso_tui.sql.lexer import TokenKind, tokenize

MOST = 32_766
"""SQLite's highest number of a parameter."""

_MAY_HAVE_ANY = re.compile(r"[?:@$#]")


class Parameter(NamedTuple):
    """``label`` is how the statement writes it; its ``number`` counts from 1. A plain ``?`` is labelled with it."""

    label: str
    number: int

    @property
    def is_named(self) -> bool:
        return not self.label.startswith("?")


def parameters(sql: str) -> tuple[Parameter, ...]:
    """The parameters of one statement in the order of their numbers; one that is written twice is one.

    A ``?`` gets the number behind the highest so far, and so does a name when it appears first.
    """
    if not _MAY_HAVE_ANY.search(sql):
        return ()
    found: dict[str, Parameter] = {}
    taken: dict[int, Parameter] = {}
    highest = 0
    for kind, start, end in tokenize(sql):
        if kind is not TokenKind.PARAMETER:
            continue
        text = sql[start:end]
        if text in found:
            continue
        number = int(text[1:]) if text[0] == "?" and len(text) > 1 else highest + 1
        if not 1 <= number <= MOST:
            continue  # SQLite will say so itself
        parameter = Parameter(f"?{number}" if text[0] == "?" else text, number)
        if text != "?":
            found[text] = parameter
        taken.setdefault(number, parameter)
        highest = max(highest, number)
    return tuple(taken[number] for number in sorted(taken))
