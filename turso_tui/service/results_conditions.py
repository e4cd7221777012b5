"""Which rows of a result are meant: a text in any column, or ``column > 5``, turned into SQL over its scratch table.

A comparison stays within its kind: ``> 5`` looks at numbers and ``> 'm'`` at texts, because SQLite would count every
text as greater than every number. Letters match in either case, in any script.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.values import Column, Value

_OPERATOR = re.compile(
    r"\s*(?:(?P<null>is\s+(?P<not>not\s+)?null)\s*$|(?P<sign><>|!=|<=|>=|==|=|<|>|\bcontains\b)\s*(?P<value>.*\S)\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_AND = re.compile(r"""((?:'[^']*'|"[^"]*"|[^'"])*?)(?:\s+and\s+|$)""", re.IGNORECASE | re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_REAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_BLOB = re.compile(r"x'((?:[0-9a-f]{2})*)'?", re.IGNORECASE)
_INTEGERS = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Condition:
    """``sql`` is over the columns ``c0``, ``c1`` … with ``args`` for its plain ``?``.

    ``is_text`` tells a text that is looked for everywhere from a condition on columns.
    """

    text: str
    sql: str
    args: tuple[Value, ...]
    is_text: bool


def read_condition(text: str, columns: Sequence[Column]) -> Condition:
    """What a person typed: conditions on columns joined by ``and`` if it can be read so, else a text to look for."""
    parts = [match[1] for match in _AND.finditer(text) if match[1].strip()]
    read = [_on_column(part, columns) for part in parts]
    conditions = [each for each in read if each is not None]
    if not conditions or len(conditions) < len(read):
        return text_condition(text, range(len(columns)))
    sql = " AND ".join(f"({sql})" for sql, _ in conditions)
    return Condition(text, sql, tuple(arg for _, args in conditions for arg in args), is_text=False)


def text_condition(text: str, columns: Sequence[int]) -> Condition:
    """``text`` within any of ``columns``, given by their places; ``x'00ff'`` looks for bytes within BLOBs."""
    tests = [contains(f"c{column}", text) for column in columns]
    sql = any_of([sql for sql, _ in tests]) if tests else "0"
    return Condition(text, sql, tuple(arg for _, args in tests for arg in args), is_text=True)


def contains(column: str, text: str) -> tuple[str, tuple[Value, ...]]:
    """SQL and its arguments for ``text`` within ``column``; numbers are looked at as they are written."""
    blob = _BLOB.fullmatch(text.strip())
    if blob is not None and blob[1]:
        return f"typeof({column}) = 'blob' AND instr({column}, ?) > 0", (bytes.fromhex(blob[1]),)
    spellings = _spellings(text)
    tests = " OR ".join(f"instr(lower({column}), ?) > 0" for _ in spellings)
    return f"typeof({column}) <> 'blob' AND ({tests})", spellings


def any_of(tests: Sequence[str]) -> str:
    """One OR, as deep as its logarithm."""
    if len(tests) == 1:
        return f"({tests[0]})"
    middle = len(tests) // 2
    return f"({any_of(tests[:middle])} OR {any_of(tests[middle:])})"


def _spellings(text: str) -> tuple[str, ...]:
    """``text`` in each case, after what SQLite's lower() does: it changes the letters of ASCII alone."""
    return tuple({_lower(each): None for each in (text, text.lower(), text.upper(), text.title())})


def _lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _on_column(text: str, columns: Sequence[Column]) -> tuple[str, tuple[Value, ...]] | None:
    text = text.strip()
    by_length = sorted(range(len(columns)), key=lambda place: -len(columns[place].name))
    for place in by_length:
        rest = _after_name(text, columns[place].name)
        match = _OPERATOR.fullmatch(rest) if rest else None
        if match is not None:
            return _test(f"c{place}", match)
    return None


def _after_name(text: str, name: str) -> str:
    """What follows the column's name at the beginning of ``text``; empty where it does not stand there."""
    quoted = '"' + name.replace('"', '""') + '"'
    if text.startswith(quoted):
        return text[len(quoted) :]
    if not name or text[: len(name)].lower() != name.lower():
        return ""
    rest = text[len(name) :]
    return "" if rest[:1].isalnum() or rest[:1] == "_" else rest


def _test(column: str, match: re.Match[str]) -> tuple[str, tuple[Value, ...]]:
    if match["null"]:
        return f"{column} IS {'NOT ' if match['not'] else ''}NULL", ()
    sign, written = match["sign"].lower(), match["value"]
    if sign == "contains":
        return contains(column, _unquoted(written))
    sign = {"==": "=", "!=": "<>"}.get(sign, sign)
    value = _value(written)
    if value is None:
        return f"{column} IS {'NOT ' if sign == '<>' else ''}NULL", ()
    if sign in {"=", "<>"}:
        # What looks like a number may be stored as a text: an identifier, a postal code.
        both = (value,) if isinstance(value, str | bytes) else (value, written)
        test = " OR ".join(f"{column} = ?" for _ in both)
        return (test if sign == "=" else f"NOT ({test})"), both
    return f"typeof({column}) IN {_kinds(value)} AND {column} {sign} ?", (value,)


def _kinds(value: Value) -> str:
    if isinstance(value, str):
        return "('text')"
    return "('blob')" if isinstance(value, bytes) else "('integer', 'real')"


def _value(written: str) -> Value:
    if written.lower() == "null":
        return None
    if _INTEGER.fullmatch(written) and int(written) in _INTEGERS:
        return int(written)
    if _REAL.fullmatch(written):
        return float(written)
    blob = _BLOB.fullmatch(written)
    return bytes.fromhex(blob[1]) if blob is not None and written.endswith("'") else _unquoted(written)


def _unquoted(written: str) -> str:
    if len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
        quote = written[0]
        return written[1:-1].replace(quote * 2, quote)
    return written
