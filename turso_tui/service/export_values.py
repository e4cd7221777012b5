"""Single SQLite values as text, exactly, in each format's own spelling; and names that two columns do not share.

|            | NULL   | ''     | 'NULL'   | 1.0   | infinity          | BLOB                | reads back exactly |
|------------|--------|--------|----------|-------|-------------------|---------------------|--------------------|
| text       | NULL   |        | NULL     | 1.0   | Inf               | x'00ff'             | no                 |
| CSV        |        | ""     | NULL     | 1.0   | Inf               | x'00ff'             | by its quotes      |
| TSV        | \\N     |        | NULL     | 1.0   | Inf               | x'00ff'             | but for the kinds  |
| JSON       | null   | ""     | "NULL"   | 1.0   | {"real": "Inf"}   | {"base64": "AP8="}  | yes                |
| Markdown   | *NULL* |        | NULL     | 1.0   | Inf               | `x'00ff'`           | no                 |
| SQL        | NULL   | ''     | 'NULL'   | 1.0   | 9e999             | x'00ff'             | yes                |

Numbers are the shortest text that reads back the same. NaN, which is how Hrana reports an infinity of either sign, is
``NaN`` (in SQL, which has none, ``NULL /* NaN */``). In CSV a text is quoted where it would otherwise be read as
something else; in TSV tabs, line breaks and backslashes are written ``\\t``, ``\\n``, ``\\r`` and ``\\\\``, as
PostgreSQL and MySQL read them.
"""

import base64
import math
import re
from collections.abc import Sequence
from json.encoder import encode_basestring

from turso_tui.values import Column, Value

_CSV_NEEDS_QUOTES = re.compile(
    r"""
    \Z | .*[",\r\n] | \s | .*\s\Z                               # empty, or its edges would be lost
    | [+-]?(?:[\d_]+\.?[\d_]*|\.[\d_]+)(?:e[+-]?[\d_]+)?\Z        # it looks like a number
    | [+-]?(?:inf(?:inity)?|nan)\Z | x'                                   # or like what else is not quoted
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_MARKDOWN = re.compile(r"[\\`*|<>\[\]~&]|(?<!\w)_|_(?!\w)")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def plain(value: Value) -> str:
    """For a person: the value itself, with nothing around it."""
    match value:
        case None:
            return "NULL"
        case str():
            return value
        case bytes():
            return f"x'{value.hex()}'"
    return number(value)


def number(value: float) -> str:
    """The shortest text that reads back as exactly this number."""
    if isinstance(value, int) or math.isfinite(value):
        return repr(value)
    if math.isnan(value):
        return "NaN"
    return "Inf" if value > 0 else "-Inf"


def csv(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return csv_text(value)
    return plain(value)


def csv_text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _CSV_NEEDS_QUOTES.match(text) else text


def tsv(value: Value) -> str:
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(_TSV_ESCAPES)
    return plain(value)


def json(value: Value) -> str:
    match value:
        case None:
            return "null"
        case str():
            return encode_basestring(value)
        case bytes():
            return f'{{"base64": "{base64.b64encode(value).decode()}"}}'
    return number(value) if math.isfinite(value) else f'{{"real": "{number(value)}"}}'


def markdown(value: Value) -> str:
    match value:
        case None:
            return "*NULL*"
        case str():
            return markdown_text(value)
        case bytes():
            return f"`{plain(value)}`"
    return number(value)


def markdown_text(text: str) -> str:
    return _LINE_BREAK.sub("<br>", _MARKDOWN.sub(r"\\\g<0>", text))


def sql(value: Value) -> str:
    """A literal that SQLite reads as the same value."""
    match value:
        case None:
            return "NULL"
        case str():
            if "\0" in value:  # would end the statement
                return f"CAST(x'{value.encode().hex()}' AS TEXT)"
            return "'" + value.replace("'", "''") + "'"
        case int():
            return repr(value)
        case float() if math.isfinite(value):
            return repr(value)
        case float():
            return "NULL /* NaN */" if math.isnan(value) else f"{'-' if value < 0 else ''}9e999"
    return plain(value)


def distinct_names(columns: Sequence[Column]) -> list[str]:
    """A name for each column, different also where case is ignored: the second ``id`` is ``id_2``."""
    taken = {column.name.lower() for column in columns}
    seen: set[str] = set()
    names = []
    for column in columns:
        base = column.name.replace("\0", "␀") or "column"
        name, count = base, 1
        while name.lower() in seen or (count > 1 and name.lower() in taken):
            count += 1
            name = f"{base}_{count}"
        seen.add(name.lower())
        names.append(name)
    return names
