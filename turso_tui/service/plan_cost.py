"""What a plan would read: which tables from end to end, how often, and how many rows that is at least."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from turso_tui.service.row_estimates import RowEstimate
from turso_tui.service.schema import Schema
from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.queries import Queries, Query
from turso_tui.sql.query_plan import By, Node, Step
from turso_tui.sql.scopes import Group, Item, Word, is_name, name_of, upper

_AGGREGATES = frozenset(
    {"COUNT", "SUM", "TOTAL", "AVG", "GROUP_CONCAT", "STRING_AGG", "JSON_GROUP_ARRAY", "JSON_GROUP_OBJECT",
     "JSONB_GROUP_ARRAY", "JSONB_GROUP_OBJECT", "MEDIAN", "PERCENTILE", "OVER"}
)  # fmt: skip
_NEEDS_EVERYTHING = frozenset({"GROUP", "HAVING", "WINDOW"})
_CHANGES = frozenset({"UPDATE", "DELETE"})
_ROWIDS = frozenset({"ROWID", "OID", "_ROWID_"})


@dataclass(frozen=True, slots=True)
class Scan:
    """The node at ``place`` of a plan reads all rows of ``table``. ``rows`` is None where their number is not known.

    ``repeats`` where that happens anew for each row of something else; ``may_stop`` where a LIMIT may end it early.
    """

    place: int
    table: str
    rows: RowEstimate | None
    repeats: bool = False
    may_stop: bool = False

    @property
    def known_rows(self) -> int:
        return self.rows.rows if self.rows is not None else 0


def scans_of(
    nodes: Sequence[Node], queries: Queries, schema: Schema | None, counts: Mapping[str, RowEstimate]
) -> tuple[Scan, ...]:
    """The scans of a plan in its order, lowered where a LIMIT or a bare ``count(*)`` makes them shorter."""
    first = queries.all[0] if queries.all else Query("")
    if _counts_pages(first, queries):
        return ()
    most, may_stop = _limit(first, queries, nodes)
    found = []
    for place, node in enumerate(nodes):
        table = _largest(node.tables, counts)
        if table and _reads_all(nodes, place, queries, schema):
            rows = counts.get(table)
            if most is not None and (rows is None or rows.rows > most):
                rows = RowEstimate(most)
            found.append(Scan(place, table, rows, _repeats(nodes, place), may_stop))
    return tuple(found)


def _largest(tables: Sequence[str], counts: Mapping[str, RowEstimate]) -> str:
    return max(tables, key=lambda table: counts[table].rows if table in counts else 0, default="")


def _reads_all(nodes: Sequence[Node], place: int, queries: Queries, schema: Schema | None) -> bool:
    node = nodes[place]
    if node.step is Step.BLOOM_FILTER:  # an index that is made anyway fills it on the way
        return not any(other.by is By.AUTOMATIC_INDEX and other.address == node.address for other in nodes)
    if node.is_one_end:
        return not _seeks_rowid(node.tables[0], queries, schema)
    return node.is_full_scan or node.by is By.AUTOMATIC_INDEX


def _seeks_rowid(table: str, queries: Queries, schema: Schema | None) -> bool:
    """Whether min() and max() are asked of nothing but the rowid: a plan does not say it."""
    known = schema.table(table) if schema is not None else None
    keys = [column for column in known.columns if column.key] if known is not None else []
    names = set(_ROWIDS)
    if known is not None and not known.without_rowid and len(keys) == 1 and keys[0].type.upper() == "INTEGER":
        names.add(keys[0].name.upper())
    asked = [column.upper() for query in queries.all for column in ends_asked(query.selected)]
    return bool(asked) and all(column in names for column in asked)


def ends_asked(items: Sequence[Item]) -> list[str]:
    """The arguments of min() and max(); those in an expression around them too."""
    found = []
    for index, item in enumerate(items):
        if not isinstance(item, Group):
            continue
        if upper(items[index - 1] if index else None) in {"MIN", "MAX"} and item.items:
            found.append(name_of(item.items[-1]))
        else:
            found += ends_asked(item.items)
    return found


def _repeats(nodes: Sequence[Node], place: int) -> bool:
    """Whether it is in a loop: behind another one, or below one that is run for each row."""
    is_made_once = nodes[place].by is By.AUTOMATIC_INDEX or nodes[place].step is Step.BLOOM_FILTER
    at: int | None = place
    while at is not None:
        node = nodes[at]
        if node.is_correlated:
            return True
        if at != place and node.step in (Step.SUBQUERY, Step.MATERIALIZE, Step.COROUTINE):
            return False
        if not (at == place and is_made_once) and _is_inner(nodes, at):
            return True
        at = node.parent
    return False


def _is_inner(nodes: Sequence[Node], place: int) -> bool:
    node = nodes[place]
    if not node.is_loop:
        return False
    before = (other for other in nodes[:place] if other.parent == node.parent)
    return any(other.is_loop and not _is_constant(other) for other in before)


def _is_constant(node: Node) -> bool:
    return node.by is By.NOTHING and not node.address and "CONSTANT ROW" in node.detail


def _counts_pages(query: Query, queries: Queries) -> bool:
    """A bare ``count(*)`` of one table counts pages, not rows."""
    return (
        len(queries.all) == 1
        and query.clauses == {"SELECT", "FROM"}
        and len(query.sources) == 1
        and len(query.selected) >= 2
        and upper(query.selected[0]) == "COUNT"
        and isinstance(query.selected[1], Group)
        and [upper(item) for item in query.selected[1].items] in (["*"], [])
        and all(is_name(item) or upper(item) == "AS" for item in query.selected[2:])
    )


def _limit(query: Query, queries: Queries, nodes: Sequence[Node]) -> tuple[int | None, bool]:
    """How many rows are read at most, as far as the text says, and whether it may be fewer than the table has."""
    if query.verb in _CHANGES or not {"SELECT", "LIMIT"} <= query.clauses or query.is_compound:
        return None, False
    if query.clauses & _NEEDS_EVERYTHING or _aggregates(query.selected):
        return None, False
    if any(node.step is Step.SORT and node.parent is None for node in nodes):
        return None, False
    numbers = _numbers(query.limited)
    if numbers is None or len(queries.all) > 1 or query.conditions or "DISTINCT" in map(upper, query.selected):
        return None, True
    sources = [source.table.lower() for source in query.sources]
    reads_one_table = [table.lower() for node in nodes for table in node.tables or ("",)] == sources
    return (sum(numbers), False) if len(sources) == 1 and reads_one_table else (None, True)


def _aggregates(items: Sequence[Item]) -> bool:
    """Also in the parentheses of a function around it, but not in a subquery."""
    for index, item in enumerate(items):
        if isinstance(item, Word):
            is_call = item.upper == "OVER" or isinstance(items[index + 1 : index + 2] and items[index + 1], Group)
            if is_call and item.upper in _AGGREGATES:
                return True
            if is_call and item.upper in {"MIN", "MAX"} and not _has_comma(items[index + 1]):
                return True
        elif upper(item.items[0] if item.items else None) not in {"SELECT", "WITH", "VALUES"} and _aggregates(
            item.items
        ):
            return True
    return False


def _has_comma(item: Item) -> bool:
    return isinstance(item, Group) and any(upper(each) == "," for each in item.items)


def _numbers(items: Sequence[Item]) -> list[int] | None:
    """``10``, ``10 OFFSET 5`` or ``5, 10``; None for what only runs to a number."""
    numbers = []
    for item in items:
        if isinstance(item, Word) and item.kind is TokenKind.NUMBER and item.text.isdigit():
            numbers.append(int(item.text))
        elif upper(item) not in {"OFFSET", ","}:
            return None
    return numbers or None
