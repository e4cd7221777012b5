"""An index that may help a statement, tried out on an empty copy of its schema; text only, never run on a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from turso_tui.errors import InputError
from turso_tui.service.plan_cost import ends_asked
from turso_tui.service.planner import Plan
from turso_tui.service.planner_trial import Trial
from turso_tui.service.plans import SMALL
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.queries import NamedSource, Queries, Query
from turso_tui.sql.query_plan import By, Node, Step
from turso_tui.sql.scopes import Group, Item, Word, is_name, item_at, levels_at, name_of, upper

MOST_COLUMNS = 4
"""Of an index: more make every write dearer than the reading is worth."""
MOST_ADVICE = 5
_EQUALS = frozenset({"=", "==", "IS", "IN"})
_RANGES = frozenset({"<", "<=", ">", ">=", "BETWEEN"})
_MIRRORED = frozenset({"=", "==", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Advice:
    """``sql`` creates an index on ``table``. ``reason`` says how it may help and what it costs.

    ``is_tried`` where SQLite's planner chose it on an empty copy of the schema, None where that could not be tried.
    """

    table: str
    columns: tuple[str, ...]
    name: str
    sql: str
    reason: str
    is_tried: bool | None


@dataclass(frozen=True, slots=True)
class _Wish:
    """Columns that an index would have, by what each is for."""

    table: str
    equals: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    """Equal to something of another table: of use only where that is read first."""
    ranges: tuple[str, ...] = ()
    ordered: tuple[tuple[str, bool], ...] = ()
    is_automatic: bool = False
    is_inner: bool = False
    """Read again for each row of another table."""

    def candidates(self) -> Iterator[tuple[tuple[str, bool], ...]]:
        """Column and whether it is descending, the most useful index first."""
        if self.joined and self.is_inner:
            joined = tuple(name for name in self.joined if name not in self.equals)
            yield from replace(self, equals=self.equals + joined, joined=()).candidates()
        equals = tuple((name, False) for name in self.equals[:MOST_COLUMNS])
        room = MOST_COLUMNS - len(equals)
        order = tuple(each for each in self.ordered if each[0] not in self.equals)[:room]
        for column in self.ranges[:room]:
            yield (*equals, (column, False))
        if order and not self.ranges:
            yield (*equals, *order)
        if equals:
            yield equals
        if order and self.ranges:
            yield (*equals, *order)


async def advise(plan: Plan) -> tuple[Advice, ...]:
    """Indexes that may help ``plan``, for its largest tables first; none where all is well or too little is known.

    What SQLite itself would not use is not proposed. Raises nothing but `CancelledError`.
    """
    schema = plan.schema
    if schema is None:
        return ()
    wishes = list(_wishes(plan, schema))
    return await asyncio.to_thread(_advise, wishes, plan.sql, schema) if wishes else ()


def _advise(wishes: Sequence[_Wish], sql: str, schema: Schema) -> tuple[Advice, ...]:
    found: dict[str, Advice] = {}
    with Trial(schema) as trial:
        for wish in wishes:
            advice = _advice(wish, sql, schema, trial)
            if advice is not None:
                found.setdefault(advice.sql, advice)
            if len(found) == MOST_ADVICE:
                break
    return tuple(found.values())


def _advice(wish: _Wish, statement: str, schema: Schema, trial: Trial) -> Advice | None:
    for columns in wish.candidates():
        names = tuple(name for name, _ in columns)
        if _has_index(schema, wish.table, names):
            continue
        name = _free_name(schema, wish.table, names)
        try:
            listed = ", ".join(quote_identifier(column) + " DESC" * descending for column, descending in columns)
            sql = f"CREATE INDEX {quote_identifier(name)} ON {quote_identifier(wish.table)} ({listed})"
        except InputError:  # a name that no SQL text can hold
            return None
        is_tried = trial.uses(statement, sql, name)
        if is_tried is not False:
            return Advice(wish.table, names, name, sql, _reason(wish, names), is_tried)
    return None


def _reason(wish: _Wish, columns: tuple[str, ...]) -> str:
    named = ", ".join(columns)
    if wish.is_automatic:
        return f"SQLite makes such an index of {wish.table} anew each time this runs, and reads the whole table for it."
    if set(columns) <= {name for name, _ in wish.ordered} - {*wish.equals, *wish.joined, *wish.ranges}:
        return f"{wish.table} is then read in the order of {named}: nothing is sorted, and a LIMIT ends it early."
    return f"Only the rows of {wish.table} with the wanted {named} are then read, instead of all."


# --- what would help


def _wishes(plan: Plan, schema: Schema) -> Iterator[_Wish]:
    for scan in sorted(plan.scans, key=lambda scan: -scan.known_rows):
        node, table = plan.nodes[scan.place], schema.table(scan.table)
        is_small = table is not None and table.name in plan.estimates and plan.estimates[table.name].rows < SMALL
        if table is None or table.kind is not TableKind.TABLE or is_small or node.step is Step.BLOOM_FILTER:
            continue
        if node.by is By.AUTOMATIC_INDEX:
            known = {column.name.lower(): column.name for column in table.columns}
            columns = tuple(known[each.lower()] for each in node.columns if each.lower() in known)
            yield _Wish(table.name, equals=columns, is_automatic=True)
        else:
            for wish in _asked(plan.queries, table, node):
                yield replace(wish, is_inner=scan.repeats)


def _asked(queries: Queries, table: Table, node: Node) -> Iterator[_Wish]:
    """What each query that reads the table under this name asks of it."""
    for query in queries.all:
        for source in query.sources:
            if source.table.lower() == table.name.lower() and source.address.lower() in _addresses(node):
                yield _wish(query, source, table) if not node.is_one_end else _wish_for_end(query, table)


def _addresses(node: Node) -> set[str]:
    address = node.address.lower()
    return {address, address.removeprefix("main.")}


def _wish(query: Query, source: NamedSource, table: Table) -> _Wish:
    columns = {column.name.lower(): column.name for column in table.columns if not _is_rowid(column, table)}
    equals: dict[str, None] = {}
    joined: dict[str, None] = {}
    ranges: dict[str, None] = {}
    for term in query.conditions:
        for column, operator in _compared(term, source, columns):
            is_join = operator in _EQUALS and _joins(term, source)
            (joined if is_join else equals if operator in _EQUALS else ranges)[column] = None
    for name in query.using:
        if name.lower() in columns:
            joined[columns[name.lower()]] = None
    ordered = [(_column(term.items, source, columns), term.descending) for term in query.ordered]
    if not ordered:
        ordered = [(_column((item,), source, columns), False) for item in query.grouped if is_name(item)]
    is_known = all(name for name, _ in ordered)
    return _Wish(
        table.name,
        tuple(equals),
        tuple(joined),
        tuple(name for name in ranges if name not in equals),
        tuple((name, descending) for name, descending in ordered if name) if is_known else (),
    )


def _is_rowid(column: TableColumn, table: Table) -> bool:
    """No index is better than the table itself."""
    is_only_key = column.key and sum(bool(each.key) for each in table.columns) == 1
    return bool(is_only_key) and not table.without_rowid and column.type.upper() == "INTEGER"


def _joins(term: Sequence[Item], source: NamedSource) -> bool:
    """Whether it names another source, as far as its dots say."""
    owners = (name_of(term[place - 1]) for place, item in enumerate(term) if upper(item) == "." and place)
    return any(owner.lower() not in ("", source.address.lower()) for owner in owners)


def _wish_for_end(query: Query, table: Table) -> _Wish:
    """For min() or max() of a column."""
    asked = {name.lower() for name in ends_asked(query.selected)}
    return _Wish(table.name, ranges=tuple(column.name for column in table.columns if column.name.lower() in asked))


def _compared(term: Sequence[Item], source: NamedSource, columns: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The columns of the table that ``term`` compares, each with the operator; either side may be one."""
    place = next((index for index, item in enumerate(term) if upper(item) in _EQUALS | _RANGES), None)
    if place is None or upper(item_at(term, place + 1)) in {"NOT", "DISTINCT"}:
        return
    operator = upper(term[place])
    left = _column(term[:place], source, columns)
    if left:
        yield left, operator
    if operator in _MIRRORED:
        right = _column(term[place + 1 :], source, columns)
        if right:
            yield right, operator


def _column(items: Sequence[Item], source: NamedSource, columns: dict[str, str]) -> str:
    """The column of the table that ``items`` are, and nothing else; empty where they are something else."""
    match items:
        case [Word() as name] if is_name(name):
            return columns.get(name_of(name).lower(), "")
        case [Word() as owner, Word(text="."), Word() as name] if name_of(owner).lower() == source.address.lower():
            return columns.get(name_of(name).lower(), "")
    return ""


# --- what there is


def _has_index(schema: Schema, table: str, columns: Sequence[str]) -> bool:
    """Whether an index on ``columns`` would be the beginning of one that is there."""
    wanted = [column.lower() for column in columns]
    known = schema.table(table)
    keys = sorted((column.key, column.name.lower()) for column in known.columns if column.key) if known else []
    if [name for _, name in keys][: len(wanted)] == wanted:
        return True
    return any(
        [each.lower() for each in indexed_columns(index.sql)][: len(wanted)] == wanted
        for index in schema.indexes
        if index.table.lower() == table.lower()
    )


def indexed_columns(sql: str) -> tuple[str, ...]:
    """The columns that a CREATE INDEX lists, up to its first expression; none of a partial index."""
    items = levels_at(sql, len(sql), len(sql))[0].group.items
    if any(upper(item) == "WHERE" for item in items):
        return ()
    listed = next((item for item in items if isinstance(item, Group)), Group())
    found = []
    for index, item in enumerate(listed.items):
        is_first = index == 0 or upper(listed.items[index - 1]) == ","
        if is_first and (not is_name(item) or isinstance(item_at(listed.items, index + 1), Group)):
            break
        if is_first:
            found.append(name_of(item))
    return tuple(found)


def _free_name(schema: Schema, table: str, columns: Sequence[str]) -> str:
    named: tuple[Table | Index | Trigger, ...] = (*schema.tables, *schema.indexes, *schema.triggers)
    taken = {each.name.lower() for each in named}
    words = "_".join([table, *columns])
    name = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in words)[:60]
    candidate, number = f"{name}_index" if name.lower() in taken else name, 2
    while candidate.lower() in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
