"""What SQLite stores and what a statement is: the vocabulary that every floor shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = int | float | str | bytes | None
"""One SQLite value. A float may be NaN: that is how Hrana's servers report ±Inf (a float whose value is null)."""

Row: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A result column. ``decltype`` is the declared type as the server gives it, None for an expression."""

    name: str
    decltype: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with its arguments; positional and named ones are never mixed (sqld refuses it)."""

    sql: str
    args: Sequence[Value] = ()
    named_args: Mapping[str, Value] = field(default_factory=dict)
