"""What a person types to filter a table: ``column op value`` with the value as it looks, or any SQL expression."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import Condition, Operator
from turso_tui.service.rows.pasting import fit
from turso_tui.sql.facts import quote_identifier, quote_string
from turso_tui.sql.words import KEYWORDS
from turso_tui.values import Value

_NAME = r'"(?:[^"]|"")+"|\[[^\]]+\]|`[^`]+`|[^\W\d]\w*'
_COMPARISON = re.compile(
    rf"\s*(?P<column>{_NAME})\s*(?P<operator><=|>=|<>|!=|==|[=<>]|\b(?:like|glob|contains)\b)\s*(?P<value>.*?)\s*",
    re.IGNORECASE | re.DOTALL,
)
_NULLNESS = re.compile(rf"\s*(?P<column>{_NAME})\s+is\s+(?P<no>not\s+)?null\s*", re.IGNORECASE)
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_BARE = re.compile(r"[\w%*?.:@+/#\- ]+")
_WORD = re.compile(r"[^\W\d]\w*")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SYNONYMS = {"!=": "<>", "==": "="}
_JOINS = frozenset({"AND", "OR", "NOT", "IS", "BETWEEN", "IN", "COLLATE", "ESCAPE", "CASE", "EXISTS", "SELECT"})


@dataclass(frozen=True, slots=True)
class TypedFilter:
    """Conditions, or else an expression for SQLite to read; neither where nothing was typed."""

    conditions: tuple[Condition, ...] = ()
    where: str = ""


def read_filter(text: str, facts: TableFacts) -> TypedFilter:
    """``name = Ada`` needs no quotes and ``day > 2026-11-01`` is no subtraction; what is more than that is SQL.

    Raises `InputError` for a single word that names no column.
    """
    if not text.strip():
        return TypedFilter()
    conditions = [_nullness(part, facts) or _comparison(part, facts) for part in _AND.split(text)]
    known = [condition for condition in conditions if condition is not None]
    if len(known) == len(conditions):
        return TypedFilter(tuple(known))
    word = text.strip()
    if _WORD.fullmatch(word) and _column(word, facts) is None and word.upper() not in KEYWORDS | {"TRUE", "FALSE"}:
        raise InputError(
            f"{facts.table.name} has no column {word}.", next_step="Write column = value, or any SQL expression."
        )
    return TypedFilter(where=text.strip())


def filter_text(conditions: Sequence[Condition], where: str = "") -> str:
    """What one would type for this; it reads back as the same rows."""
    parts = [_text_of(condition) for condition in conditions]
    if where:
        parts.append(f"({where})" if parts else where)
    return " and ".join(parts)


def _nullness(text: str, facts: TableFacts) -> Condition | None:
    found = _NULLNESS.fullmatch(text)
    column = _column(found["column"], facts) if found is not None else None
    if found is None or column is None:
        return None
    return Condition(column, Operator.NOT_NULL if found["no"] else Operator.IS_NULL)


def _comparison(text: str, facts: TableFacts) -> Condition | None:
    found = _COMPARISON.fullmatch(text)
    column = _column(found["column"], facts) if found is not None else None
    if found is None or column is None:
        return None
    operator = Operator(_SYNONYMS.get(found["operator"], found["operator"].lower()))
    typed = found["value"]
    if quoted := _QUOTED.fullmatch(typed):
        return Condition(column, operator, quoted[1].replace("''", "'"))
    if operator is Operator.CONTAINS:
        return Condition(column, operator, typed)
    if not typed or not _is_bare(typed, facts):
        return None
    if typed.upper() == "NULL":
        return Condition(column, operator, None)
    if operator in {Operator.LIKE, Operator.GLOB}:
        return Condition(column, operator, typed)
    return Condition(column, operator, _as_column(facts, column, typed))


def _is_bare(typed: str, facts: TableFacts) -> bool:
    """Whether it can only be meant as a value: no operator of SQL, no other column."""
    if not _BARE.fullmatch(typed) or "--" in typed or "/*" in typed:
        return False
    return not any(word.upper() in _JOINS or _column(word, facts) is not None for word in _WORD.findall(typed))


def _as_column(facts: TableFacts, column: str, typed: str) -> Value:
    """A STRICT column that would not take it has no such row, and says so by having none."""
    try:
        return fit(facts, facts.place(column), typed)
    except InputError:
        return typed


def _column(name: str, facts: TableFacts) -> str | None:
    """The column's own spelling of ``name``, which may be quoted; None where there is none."""
    plain = name[1:-1].replace('""', '"') if name[0] in '"[`' else name
    return next((column.name for column in facts.columns if column.name.lower() == plain.lower()), None)


def _text_of(condition: Condition) -> str:
    column = quote_identifier(condition.column)
    match condition.operator, condition.value:
        case (Operator.IS_NULL | Operator.NOT_NULL) as operator, _:
            return f"{column} {operator}"
        case Operator.EQUAL, None:
            return f"{column} is null"
        case operator, bytes(value):
            return f"{column} {operator} x'{value.hex()}'"
        case operator, str(value):
            return f"{column} {operator} {quote_string(value)}"
        case operator, value:
            return f"{column} {operator} {'null' if value is None else value!r}"
