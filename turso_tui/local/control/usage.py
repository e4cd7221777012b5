"""What databases cost: rows by window, bytes by looking at the files, and the statements that cost most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.files import DatabaseFiles
from turso_tui.local.control.gate import Gate, Scoped
from turso_tui.local.control.metering import QueryCost, Totals, UsageMeter
from turso_tui.local.control.records import Database, Organization
from turso_tui.local.control.scopes import Scope

_NONE = Totals(0, 0)
_EVER = datetime.max.replace(tzinfo=UTC)


class Usage:
    """The usage endpoints. Asking for storage makes files that nobody has used yet, in a thread."""

    def __init__(
        self, catalogue: Catalogue, files: DatabaseFiles, meter: UsageMeter, clock: Callable[[], float]
    ) -> None:
        self._catalogue = catalogue
        self._files = files
        self._meter = meter
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        return [
            *gate.organization_routes("/usage", GET=self._organization),
            *gate.organization_routes("/databases/{database}/usage", GET=Scoped(Scope.READ, self._database)),
            *gate.organization_routes("/databases/{database}/usage/queries", GET=Scoped(Scope.READ, self._queries)),
            *gate.organization_routes("/databases/{database}/stats", GET=Scoped(Scope.READ, self._stats)),
        ]

    async def _database(self, request: Request, organization: Organization) -> Json:
        database = self._catalogue.database(organization, request.path_params["database"])
        start = _time(request, "from", self._month())
        end = _time(request, "to", _EVER)
        totals = self._meter.totals(start.timestamp(), end.timestamp())
        storage = await asyncio.to_thread(self._storage, [database])
        return {"database": _entry(database, totals.get(database.uuid, _NONE), storage[database.uuid])}

    async def _organization(self, _request: Request, organization: Organization) -> Json:
        databases = self._catalogue.databases(organization)
        storage = await asyncio.to_thread(self._storage, databases)
        totals = self._meter.totals(self._month().timestamp(), _EVER.timestamp())
        entries = [_entry(database, totals.get(database.uuid, _NONE), storage[database.uuid]) for database in databases]
        groups = self._catalogue.groups(organization)
        leaves = [entry["usage"] for entry in entries]
        total = {key: sum(leaf[key] for leaf in leaves) for key in _leaf(_NONE, 0)}
        counts = {
            "databases": len(databases),
            "locations": len({group.location for group in groups}),
            "groups": len(groups),
        }
        return {"organization": {"uuid": organization.uuid, "usage": total | counts, "databases": entries}}

    async def _queries(self, request: Request, organization: Organization) -> Json:
        return [_query(cost) for cost in self._costs(request, organization)]

    async def _stats(self, request: Request, organization: Organization) -> Json:
        costs = self._costs(request, organization)
        return {"top_queries": [_query(cost) for cost in costs] or None}

    def _costs(self, request: Request, organization: Organization) -> list[QueryCost]:
        database = self._catalogue.database(organization, request.path_params["database"])
        since = _time(request, "from", datetime.fromtimestamp(self._clock() - 24 * 3600, UTC))
        return self._meter.top_queries(database.uuid, since.timestamp())

    def _storage(self, databases: Sequence[Database]) -> dict[str, int]:
        sizes = {}
        for database in databases:
            try:
                sizes[database.uuid] = self._files.storage_bytes(database)
            except FileNotFoundError:  # deleted while we were counting
                sizes[database.uuid] = 0
        return sizes

    def _month(self) -> datetime:
        now = datetime.fromtimestamp(self._clock(), UTC)
        return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _time(request: Request, name: str, default: datetime) -> datetime:
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        # A plus sign that a client forgot to escape arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text:
        raise ApiError(400, f'invalid {name} parameter: parsing time "{text}" as "2006-01-02T15:04:05Z07:00"')
    return moment


def _entry(database: Database, totals: Totals, storage: int) -> dict[str, Any]:
    leaf = _leaf(totals, storage)
    # The documentation says `total`, the official clients read `usage`.
    return {
        "uuid": database.uuid,
        "instances": [{"uuid": database.uuid, "usage": leaf}],
        "usage": leaf,
        "total": leaf,
    }


def _leaf(totals: Totals, storage: int) -> dict[str, int]:
    return {
        "rows_read": totals.rows_read,
        "rows_written": totals.rows_written,
        "storage_bytes": storage,
        "bytes_synced": 0,
    }


def _query(cost: QueryCost) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(cost)
    return document
