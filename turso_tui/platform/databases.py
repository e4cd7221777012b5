"""Databases: list, make, remove and configure them, and what they cost."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from turso_tui.errors import NotFound, ProtocolError
from turso_tui.platform import wire
from turso_tui.platform.models import (
    CreatedDatabase,
    Database,
    DatabaseConfiguration,
    DatabaseUsage,
    Instance,
    QueryCost,
)
from turso_tui.platform.transport import PlatformTransport

PAGE_SIZE = 500
"""Large enough for few round trips, small enough that a first page appears at once; the API allows 1000."""


@dataclass(frozen=True, slots=True)
class CopyOf:
    """A new database begins as ``database`` is, or as it was ``at`` an (aware) moment: point-in-time recovery."""

    database: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DumpAt:
    """A new database begins with the SQL dump that the server fetches from ``url``."""

    url: str


Seed: TypeAlias = CopyOf | DumpAt


class _Pagination(wire.Model, frozen=True):
    next: str | None = None


class _Page(wire.Model, frozen=True):
    pagination: _Pagination = _Pagination()


class Databases:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def pages(
        self, organization: str, *, group: str | None = None, parent_id: str | None = None, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[tuple[Database, ...]]:
        """Page by page; only those of a group, or the branches of the database with ``parent_id``, if given."""
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            query = {"limit": page_size, "cursor": cursor, "group": group, "parent": parent_id}
            answer = await self._transport.get(*_databases(organization), query=query)
            yield wire.many(answer, "databases", Database)
            cursor = wire.read(answer, _Page).pagination.next if isinstance(answer, dict) else None
            if not cursor:
                return
            if cursor in seen:
                raise ProtocolError("The list of databases does not end: the server repeats a page.")
            seen.add(cursor)

    async def list_all(
        self, organization: str, *, group: str | None = None, parent_id: str | None = None
    ) -> tuple[Database, ...]:
        """All pages at once."""
        pages = self.pages(organization, group=group, parent_id=parent_id)
        return tuple([database async for page in pages for database in page])

    async def get(self, organization: str, name: str) -> Database:
        answer = await self._transport.get(*_databases(organization), name)
        return wire.one(answer, "database", Database)

    async def create(
        self, organization: str, name: str, *, group: str, seed: Seed | None = None, size_limit: str | None = None
    ) -> CreatedDatabase:
        """Raises `Conflict` when the organization has a database of that name, in whatever group."""
        body: dict[str, object] = {"name": name, "group": group}
        if seed is not None:
            body["seed"] = _seed(seed)
        if size_limit is not None:
            body["size_limit"] = size_limit
        answer = await self._transport.post(*_databases(organization), body=body)
        return wire.one(answer, "database", CreatedDatabase)

    async def delete(self, organization: str, name: str) -> None:
        """It may stay visible in lists for some seconds."""
        await self._transport.delete(*_databases(organization), name)

    async def configuration(self, organization: str, name: str) -> DatabaseConfiguration:
        answer = await self._transport.get(*_databases(organization), name, "configuration")
        return wire.read(answer, DatabaseConfiguration)

    async def configure(
        self,
        organization: str,
        name: str,
        *,
        block_reads: bool | None = None,
        block_writes: bool | None = None,
        delete_protection: bool | None = None,
        size_limit: str | None = None,
        allowed_ips: Sequence[str] | None = None,
        allowed_aws_vpc_ids: Sequence[str] | None = None,
    ) -> DatabaseConfiguration:
        """Change what is given and leave the rest. An empty list of addresses lets everyone in."""
        changes = {
            "block_reads": block_reads,
            "block_writes": block_writes,
            "delete_protection": delete_protection,
            "size_limit": size_limit,
            "allowed_ips": allowed_ips,
            "allowed_aws_vpc_ids": allowed_aws_vpc_ids,
        }
        # A null would clear the lists of addresses, so what is not to change is not sent.
        body = {key: value for key, value in changes.items() if value is not None}
        answer = await self._transport.patch(*_databases(organization), name, "configuration", body=body)
        return wire.read(answer, DatabaseConfiguration)

    async def usage(
        self, organization: str, name: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> DatabaseUsage:
        """Between two (aware) moments; of the current month if they are not given."""
        query = {"from": _rfc3339(since) if since else None, "to": _rfc3339(until) if until else None}
        answer = await self._transport.get(*_databases(organization), name, "usage", query=query)
        return wire.one(answer, "database", DatabaseUsage)

    async def instances(self, organization: str, name: str) -> tuple[Instance, ...]:
        answer = await self._transport.get(*_databases(organization), name, "instances")
        return wire.many(answer, "instances", Instance)

    async def top_queries(
        self, organization: str, name: str, *, period: timedelta = timedelta(hours=24)
    ) -> tuple[QueryCost, ...]:
        """The costliest queries of the last ``period``; where the API is older, those that ``stats`` knows."""
        since = datetime.fromtimestamp(self._transport.server_time(), UTC) - period
        database = (*_databases(organization), name)
        try:
            answer = await self._transport.get(*database, "usage", "queries", query={"from": _rfc3339(since)})
            return wire.many(answer, "queries", QueryCost)
        except NotFound:
            return wire.many(await self._transport.get(*database, "stats"), "top_queries", QueryCost)


def _databases(organization: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "databases"


def _seed(seed: Seed) -> dict[str, str]:
    match seed:
        case DumpAt(url):
            return {"type": "dump", "url": url}
        case CopyOf(database, at):
            source = {"type": "database", "name": database}
            return source if at is None else {**source, "timestamp": _rfc3339(at)}


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
