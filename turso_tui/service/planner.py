"""The plans of the statements of one database, asked for without running them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.plan_cost import Scan, scans_of
from turso_tui.service.row_estimates import RowEstimate, row_estimates
from turso_tui.service.schema import Schema, TableKind
from turso_tui.service.statements import one_statement
from turso_tui.sql.facts import is_explain
from turso_tui.sql.parameters import parameters
from turso_tui.sql.queries import Queries
from turso_tui.sql.query_plan import Addresses, Line, Node, parse_plan
from turso_tui.values import Row, Statement

if TYPE_CHECKING:
    from turso_tui.service.database import Database

MOST = 500
"""Plans that are remembered."""
MOST_SECONDS = 300.0
"""For so long a plan and the size of a table are believed: both change slowly, and asking again costs a round trip."""

NO_QUERIES = Queries(())


@dataclass(frozen=True, slots=True)
class Plan:
    """``nodes`` are in the order in which they are drawn; ``scans`` are those that read a whole table.

    ``schema`` and ``estimates`` (rows by table) are what was known of the database; None and nothing where it did not
    tell.
    """

    sql: str
    nodes: tuple[Node, ...]
    scans: tuple[Scan, ...] = ()
    queries: Queries = NO_QUERIES
    schema: Schema | None = None
    estimates: Mapping[str, RowEstimate] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """What the scans read, each of them once and as far as that is known."""
        return sum(scan.known_rows for scan in self.scans)

    @property
    def scanned(self) -> tuple[str, ...]:
        """The tables that are read from end to end, the largest first."""
        by_size = sorted(self.scans, key=lambda scan: -scan.known_rows)
        return tuple(dict.fromkeys(scan.table for scan in by_size))

    @property
    def may_stop(self) -> bool:
        return any(scan.may_stop for scan in self.scans)


class Planner:
    """The plans of one database, remembered until its schema may have changed, or for a while."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._generation = -1
        self._rests_until = 0.0
        self._schema: tuple[Schema, float] | None = None
        self._plans: OrderedDict[str, tuple[Plan, float]] = OrderedDict()
        self._counts: dict[str, tuple[RowEstimate | None, float]] = {}

    @property
    def rests(self) -> bool:
        """Nothing should be asked that nobody asked for."""
        return self._clock() < self._rests_until

    def rest(self, seconds: float) -> None:
        """The server is slow, and whoever waits for its answer should not."""
        self._rests_until = self._clock() + seconds

    def learn(self, schema: Schema) -> None:
        """The schema was read, for whatever reason."""
        self._forget_what_is_old()
        self._schema = (schema, self._clock())

    async def plan(self, sql: str) -> Plan:
        """How ``sql`` would be carried out. It is not run; a token that only reads is enough, and no row is billed but
        those that tell how large its tables are.

        Raises `InputError` unless it is one statement and no EXPLAIN, and what the server says where it cannot be
        prepared.
        """
        statement = one_statement(sql)
        if is_explain(statement.sql):
            raise InputError("This asks for a plan itself.", next_step="Run it, or leave its EXPLAIN out.")
        self._forget_what_is_old()
        known = self._plans.get(sql)
        if known is not None and self._is_fresh(known[1]):
            return known[0]
        plan = await self._ask(sql)
        self._plans[sql] = (plan, self._clock())
        if len(self._plans) > MOST:
            self._plans.popitem(last=False)
        return plan

    async def _ask(self, sql: str) -> Plan:
        generation = self._generation
        values = no_values(sql) if self._database.is_file else ()  # a server wants none to explain something
        (answer,) = await self._database.look([Statement(f"EXPLAIN QUERY PLAN {sql}", values)])
        lines = [_line(row) for row in answer.rows]
        schema = await self._known_schema() if lines else None
        addresses = _addresses(sql, schema)
        nodes = parse_plan(lines, addresses)
        counts: dict[str, RowEstimate] = {}
        if schema is not None:
            scanned = {scan.table for scan in scans_of(nodes, addresses.queries, schema, {})}
            counts = await self._known_counts(schema, scanned | {each for node in nodes for each in node.tables[1:]})
        if generation != self._generation:
            raise InputError("The schema changed meanwhile.", next_step="Ask again.")
        return Plan(sql, nodes, scans_of(nodes, addresses.queries, schema, counts), addresses.queries, schema, counts)

    async def _known_schema(self) -> Schema | None:
        if self._schema is None or not self._is_fresh(self._schema[1]):
            try:
                await self._database.schema()
            except TursoTuiError:  # the plan itself is here, and says the names
                return None
        return self._schema[0] if self._schema is not None else None

    async def _known_counts(self, schema: Schema, tables: set[str]) -> dict[str, RowEstimate]:
        now = self._clock()
        unknown = [name for name in tables if name not in self._counts or not self._is_fresh(self._counts[name][1])]
        try:
            told = await row_estimates(self._database.look, schema, unknown)
        except TursoTuiError:  # a plan without numbers is still a plan
            told = {}
        self._counts.update({name: (told.get(name), now) for name in unknown})
        return {name: count for name in tables if (count := self._counts[name][0]) is not None}

    def _is_fresh(self, learnt_at: float) -> bool:
        return self._clock() - learnt_at < MOST_SECONDS

    def _forget_what_is_old(self) -> None:
        """Whatever was learnt before the last statement of ours that may have changed the schema."""
        if self._generation != self._database.kinds.generation:
            self._generation = self._database.kinds.generation
            self._schema = None
            self._plans.clear()
            self._counts.clear()


def no_values(sql: str) -> tuple[None, ...]:
    """A NULL for each parameter: the plan of a statement does not depend on its values."""
    wanted = parameters(sql)
    return (None,) * (wanted[-1].number if wanted else 0)


def _line(row: Row) -> Line:
    """Of whatever a server answers, what can be shown."""
    padded = (*row, None, None, None, None)
    return Line(_number(padded[0]), _number(padded[1]), str(padded[3] if len(row) > 3 else row[-1] if row else ""))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _addresses(sql: str, schema: Schema | None) -> Addresses:
    if schema is None:
        return Addresses(sql)
    views = {table.name: table.sql for table in schema.tables if table.kind is TableKind.VIEW}
    return Addresses(sql, (table.name for table in schema.tables if table.kind is not TableKind.VIEW), views)
