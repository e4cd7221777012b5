"""How a statement would be carried out, before it is: its plan, and a warning where that reads much."""

from __future__ import annotations

import asyncio
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
from turso_tui.sql.facts import is_explain, leading_keyword
from turso_tui.sql.parameters import parameters
from turso_tui.sql.queries import Queries
from turso_tui.sql.query_plan import Addresses, Line, Node, parse_plan
from turso_tui.values import Row, Statement

if TYPE_CHECKING:
    from turso_tui.service.config import CostConfig
    from turso_tui.service.database import Database

MOST = 500
"""Plans that are remembered."""
LONGEST_TEXT = 100_000
"""Characters of a statement that is asked about before it runs."""
MOST_SECONDS = 300.0
"""For so long a plan and the size of a table are believed: both change slowly, and asking again costs a round trip."""
PATIENCE_SECONDS = 2.0
"""For which a statement waits for its plan before it runs without."""

LEAST_SHARE = 0.0001
"""Of a quota that is worth a number."""

_MAY_SCAN = frozenset({"SELECT", "WITH", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"})


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


class Planner:
    """The plans of one database, remembered until its schema may have changed, or for a while."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._generation = -1
        self._schema: tuple[Schema, float] | None = None
        self._plans: OrderedDict[str, tuple[Plan, float]] = OrderedDict()
        self._counts: dict[str, tuple[RowEstimate | None, float]] = {}

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


@dataclass(frozen=True, slots=True)
class ReadsQuota:
    """The rows that the plan of an account allows to be read in a month, and how many were."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class ScanWarning:
    """A statement would scan much. ``words`` say it in one sentence; ``detail`` is its price, empty if nobody knows.

    ``rows`` is what it would read at least, unless it ``may_stop`` before (a LIMIT); ``share`` is the fraction of the
    monthly quota that this is, None where there is none.
    """

    words: str
    detail: str
    tables: tuple[str, ...]
    rows: int
    may_stop: bool = False
    share: float | None = None


async def scan_warning(
    database: Database,
    sql: str,
    settings: CostConfig,
    quota: ReadsQuota | None = None,
    *,
    patience: float = PATIENCE_SECONDS,
) -> ScanWarning | None:
    """What to say before ``sql`` runs, None where there is nothing to say, nothing known, or no answer in time.

    ``patience`` is in seconds. Nothing is said of files: what is read there is not billed. Raises nothing but
    `CancelledError`: whoever wants to run a statement is never kept from it by this.
    """
    if not settings.warn or database.is_file or len(sql) > LONGEST_TEXT or leading_keyword(sql) not in _MAY_SCAN:
        return None
    try:
        async with asyncio.timeout(patience):
            plan = await database.planner.plan(sql)
    except (TursoTuiError, TimeoutError):  # the statement says itself what is wrong with it
        return None
    return warning_of(plan, settings.scan_rows, quota)


def warning_of(plan: Plan, scan_rows: int, quota: ReadsQuota | None = None) -> ScanWarning | None:
    """What to say of a plan that scans a table of more than ``scan_rows``."""
    if all(scan.known_rows <= scan_rows for scan in plan.scans):
        return None
    scans = sorted(plan.scans, key=lambda scan: -scan.known_rows)
    tables = tuple(dict.fromkeys(scan.table for scan in scans))
    may_stop = any(scan.may_stop for scan in scans)
    share = plan.rows / quota.limit if quota is not None and quota.limit > 0 else None
    price = price_words(plan.rows, quota, repeats=any(scan.repeats for scan in scans))
    return ScanWarning(_words(plan, scans[0], tables, may_stop=may_stop), price, tables, plan.rows, may_stop, share)


def _words(plan: Plan, largest: Scan, tables: tuple[str, ...], *, may_stop: bool) -> str:
    is_bound = may_stop or any(scan.rows is not None and scan.rows.at_most for scan in plan.scans)
    about = "up to" if is_bound else "about"
    others = len(tables) - 1
    also = f" and {others} other {'table' if others == 1 else 'tables'}" * bool(others)
    words = f"This reads {largest.table}{also} from end to end: {about} {_grouped(plan.rows)} rows"
    again = next((scan for scan in plan.scans if scan.repeats), None)
    if again is not None:
        words += f", and {again.table} anew for each row it is compared with"
    return words + (", unless its LIMIT is reached before." if may_stop else ".")


def price_words(rows: int, quota: ReadsQuota | None, *, repeats: bool = False) -> str:
    """The share of the month's quota that ``rows`` are, empty where there is none."""
    if quota is None or quota.limit <= 0:
        return ""
    share, used = rows / quota.limit, quota.used / quota.limit
    least = "at least " if repeats and share >= LEAST_SHARE else ""
    return f"That is {least}{_percent(share)} of the month's rows to read, of which {_percent(used)} are used."


def _percent(share: float) -> str:
    percent = share * 100
    if 0 < share < LEAST_SHARE:
        return "less than 0.01 %"
    return f"{percent:.2f} %" if percent < 1 else f"{percent:.0f} %"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


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
