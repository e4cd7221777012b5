"""What statements cost, where a screen asks: the quota of the account that is open, and what the settings call much."""

from typing import TYPE_CHECKING

from turso_tui.ui.home import READS, Home, Place
from turso_tui.ui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from turso_tui.service.config import CostConfig
    from turso_tui.service.plans import ReadsQuota, ScanWarning


class Costs:
    """For one home; ``config`` are the settings of whoever sits in front of it."""

    def __init__(self, home: Home, config: "CostConfig") -> None:
        self._home = home
        self._config = config

    async def warning(self, place: Place, sql: str) -> "ScanWarning | None":
        """What to say before ``sql`` runs in ``place``; None where there is nothing to say. Raises nothing."""
        from turso_tui.service.plans import scan_warning

        return await scan_warning(place.database, sql, self._config, self._quota(place))

    def plan(self, place: Place, sql: str) -> PlanScreen:
        """The plan of ``sql`` in ``place``."""
        return PlanScreen(place.database, sql, scan_rows=self._config.scan_rows, quota=self._quota(place))

    def _quota(self, place: Place) -> "ReadsQuota | None":
        """Of what is read in a month; None where nobody bills, nobody limits it, or nobody knows."""
        from turso_tui.service.plans import ReadsQuota

        if place.database.is_file:
            return None
        reads = next((quota for quota in self._home.view.quotas if quota.name == READS), None)
        return ReadsQuota(reads.used, reads.limit) if reads is not None and reads.limit is not None else None
