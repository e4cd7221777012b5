"""Facts about one statement that its text alone tells, and names and strings as SQL writes them."""

import re
from itertools import islice

from turso_tui.errors import InputError
from turso_tui.sql.lexer import INSIGNIFICANT, tokenize
from turso_tui.sql.words import KEYWORDS

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONSTANTS = frozenset({"TRUE", "FALSE"})


def _leading_words(sql: str, count: int) -> list[str]:
    """The first significant tokens of ``sql``, in upper case."""
    significant = (sql[start:end].upper() for kind, start, end in tokenize(sql) if kind not in INSIGNIFICANT)
    return list(islice(significant, count))


def leading_keyword(sql: str) -> str:
    """The word that ``sql`` begins with, in upper case; empty when it does not begin with a word."""
    word = "".join(_leading_words(sql, 1))
    return word if _PLAIN_NAME.fullmatch(word) else ""


def is_explain(sql: str) -> bool:
    """EXPLAIN and EXPLAIN QUERY PLAN: nothing runs."""
    return leading_keyword(sql) == "EXPLAIN"


def opens_transaction(sql: str) -> bool:
    """BEGIN, or SAVEPOINT, which opens a transaction when none is open."""
    return leading_keyword(sql) in {"BEGIN", "SAVEPOINT"}


def ends_transaction(sql: str) -> bool:
    """COMMIT, END, or a ROLLBACK of everything.

    A RELEASE may end one too, if it is of the outermost savepoint: only the server knows.
    """
    words = _leading_words(sql, 3)
    if words[:1] == ["ROLLBACK"]:
        return "TO" not in words
    return words[:1] in (["COMMIT"], ["END"])


def may_commit(sql: str) -> bool:
    """COMMIT, END, or a RELEASE, which commits if it is of the outermost savepoint."""
    return leading_keyword(sql) in {"COMMIT", "END", "RELEASE"}


def foreign_keys_wanted(sql: str) -> bool | None:
    """What ``PRAGMA foreign_keys = …`` asks for, which a connection forgets when it ends and which does nothing in a
    transaction; None for any other statement."""
    words = _leading_words(sql, 4)
    if words[:2] != ["PRAGMA", "FOREIGN_KEYS"] or len(words) < 4:
        return None
    return words[3].strip("'\"") not in {"OFF", "FALSE", "NO", "0"}


def quote_identifier(name: str) -> str:
    """``name`` as SQL text that means this name: bare where that is safe, else in double quotes.

    Raises `InputError` for a name with a NUL in it, which no SQL text can hold.
    """
    if _PLAIN_NAME.fullmatch(name) and name.upper() not in KEYWORDS | _CONSTANTS:
        return name
    if "\0" in name:
        raise InputError("This name has a NUL character in it, and SQL text cannot hold one.")
    return '"' + name.replace('"', '""') + '"'


def quote_string(text: str) -> str:
    """``text`` as an SQL expression. A NUL would end the statement, so that it is written as ``char(0)``."""
    literals = ["'" + part.replace("'", "''") + "'" for part in text.split("\0")]
    return literals[0] if len(literals) == 1 else "(" + " || char(0) || ".join(literals) + ")"


def character_offset(sql: str, byte_offset: int) -> int:
    """From SQLite's offset of an error (bytes of UTF-8) to an offset into the `str`; never beyond its end."""
    return len(sql.encode(errors="surrogatepass")[: max(byte_offset, 0)].decode(errors="ignore"))
