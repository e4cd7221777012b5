"""Formatting that moves nothing but white space: every token stays what it is and where it is, comments too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.sql.split import split

WIDTH = 88
STEP = 2
DEEPEST = 40
LONGEST = 100_000
"""Characters of a statement beyond which it is data, and left alone."""


@dataclass(slots=True, eq=False)
class Piece:
    """A token: its text, and how it stood to what was before it."""

    kind: TokenKind
    text: str
    upper: str
    touches: bool
    """Nothing stood between it and the one before."""
    begins_line: bool


@dataclass(slots=True, eq=False)
class Group:
    """Parentheses and what is in them; ``close`` is None only in a text that lacks it, which is not formatted."""

    open: Piece
    items: list["Item"] = field(default_factory=list)
    close: Piece | None = None


Item: TypeAlias = Piece | Group

_JOINS = frozenset({"NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "CROSS"})
_HEADS = frozenset(
    {
        "FROM",
        "HAVING",
        "LIMIT",
        "RETURNING",
        "SELECT",
        "SET",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "VALUES",
        "WHERE",
        "WINDOW",
    }
)
_BY_COMMAS = frozenset({"SELECT", "GROUP", "ORDER", "SET", "VALUES", "RETURNING", "WITH", "FROM"})
_NO_OPERAND = frozenset({TokenKind.KEYWORD, TokenKind.OPERATOR})
_ENDS_OPERAND = frozenset({"END", "NULL", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"})


def format_sql(text: str) -> str:
    """``text`` with its statements laid out. What is broken, or is a trigger, stays as it is."""
    parts, end = [], 0
    for span in split(text):
        column = span.start - (text.rfind("\n", 0, span.start) + 1)
        parts += [
            text[end : span.start],
            _statement(span.text) if not text[span.start - column : span.start].strip() else span.text,
        ]
        end = span.end
    return "".join([*parts, text[end:]])


def moved(old: str, new: str, offset: int) -> int:
    """Where the character of ``old`` at ``offset`` is in ``new``, which differs in white space only."""
    count = sum(not sign.isspace() for sign in old[:offset])
    for place, sign in enumerate(new):
        if count == 0:
            return place
        count -= not sign.isspace()
    return len(new)


def significant(sql: str) -> list[str]:
    """The tokens of ``sql``, comments among them, without the white space."""
    return [sql[start:end].rstrip("\r") for kind, start, end in tokenize(sql) if kind is not TokenKind.WHITESPACE]


def _statement(sql: str) -> str:
    items = _tree(sql) if len(sql) <= LONGEST else None
    if items is None:
        return sql
    writer = _Writer()
    _query(writer, items, 0)
    formatted = writer.text
    return formatted if significant(formatted) == significant(sql) else sql


def _tree(sql: str) -> list[Item] | None:
    """None for what is not to be touched."""
    root: list[Item] = []
    stack: list[Group] = []
    touches, begins_line = False, False
    for kind, start, end in tokenize(sql):
        text = sql[start:end]
        if kind is TokenKind.ERROR or text == ";":
            return None
        if kind is TokenKind.WHITESPACE:
            touches, begins_line = False, begins_line or "\n" in text
            continue
        piece = Piece(kind, text.rstrip(), text.upper(), touches, begins_line)
        target = stack[-1].items if stack else root
        if text == "(":
            group = Group(piece)
            target.append(group)
            stack.append(group)
        elif text == ")":
            if not stack:
                return None
            stack.pop().close = piece
        else:
            target.append(piece)
        if len(stack) > DEEPEST:
            return None
        touches, begins_line = True, False
    return None if stack else root


def _upper(items: Sequence[Item], index: int) -> str:
    if not 0 <= index < len(items):
        return ""
    item = items[index]
    return item.upper if isinstance(item, Piece) and item.kind is TokenKind.KEYWORD else ""


def _is_head(items: Sequence[Item], index: int) -> bool:
    """Whether a clause begins here."""
    word, before, after = _upper(items, index), _upper(items, index - 1), _upper(items, index + 1)
    if word in _HEADS:
        return before not in {"DISTINCT", "DELETE", "DEFAULT", "DO", "EXPLAIN"} and not (
            word == "SET" and before == "UPDATE"
        )
    if word in {"GROUP", "ORDER"}:
        return after == "BY"
    if word == "ON":
        return after == "CONFLICT"
    if word in _JOINS:
        return before not in _JOINS
    return word == "JOIN" and before not in _JOINS | {"OUTER"}


def _clauses(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = 0
    for index in range(1, len(items)):
        if _is_head(items, index) and not _is_comment(items[index - 1], own_line=True):
            yield items[start:index]
            start = index
    yield items[start:]


def _is_comment(item: Item, *, own_line: bool | None = None) -> bool:
    if not isinstance(item, Piece) or item.kind is not TokenKind.COMMENT:
        return False
    return own_line is None or item.begins_line == own_line


def _by_commas(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Each with its comma, and with the comment behind that."""
    start = 0
    for index, item in enumerate(items):
        if isinstance(item, Piece) and item.text == ",":
            end = index + 1
            while end < len(items) and _is_comment(items[end], own_line=False):
                end += 1
            yield items[start:end]
            start = end
    if start < len(items):
        yield items[start:]


def _by_conditions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """At every AND and OR but those of BETWEEN and CASE."""
    start = between = cases = 0
    for index in range(len(items)):
        word = _upper(items, index)
        cases += (word == "CASE") - (word == "END")
        if word == "BETWEEN":
            between += 1
        elif word == "AND" and between:
            between -= 1
        elif word in {"AND", "OR"} and not cases and index:
            yield items[start:index]
            start = index
    yield items[start:]


class _Writer:
    """Puts pieces on lines, with one space where one belongs."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._indent = 0
        self._previous: Piece | None = None
        self._before_previous: Piece | None = None
        self._must_break = False

    @property
    def text(self) -> str:
        return "\n".join([*self._lines, self._line])

    @property
    def room(self) -> int:
        return WIDTH - (len(self._line) - self._line.rfind("\n") - 1)

    def newline(self, indent: int) -> None:
        """Begin a line, unless this one has nothing on it yet."""
        if self._line.strip():
            self._lines.append(self._line)
        self._line = " " * indent
        self._indent = indent
        self._must_break = False

    def put(self, piece: Piece) -> None:
        if self._must_break:
            self.newline(self._indent)
        if piece.kind is TokenKind.COMMENT and piece.begins_line:
            self.newline(self._indent)
        space = self._line.strip() and _is_apart(self._before_previous, self._previous, piece)
        self._line += f" {piece.text}" if space else piece.text
        self._must_break = piece.text.startswith("--") and piece.kind is TokenKind.COMMENT
        self._before_previous, self._previous = self._previous, piece

    def inline(self, items: Sequence[Item]) -> None:
        for piece in _flat(items):
            self.put(piece)


def _flat(items: Sequence[Item]) -> Iterator[Piece]:
    for item in items:
        if isinstance(item, Piece):
            yield item
        else:
            yield item.open
            yield from _flat(item.items)
            if item.close is not None:
                yield item.close


def _is_apart(before: Piece | None, left: Piece | None, right: Piece) -> bool:
    """Whether a space stands between ``left`` and ``right``; ``before`` is what precedes both."""
    if left is None or left.text == "(" or right.text in {")", ","}:
        return False
    if "." in {left.text, right.text}:
        return not right.touches
    if right.text == "(" and left.text != ",":
        return not right.touches
    is_sign = left.text in {"-", "+", "~"} and right.kind is not TokenKind.OPERATOR and _is_sign(before)
    return not is_sign


def _is_sign(before: Piece | None) -> bool:
    """Whether a minus behind ``before`` is one of a number, and not a subtraction."""
    if before is None or before.text in {"(", ","}:
        return True
    return before.kind in _NO_OPERAND and before.upper not in _ENDS_OPERAND and before.text != "*"


def _fits(writer: _Writer, items: Sequence[Item]) -> bool:
    """Whether all of it can stand on the line that is begun. The length is a space more for each piece, at most."""
    length = 0
    for piece in _flat(items):
        length += len(piece.text) + 1
        if piece.kind is TokenKind.COMMENT or length > writer.room + 8:
            return False
    trial = _Writer()
    trial.inline(items)
    return len(trial.text) + 1 <= writer.room


def _query(writer: _Writer, items: Sequence[Item], indent: int) -> None:
    for clause in _clauses(items):
        writer.newline(indent)
        _clause(writer, clause, indent)


def _clause(writer: _Writer, items: Sequence[Item], indent: int) -> None:
    word = _upper(items, 0)
    if _fits(writer, items):
        writer.inline(items)
    elif word in _BY_COMMAS and len(parts := list(_by_commas(items[_head(items) :]))) > 1:
        writer.inline(items[: _head(items)])
        for part in parts:
            if word != "WITH" or part is not parts[0]:
                writer.newline(indent if word == "WITH" else indent + STEP)
            _part(writer, part, indent if word == "WITH" else indent + STEP)
    else:
        for number, part in enumerate(_by_conditions(items)):
            if number:
                writer.newline(indent + STEP)
            _part(writer, part, indent + STEP if number else indent)


def _head(items: Sequence[Item]) -> int:
    """How many words say which clause it is."""
    following = {"DISTINCT", "ALL", "BY", "RECURSIVE"}
    return 2 if _upper(items, 1) in following else 1


def _part(writer: _Writer, items: Sequence[Item], indent: int) -> None:
    if _fits(writer, items):
        writer.inline(items)
        return
    for item in items:
        if isinstance(item, Piece):
            writer.put(item)
        elif _fits(writer, [item]):
            writer.inline([item])
        else:
            _broken(writer, item, indent)


def _broken(writer: _Writer, group: Group, indent: int) -> None:
    writer.put(group.open)
    if any(_is_head(group.items, index) for index in range(len(group.items))):
        _query(writer, group.items, indent + STEP)
    else:
        for part in _by_commas(group.items):
            writer.newline(indent + STEP)
            for number, condition in enumerate(_by_conditions(part)):
                if number:
                    writer.newline(indent + STEP)
                _part(writer, condition, indent + STEP)
    writer.newline(indent)
    if group.close is not None:
        writer.put(group.close)
