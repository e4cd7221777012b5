"""What became of a write, whatever way it ended."""

import re
from collections.abc import Sequence

from turso_tui.errors import Outcome, OutcomeUnknown, SqlError, TursoTuiError
from turso_tui.service.checks import checks_for
from turso_tui.values import Statement, Value

_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)


def outcome_of(error: BaseException) -> Outcome:
    """What became of the write that ended with ``error``.

    A cancelled one has `OutcomeUnknown` for its cause, if it had left before.
    """
    if isinstance(error, TursoTuiError):
        return error.outcome
    return Outcome.UNKNOWN if unknown_in(error) is not None else Outcome.NOT_APPLIED


def unknown_in(error: BaseException) -> OutcomeUnknown | None:
    """What is to be told of a write that nobody knows the outcome of, also after its task was cancelled."""
    if isinstance(error, OutcomeUnknown):
        return error
    return error.__cause__ if isinstance(error.__cause__, OutcomeUnknown) else None


def write_unknown(why: str, about: Sequence[Statement]) -> OutcomeUnknown:
    return OutcomeUnknown(
        "Whether the write was applied is unknown.",
        means=why,
        next_step="Look at the data before you run it again.",
        statements=[statement.sql for statement in about],
        checks=checks_for(about),
    )


def keeps_what_it_did(sql: str) -> bool:
    """Whether a write that fails half-way may leave its first half: SQLite's OR FAIL does."""
    return _FAIL.search(sql) is not None


def tell_of_a_part(error: SqlError, changed: Value) -> None:
    """Say in the error of a write that failed in autocommit how many rows it had changed, if any."""
    if isinstance(changed, int) and changed:
        error.outcome = Outcome.APPLIED
        error.means = f"{changed} {'row' if changed == 1 else 'rows'} had been changed before, and OR FAIL keeps that."
