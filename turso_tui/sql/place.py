"""Where in a statement somebody is typing: what the grammar wants there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from turso_tui.sql import vocabulary
from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.scopes import Group, Item, Level, Word, is_name, item_at, name_of, query_before, upper
from turso_tui.sql.words import KEYWORDS


class Want(Enum):
    """What belongs here."""

    BEGINNING = auto()
    QUERY = auto()
    SOURCE = auto()
    TABLE = auto()
    EXPRESSION = auto()
    JOIN_CONDITION = auto()
    COLUMN = auto()
    SHARED_COLUMN = auto()
    KEYWORD = auto()
    TYPE = auto()
    PRAGMA = auto()
    INDEX = auto()
    TRIGGER = auto()
    NEW_NAME = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """``want`` at the cursor. ``owner`` is the table whose columns alone fit, or what stands before a dot; ``words``
    are the keywords to expect."""

    want: Want
    owner: str = ""
    is_qualified: bool = False
    words: tuple[str, ...] = ()


_CLAUSES = frozenset(vocabulary.BEHIND_OPERAND_OF)
_OPENERS = frozenset(
    """
    ALL AND BETWEEN BY CASE CHECK DISTINCT ELSE ESCAPE EXISTS GLOB HAVING IN IS LIKE LIMIT MATCH NOT OFFSET ON OR REGEXP
    RETURNING SELECT SET THEN WHEN WHERE
    """.split()  # noqa: SIM905
)
"""Behind these an expression begins."""
_OPERANDS = frozenset(
    "CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP END NULL ROWID ASC DESC NOTHING STRICT ABORT FAIL IGNORE".split()  # noqa: SIM905
)
_TABLE_WORDS = frozenset({"TABLE", "VIEW"})


def place_at(levels: Sequence[Level]) -> Place:
    """What the grammar wants at the cursor that `scopes.levels_at` was asked about."""
    before = query_before(levels[-1])
    last = item_at(before, len(before) - 1)
    word = upper(last)
    if word == "." and isinstance(last, Word):
        return Place(Want.COLUMN, name_of(item_at(before, len(before) - 2)), is_qualified=True)
    if len(levels) > 1 and (role := _role(query_before(levels[-2]), before)) is not None:
        return role
    if last is None:
        if len(levels) > 1:
            return Place(Want.EXPRESSION, words=vocabulary.IN_EXPRESSION)
        return Place(Want.BEGINNING, words=vocabulary.BEGINNINGS)
    if isinstance(last, Group) or last.kind not in {TokenKind.KEYWORD, TokenKind.OPERATOR, TokenKind.PUNCTUATION}:
        return _behind_operand(before)
    if last.kind is TokenKind.KEYWORD:
        return _behind_keyword(before, word)
    return _behind_sign(before, word)


def _role(outside: Sequence[Item], inside: Sequence[Item]) -> Place | None:
    """What a pair of parentheses is for, where the words in front of it decide that; ``outside`` ends before it."""
    last, before_last = item_at(outside, len(outside) - 1), item_at(outside, len(outside) - 2)
    first, opener = upper(item_at(outside, 0)), upper(last)
    if first == "CREATE" and "TABLE" in map(upper, outside[:3]) and upper(before_last) != "REFERENCES":
        return _in_table_definition(inside, opener)
    if first == "PRAGMA":
        return Place(Want.TABLE if opener in vocabulary.PRAGMAS_OF_TABLES else Want.NEW_NAME)
    if opener == "CAST" and inside and upper(inside[-1]) == "AS":
        return Place(Want.TYPE)
    if inside and upper(inside[-1]) != ",":
        return None
    if is_name(last) and (
        upper(before_last) in {"INTO", "REFERENCES"} or (upper(before_last), first) == ("ON", "CREATE")
    ):
        return Place(Want.COLUMN, name_of(last))
    if opener == "CONFLICT":
        return Place(Want.COLUMN, _target(outside))
    if opener == "USING":
        return Place(Want.SHARED_COLUMN)
    return None if inside else _in_empty_parentheses(opener)


def _in_empty_parentheses(opener: str) -> Place | None:
    if opener in {"FROM", "JOIN"}:
        return Place(Want.SOURCE, words=vocabulary.QUERIES)
    if opener in {"AS", "MATERIALIZED"}:
        return Place(Want.QUERY, words=vocabulary.QUERIES)
    return None


def _in_table_definition(inside: Sequence[Item], opener: str) -> Place | None:
    """``opener`` is what stands before the parenthesis: a name, or CHECK and its like."""
    if opener in {"CHECK", "DEFAULT", "AS"}:
        return None
    start = next((i + 1 for i in range(len(inside) - 1, -1, -1) if upper(inside[i]) == ","), 0)
    column = inside[start:]
    if not column:
        return Place(Want.NEW_NAME, words=("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK", "CONSTRAINT"))
    if upper(column[-1]) == "REFERENCES":
        return Place(Want.TABLE)
    if len(column) == 1 and is_name(column[0]):
        return Place(Want.TYPE, words=vocabulary.OF_COLUMN)
    return Place(Want.KEYWORD, words=vocabulary.FOLLOWERS.get(upper(column[-1]), vocabulary.OF_COLUMN))


def _behind_keyword(before: Sequence[Item], word: str) -> Place:
    first, previous = upper(before[0]), upper(item_at(before, len(before) - 2))
    if word == "PRAGMA":
        return Place(Want.PRAGMA)
    if word == "FROM" and previous == "DISTINCT" and "WHERE" in map(upper, before):
        return Place(Want.EXPRESSION)
    if word in {"FROM", "JOIN"}:
        return Place(Want.SOURCE)
    if previous == "OR" and first in {"UPDATE", "INSERT"} and len(before) == 3:
        return Place(Want.TABLE) if first == "UPDATE" else Place(Want.KEYWORD, words=("INTO",))
    if word in {"INTO", "REFERENCES"} or (word == "UPDATE" and previous not in {"DO", "AFTER", "BEFORE", "OF", "ON"}):
        return Place(Want.TABLE, words=("OR IGNORE", "OR REPLACE") if word == "UPDATE" else ())
    if first in {"DROP", "ALTER", "REINDEX", "ANALYZE"} and (dropped := _dropped(before, word)) is not None:
        return dropped
    if word == "ON":
        if first == "CREATE":
            return Place(Want.TABLE)
        if _clause(before[:-1]) in {"INTO", "VALUES"}:
            return Place(Want.KEYWORD, words=("CONFLICT",))
        return Place(Want.JOIN_CONDITION)
    return _behind_other_keyword(before, word, first)


def _dropped(before: Sequence[Item], word: str) -> Place | None:
    """What DROP and its like are about to name."""
    kind = upper(item_at(before, 1))
    if word not in {"TABLE", "VIEW", "INDEX", "TRIGGER", "EXISTS", "REINDEX", "ANALYZE"}:
        return None
    if kind == "INDEX":
        return Place(Want.INDEX)
    if kind == "TRIGGER":
        return Place(Want.TRIGGER)
    return Place(Want.TABLE, words=("IF EXISTS",) if word in _TABLE_WORDS and upper(before[0]) == "DROP" else ())


def _behind_other_keyword(before: Sequence[Item], word: str, first: str) -> Place:
    if word == "AS":
        if first == "CREATE":
            return Place(Want.QUERY, words=vocabulary.QUERIES)
        return Place(Want.NEW_NAME)
    if word == "SET" and (target := _target(before)):
        return Place(Want.COLUMN, target)
    if word in _OPERANDS:
        return _behind_operand(before)
    if word in _OPENERS:
        return Place(Want.EXPRESSION, words=vocabulary.IN_EXPRESSION)
    if word in {"UNION", "EXCEPT", "INTERSECT", "BEGIN"} and len(before) > 1:
        return Place(Want.BEGINNING, words=vocabulary.BEGINNINGS)
    if first == "CREATE" and word in {"TABLE", "INDEX", "TRIGGER", "VIEW"}:
        return Place(Want.NEW_NAME, words=("IF NOT EXISTS",))
    return Place(Want.KEYWORD, words=vocabulary.FOLLOWERS.get(word, ()))


def _behind_sign(before: Sequence[Item], sign: str) -> Place:
    clause = _clause(before)
    if sign == "*" and upper(item_at(before, len(before) - 2)) in {"SELECT", "DISTINCT", "ALL", ",", ".", "RETURNING"}:
        return _behind_operand(before)
    if sign == ",":
        if clause == "FROM":
            return Place(Want.SOURCE)
        if clause == "SET" and (target := _target(before)):
            return Place(Want.COLUMN, target)
    return Place(Want.EXPRESSION, words=vocabulary.IN_EXPRESSION)


def _behind_operand(before: Sequence[Item]) -> Place:
    clause = _clause(before)
    expected = vocabulary.BEHIND_OPERAND_OF.get(clause, ())
    if clause == "INTO" and isinstance(before[-1], Group):
        expected = ("VALUES", "SELECT", "ON CONFLICT")
    if upper(before[0]) == "WITH" and clause == "":
        expected = ("AS", "SELECT", "INSERT INTO", "UPDATE", "DELETE FROM")
    if clause not in {"FROM", "INTO", "UPDATE", "CREATE", "ALTER"}:
        expected += vocabulary.BEHIND_OPERAND
    return Place(Want.KEYWORD, words=expected)


def _clause(before: Sequence[Item]) -> str:
    """The word that the clause around the end of ``before`` begins with."""
    return next((upper(item) for item in reversed(before) if upper(item) in _CLAUSES and _is_keyword(item)), "")


def _is_keyword(item: Item) -> bool:
    return isinstance(item, Word) and item.kind is TokenKind.KEYWORD and item.upper in KEYWORDS


def _target(before: Sequence[Item]) -> str:
    """The table that the statement writes to."""
    for place, item in enumerate(before):
        if upper(item) in {"UPDATE", "INTO"}:
            index = place + 1
            while upper(item_at(before, index)) in {"OR", "ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"}:
                index += 1
            if upper(item_at(before, index + 1)) == ".":
                index += 2
            if name := name_of(item_at(before, index)):
                return name
    return ""
