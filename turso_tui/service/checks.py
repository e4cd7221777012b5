"""SELECTs with which a person can look whether a write was applied."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from turso_tui.sql.facts import quote_string
from turso_tui.sql.lexer import INSIGNIFICANT, Token, TokenKind, tokenize
from turso_tui.values import Statement, Value

ROWS = 100
"""That a check shows at most."""
CHECKS = 20
INSERTED_ROWS = 20
"""Of one INSERT, that are looked for."""
LONGEST_STATEMENT = 200_000
LONGEST_VALUE = 1000
"""Characters: what is longer is not repeated in a check."""

_LATEST = "ORDER BY rowid DESC "
_WRITES = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})
_AFTER_WHERE = frozenset({"RETURNING", "ORDER", "LIMIT"})
_LITERALS = frozenset({TokenKind.STRING, TokenKind.NUMBER, TokenKind.BLOB, TokenKind.PARAMETER})


def checks_for(statements: Iterable[Statement]) -> tuple[str, ...]:
    """A check for each of ``statements`` that can have one; equal ones once, and not more than a person would run."""
    checks: dict[str, None] = {}
    for statement in statements:
        check = check_for(statement)
        if check is not None:
            checks[check] = None
        if len(checks) == CHECKS:
            break
    return tuple(checks)


def check_for(statement: Statement) -> str | None:
    """A SELECT that shows what ``statement`` was to change, None where none can be made from its text.

    For UPDATE and DELETE the rows with the same WHERE, for INSERT the rows with the same values, or the latest ones,
    for CREATE, ALTER and DROP what the schema says of that name. Parameters are written out.
    """
    if len(statement.sql) > LONGEST_STATEMENT:
        return None
    try:
        return _Reader(statement).check()
    except _NoCheck:
        return None


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one table that an UPDATE or DELETE is about: ``common`` is its WITH, ``text`` belongs behind FROM,
    ``address`` is what the table is called in it. Parameters are written out."""

    common: str
    text: str
    address: str


def source_of(statement: Statement) -> Source | None:
    """None where the text does not tell them apart from the rows of other tables."""
    if len(statement.sql) > LONGEST_STATEMENT:
        return None
    try:
        return _Reader(statement).source()
    except _NoCheck:
        return None


class _NoCheck(Exception):
    """The text is not one that a check can be made of."""


class _Reader:
    """Reads a statement from left to right, its significant tokens only."""

    def __init__(self, statement: Statement) -> None:
        self._sql = statement.sql
        self._tokens = [token for token in tokenize(statement.sql) if token.kind not in INSIGNIFICANT]
        if any(token.kind is TokenKind.ERROR or self._text(token) == ";" for token in self._tokens):
            raise _NoCheck
        self._written = _written_out(statement, [token for token in self._tokens if token.kind is TokenKind.PARAMETER])
        self._at = 0

    def check(self) -> str:
        beginning = self._common_tables()
        match self._take():
            case "UPDATE":
                self._skip_conflict()
                return f"{beginning}SELECT * FROM {self._changed_rows()} LIMIT {ROWS}"
            case "DELETE":
                self._demand("FROM")
                return f"{beginning}SELECT * FROM {self._deleted_rows()} LIMIT {ROWS}"
            case "INSERT" | "REPLACE":
                self._skip_conflict()
                self._demand("INTO")
                return self._inserted_rows()
            case "CREATE" | "DROP" | "ALTER":
                return self._schema_entry()
        raise _NoCheck

    def source(self) -> Source:
        common = self._common_tables()
        word = self._take()
        if word == "DELETE":
            self._demand("FROM")
        elif word == "UPDATE":
            self._skip_conflict()
        else:
            raise _NoCheck
        address = self._address()
        text = self._deleted_rows() if word == "DELETE" else self._changed_rows()
        if word == "UPDATE" and self._find({"FROM"}, len(self._tokens)) < self._find({"WHERE"}, len(self._tokens)):
            raise _NoCheck  # a row that is joined to several is one row all the same
        return Source(common, text, address)

    # --- kinds of statements

    def _common_tables(self) -> str:
        """``WITH …`` up to the verb: its tables only read, and the WHERE may need them."""
        if self._peek() != "WITH":
            return ""
        self._at = self._find(_WRITES)
        return self._between(0, self._at) + " "

    def _changed_rows(self) -> str:
        table = self._table_and_alias("SET")
        self._demand("SET")
        end = self._find(_AFTER_WHERE, len(self._tokens))
        where = self._find({"WHERE"}, end)
        others = self._find({"FROM"}, where)
        joined = f", {self._between(others + 1, where)}" if others < where else ""
        return f"{table}{joined}{self._where(where, end)}"

    def _deleted_rows(self) -> str:
        table = self._table_and_alias("WHERE", *_AFTER_WHERE)
        end = self._find(_AFTER_WHERE, len(self._tokens))
        return f"{table}{self._where(self._find({'WHERE'}, end), end)}"

    def _where(self, start: int, end: int) -> str:
        return f" {self._between(start, end)}" if start < end else ""

    def _inserted_rows(self) -> str:
        table = self._name()
        if self._peek() == "AS":
            self._at += 2
        names = [self._between(*item) for item in self._list()] if self._peek() == "(" else []
        rows = self._rows_with(names) if names and self._peek() == "VALUES" else []
        where, order = (f"WHERE {' OR '.join(rows)} ", "") if rows else ("", _LATEST)
        return f"SELECT * FROM {table} {where}{order}LIMIT {ROWS}"

    def _rows_with(self, names: Sequence[str]) -> list[str]:
        """A condition for each row of VALUES; none at all when one of them has nothing to be known by."""
        self._demand("VALUES")
        rows: list[str] = []
        while self._peek() == "(" and len(rows) < INSERTED_ROWS:
            values = [self._literal(*item) for item in self._list()]
            known = [f"{name} IS {value}" for name, value in zip(names, values, strict=False) if value is not None]
            if not known:
                return []
            rows.append(f"({' AND '.join(known)})")
            if self._peek() == ",":
                self._at += 1
        return rows

    def _schema_entry(self) -> str:
        kind = self._find({"TABLE", "INDEX", "VIEW", "TRIGGER"})
        self._at = kind + 1
        while self._peek() in {"IF", "NOT", "EXISTS"}:
            self._at += 1
        *schema, name = self._name_parts()
        if any(token.kind is TokenKind.PARAMETER for token in self._tokens):
            raise _NoCheck
        home = "".join(f"{part}." for part in schema)
        wanted = quote_string(_bare(name))
        return (
            f"SELECT type, name, tbl_name, sql FROM {home}sqlite_schema "
            f"WHERE name = {wanted} COLLATE nocase OR tbl_name = {wanted} COLLATE nocase LIMIT {ROWS}"
        )

    # --- their parts

    def _table_and_alias(self, *ends: str) -> str:
        """``table [AS alias] [INDEXED BY index | NOT INDEXED]``; an index is a hint, and not repeated."""
        start = self._at
        self._name_parts()
        end = self._find({*ends, "INDEXED", "NOT"}, len(self._tokens))
        self._at = end
        while self._at < len(self._tokens) and self._peek() not in ends:
            self._at += 1
        return self._between(start, end)

    def _address(self) -> str:
        """The alias of the table that stands here, else its name; nothing is stepped over."""
        start = self._at
        address = self._name_parts()[-1]
        if self._peek() == "AS":
            self._at += 1
            address = self._identifier()
        elif self._peek() not in {"", "SET", "WHERE", "INDEXED", "NOT", *_AFTER_WHERE}:
            address = self._identifier()
        self._at = start
        return address

    def _name(self) -> str:
        start = self._at
        self._name_parts()
        return self._between(start, self._at)

    def _name_parts(self) -> list[str]:
        parts = [self._identifier()]
        while self._peek() == ".":
            self._at += 1
            parts.append(self._identifier())
        return parts

    def _identifier(self) -> str:
        token = self._token()
        self._at += 1
        if token.kind in _LITERALS or token.kind in {TokenKind.PUNCTUATION, TokenKind.OPERATOR}:
            raise _NoCheck
        return self._text(token)

    def _skip_conflict(self) -> None:
        if self._peek() == "OR":
            self._at += 2

    def _list(self) -> list[tuple[int, int]]:
        """Where the items of a list in parentheses stand."""
        self._demand("(")
        items, start, depth = [], self._at, 0
        while True:
            word = self._take()
            if depth == 0 and word in {",", ")"}:
                items.append((start, self._at - 1))
                start = self._at
                if word == ")":
                    return items
            depth += {"(": 1, ")": -1}.get(word, 0)

    def _literal(self, start: int, end: int) -> str | None:
        """The value as SQL, if it stands there as it is."""
        tokens = self._tokens[start:end]
        if len(tokens) == 2 and self._text(tokens[0]) in {"-", "+"} and tokens[1].kind is TokenKind.NUMBER:
            return self._between(start, end)
        if len(tokens) == 1 and (tokens[0].kind in _LITERALS or self._text(tokens[0]).upper() == "NULL"):
            value = self._between(start, end)
            return value if len(value) <= LONGEST_VALUE else None
        return None

    # --- tokens

    def _token(self) -> Token:
        if self._at >= len(self._tokens):
            raise _NoCheck
        return self._tokens[self._at]

    def _text(self, token: Token) -> str:
        return self._sql[token.start : token.end]

    def _peek(self) -> str:
        return self._text(self._tokens[self._at]).upper() if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        word = self._text(self._token()).upper()
        self._at += 1
        return word

    def _demand(self, word: str) -> None:
        if self._take() != word:
            raise _NoCheck

    def _find(self, words: Iterable[str], default: int | None = None) -> int:
        """The first of ``words`` that is not inside parentheses, from here on and before ``default``."""
        wanted = frozenset(words)
        depth = 0
        for index in range(self._at, len(self._tokens) if default is None else default):
            word = self._text(self._tokens[index]).upper()
            if depth == 0 and word in wanted:
                return index
            depth += {"(": 1, ")": -1}.get(word, 0)
        if default is None:
            raise _NoCheck
        return default

    def _between(self, start: int, end: int) -> str:
        """The text of some tokens as it stands, comments left out, with values in place of parameters."""
        pieces: list[str] = []
        previous = None
        for token in self._tokens[start:end]:
            if previous is not None and token.start > previous:
                pieces.append(" ")
            pieces.append(self._written.get(token.start, self._text(token)))
            previous = token.end
        return "".join(pieces)


def _written_out(statement: Statement, parameters: Sequence[Token]) -> dict[int, str]:
    """The values of all parameters as SQL, by where they stand."""
    numbers: dict[str, int] = {}
    highest = 0
    written = {}
    for token in parameters:
        name = statement.sql[token.start : token.end]
        if name == "?":
            number = highest + 1
        elif name.startswith("?"):
            number = int(name[1:])
        else:
            number = numbers.setdefault(name, highest + 1)
        highest = max(highest, number)
        written[token.start] = _sql_value(_value_of(statement, name, number))
    return written


def _value_of(statement: Statement, name: str, number: int) -> Value:
    named = statement.named_args
    if name in named:
        return named[name]
    if name[1:] in named:
        return named[name[1:]]
    if 1 <= number <= len(statement.args):
        return statement.args[number - 1]
    raise _NoCheck


def _sql_value(value: Value) -> str:
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"x'{value.hex()}'"
        case str():
            return quote_string(value)
        case float() if math.isnan(value):
            return "NULL"
        case float() if math.isinf(value):
            return "9e999" if value > 0 else "-9e999"
    return repr(int(value)) if isinstance(value, bool) else repr(value)


def _bare(name: str) -> str:
    """A name without the quotes around it."""
    quote = name[:1]
    if quote == "[":
        return name[1:-1]
    return name[1:-1].replace(quote * 2, quote) if quote in {'"', "`", "'"} else name
