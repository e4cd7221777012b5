"""Database tokens: mint them narrow and short, and rotate the keys that sign them."""

import math
from collections.abc import Sequence
from datetime import timedelta

from turso_tui.errors import InputError
from turso_tui.platform import wire
from turso_tui.platform.models import MintedToken
from turso_tui.platform.transport import PlatformTransport
from turso_tui.tokens import DatabaseToken, Permission


class Tokens:
    """``expiration`` counts from now, by the server's clock; None means never. No minted token can be listed later.

    ``permissions`` narrow a token table by table; without any it may do everything that ``read_only`` leaves.
    """

    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def mint_database_token(
        self,
        organization: str,
        database: str,
        *,
        expiration: timedelta | None,
        read_only: bool,
        permissions: Sequence[Permission] = (),
    ) -> DatabaseToken:
        """A token for one database."""
        return await self._mint(_of_database(organization, database), expiration, read_only, permissions)

    async def mint_group_token(
        self,
        organization: str,
        group: str,
        *,
        expiration: timedelta | None,
        read_only: bool,
        permissions: Sequence[Permission] = (),
    ) -> DatabaseToken:
        """A token for every database of a group, future ones included."""
        return await self._mint(_of_group(organization, group), expiration, read_only, permissions)

    async def rotate_database_key(self, organization: str, database: str) -> None:
        """Make every token of the database worthless, and end its connections; on older groups, of the whole group."""
        await self._transport.post(*_of_database(organization, database), "rotate")

    async def rotate_group_key(self, organization: str, group: str) -> None:
        """Make every token of every database of the group worthless, and end their connections."""
        await self._transport.post(*_of_group(organization, group), "rotate")

    async def _mint(
        self, path: tuple[str, ...], expiration: timedelta | None, read_only: bool, permissions: Sequence[Permission]
    ) -> DatabaseToken:
        query = {
            "expiration": expiration_text(expiration),
            "authorization": "read-only" if read_only else "full-access",
        }
        narrowing = {"fine_grained_permissions": [permission.to_wire() for permission in permissions]}
        body = narrowing if permissions else None
        return wire.read(await self._transport.post(*path, "tokens", query=query, body=body), MintedToken).jwt


def expiration_text(expiration: timedelta | None) -> str:
    """In the API's notation: ``never``, or weeks to seconds like ``2w1d30m``. Fractions of a second are rounded up."""
    if expiration is None:
        return "never"
    seconds = math.ceil(expiration.total_seconds())
    if seconds <= 0:
        raise InputError("A token must live for at least a second.")
    parts = []
    for size, unit in ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def _of_database(organization: str, database: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "databases", database, "auth"


def _of_group(organization: str, group: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "groups", group, "auth"
