"""Whether a condition holds for every row whatever is in it: ``1``, ``1 = 1``, ``true OR …``, ``id = id``."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.scopes import Group, Item, Word, item_at, upper

_EQUAL = {"=": True, "==": True, "IS": True, "<>": False, "!=": False}
_ORDERED = frozenset({"<", "<=", ">", ">="})
_REFLEXIVE = frozenset({"=", "==", "IS", "<=", ">="})
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)")
DEEPEST = 50


class _Unknown(Enum):
    """What only the row can tell."""

    UNKNOWN = auto()


UNKNOWN = _Unknown.UNKNOWN
_Constant = float | str | _Unknown | None


def is_always_true(condition: Sequence[Item]) -> bool:
    """A False is no promise: whether a condition with columns in it always holds is not worked out.

    A column that is compared with itself counts as true, though SQLite leaves a NULL out.
    """
    return _truth(_either(condition, 0)) is True


def _truth(value: _Constant) -> bool | _Unknown | None:
    match value:
        case None | _Unknown.UNKNOWN:
            return value
        case str():
            number = _NUMBER.match(value)
            return bool(float(number[1])) if number else False
    return bool(value)


def _either(items: Sequence[Item], depth: int) -> _Constant:
    parts = _split(items, "OR")
    if len(parts) == 1:
        return _both(items, depth)
    truths = [_truth(_both(part, depth)) for part in parts]
    if True in truths:
        return 1
    return UNKNOWN if UNKNOWN in truths else None if None in truths else 0


def _both(items: Sequence[Item], depth: int) -> _Constant:
    if any(upper(item) == "BETWEEN" for item in items):
        return UNKNOWN  # its AND is another
    parts = _split(items, "AND")
    if len(parts) == 1:
        return _not(items, depth)
    truths = [_truth(_not(part, depth)) for part in parts]
    if False in truths:
        return 0
    return UNKNOWN if UNKNOWN in truths else None if None in truths else 1


def _not(items: Sequence[Item], depth: int) -> _Constant:
    if upper(item_at(items, 0)) != "NOT" or upper(item_at(items, 1)) == "EXISTS":
        return _compare(items, depth)
    truth = _truth(_not(items[1:], depth))
    return int(not truth) if isinstance(truth, bool) else truth


def _compare(items: Sequence[Item], depth: int) -> _Constant:
    """``a = b`` and its like; a chain of several is left to SQLite."""
    places = [place for place, item in enumerate(items) if upper(item) in _EQUAL or upper(item) in _ORDERED]
    if not places:
        return _operand(items, depth)
    if len(places) > 1:
        return UNKNOWN
    place = places[0]
    operator, left, right = upper(items[place]), items[:place], items[place + 1 :]
    if operator == "IS" and upper(item_at(right, 0)) == "NOT":
        operator, right = "IS NOT", right[1:]
    if operator in _REFLEXIVE and _is_same_column(left, right):
        return 1
    return _compared(operator, _operand(left, depth), _operand(right, depth))


def _compared(operator: str, left: _Constant, right: _Constant) -> _Constant:
    if isinstance(left, _Unknown) or isinstance(right, _Unknown):
        return UNKNOWN
    if operator in {"IS", "IS NOT"}:
        return int((_rank(left) == _rank(right)) is (operator == "IS"))
    if left is None or right is None:
        return None
    if operator in _EQUAL:
        return int((_rank(left) == _rank(right)) is _EQUAL[operator])
    smaller, equal = _rank(left) < _rank(right), _rank(left) == _rank(right)
    return int((smaller if operator[0] == "<" else not smaller and not equal) or ("=" in operator and equal))


def _rank(value: float | str | None) -> tuple[int, float, str]:
    """SQLite sorts NULL before numbers before texts, and a literal has no affinity."""
    match value:
        case None:
            return 0, 0, ""
        case str():
            return 2, 0, value
    return 1, value, ""


def _operand(items: Sequence[Item], depth: int) -> _Constant:
    sign = 1
    while len(items) > 1 and upper(items[0]) in {"-", "+"}:
        sign, items = (-sign if upper(items[0]) == "-" else sign), items[1:]
    if len(items) != 1:
        return UNKNOWN
    value = _literal(items[0], depth)
    return sign * value if sign < 0 and isinstance(value, int | float) else UNKNOWN if sign < 0 else value


def _literal(item: Item, depth: int) -> _Constant:
    if isinstance(item, Group):
        return UNKNOWN if depth >= DEEPEST or upper(item_at(item.items, 0)) == "SELECT" else _in_group(item, depth)
    match item.kind, item.upper:
        case TokenKind.NUMBER, text:
            return _number(text.replace("_", ""))
        case TokenKind.STRING, _:
            return item.text[1:-1].replace("''", "'")
        case _, "NULL":
            return None
        case _, "TRUE":
            return 1
        case _, "FALSE":
            return 0
    return UNKNOWN


def _in_group(group: Group, depth: int) -> _Constant:
    return UNKNOWN if any(upper(item) == "," for item in group.items) else _either(group.items, depth + 1)


def _number(text: str) -> float:
    if text.startswith("0X"):
        return int(text, 16)
    return int(text) if text.isdigit() else float(text)


def _is_same_column(left: Sequence[Item], right: Sequence[Item]) -> bool:
    """The same names with dots between them; quotes and case make no other column."""
    names = [_column(side) for side in (left, right)]
    return bool(names[0]) and names[0] == names[1]


def _column(items: Sequence[Item]) -> tuple[str, ...]:
    words = [item for item in items if isinstance(item, Word)]
    is_column = len(words) == len(items) and all(
        (word.upper == ".") is bool(place % 2) and (place % 2 or word.kind in _COLUMN_KINDS)
        for place, word in enumerate(words)
    )
    is_constant = len(words) == 1 and words[0].upper in {"TRUE", "FALSE"}
    return tuple(word.name.lower() for word in words) if is_column and len(words) % 2 and not is_constant else ()


_COLUMN_KINDS = frozenset({TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.TYPE})


def _split(items: Sequence[Item], word: str) -> list[Sequence[Item]]:
    parts: list[Sequence[Item]] = []
    start = 0
    for place, item in enumerate(items):
        if upper(item) == word:
            parts.append(items[start:place])
            start = place + 1
    return [*parts, items[start:]]
