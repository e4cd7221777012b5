"""From a request on a database host to the database: the Host, the token, and what a wrong one is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from turso_tui.errors import StorageError
from turso_tui.local.control.files import DatabaseFiles
from turso_tui.local.control.keys import KeyRing, unverified_claims
from turso_tui.local.control.metering import UsageMeter
from turso_tui.local.control.names import label_in_host
from turso_tui.local.control.records import PlacedDatabase
from turso_tui.local.control.sql_tokens import signer_of
from turso_tui.local.control.store import Account
from turso_tui.local.tenant import Dialect, Permission, Refusal, Tenant

SQLD_LEEWAY = 60
"""Seconds for which sqld still accepts an expired token; Turso's own servers grant none."""

NEED_UPGRADE = "do you need to upgrade your plan?"


class DatabaseResolver:
    """The data plane's `Resolver`. Turso's answers, or sqld's in that dialect."""

    def __init__(
        self,
        account: Account,
        files: DatabaseFiles,
        keys: KeyRing,
        meter: UsageMeter,
        *,
        dialect: Dialect,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._files = files
        self._keys = keys
        self._meter = meter
        self._sqld = dialect is Dialect.SQLD
        self._clock = clock

    async def __call__(self, request: Request) -> Tenant:
        """Raises `Refusal`."""
        label = label_in_host(request.headers.get("host", ""))
        # sqld looks for the namespace before it looks at the token.
        named = self._by_label(label) if label else None
        token = self._token(request)
        database = named or self._by_token(token)
        claims = self._verified(token, database)
        self._check_time(claims)
        self._check_scope(claims, database)
        if database.archived:
            raise Refusal(503, {"error": f"database {database.name} is sleeping: unarchive its group to wake it"})
        return await self._tenant(database, claims)

    async def _tenant(self, database: PlacedDatabase, claims: dict[str, Any]) -> Tenant:
        try:
            if self._files.exists(database.uuid):
                path = self._files.path(database.uuid)
            else:
                path = await asyncio.to_thread(self._files.make, database)
        except FileNotFoundError as error:
            raise self._no_such(database.label) from error
        except StorageError as error:
            raise Refusal(500, {"error": error.what}) from error
        settings = database.configuration
        by_organization = database.organization_blocks_reads or database.organization_blocks_writes
        return Tenant(
            key=database.uuid,
            path=path,
            may_write=claims.get("a", "rw") == "rw",
            meter=self._meter.of(database.uuid),
            block_reads=settings.block_reads or database.organization_blocks_reads,
            block_writes=settings.block_writes or database.organization_blocks_writes,
            block_reason=NEED_UPGRADE if by_organization else "",
            permissions=None if self._sqld else _permissions(claims),
        )

    def _by_label(self, label: str) -> PlacedDatabase:
        found = self._account.one(PlacedDatabase, "WHERE label = ?", (label,))
        if found is None:
            raise self._no_such(label)
        return found

    def _by_token(self, token: str) -> PlacedDatabase:
        """A bare host does not name a database, so the token's own ``id`` has to."""
        claims = self._claimed(token)
        uuid = claims.get("id")
        if not isinstance(uuid, str):
            if "gid" in claims:
                raise Refusal(404, {"error": "a group token needs the host name of a database"})
            raise self._foreign_key()
        found = self._account.one(PlacedDatabase, "WHERE uuid = ?", (uuid,))
        if found is None:
            raise self._no_such(uuid)
        return found

    def _token(self, request: Request) -> str:
        """Raises for a missing header and for anything that is not a JWT."""
        scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
        if not scheme or (scheme.lower() == "bearer" and not token.strip()):
            raise self._unauthorized(
                "unauthorized access attempt on database: empty JWT token",
                sqld="Expected authorization header but none given",
            )
        if self._sqld and scheme.lower() != "bearer":
            raise self._unauthorized(
                sqld="The authentication scheme in the `Authorization` HTTP header is not supported"
            )
        self._claimed(token.strip())
        return token.strip()

    def _claimed(self, token: str) -> dict[str, Any]:
        claims = unverified_claims(token)
        if claims is not None:
            return claims
        if self._sqld:
            raise self._unauthorized(sqld="The JWT is invalid")
        raise Refusal(400, {"error": "JWT error: InvalidToken"})

    def _verified(self, token: str, database: PlacedDatabase) -> dict[str, Any]:
        """The claims of a token that one of the database's current keys signed: its own (or its group's) for a
        database token, the group's for a group token."""
        claims = self._keys.verify(signer_of(self._keys, database), token)
        if claims is not None and "id" in claims:
            return claims
        claims = self._keys.verify(database.group_uuid, token)
        if claims is not None and "gid" in claims and "id" not in claims:
            return claims
        raise self._foreign_key()

    def _check_scope(self, claims: dict[str, Any], database: PlacedDatabase) -> None:
        if claims.get("id", database.uuid) == database.uuid and claims.get("gid", database.group_uuid) == (
            database.group_uuid
        ):
            return
        if self._sqld:
            raise self._no_such(database.label)
        raise Refusal(401, {"error": "token does not have the permissions to access the database"})

    def _check_time(self, claims: dict[str, Any]) -> None:
        """Of the times in a token only the end counts. sqld expects no audience, and refuses a token that names one."""
        expires = claims.get("exp")
        leeway = SQLD_LEEWAY if self._sqld else 0
        if not isinstance(expires, int | float | None):
            raise self._foreign_key()
        if expires is not None and self._clock() >= expires + leeway:
            raise self._unauthorized(sqld="The JWT has expired")
        if self._sqld and "aud" in claims:
            raise self._unauthorized(sqld="Authentication failed")

    def _foreign_key(self) -> Refusal:
        if self._sqld:
            return self._unauthorized(sqld="The JWT is invalid")
        return Refusal(401, {"error": "invalid JWT token: can't be decoded with any of the existin keys"})

    def _unauthorized(self, turso: str = "", *, sqld: str) -> Refusal:
        reason = sqld if self._sqld or not turso else turso
        return Refusal(401, {"error": f"Unauthorized: `{reason}`"})

    def _no_such(self, label: str) -> Refusal:
        return Refusal(404, {"error": f"Namespace `{label}` doesn't exist"})


def _permissions(claims: dict[str, Any]) -> tuple[Permission, ...] | None:
    """Of the claim ``perm``, which Turso's servers honour and sqld does not know."""
    granted = claims.get("perm")
    if not granted:
        return None
    return tuple(
        Permission(
            None if permission.get("t") is None else frozenset(map(str.lower, permission["t"])),
            frozenset(permission.get("a", ())),
        )
        for permission in granted
    )
