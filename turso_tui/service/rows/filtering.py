"""Which rows of a table are asked for: conditions on columns, and an expression in a person's own SQL."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from turso_tui.errors import InputError
from turso_tui.service.results_conditions import contains
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.lexer import INSIGNIFICANT, TokenKind, tokenize
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
    """``value`` means nothing to the last two operators; ``= NULL`` is read as ``is null``.

    ``collation`` is by which texts are compared, where not by the column's own.
    """

    column: str
    operator: Operator
    value: Value = None
    collation: str = ""


class Fragment(NamedTuple):
    """A piece of SQL and the values of its ``?``."""

    sql: str
    args: tuple[Value, ...] = ()


class RawText(bytes):
    """The bytes of a text that is not valid UTF-8."""


def operand(value: Value) -> Fragment:
    """``value`` to the right of an operator. No server takes an infinity as an argument, but all read it as SQL."""
    if isinstance(value, RawText):
        return Fragment("CAST(? AS TEXT)", (value,))
    if isinstance(value, float) and math.isinf(value):
        return Fragment("9e999" if value > 0 else "-9e999")
    return Fragment("?", (value,))


def all_of(parts: Sequence[Fragment]) -> Fragment:
    """One AND, only as deep as its logarithm: SQLite's limit is a depth of 1000."""
    return _joined("AND", parts)


def any_of(parts: Sequence[Fragment]) -> Fragment:
    return _joined("OR", parts)


def _joined(word: str, parts: Sequence[Fragment]) -> Fragment:
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= 8:
        sql = f" {word} ".join(part.sql for part in parts)
    else:
        middle = len(parts) // 2
        sql = f"{_joined(word, parts[:middle]).sql} {word} {_joined(word, parts[middle:]).sql}"
    return Fragment(f"({sql})", tuple(arg for part in parts for arg in part.args))


def condition_sql(condition: Condition) -> Fragment:
    """The condition with SQLite's own meaning: by the column's affinity and collating sequence."""
    column = quote_identifier(condition.column)
    match condition.operator, condition.value:
        case (Operator.IS_NULL, _) | (Operator.EQUAL, None):
            return Fragment(f"{column} IS NULL")
        case (Operator.NOT_NULL, _) | (Operator.NOT_EQUAL, None):
            return Fragment(f"{column} IS NOT NULL")
        case Operator.CONTAINS, value:
            sql, args = contains(column, _as_text(value))
            return Fragment(f"({sql})", args)
        case operator, value:
            right = operand(value)
            if condition.collation:
                column = f"{column} COLLATE {quote_identifier(condition.collation)}"
            return Fragment(f"{column} {operator.upper()} {right.sql}", right.args)


def checked_where(text: str) -> str:
    """``text`` as it can stand within parentheses, empty where it says nothing. Raises `InputError` unless it is one
    whole expression as far as its tokens tell; SQLite says the rest."""
    if "\0" in text:
        raise InputError("The filter has a NUL character in it, where SQLite would stop reading.")
    depth = words = 0
    for kind, start, end in tokenize(text):
        token = text[start:end]
        if kind is TokenKind.COMMENT:
            if token.startswith("/*") and not (token.endswith("*/") and len(token) > 3):
                raise InputError("The comment in the filter has no end.", next_step="Close it with */.")
            continue
        if kind in INSIGNIFICANT:
            continue
        words += 1
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0:
            raise InputError("A parenthesis in the filter was never opened.", next_step="Take it out.")
        _check_token(kind, token)
    if depth:
        raise InputError("A parenthesis in the filter is not closed.", next_step="Close it.")
    return text if words else ""


def _check_token(kind: TokenKind, token: str) -> None:
    if token == ";":
        raise InputError("The filter ends where its semicolon is.", next_step="Write one expression, as after WHERE.")
    if kind is TokenKind.PARAMETER:
        raise InputError(f"{token} in the filter has no value.", next_step="Write the value itself.")
    if kind is TokenKind.ERROR:
        raise InputError(f"SQLite cannot read {token[:20]} in the filter.", next_step="Is a quote not closed?")


def where_sql(conditions: Sequence[Condition], where: str = "") -> Sequence[Fragment]:
    """The parts of a WHERE, to be joined by AND. A person's own expression stands on lines of its own, so that a
    comment at its end hides nothing. Raises `InputError` as `checked_where` does."""
    parts = [condition_sql(condition) for condition in conditions]
    if own := checked_where(where):
        parts.append(Fragment(f"(\n{own}\n)"))
    return parts


def _as_text(value: Value) -> str:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return "" if value is None else str(value)
