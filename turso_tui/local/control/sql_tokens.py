"""Minting and rotating the tokens that open databases: EdDSA JWTs for one database or for a whole group."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import NOTHING, ApiError, Json, read_body
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.expiration import seconds_of
from turso_tui.local.control.gate import Gate, Scoped
from turso_tui.local.control.keys import KeyRing, new_token_id
from turso_tui.local.control.records import Database, Organization
from turso_tui.local.control.scopes import Scope

ACCESS = {"full-access": "rw", "read-only": "ro"}
ACTIONS = {
    "data_read",
    "data_add",
    "data_update",
    "data_delete",
    "schema_add",
    "schema_update",
    "schema_delete",
}


class Permission(msgspec.Struct, frozen=True):
    """Actions on some tables (None: on all), as they stand in the claim ``perm``."""

    t: list[str] | None = None
    a: list[str] = []


class ReadAttach(msgspec.Struct, frozen=True):
    databases: list[str] | None = None


class Attachments(msgspec.Struct, frozen=True):
    read_attach: ReadAttach | None = None


class MintBody(msgspec.Struct, frozen=True):
    permissions: Attachments | None = None
    fine_grained_permissions: list[Permission] | None = None


class Mint(NamedTuple):
    """A token that was minted: of a ``database`` or a ``group``, by its name, for ``ro`` or ``rw``. Not the token."""

    kind: str
    name: str
    access: str


class SqlTokens:
    """A database's tokens are signed with the key of its group, or with its own once that was rotated alone."""

    def __init__(self, catalogue: Catalogue, keys: KeyRing, clock: Callable[[], float] = time.time) -> None:
        self._catalogue = catalogue
        self._keys = keys
        self._clock = clock
        self.mints: list[Mint] = []
        """Since the server started, in order."""

    def routes(self, gate: Gate) -> list[Route]:
        return [
            *gate.organization_routes(
                "/databases/{database}/auth/tokens", POST=Scoped(Scope.DB_MINT_TOKEN, self._mint_for_database)
            ),
            *gate.organization_routes(
                "/databases/{database}/auth/rotate", POST=Scoped(Scope.DB_ROTATE_CREDS, self._rotate_database)
            ),
            *gate.organization_routes(
                "/groups/{group}/auth/tokens", POST=Scoped(Scope.GROUP_MINT_TOKEN, self._mint_for_group)
            ),
            *gate.organization_routes(
                "/groups/{group}/auth/rotate", POST=Scoped(Scope.GROUP_ROTATE_CREDS, self._rotate_group)
            ),
        ]

    async def _mint_for_database(self, request: Request, organization: Organization) -> Json:
        database = self._catalogue.database(organization, request.path_params["database"])
        claims = await self._claims(request)
        self.mints.append(Mint("database", database.name, claims["a"]))
        return {"jwt": self._keys.sign(signer_of(self._keys, database), {"id": database.uuid, **claims})}

    async def _mint_for_group(self, request: Request, organization: Organization) -> Json:
        group = self._catalogue.group(organization, request.path_params["group"])
        claims = await self._claims(request)
        self.mints.append(Mint("group", group.name, claims["a"]))
        return {"jwt": self._keys.sign(group.uuid, {"gid": group.uuid, **claims})}

    async def _rotate_database(self, request: Request, organization: Organization) -> Json:
        database = self._catalogue.database(organization, request.path_params["database"])
        self._keys.create(database.uuid)
        return NOTHING

    async def _rotate_group(self, request: Request, organization: Organization) -> Json:
        """Every token of the group and of every database in it is void afterwards."""
        group = self._catalogue.group(organization, request.path_params["group"])
        self._keys.create(group.uuid)
        self._keys.forget(database.uuid for database in self._catalogue.in_group(group))
        return NOTHING

    async def _claims(self, request: Request) -> dict[str, Any]:
        body = await read_body(request, MintBody)
        if body.permissions and body.permissions.read_attach and body.permissions.read_attach.databases:
            raise ApiError(400, "Permissions are not supported for db-api controlled databases")
        access = request.query_params.get("authorization") or "full-access"
        if access not in ACCESS:
            raise ApiError(400, f"invalid authorization: {access}")
        now = int(self._clock())
        claims: dict[str, Any] = {"a": ACCESS[access], "iat": now, "rid": new_token_id()}
        life = seconds_of(request.query_params.get("expiration"))
        if life is not None:
            claims["exp"] = now + life
        if body.fine_grained_permissions:
            claims["perm"] = [_checked(permission) for permission in body.fine_grained_permissions]
        return claims


def signer_of(keys: KeyRing, database: Database) -> str:
    """The owner of the key that signs this database's own tokens."""
    return database.uuid if keys.has(database.uuid) else database.group_uuid


def _checked(permission: Permission) -> dict[str, Any]:
    unknown = sorted(set(permission.a) - ACTIONS)
    if unknown:
        raise ApiError(400, f"invalid fine grained permission: unknown action {unknown[0]}")
    return {"t": permission.t, "a": permission.a}
