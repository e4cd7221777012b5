"""Which rows of a table are asked for: conditions on columns, and an expression in a person's own SQL."""

from dataclasses import dataclass
from enum import StrEnum

from turso_tui.values import Value


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "like"
    GLOB = "glob"
    CONTAINS = "contains"
    """A text anywhere, in either case."""
    IS_NULL = "is null"
    NOT_NULL = "is not null"


@dataclass(frozen=True, slots=True)
class Condition:
    """``value`` means nothing to the last two operators; ``= NULL`` is read as ``is null``."""

    column: str
    operator: Operator
    value: Value = None


def checked_where(text: str) -> str:
    """``text`` as it can stand within parentheses, empty where it says nothing. Raises `InputError` unless it is one
    whole expression as far as its tokens tell; SQLite says the rest."""
    raise NotImplementedError
