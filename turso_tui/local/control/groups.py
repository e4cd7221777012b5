"""Groups: databases that share a location, a signing key and a fate."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import apsw
import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import NOTHING, ApiError, Json, read_body
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.gate import Gate, Scoped, caller_of
from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.locations import LOCAL, LOCATIONS
from turso_tui.local.control.names import check_name
from turso_tui.local.control.records import Database, Group, Organization
from turso_tui.local.control.scopes import Scope
from turso_tui.local.control.store import Account

Forget = Callable[[Database], Awaitable[None]]
"""Ends a deleted database's streams and removes its file."""


class CreateGroup(msgspec.Struct, frozen=True):
    name: str
    location: str = LOCAL


class RenameGroup(msgspec.Struct, frozen=True):
    name: str


class ConfigureGroup(msgspec.Struct, frozen=True):
    delete_protection: bool | None = None


class Groups:
    def __init__(self, account: Account, catalogue: Catalogue, keys: KeyRing, forget: Forget) -> None:
        self._account = account
        self._catalogue = catalogue
        self._keys = keys
        self._forget = forget

    def routes(self, gate: Gate) -> list[Route]:
        one = "/groups/{group}"
        return [
            *gate.organization_routes("/groups", GET=Scoped(Scope.READ, self._list), POST=self._create),
            *gate.organization_routes(one, GET=Scoped(Scope.READ, self._get), DELETE=self._delete),
            *gate.organization_routes(
                f"{one}/configuration",
                GET=Scoped(Scope.READ, self._get_configuration),
                PATCH=Scoped(Scope.GROUP_CONFIGURE, self._set_configuration),
            ),
            *gate.organization_routes(f"{one}/rename", POST=Scoped(Scope.GROUP_CONFIGURE, self._rename)),
            *gate.organization_routes(f"{one}/unarchive", POST=Scoped(Scope.GROUP_CONFIGURE, self._unarchive)),
            *gate.organization_routes(f"{one}/locations/{{location}}/wait", GET=Scoped(Scope.READ, self._wait)),
        ]

    async def _list(self, request: Request, organization: Organization) -> Json:
        visible = self._catalogue.groups(organization, within=caller_of(request).group)
        return {"groups": [_wire(group) for group in visible]}

    async def _get(self, request: Request, organization: Organization) -> Json:
        return {"group": _wire(self._named(request, organization))}

    async def _create(self, request: Request, organization: Organization) -> Json:
        body = await read_body(request, CreateGroup)
        check_name("group", body.name, organization.slug)
        if body.location not in LOCATIONS:
            raise ApiError(400, f"invalid location: {body.location}")
        group = Group(str(uuid.uuid4()), organization.uuid, body.name, body.location)
        try:
            self._account.add(group)
        except apsw.ConstraintError as error:
            raise ApiError(409, "group already exists") from error
        self._keys.create(group.uuid)
        return {"group": _wire(group)}

    async def _delete(self, request: Request, organization: Organization) -> Json:
        """Takes every database of the group along, and its API tokens; protected databases forbid it."""
        group = self._named(request, organization)
        databases = self._catalogue.in_group(group)
        if group.delete_protection:
            raise ApiError(400, f"group {group.name} has delete protection enabled")
        protected = [each.name for each in databases if each.configuration.delete_protection]
        if protected:
            raise ApiError(400, f"database {protected[0]} has delete protection enabled")
        self._account.run("DELETE FROM groups WHERE uuid = ?", (group.uuid,))
        self._keys.forget([group.uuid, *(database.uuid for database in databases)])
        await asyncio.gather(*(self._forget(database) for database in databases))
        return {"group": _wire(group)}

    async def _get_configuration(self, request: Request, organization: Organization) -> Json:
        return {"delete_protection": self._named(request, organization).delete_protection}

    async def _set_configuration(self, request: Request, organization: Organization) -> Json:
        group = self._named(request, organization)
        body = await read_body(request, ConfigureGroup)
        if body.delete_protection is not None:
            self._account.run(
                "UPDATE groups SET delete_protection = ? WHERE uuid = ?", (body.delete_protection, group.uuid)
            )
        return await self._get_configuration(request, organization)

    async def _rename(self, request: Request, organization: Organization) -> Json:
        group = self._named(request, organization)
        body = await read_body(request, RenameGroup)
        check_name("group", body.name, organization.slug)
        try:
            self._account.run("UPDATE groups SET name = ? WHERE uuid = ?", (body.name, group.uuid))
        except apsw.ConstraintError as error:
            raise ApiError(409, "group already exists") from error
        return {"group": _wire(self._catalogue.group(organization, body.name))}

    async def _unarchive(self, request: Request, organization: Organization) -> Json:
        group = self._named(request, organization)
        self._account.run("UPDATE groups SET archived = 0 WHERE uuid = ?", (group.uuid,))
        return {"group": _wire(self._named(request, organization))}

    async def _wait(self, request: Request, organization: Organization) -> Json:
        self._named(request, organization)
        return NOTHING

    def _named(self, request: Request, organization: Organization) -> Group:
        return self._catalogue.group(organization, request.path_params["group"])


def _wire(group: Group) -> dict[str, Any]:
    return {
        "uuid": group.uuid,
        "name": group.name,
        "version": group.version,
        "locations": [group.location],
        "primary": group.location,
        "archived": group.archived,
        "delete_protection": group.delete_protection,
        "status": {"locations": [{"name": group.location, "status": "up"}]},
    }
