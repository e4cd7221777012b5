"""What a plan says in words: what it reads, what that costs, and a warning before a statement that reads much."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui.errors import TursoTuiError
from turso_tui.sql.facts import leading_keyword
from turso_tui.sql.queries import queries_of
from turso_tui.sql.query_plan import Step

if TYPE_CHECKING:
    from turso_tui.service.config import CostConfig
    from turso_tui.service.database import Database
    from turso_tui.service.planner import Plan

LONGEST_TEXT = 100_000
"""Characters of a statement that is asked about before it runs."""
PATIENCE_SECONDS = 2.0
"""For which a statement waits for its plan before it runs without."""

REST_SECONDS = 60.0
"""For which nothing is asked any more before a statement, after once there was no answer in time."""
LEAST_SHARE = 0.0001
"""Of a quota that is worth a number."""

SMALL = 1_000
"""Rows of a table that is read from end to end faster than anybody notices."""

_CHANGES = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})
_MAY_SCAN = frozenset({"SELECT", "WITH", "UPDATE", "DELETE"})
_INSERTS = frozenset({"INSERT", "REPLACE"})


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
    if not settings.warn or database.is_file or not _may_scan(sql) or database.planner.rests:
        return None
    try:
        async with asyncio.timeout(patience):
            plan = await database.planner.plan(sql)
    except TimeoutError:
        database.planner.rest(REST_SECONDS)
        return None
    except TursoTuiError:  # the statement says itself what is wrong with it
        return None
    return warning_of(plan, settings.scan_rows, quota)


def _may_scan(sql: str) -> bool:
    """Whether it is worth asking: the many lines of a script that insert values read nothing."""
    word = leading_keyword(sql)
    if word in _INSERTS:
        return len(sql) <= LONGEST_TEXT and any("SELECT" in query.clauses for query in queries_of(sql).all)
    return word in _MAY_SCAN and len(sql) <= LONGEST_TEXT


def warning_of(plan: Plan, scan_rows: int, quota: ReadsQuota | None = None) -> ScanWarning | None:
    """What to say of a plan that scans a table of more than ``scan_rows``."""
    if all(scan.known_rows <= scan_rows for scan in plan.scans):
        return None
    share = plan.rows / quota.limit if quota is not None and quota.limit > 0 else None
    return ScanWarning(reading_words(plan), price_words(plan, quota), plan.scanned, plan.rows, plan.may_stop, share)


def reading_words(plan: Plan) -> str:
    """In one sentence, which tables are read from end to end, and how many rows that is."""
    if not plan.scans:
        return "No table is read from end to end."
    first, *others = plan.scanned
    also = f" and {others[0] if len(others) == 1 else f'{len(others)} other tables'}" if others else ""
    words = f"This reads {first}{also} from end to end: {_how_many(plan)}"
    again = next((scan for scan in plan.scans if scan.repeats), None)
    if again is not None:
        words += f", and {again.table} anew for each row it is compared with"
    return words + (", unless its LIMIT is reached before." if plan.may_stop else ".")


def _how_many(plan: Plan) -> str:
    if all(scan.rows is None for scan in plan.scans):
        return "nobody knows how many rows"
    is_bound = plan.may_stop or any(scan.rows is not None and scan.rows.at_most for scan in plan.scans)
    unknown = next((scan.table for scan in plan.scans if scan.rows is None), None)
    rows = f"{'up to' if is_bound else 'about'} {_grouped(plan.rows)} {'row' if plan.rows == 1 else 'rows'}"
    return rows if unknown is None else f"{rows} without those of {unknown}, whose number is not known"


def price_words(plan: Plan, quota: ReadsQuota | None) -> str:
    """Which share of the month's quota the rows of ``plan`` are, empty where there is none.

    A server counts what it sorts a second time, and what it scans in a loop each time.
    """
    if quota is None or quota.limit <= 0 or not plan.rows:
        return ""
    share, used = plan.rows / quota.limit, quota.used / quota.limit
    is_counted_again = any(scan.repeats for scan in plan.scans) or any(node.step is Step.SORT for node in plan.nodes)
    is_least = is_counted_again and share >= LEAST_SHARE
    least = "at least " if is_least else ""
    return f"That is {least}{_percent(share)} of the month's rows to read, of which {_percent(used)} are used."


def is_dear(plan: Plan) -> bool:
    """Whether there is anything to say of what it reads: small tables are read before one has looked up."""
    return any(scan.rows is None or scan.known_rows >= SMALL or scan.repeats for scan in plan.scans)


def left_out_words(plan: Plan) -> str:
    """What a plan does not tell of; empty where that is nothing."""
    changed = {query.sources[0].table.lower() for query in plan.queries.all if query.verb in _CHANGES and query.sources}
    triggers = [each.name for each in plan.schema.triggers if each.table.lower() in changed] if plan.schema else []
    if not triggers:
        return ""
    which = f"the trigger {triggers[0]}" if len(triggers) == 1 else f"{len(triggers)} triggers"
    return f"What {which} would do is not in it."


def _percent(share: float) -> str:
    percent = share * 100
    if 0 < share < LEAST_SHARE:
        return "less than 0.01 %"
    return f"{percent:.2f} %" if percent < 1 else f"{percent:.0f} %"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
