"""The queries of a statement as its text has them: what each reads from, and what it asks of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.scopes import SET_OPERATORS, Group, Item, Word, is_name, item_at, levels_at, name_of, upper

DEEPEST = 50
"""Parentheses in parentheses that are still looked into; SQLite itself takes no expression much deeper."""

_CLAUSES = frozenset(
    {"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "RETURNING", "SET", "VALUES", "UPDATE",
     "DELETE", "INSERT", "REPLACE", "WITH"}
)  # fmt: skip
_JOINS = frozenset({"JOIN", ","})
_NOT_AN_ALIAS = frozenset({"ON", "USING", "INDEXED", "NOT"})
_QUERY_BEGINS = frozenset({"SELECT", "VALUES", "WITH"})


class NamedSource(NamedTuple):
    """A table of a query and the name by which the query speaks of it: its alias, if it has one."""

    address: str
    table: str


class OrderTerm(NamedTuple):
    items: tuple[Item, ...]
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT, UPDATE or DELETE without the queries in it. ``conditions`` all hold: those of WHERE and of each ON.

    ``using`` are the columns that both sides of a join have, by name.
    """

    verb: str
    sources: tuple[NamedSource, ...] = ()
    conditions: tuple[tuple[Item, ...], ...] = ()
    using: tuple[str, ...] = ()
    selected: tuple[Item, ...] = ()
    grouped: tuple[Item, ...] = ()
    ordered: tuple[OrderTerm, ...] = ()
    limited: tuple[Item, ...] = ()
    clauses: frozenset[str] = frozenset()
    """The words that its clauses begin with."""
    is_compound: bool = False


@dataclass(frozen=True, slots=True)
class Queries:
    """All queries of one statement, the outermost first; ``ctes`` are the names that WITH gives, in lower case."""

    all: tuple[Query, ...]
    ctes: frozenset[str] = field(default_factory=frozenset)


def queries_of(sql: str) -> Queries:
    """Tolerant: what cannot be understood is left out."""
    root = levels_at(sql, len(sql), len(sql))[0].group
    return Queries(tuple(_queries(root, 0)), frozenset(_ctes(root, 0)))


def _queries(group: Group, depth: int) -> Iterator[Query]:
    if depth > DEEPEST:
        return
    parts = list(_parts(group.items))
    if depth == 0 or _begins_query(group):
        for part in parts:
            yield _query(part, is_compound=len(parts) > 1)
    for item in group.items:
        if isinstance(item, Group):
            yield from _queries(item, depth + 1)


def _begins_query(group: Group) -> bool:
    return upper(item_at(group.items, 0)) in _QUERY_BEGINS


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The queries that UNION and its like put together."""
    start = 0
    for index, item in enumerate(items):
        if upper(item) in SET_OPERATORS:
            yield items[start:index]
            start = index + 1 + (upper(item_at(items, index + 1)) == "ALL")
    yield items[start:]


def _query(items: Sequence[Item], *, is_compound: bool) -> Query:
    clauses = _clauses(items)
    sources: list[NamedSource] = []
    conditions, using = list(_and_terms(clauses.get("WHERE", ()))), list[str]()
    for clause in ("UPDATE", "INSERT", "REPLACE", "FROM"):
        _read_from(clauses.get(clause, ()), sources, conditions, using)
    verb = next((word for word in ("INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT") if word in clauses), "")
    return Query(
        verb=verb,
        sources=tuple(sources),
        conditions=tuple(conditions),
        using=tuple(using),
        selected=clauses.get("SELECT", ()),
        grouped=clauses.get("GROUP", ())[1:],
        ordered=tuple(_order_term(term) for term in _split(clauses.get("ORDER", ())[1:], ",")),
        limited=clauses.get("LIMIT", ()),
        clauses=frozenset(clauses),
        is_compound=is_compound,
    )


def _clauses(items: Sequence[Item]) -> dict[str, tuple[Item, ...]]:
    """What stands behind the word that each clause begins with."""
    found: dict[str, list[Item]] = {}
    current: list[Item] = []
    for index, item in enumerate(items):
        word = upper(item)
        if word in _CLAUSES and isinstance(item, Word) and item.kind is TokenKind.KEYWORD:
            is_another = word == "FROM" and upper(item_at(items, index - 1)) == "DISTINCT"  # IS NOT DISTINCT FROM
            is_another = is_another or (word == "UPDATE" and upper(item_at(items, index - 1)) == "DO")
            is_another = is_another or (word == "REPLACE" and upper(item_at(items, index - 1)) == "OR")
            if not is_another and word not in found:
                current = found.setdefault(word, [])
                continue
        current.append(item)
    return {word: tuple(each) for word, each in found.items()}


def _read_from(
    items: Sequence[Item], sources: list[NamedSource], conditions: list[tuple[Item, ...]], using: list[str]
) -> None:
    """The tables of a FROM clause (or of what INSERT and UPDATE name), and the conditions of its joins."""
    is_source, index = True, 0
    while index < len(items):
        item, word = items[index], upper(items[index])
        if word in _JOINS:
            is_source = True
        elif word == "ON":
            end = _end_of_condition(items, index + 1)
            conditions += _and_terms(items[index + 1 : end])
            index = end
            continue
        elif word == "USING" and isinstance(names := item_at(items, index + 1), Group):
            using += [name_of(each) for each in names.items if is_name(each)]
            index += 1
        elif is_source and isinstance(item, Group) and not _begins_query(item):
            _read_from(item.items, sources, conditions, using)
            is_source = False
        elif is_source and is_name(item):
            index = _read_source(items, index, sources)
            is_source = False
            continue
        index += 1


def _end_of_condition(items: Sequence[Item], start: int) -> int:
    joins = {"JOIN", ",", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL"}
    return next((index for index in range(start, len(items)) if upper(items[index]) in joins), len(items))


def _read_source(items: Sequence[Item], index: int, sources: list[NamedSource]) -> int:
    name = name_of(items[index])
    if upper(item_at(items, index + 1)) == "." and is_name(item_at(items, index + 2)):
        index += 2
        name = name_of(items[index])
    index += 1
    if isinstance(item_at(items, index), Group):  # a function, or the columns of an INSERT
        index += 1
    has_as = upper(item_at(items, index)) == "AS"
    alias = item_at(items, index + has_as)
    if is_name(alias) and upper(alias) not in _NOT_AN_ALIAS:
        sources.append(NamedSource(name_of(alias), name))
        return index + has_as + 1
    sources.append(NamedSource(name, name))
    return index


def _and_terms(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """The terms that AND joins, those in a pair of parentheses around it all too. With an OR they are one term."""
    if len(items) == 1 and isinstance(items[0], Group) and not _begins_query(items[0]):
        yield from _and_terms(items[0].items)
        return
    if any(upper(item) == "OR" for item in items):
        yield tuple(items)
        return
    start, is_between = 0, False
    for index, item in enumerate(items):
        word = upper(item)
        if word == "AND" and not is_between:
            yield from _and_terms(items[start:index])
            start = index + 1
        is_between = word == "BETWEEN" or (is_between and word != "AND")
    if start == 0:
        if items:
            yield tuple(items)
    else:
        yield from _and_terms(items[start:])


def _split(items: Sequence[Item], word: str) -> Iterator[tuple[Item, ...]]:
    start = 0
    for index, item in enumerate(items):
        if upper(item) == word:
            yield tuple(items[start:index])
            start = index + 1
    if items:
        yield tuple(items[start:])


def _order_term(items: tuple[Item, ...]) -> OrderTerm:
    words = [upper(item) for item in items]
    end = next((index for index, word in enumerate(words) if word in {"ASC", "DESC", "NULLS", "COLLATE"}), len(items))
    return OrderTerm(items[:end], "DESC" in words)


def _ctes(group: Group, depth: int) -> Iterator[str]:
    """The names in front of ``AS (query)``, with their columns in between or without."""
    if depth > DEEPEST:
        return
    items = group.items
    for index, item in enumerate(items):
        if isinstance(item, Group):
            yield from _ctes(item, depth + 1)
        elif is_name(item):
            after = index + 1 + isinstance(item_at(items, index + 1), Group)
            if upper(item_at(items, after)) == "AS":
                after += 1
                while upper(item_at(items, after)) in {"NOT", "MATERIALIZED"}:
                    after += 1
                body = item_at(items, after)
                if isinstance(body, Group) and _begins_query(body):
                    yield name_of(item).lower()
