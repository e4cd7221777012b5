"""Databases: list, look up, create (also as a branch of another), delete."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json, read_body
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.files import DatabaseFiles
from turso_tui.local.control.gate import Gate, Scoped, caller_of
from turso_tui.local.control.groups import Forget
from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.locations import LOCAL
from turso_tui.local.control.names import check_name, label_of
from turso_tui.local.control.organizations import USERNAME
from turso_tui.local.control.paging import Cursors, page_limit
from turso_tui.local.control.records import Configuration, Database, Organization, Parent, PlacedDatabase
from turso_tui.local.control.scopes import Scope
from turso_tui.local.control.store import Account

HostName = Callable[[Database], str]
"""Where a database answers: host and port, no scheme."""

NAME_TAKEN = "database with same name already exists"


class SeedFrom(msgspec.Struct, frozen=True):
    """What a new database starts with. Its source is ``name`` in the documentation, ``value`` in Turso's CLI."""

    type: str = ""
    name: str = ""
    value: str = ""
    timestamp: str | None = None


class CreateDatabase(msgspec.Struct, frozen=True):
    name: str
    group: str = "default"
    seed: SeedFrom | None = None
    size_limit: str | None = None
    use_tursodb: bool | None = None
    is_schema: bool | None = None
    schema: str | None = None
    remote_encryption: dict[str, Any] | None = None


class Databases:
    """Databases are always here, whatever their group's location says: ``primaryRegion`` is ``local``."""

    def __init__(
        self,
        account: Account,
        catalogue: Catalogue,
        files: DatabaseFiles,
        keys: KeyRing,
        *,
        cursors: Cursors,
        host_name: HostName,
        forget: Forget,
        clock: Callable[[], float],
    ) -> None:
        self._account = account
        self._catalogue = catalogue
        self._files = files
        self._keys = keys
        self._cursors = cursors
        self._host_name = host_name
        self._forget = forget
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        one = "/databases/{database}"
        return [
            *gate.organization_routes(
                "/databases", GET=Scoped(Scope.READ, self._list), POST=Scoped(Scope.DB_CREATE, self._create)
            ),
            *gate.organization_routes(
                one, GET=Scoped(Scope.READ, self._get), DELETE=Scoped(Scope.DB_DELETE, self._delete)
            ),
            *gate.organization_routes(f"{one}/instances", GET=Scoped(Scope.READ, self._instances)),
            *gate.organization_routes(f"{one}/instances/{{instance}}", GET=Scoped(Scope.READ, self._instance)),
        ]

    async def _list(self, request: Request, organization: Organization) -> Json:
        query = request.query_params
        if query.get("schema") or query.get("type") == "schema":
            return {"databases": [], "pagination": {"next": None}}
        limit = page_limit(query.get("limit"))
        cursor = query.get("cursor")
        found = self._catalogue.databases(
            organization,
            within=caller_of(request).group,
            group=query.get("group"),
            parent=query.get("parent"),
            after=self._cursors.read(cursor) if cursor else "",
            limit=None if limit is None else limit + 1,
        )
        page = found if limit is None else found[:limit]
        following = self._cursors.after(page[-1].name) if len(found) > len(page) else None
        return {"databases": [self._wire(each) for each in page], "pagination": {"next": following}}

    async def _get(self, request: Request, organization: Organization) -> Json:
        return {"database": self._wire(self._named(request, organization))}

    async def _create(self, request: Request, organization: Organization) -> Json:
        body = await read_body(request, CreateDatabase)
        check_name("database", body.name, organization.slug)
        if body.is_schema or body.schema:
            raise ApiError(400, "schema databases are not supported")
        if body.remote_encryption:
            raise ApiError(400, "remote encryption is not supported by the local server")
        label = label_of(body.name, organization.slug)
        if self._account.one(Database, "WHERE label = ?", (label,)):
            raise ApiError(400, NAME_TAKEN)
        within = caller_of(request).group
        source = self._source(body.seed, organization, within)
        database = self._draft(body, organization, label, source, within)
        if source is None:
            self._account.add(database)
        else:
            await self._branch(source, database)
        created = {"DbId": database.uuid, "Hostname": self._host_name(database), "Name": database.name}
        return {"database": created, "username": USERNAME}

    async def _branch(self, source: PlacedDatabase, database: Database) -> None:
        try:
            await asyncio.to_thread(self._files.branch, source, database.uuid)
            self._account.add(database)
        except FileNotFoundError as error:
            raise ApiError(404, f"could not find database with name {source.name}: record not found") from error
        except apsw.ConstraintError as error:
            # While we copied, somebody took the name or deleted the group.
            await asyncio.to_thread(self._files.remove, database.uuid)
            raise ApiError(400, NAME_TAKEN if "UNIQUE" in str(error) else "group not found") from error

    async def _delete(self, request: Request, organization: Organization) -> Json:
        database = self._named(request, organization)
        if database.configuration.delete_protection or database.group_protected:
            raise ApiError(400, f"database {database.name} has delete protection enabled")
        self._account.run("DELETE FROM databases WHERE uuid = ?", (database.uuid,))
        self._keys.forget([database.uuid])
        await self._forget(database)
        return {"database": database.name}

    async def _instances(self, request: Request, organization: Organization) -> Json:
        return {"instances": [self._instance_of(self._named(request, organization))]}

    async def _instance(self, request: Request, organization: Organization) -> Json:
        instance = self._instance_of(self._named(request, organization))
        if request.path_params["instance"] != instance["name"]:
            raise ApiError(404, "instance not found")
        return {"instance": instance}

    def _source(self, seed: SeedFrom | None, organization: Organization, within: str | None) -> PlacedDatabase | None:
        """The database to branch from; raises 400 for seeds that only the real service can provide."""
        if seed is None or not seed.type:
            return None
        if seed.type != "database":
            raise ApiError(400, f"seed type {seed.type} is not supported by the local server")
        if seed.timestamp:
            raise ApiError(400, "point-in-time recovery is not supported by the local server")
        return self._catalogue.database(organization, seed.name or seed.value, within=within)

    def _draft(
        self,
        body: CreateDatabase,
        organization: Organization,
        label: str,
        source: PlacedDatabase | None,
        within: str | None,
    ) -> Database:
        visible = self._catalogue.groups(organization, within=within)
        group = next((each for each in visible if each.name == body.group), None)
        if group is None:
            raise ApiError(400, "group not found")
        if group.archived:
            raise ApiError(400, f"cannot create database on group {group.name} because it is sleeping")
        if body.size_limit and group.location != LOCAL:
            raise ApiError(400, "size_limit is not supported for db-api controlled databases")
        now = self._clock()
        branched_at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Database(
            uuid=new_database_id(tursodb=bool(body.use_tursodb)),
            organization=organization.uuid,
            group_uuid=group.uuid,
            name=body.name,
            label=label,
            recipe="",
            created_at=int(now),
            configuration=Configuration(size_limit=body.size_limit or "0"),
            parent=Parent(source.uuid, source.name, branched_at) if source else None,
            tursodb=bool(body.use_tursodb),
        )

    def _named(self, request: Request, organization: Organization) -> PlacedDatabase:
        return self._catalogue.database(organization, request.path_params["database"])

    def _instance_of(self, database: PlacedDatabase) -> dict[str, Any]:
        return {
            "uuid": database.uuid,
            "name": LOCAL,
            "type": "primary",
            "region": LOCAL,
            "hostname": self._host_name(database),
        }

    def _wire(self, database: PlacedDatabase) -> dict[str, Any]:
        configuration = database.configuration
        return {
            "Name": database.name,
            "DbId": database.uuid,
            "Hostname": self._host_name(database),
            "regions": [LOCAL],
            "primaryRegion": LOCAL,
            "group": database.group,
            "type": "logical",
            "database_type": "tursodb" if database.tursodb else "libsql",
            "version": "tech-preview",
            "sleeping": database.archived,
            "archived": database.archived,
            "block_reads": configuration.block_reads or database.organization_blocks_reads,
            "block_writes": configuration.block_writes or database.organization_blocks_writes,
            "allow_attach": configuration.allow_attach,
            "delete_protection": configuration.delete_protection,
            "is_schema": False,
            "schema": "",
            "parent": msgspec.to_builtins(database.parent),
        }


def new_database_id(*, tursodb: bool = False) -> str:
    """A UUID whose byte 5 says which engine was asked for: clients read 0x10 as Turso's new one."""
    raw = bytearray(uuid.uuid4().bytes)
    raw[5] = 0x10 if tursodb else 0x00
    return str(uuid.UUID(bytes=bytes(raw)))
