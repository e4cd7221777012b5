"""From an unfinished statement to what its names stand for where the cursor is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from turso_tui.sql.lexer import INSIGNIFICANT, TokenKind, tokenize
from turso_tui.sql.names import KnownColumn, Names, Relation, RelationKind

NAME_KINDS = frozenset({TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.TYPE, TokenKind.FUNCTION})
SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
DEEPEST = 8
"""Subqueries in subqueries whose columns are still worked out."""
MOST_COLUMNS = 2_000

_QUERY_CLAUSES = frozenset({"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "WINDOW", "RETURNING"})
_AFTER_FROM = _QUERY_CLAUSES | {"SET", "VALUES", "SELECT"}
_CONFLICT_CLAUSES = frozenset({"OR", "ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"})
_JSON_ROWS = ("key", "value", "type", "atom", "id", "parent", "fullkey", "path")
_TABLE_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "json_each": _JSON_ROWS,
    "json_tree": _JSON_ROWS,
    "generate_series": ("value",),
    "vector_top_k": ("id",),
}


class Word(NamedTuple):
    """A significant token. ``upper`` is how keywords and punctuation are compared."""

    kind: TokenKind
    text: str
    upper: str

    @property
    def name(self) -> str:
        """The name that it writes down, without its quotes."""
        if self.kind is not TokenKind.QUOTED_IDENTIFIER:
            return self.text
        quote = self.text[0]
        return self.text[1:-1] if quote == "[" else self.text[1:-1].replace(quote * 2, quote)


@dataclass(eq=False)
class Group:
    """A pair of parentheses and what is in it; the outermost one is the statement itself."""

    items: list["Item"] = field(default_factory=list)


Item: TypeAlias = Word | Group


class Level(NamedTuple):
    """A group around the cursor, and how many of its items stand before the cursor."""

    group: Group
    before: int


class Source(NamedTuple):
    """A relation of a query and the name by which the query speaks of it."""

    address: str
    relation: Relation


def levels_at(sql: str, start: int, end: int) -> list[Level]:
    """The groups around a cursor at ``end``, outermost first. What lies from ``start`` to ``end`` is left out: it is
    being typed."""
    stack = [Group()]
    for kind, begin, stop in tokenize(sql[:start]):
        _add(stack, kind, sql[begin:stop])
    innermost = stack[-1]
    levels = [Level(group, len(group.items) - (group is not innermost)) for group in stack]
    for kind, begin, stop in tokenize(sql, end):
        _add(stack, kind, sql[begin:stop])
    return levels


def _add(stack: list[Group], kind: TokenKind, text: str) -> None:
    if kind in INSIGNIFICANT:
        return
    if text == "(":
        group = Group()
        stack[-1].items.append(group)
        stack.append(group)
    elif text == ")":
        if len(stack) > 1:
            stack.pop()
    else:
        stack[-1].items.append(Word(kind, text, text.upper()))


def upper(item: Item | None) -> str:
    """A word in upper case; ``(`` for a group, nothing for nothing."""
    if item is None:
        return ""
    return item.upper if isinstance(item, Word) else "("


def item_at(items: Sequence[Item], index: int) -> Item | None:
    return items[index] if 0 <= index < len(items) else None


def is_name(item: Item | None) -> bool:
    return isinstance(item, Word) and item.kind in NAME_KINDS


def name_of(item: Item | None) -> str:
    return item.name if isinstance(item, Word) and item.kind in NAME_KINDS else ""


class Scopes:
    """What can be named at a place: the sources of every query around it, the innermost first."""

    def __init__(self, levels: Sequence[Level], names: Names) -> None:
        self._names = names
        self._ctes: dict[str, Relation] = {}
        for level in levels:
            self._read_ctes(level.group.items)
        self.sources: list[list[Source]] = [
            list(self._sources(part, 0)) for level in reversed(levels) for part in [_query_at(level)]
        ]

        self._row = _table_of_trigger(levels[0].group.items)

    @property
    def ctes(self) -> tuple[Relation, ...]:
        return tuple(self._ctes.values())

    def addressed(self, name: str) -> Relation | None:
        """What ``name`` in front of a dot stands for: a source of a query, else a table that is not in one yet."""
        wanted = name.lower()
        for sources in self.sources:
            for source in sources:
                if source.address.lower() == wanted:
                    return source.relation
        if wanted in {"new", "old"} and self._row:
            return self.relation(self._row)
        if wanted == "excluded" and self.sources[-1]:
            return self.sources[-1][0].relation
        return self.relation(name)

    def relation(self, name: str) -> Relation | None:
        return self._ctes.get(name.lower()) or self._names.relation(name)

    def _read_ctes(self, items: Sequence[Item]) -> None:
        """``WITH name (columns) AS (query), …``, wherever it stands among ``items``."""
        for place, item in enumerate(items):
            if upper(item) == "WITH":
                index: int | None = place + (upper(item_at(items, place + 1)) == "RECURSIVE")
                while index is not None:
                    index = self._read_cte(items, index + 1)

    def _read_cte(self, items: Sequence[Item], index: int) -> int | None:
        """Where the comma behind it is, if there is one."""
        name, renamed = name_of(item_at(items, index)), item_at(items, index + 1)
        index += 1 + isinstance(renamed, Group)
        if not name or upper(item_at(items, index)) != "AS":
            return None
        index += 1
        while upper(item_at(items, index)) in {"NOT", "MATERIALIZED"}:
            index += 1
        body = item_at(items, index)
        if isinstance(renamed, Group):
            columns = tuple(KnownColumn(name_of(each)) for each in renamed.items if is_name(each))
        else:
            columns = self._columns(body.items, 1) if isinstance(body, Group) else ()
        self._ctes[name.lower()] = Relation(name, columns, RelationKind.CTE)
        return index + 1 if upper(item_at(items, index + 1)) == "," else None

    def _sources(self, items: Sequence[Item], depth: int) -> Iterator[Source]:
        """The sources of one query, without those of its subqueries."""
        in_from = False
        index = 0
        while index < len(items):
            word = upper(items[index])
            previous = upper(item_at(items, index - 1))
            index += 1
            if word in _AFTER_FROM:
                in_from = False
            elif word == "UPDATE":
                if previous in {"DO", "BEFORE", "AFTER", "OF", "OR", "ON"}:
                    continue
                while upper(item_at(items, index)) in _CONFLICT_CLAUSES:
                    index += 1
            elif word == "FROM":
                in_from = previous != "DISTINCT"  # IS NOT DISTINCT FROM
            elif word not in {"JOIN", "INTO"} and not (word == "," and in_from):
                continue
            if word in {"FROM", "JOIN", "INTO", "UPDATE", ","}:
                found, index = self._source(items, index, depth)
                yield from found

    def _source(self, items: Sequence[Item], index: int, depth: int) -> tuple[list[Source], int]:
        """One source with its alias, and where its text ends."""
        item = item_at(items, index)
        if isinstance(item, Group):
            if depth >= DEEPEST:
                return [], index + 1
            if upper(item_at(item.items, 0)) not in {"SELECT", "VALUES", "WITH"}:
                return list(self._sources([Word(TokenKind.KEYWORD, "FROM", "FROM"), *item.items], depth + 1)), index + 1
            alias, after = _alias(items, index + 1)
            relation = Relation(alias, self._columns(item.items, depth + 1), RelationKind.CTE)
            return ([Source(alias, relation)] if alias else []), after
        if not is_name(item):
            return [], index
        name = name_of(item)
        if upper(item_at(items, index + 1)) == "." and is_name(item_at(items, index + 2)):
            index += 2
            name = name_of(items[index])
        index += 1
        if isinstance(item_at(items, index), Group):
            index += 1
        alias, index = _alias(items, index)
        known = self.relation(name) or Relation(name, _columns_of_function(name))
        return [Source(alias or known.name, known)], index

    def _columns(self, items: Sequence[Item], depth: int) -> tuple[KnownColumn, ...]:
        """What a subquery gives, as far as it can be told cheaply."""
        if depth > DEEPEST:
            return ()
        start = next((i for i, item in enumerate(items) if upper(item) in {"SELECT", "VALUES"}), None)
        if start is None:
            return ()
        if upper(items[start]) == "VALUES":
            row = item_at(items, start + 1)
            count = sum(upper(each) == "," for each in row.items) + 1 if isinstance(row, Group) else 0
            return tuple(KnownColumn(f"column{number + 1}") for number in range(count))
        stop = next((i for i, item in enumerate(items) if i > start and upper(item) in SET_OPERATORS), len(items))
        query = items[start + 1 : stop]
        end = next((i for i, item in enumerate(query) if upper(item) in _AFTER_FROM | {"FROM"}), len(query))
        sources = list(self._sources(query, depth))
        columns: dict[str, KnownColumn] = {}
        for part in _split(query[:end]):
            for column in _named_by(part, sources):
                columns.setdefault(column.name.lower(), column)
        return tuple(columns.values())[:MOST_COLUMNS]


def query_before(level: Level) -> Sequence[Item]:
    """The items before the cursor that belong to the query (or the statement of a trigger) it is in."""
    return level.group.items[_query_start(level) : level.before]


def _query_start(level: Level) -> int:
    items = level.group.items
    return next((i + 1 for i in range(level.before - 1, -1, -1) if _ends_query(items, i)), 0)


def _query_at(level: Level) -> Sequence[Item]:
    items = level.group.items
    end = next((i for i in range(level.before, len(items)) if _ends_query(items, i)), len(items))
    return items[_query_start(level) : end]


def _table_of_trigger(items: Sequence[Item]) -> str:
    """The table whose rows are NEW and OLD."""
    words = [upper(item) for item in items]
    if words[:1] != ["CREATE"] or "TRIGGER" not in words[:3] or "ON" not in words:
        return ""
    return name_of(item_at(items, words.index("ON") + 1))


def _ends_query(items: Sequence[Item], index: int) -> bool:
    word = upper(items[index])
    return word in SET_OPERATORS or word == ";" or (word == "BEGIN" and index > 0)


def _alias(items: Sequence[Item], index: int) -> tuple[str, int]:
    explicit = upper(item_at(items, index)) == "AS"
    item = item_at(items, index + explicit)
    return (name_of(item), index + explicit + 1) if is_name(item) else ("", index + explicit)


def _columns_of_function(name: str) -> tuple[KnownColumn, ...]:
    return tuple(KnownColumn(each) for each in _TABLE_FUNCTIONS.get(name.lower(), ()))


def _split(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = 0
    for index, item in enumerate(items):
        if upper(item) == ",":
            yield items[start:index]
            start = index + 1
    yield items[start:]


def _named_by(part: Sequence[Item], sources: Sequence[Source]) -> Iterator[KnownColumn]:
    """The columns that one item of a select list makes; none where only SQLite knows the name."""
    if not part:
        return
    last, before = part[-1], upper(item_at(part, len(part) - 2))
    if upper(last) == "*":
        owner = name_of(item_at(part, len(part) - 3)).lower() if before == "." else ""
        for source in sources:
            if not owner or source.address.lower() == owner:
                yield from source.relation.columns
    elif is_name(last):
        name = name_of(last)
        if len(part) > 1 and before != ".":
            yield KnownColumn(name)
            return
        known = (column for source in sources for column in source.relation.columns)
        yield next((column for column in known if column.name.lower() == name.lower()), KnownColumn(name))
