"""Which statements cannot be tried out in a transaction, and why."""

from collections.abc import Sequence

from turso_tui.errors import InputError
from turso_tui.sql.effects import Act, effect_of
from turso_tui.sql.facts import leading_keyword

_UNDONE = frozenset({"user_version", "application_id", "defer_foreign_keys"})
"""Pragmas that a ROLLBACK takes back."""


def refuse(statements: Sequence[str]) -> None:
    """Raises `InputError` for the first statement that a dry run cannot have, and where there is nothing to try."""
    for index, sql in enumerate(statements):
        reason = _reason(sql)
        if reason:
            which = "It" if len(statements) == 1 else f"Statement {index + 1} of {len(statements)}"
            raise InputError(
                f"{which} cannot be tried out: {reason}.", means="Nothing ran.", next_step="Run it without a dry run."
            )
    if all(effect_of(sql).only_reads for sql in statements):
        raise InputError("There is nothing to try out: this only reads.", next_step="F5 runs it.")


def _reason(sql: str) -> str:
    effect, word = effect_of(sql), leading_keyword(sql)
    match effect.act:
        case Act.TRANSACTION:
            return f"a dry run is a transaction of its own, and {word} would end it or begin another"
        case Act.ATTACH | Act.VACUUM_INTO:
            return f"SQLite does not allow {word} within a transaction"
        case Act.PRAGMA if effect.detail not in _UNDONE:
            return f"a rollback does not take PRAGMA {effect.detail} back"
        case Act.MAINTAIN if word == "VACUUM":
            return "SQLite does not allow VACUUM within a transaction"
        case Act.MAINTAIN if effect.detail:
            return f"a rollback does not take PRAGMA {effect.detail} back"
    return ""
