"""What SQLite's messages mean, and what to do about them, in a person's words."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from turso_tui.sql.names import Names
from turso_tui.sql.words import KEYWORDS


class Hint(NamedTuple):
    """Either may be empty."""

    means: str = ""
    next_step: str = ""


Explain = Callable[[str, Names], Hint]


def hint(message: str, names: Names) -> Hint:
    """What can be said about a message of SQLite's, knowing what the database has; nothing about one unknown here."""
    for pattern, explain in _KNOWN:
        if found := pattern.search(message):
            return explain(found[1] if pattern.groups else "", names)
    return Hint()


def _said(means: str, next_step: str = "") -> Explain:
    """``{}`` stands for the name in the message."""
    return lambda name, _: Hint(means.format(name), next_step.format(name))


def _no_column(name: str, names: Names) -> Hint:
    known = (column.name for relation in names.relations for column in relation.columns)
    return Hint("Nothing that the statement reads from has this column.", _nearest(name, known))


def _no_table(name: str, names: Names) -> Hint:
    return Hint("This database has no such table or view.", _nearest(name, (each.name for each in names.relations)))


def _no_function(name: str, names: Names) -> Hint:
    return Hint("This server does not have it.", _nearest(name, names.functions or ()))


def _near(word: str, _names: Names) -> Hint:
    if word.upper() in KEYWORDS:
        return Hint("SQL does not allow this word here.", f'If it is meant as a name, write "{word}" with its quotes.')
    return Hint("SQL does not allow this here.", "Look at what stands before it.")


def _nearest(name: str, known: Iterable[str]) -> str:
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.rpartition(".")[2].strip('"').lower(), by_lower, n=1)
    return f"Did you mean {by_lower[near[0]]}?" if near else ""


_KNOWN: tuple[tuple[re.Pattern[str], Explain], ...] = tuple(
    (re.compile(pattern), explain)
    for pattern, explain in (
        (r"no such column: (\S+)", _no_column),
        (r"has no column named (\S+)", _no_column),
        (r"no such table: (\S+)", _no_table),
        (r"no such function: (\S+)", _no_function),
        (r'near "([^"]+)": syntax error', _near),
        (r"incomplete input", _said("The statement ends before it is complete.", "Something is missing at its end.")),
        (r"unrecognized token", _said("This is no SQL: a quote may be left open.", "Close it, or take the sign away.")),
        (
            r"ambiguous column name: (\S+)",
            _said("More than one table has {}.", "Write the table before it, with a dot between."),
        ),
        (
            r"UNIQUE constraint failed: (.+?)(?:$| \()",
            _said("There is a row with this {} already.", "ON CONFLICT says what is to happen then."),
        ),
        (r"NOT NULL constraint failed: (\S+)", _said("{} may not be NULL.", "Give it a value.")),
        (
            r"FOREIGN KEY constraint failed",
            _said(
                "A row that is referred to is not there, or one would go that others refer to.",
                "Write that row first, or those others.",
            ),
        ),
        (r"CHECK constraint failed: (.+)", _said("The table allows only rows for which this holds: {}.")),
        (
            r"cannot start a transaction within a transaction",
            _said("One is open already.", "End it with COMMIT or ROLLBACK."),
        ),
        (r"no transaction is active", _said("There is nothing to end.")),
        (r"datatype mismatch", _said("A value is not of the type that its column demands.")),
        (r"columns but \d+ values", _said("Each column needs one value.", "Name the columns that you give.")),
    )
)
