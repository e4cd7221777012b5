"""A CREATE TABLE as its parts: where each column and constraint stands, and what it says whatever it looks like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.lexer import INSIGNIFICANT, Token, TokenKind, tokenize

_BEGINS_CLAUSE = frozenset(
    {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"}
)
_BEGINS_CONSTRAINT = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_WITHIN_CLAUSE = {"NULL": {"NOT", "DEFAULT", "SET"}, "DEFAULT": {"SET"}, "AS": {"ALWAYS"}}
"""Words that begin a clause, but not behind these."""

_BEFORE_NAME = frozenset({"TABLE", "VIEW", "INDEX", "TRIGGER", "EXISTS", "ON", "INTO", "FROM", "JOIN", "UPDATE", "."})
_CLOSERS = {'"': '"', "[": "]", "`": "`"}


def name_of(token: str) -> str:
    """The name that a token stands for, without its quotes."""
    closer = _CLOSERS.get(token[:1])
    if closer is None:
        return token
    return token[1:-1] if closer == "]" else token[1:-1].replace(closer * 2, closer)


def canonical(sql: str) -> tuple[str, ...]:
    """The tokens of ``sql`` as SQLite means them: two texts with equal ones differ in looks only.

    Comments, white space, and the case and quotes of names are looks. A name in double quotes may be a string to
    SQLite, so that its case stays where it is not certain to be a name.
    """
    return _canonical((kind, sql[start:end]) for kind, start, end in _significant(sql))


def _canonical(tokens: Iterator[tuple[TokenKind, str]]) -> tuple[str, ...]:
    means: list[str] = []
    previous = ""
    for kind, text in tokens:
        match kind:
            case TokenKind.KEYWORD | TokenKind.TYPE | TokenKind.FUNCTION | TokenKind.IDENTIFIER:
                means.append(text.lower())
            case TokenKind.QUOTED_IDENTIFIER:
                is_name = text[0] != '"' or previous in _BEFORE_NAME | {"REFERENCES"}
                name = name_of(text)
                means.append(name.lower() if is_name or name == name.lower() else text)
            case _:
                means.append(text)
        previous = text.upper()
    return tuple(means)


def _significant(sql: str) -> list[Token]:
    return [token for token in tokenize(sql) if token.kind not in INSIGNIFICANT and sql[token.start] != ";"]


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that is said of a column behind its type, for example NOT NULL; ``word`` is what it begins with."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A column, or a constraint of the table, which has no name here; offsets are into the text of the table."""

    name: str | None
    start: int
    end: int
    comma: int | None
    """Where the comma behind it stands."""
    after: int
    """Where something new may stand behind it and behind the comment on its line."""
    type: tuple[int, int] | None = None
    clauses: tuple[Clause, ...] = ()


class TableText:
    """The text of a CREATE TABLE and its parts."""

    def __init__(self, sql: str, parts: Sequence[Part], close: int) -> None:
        self.sql = sql
        self.parts = tuple(parts)
        self._close = close

    @property
    def columns(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.name is not None)

    def column(self, name: str) -> Part | None:
        """The column of this name, as SQLite compares names."""
        return next((part for part in self.columns if (part.name or "").lower() == name.lower()), None)

    def text(self, part: Part) -> str:
        return self.sql[part.start : part.end]

    def type(self, part: Part) -> str:
        return self.sql[slice(*part.type)] if part.type is not None else ""

    def clauses(self, part: Part) -> tuple[str, ...]:
        return tuple(self.sql[clause.start : clause.end] for clause in part.clauses)

    @cached_property
    def options(self) -> frozenset[tuple[str, ...]]:
        """STRICT and WITHOUT ROWID."""
        words = canonical(self.sql[self._close + 1 :])
        return frozenset(tuple(piece.split()) for piece in " ".join(words).split(" , ") if piece)

    def meaning(self, part: Part) -> tuple[object, ...]:
        """What a column says besides its name; the order of its clauses means nothing, and so does a bare NULL."""
        said = Counter(canonical(text) for text in self.clauses(part))
        said.pop(("null",), None)
        return canonical(self.type(part)), frozenset(said.items())

    @cached_property
    def constraints(self) -> "Counter[tuple[str, ...]]":
        """What is said of the table, in whatever order."""
        return Counter(canonical(self.text(part)) for part in self.parts if part.name is None)

    # --- the same table, a little different

    def with_part(self, part: Part, text: str) -> "TableText":
        """With ``text`` in the place of ``part``."""
        return read_again(self.sql[: part.start] + text + self.sql[part.end :])

    def without(self, part: Part) -> "TableText":
        """Without a part; comments stay. A table keeps one column at least."""
        index = self.parts.index(part)
        if part.comma is not None:
            return read_again(self.sql[: part.start] + self.sql[self.parts[index + 1].start :])
        comma = self.parts[index - 1].comma or part.start
        return read_again(self.sql[:comma] + self.sql[comma + 1 : part.start].rstrip(" ") + self.sql[part.end :])

    def with_column(self, text: str) -> "TableText":
        """With one more column, behind the ones there are."""
        last = self.columns[-1]
        line = self.sql[self.sql.rfind("\n", 0, last.start) + 1 : last.start]
        gap = f"\n{line}" if "\n" in self.sql[: last.start] and not line.strip() else " "
        if last.comma is not None:
            return read_again(f"{self.sql[: last.after]}{gap}{text},{self.sql[last.after :]}")
        commented = self.sql[last.end : last.after]
        newline = gap if not commented or commented.lstrip().startswith("/*") else gap if "\n" in gap else f"\n{gap}"
        return read_again(f"{self.sql[: last.end]},{commented}{newline}{text}{self.sql[last.after :]}")

    def renamed(self, name: str) -> str:
        """The text, for a table of another name."""
        start, end = _name_place(self.sql)
        return f"{self.sql[:start]}{quote_identifier(name)}{self.sql[end:]}"


def read_again(sql: str) -> TableText:
    """A text that was made from one that could be read. Raises `ValueError` if it cannot be any more."""
    table = read_table(sql)
    if table is None:
        raise ValueError(sql)
    return table


def _name_place(sql: str) -> tuple[int, int]:
    tokens = _significant(sql)
    opening = next(index for index, token in enumerate(tokens) if sql[token.start] == "(")
    return tokens[opening - 1].start, tokens[opening - 1].end


def read_table(sql: str) -> TableText | None:
    """The parts of a CREATE TABLE; None for what is none, or is a virtual one."""
    tokens = _significant(sql)
    words = [sql[start:end].upper() for _, start, end in tokens[:3]]
    opening = next((index for index, token in enumerate(tokens) if sql[token.start : token.end] == "("), None)
    if words[:1] != ["CREATE"] or "TABLE" not in words or "VIRTUAL" in words or opening is None:
        return None
    parts: list[Part] = []
    first, depth = opening + 1, 1
    for index in range(first, len(tokens)):
        sign = sql[tokens[index].start : tokens[index].end]
        depth += (sign == "(") - (sign == ")")
        if depth == 0 or (depth == 1 and sign == ","):
            if index == first:
                return None
            comma = tokens[index].start if depth else None
            parts.append(_part(sql, tokens[first:index], comma))
            first = index + 1
        if depth == 0:
            return TableText(sql, parts, tokens[index].start) if parts[0].name is not None else None
    return None


def _part(sql: str, tokens: Sequence[Token], comma: int | None) -> Part:
    start, end = tokens[0].start, tokens[-1].end
    after = _behind_comment(sql, end if comma is None else comma + 1)
    is_word = tokens[0].kind is not TokenKind.QUOTED_IDENTIFIER
    if is_word and sql[start : tokens[0].end].upper() in _BEGINS_CONSTRAINT:
        return Part(None, start, end, comma, after)
    name = name_of(sql[start : tokens[0].end])
    if tokens[0].kind is TokenKind.STRING:
        name = sql[start + 1 : tokens[0].end - 1].replace("''", "'")
    begins = _clause_starts(sql, tokens)
    bounds = [*begins, len(tokens)]
    clauses = tuple(
        Clause(_word(sql, tokens[begin]), tokens[begin].start, tokens[until - 1].end)
        for begin, until in zip(begins, bounds[1:], strict=True)
    )
    typed = tokens[1 : bounds[0]]
    type_ = (typed[0].start, typed[-1].end) if typed else None
    return Part(name, start, end, comma, after, type_, clauses)


def _clause_starts(sql: str, tokens: Sequence[Token]) -> list[int]:
    starts: list[int] = []
    depth = 0
    named = False
    for index, token in enumerate(tokens[1:], start=1):
        word, before = _word(sql, token), _word(sql, tokens[index - 1])
        depth += (word == "(") - (word == ")")
        begins = token.kind is TokenKind.KEYWORD and word in _BEGINS_CLAUSE and not depth
        if not begins or before in _WITHIN_CLAUSE.get(word, ()) or before in {"COLLATE", "CONSTRAINT", "REFERENCES"}:
            continue
        if word == "NOT" and index + 1 < len(tokens) and _word(sql, tokens[index + 1]) == "DEFERRABLE":
            continue
        if not named:
            starts.append(index)
        named = word == "CONSTRAINT"
    return starts


def _word(sql: str, token: Token) -> str:
    return sql[token.start : token.end].upper()


def _behind_comment(sql: str, position: int) -> int:
    """Behind a comment that stands on the same line."""
    end = position
    for kind, _, token_end in tokenize(sql, position):
        text = sql[end:token_end]
        if kind is TokenKind.WHITESPACE and "\n" not in text:
            end = token_end
        elif kind is TokenKind.COMMENT:
            return token_end - (len(text) - len(text.rstrip("\r\n")))
        else:
            break
    return position


def mentions(sql: str, name: str) -> bool:
    """Whether ``name`` occurs in ``sql`` as a name, or as a string that SQLite may take for one."""
    wanted = name.lower()
    for kind, start, end in _significant(sql):
        text = sql[start:end]
        if kind is TokenKind.STRING:
            text = text[1:-1].replace("''", "'")
        elif kind is TokenKind.QUOTED_IDENTIFIER:
            text = name_of(text)
        if text.lower() == wanted:
            return True
    return False
