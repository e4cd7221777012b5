"""The page behind a row: a comparison with that row's values, so that no row before it is read again.

SQLite sorts NULL before everything. What comes after a value is therefore ``> value``, or ``IS NOT NULL`` after a NULL;
descending it is ``< value`` and then the NULLs, and nothing after those. All of it is left to the columns' own affinity
and collating sequences, as ORDER BY is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.service.rows.filtering import Fragment, all_of, any_of, operand
from turso_tui.values import Row, Value


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an ORDER BY. ``nullable`` is False where it cannot be NULL."""

    sql: str
    descending: bool = False
    nullable: bool = True


def order_sql(terms: Sequence[Term]) -> str:
    return ", ".join(f"{term.sql}{' DESC' if term.descending else ''}" for term in terms)


def pages_after(terms: Sequence[Term], last: Row, *, indexed: bool) -> Sequence[Fragment]:
    """Conditions whose rows, one condition after the other, are those behind ``last``, the values of ``terms``.

    Where an index begins with the first term they are several, each a range of that index; without one, one condition
    reads the table once.
    """
    if not indexed or len(terms) == 1:
        return [any_of(_behind(terms, last))]
    ties = _behind(terms[1:], last[1:])
    beyond = _after(terms[0], last[0])
    return [all_of([_equal(terms[0], last[0]), any_of(ties)]), *beyond] if ties else beyond


def _behind(terms: Sequence[Term], last: Row) -> Sequence[Fragment]:
    """Behind in the first term, or equal there and behind in the rest; each part a range."""
    if not terms:
        return []
    parts = _after(terms[0], last[0])
    rest = _behind(terms[1:], last[1:])
    return [*parts, all_of([_equal(terms[0], last[0]), any_of(rest)])] if rest else parts


def _after(term: Term, value: Value) -> list[Fragment]:
    if value is None:
        return [] if term.descending else [Fragment(f"{term.sql} IS NOT NULL")]
    right = operand(value)
    parts = [Fragment(f"{term.sql} {'<' if term.descending else '>'} {right.sql}", right.args)]
    if term.descending and term.nullable:
        parts.append(Fragment(f"{term.sql} IS NULL"))
    return parts


def _equal(term: Term, value: Value) -> Fragment:
    if value is None:
        return Fragment(f"{term.sql} IS NULL")
    right = operand(value)
    return Fragment(f"{term.sql} = {right.sql}", right.args)
