"""What EXPLAIN QUERY PLAN says, as a tree whose nodes are understood as far as that goes.

The words differ between versions of SQLite and are no promise of theirs. What is not understood stays as it came.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from turso_tui.sql.queries import Queries, queries_of


class Step(StrEnum):
    SCAN = "scan"
    SEARCH = "search"
    SORT = "sort"
    SUBQUERY = "subquery"
    MATERIALIZE = "materialize"
    COROUTINE = "co-routine"
    COMPOUND = "compound"
    ALTERNATIVES = "alternatives"
    RECURSION = "recursion"
    BLOOM_FILTER = "bloom filter"
    OTHER = "other"


class By(StrEnum):
    """How a table is read."""

    TABLE = "table"
    ROWID = "rowid"
    PRIMARY_KEY = "primary key"
    INDEX = "index"
    COVERING_INDEX = "covering index"
    AUTOMATIC_INDEX = "automatic index"
    VIRTUAL_TABLE = "virtual table"
    NOTHING = ""
    """No table: constants, or what another part of the plan made."""


class Line(NamedTuple):
    """A row of EXPLAIN QUERY PLAN."""

    id: int
    parent: int
    detail: str


@dataclass(frozen=True, slots=True)
class Node:
    """One step. ``parent`` is the place of the node above it in the plan, None at the top.

    ``address`` is what the statement calls the table, ``tables`` what it may be: more than one where the statement
    uses an alias for different tables. ``columns`` are those of an index that is looked into; ``purpose`` is what is
    sorted for, or where a subquery stands.
    """

    detail: str
    parent: int | None
    depth: int
    step: Step = Step.OTHER
    by: By = By.NOTHING
    address: str = ""
    tables: tuple[str, ...] = ()
    index: str = ""
    columns: tuple[str, ...] = ()
    purpose: str = ""
    is_correlated: bool = False
    is_one_end: bool = False
    """The first or last row is sought: at once by the rowid, by reading everything otherwise."""
    is_like: bool = False
    """The beginning of a LIKE or GLOB pattern is looked up in an index."""

    @property
    def is_full_scan(self) -> bool:
        """All rows of a table are read, or all entries of an index of it."""
        return self.step is Step.SCAN and self.by not in (By.NOTHING, By.VIRTUAL_TABLE)

    @property
    def is_loop(self) -> bool:
        return self.step in (Step.SCAN, Step.SEARCH, Step.ALTERNATIVES)


class Addresses:
    """What the names in a plan stand for."""

    def __init__(self, sql: str, tables: Iterable[str] = (), views: Mapping[str, str] | None = None) -> None:
        """``tables`` are those of the database, ``views`` the definitions of its views by name."""
        self.queries = queries_of(sql)
        self._tables = {name.lower(): name for name in tables}
        self._views = {name.lower(): text for name, text in (views or {}).items()}
        self._found: dict[str, dict[str, None]] = {}
        self._ctes: set[str] = set()
        self._is_open = not self._tables
        self._learn(self.queries, set())
        known = {*self._found, *self._tables, *self._ctes}
        self._known = sorted({*known, *(f"main.{name}" for name in known)}, key=len, reverse=True)

    def of(self, address: str) -> tuple[str, ...]:
        """The tables that ``address`` may be; none for what is no table."""
        name = address.lower()
        if name not in self._found and name.startswith("main."):
            name = name.removeprefix("main.")
        if name in self._found:
            return tuple(self._found[name])
        return (self._tables[name],) if name in self._tables and name not in self._ctes else ()

    def split(self, text: str) -> tuple[str, str]:
        """The name that ``text`` begins with, and the rest: a name is written without quotes, whatever is in it."""
        lower = text.lower()
        for name in self._known:
            if lower.startswith(name) and lower[len(name) : len(name) + 1] in {"", " "}:
                return text[: len(name)], text[len(name) :]
        match = _UNKNOWN_NAME.match(text)
        end = match.end() if match else len(text)
        return text[:end], text[end:]

    def _learn(self, queries: Queries, seen: set[str]) -> None:
        self._ctes |= queries.ctes
        for query in queries.all:
            for address, table in query.sources:
                name = table.lower()
                if name in self._views and name not in seen:
                    seen.add(name)
                    self._learn(queries_of(self._views[name]), seen)
                elif name in self._tables or (self._is_open and name not in queries.ctes):
                    self._found.setdefault(address.lower(), {})[self._tables.get(name, table)] = None


_UNKNOWN_NAME = re.compile(r".+?(?= USING | VIRTUAL TABLE | AS | LEFT-JOIN| EXISTS| \(|$)", re.DOTALL)
_LOOP = re.compile(r"(SCAN|SEARCH)(?: TABLE)? (.+)", re.DOTALL)
_CONSTANT = re.compile(r"(?:CONSTANT ROW|\d+ CONSTANT ROWS|\d+-ROW VALUES CLAUSE|SUBQUERY \d+|\((?:subquery|join)-)")
_ALIAS = re.compile(r" AS (.+?)(?= USING | VIRTUAL TABLE | LEFT-JOIN|$)", re.DOTALL)
_USING = re.compile(
    r" USING (?:(AUTOMATIC) )?(?:PARTIAL )?(?:(COVERING) )?INDEX(?: (.*?))?(?: ?\(([^()]*)\))?(?: LEFT-JOIN)?$",
    re.DOTALL,
)
_OF_ROWID = re.compile(r" USING (INTEGER )?PRIMARY KEY(?: \((.*?)\))?(?: LEFT-JOIN)?$", re.DOTALL)
_TERM = re.compile(r"(?:^|(?<=[(,])|AND | )([^\s(),<>=]+)(?=[<>=])")
_PREFIX_RANGE = re.compile(r"([^\s(),<>=]+)>\? AND \1<\?")
_SORT = re.compile(r"USE TEMP B-TREE FOR (.+)", re.DOTALL)
_SUBQUERY = re.compile(r"(?:REUSE )?(CORRELATED )?(?:EXECUTE )?(?:(SCALAR|LIST) )?SUBQUERY( \S+)?$")
_MADE = re.compile(r"(MATERIALIZE|CO-ROUTINE) (.+)", re.DOTALL)
_BLOOM_FILTER = re.compile(r"BLOOM FILTER ON (.+)", re.DOTALL)
_COMPOUND = re.compile(
    r"COMPOUND (?:QUERY|SUBQUER)|LEFT-MOST SUBQUERY|MERGE \(|(?:UNION|EXCEPT|INTERSECT)\b|(?:LEFT|RIGHT)$"
)


def parse_plan(lines: Sequence[Line], addresses: Addresses) -> tuple[Node, ...]:
    """The nodes in the order in which they are drawn: each behind the one it belongs to. None is left out."""
    made = {match[2].lower() for line in lines if (match := _MADE.match(line.detail))}
    ordered = list(_in_order(lines))
    return tuple(_node(line, parent, depth, addresses, made) for line, parent, depth in ordered)


def _in_order(lines: Sequence[Line]) -> Iterator[tuple[Line, int | None, int]]:
    """Depth first, by a stack: a plan may be deeper than Python is willing to go."""
    children: dict[int | None, list[int]] = {}
    place_of: dict[int, int] = {}
    for place, line in enumerate(lines):
        children.setdefault(place_of.get(line.parent), []).append(place)
        place_of.setdefault(line.id, place)
    stack: list[tuple[int, int | None, int]] = [(place, None, 0) for place in reversed(children.get(None, []))]
    count = 0
    while stack:
        place, parent, depth = stack.pop()
        yield lines[place], parent, depth
        stack += [(child, count, depth + 1) for child in reversed(children.get(place, []))]
        count += 1


def _node(line: Line, parent: int | None, depth: int, addresses: Addresses, made: set[str]) -> Node:
    detail = line.detail
    if match := _LOOP.match(detail):
        return _loop(detail, match[1], match[2], parent, depth, addresses, made)
    if match := _SORT.match(detail):
        return Node(detail, parent, depth, Step.SORT, purpose=match[1])
    if match := _MADE.match(detail):
        step = Step.MATERIALIZE if match[1] == "MATERIALIZE" else Step.COROUTINE
        return Node(detail, parent, depth, step, address=match[2])
    if match := _SUBQUERY.match(detail):
        return Node(detail, parent, depth, Step.SUBQUERY, purpose=match[2] or "", is_correlated=bool(match[1]))
    if match := _BLOOM_FILTER.match(detail):
        address, _ = addresses.split(match[1])
        tables = () if address.lower() in made else addresses.of(address)
        return Node(detail, parent, depth, Step.BLOOM_FILTER, address=address, tables=tables)
    if _COMPOUND.match(detail):
        is_sorted = detail.endswith("USING TEMP B-TREE")
        return Node(detail, parent, depth, Step.COMPOUND, purpose=detail.split()[0] if is_sorted else "")
    step = next((step for text, step in _BEGINNINGS.items() if detail.startswith(text)), Step.OTHER)
    return Node(detail, parent, depth, step)


_BEGINNINGS = {
    "MULTI-INDEX OR": Step.ALTERNATIVES,
    "SETUP": Step.RECURSION,
    "RECURSIVE STEP": Step.RECURSION,
}


def _loop(
    detail: str, verb: str, text: str, parent: int | None, depth: int, addresses: Addresses, made: set[str]
) -> Node:
    step = Step(verb.lower())
    if _CONSTANT.match(text):
        return Node(detail, parent, depth, step)
    address, rest = addresses.split(text)
    tables = addresses.of(address)
    if match := _ALIAS.match(rest):
        address, rest = match[1], rest[match.end() :]
    if address.lower() in made:
        tables = ()
    by, index, terms = _access(rest)
    if by is By.TABLE and not tables:
        by = By.NOTHING
    is_one_end = step is Step.SEARCH and by is By.TABLE and not rest.startswith(" USING")
    return Node(
        detail,
        parent,
        depth,
        step,
        by,
        address,
        tables,
        index,
        tuple(dict.fromkeys(_TERM.findall(terms))),
        is_one_end=is_one_end,
        is_like=bool(_PREFIX_RANGE.search(terms)),
    )


def _access(rest: str) -> tuple[By, str, str]:
    """How, by which index, and with which terms: from what stands behind the name."""
    rest = rest.replace(" EXISTS", "", 1)
    if rest.startswith(" VIRTUAL TABLE"):
        return By.VIRTUAL_TABLE, "", ""
    if match := _OF_ROWID.match(rest):
        return By.ROWID if match[1] else By.PRIMARY_KEY, "", match[2] or ""
    if match := _USING.match(rest):
        by = By.AUTOMATIC_INDEX if match[1] else By.COVERING_INDEX if match[2] else By.INDEX
        return by, match[3] or "", match[4] or ""
    return By.TABLE, "", ""
