"""API tokens: platform tokens for programs, which never expire, are shown once and can be revoked."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import field

from turso_tui.errors import NotFound
from turso_tui.platform import wire
from turso_tui.platform.models import ApiToken, MintedApiToken
from turso_tui.platform.transport import PlatformTransport
from turso_tui.tokens import PlatformToken


class Scope(StrEnum):
    """What a token of one group may do."""

    READ = "read"
    DB_CREATE = "db:create"
    DB_DELETE = "db:delete"
    DB_CONFIGURE = "db:configure"
    DB_MINT_TOKEN = "db:mint-token"
    DB_ROTATE_CREDS = "db:rotate-creds"
    GROUP_CONFIGURE = "group:configure"
    GROUP_MINT_TOKEN = "group:mint-token"
    GROUP_ROTATE_CREDS = "group:rotate-creds"


class ScopePreset(StrEnum):
    """Names for several scopes, which the server expands."""

    READ_ONLY = "read-only"
    FULL_ACCESS = "full-access"

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What it stands for."""
        return (Scope.READ,) if self is ScopePreset.READ_ONLY else tuple(Scope)


class _Minted(wire.Model, frozen=True):
    """What version 1 answers; version 2 wraps it, and calls the secret its value."""

    token: PlatformToken
    name: str = ""
    id: str = ""


class _MintedNested(_Minted, frozen=True):
    token: PlatformToken = field(name="value")


class ApiTokens:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def list_own(self) -> tuple[ApiToken, ...]:
        """Those of the token's owner, over all organizations. Group-scoped tokens may not ask (`Forbidden`)."""
        return wire.many(await self._transport.get("v1", *_OWN), "tokens", ApiToken)

    async def list_of(self, organization: str) -> tuple[ApiToken, ...]:
        """Those that open this organization only, with their owners: all for an admin, for others their own."""
        return wire.many(await self._transport.get(*_of(organization)), "tokens", ApiToken)

    async def mint(
        self, name: str, *, organization: str = "", group: str = "", scopes: Sequence[str] = ()
    ) -> MintedApiToken:
        """A token for all, for one organization, or for one group of it with ``scopes`` (or a preset's name).

        Raises `Conflict` when there is one of that name.
        """
        narrowing: dict[str, object] = {"organization": organization, "group": group, "scopes": list(scopes)}
        body = {key: value for key, value in narrowing.items() if value} or None
        minted: _Minted
        try:
            minted = wire.one(await self._transport.post("v2", *_OWN, name, body=body), "token", _MintedNested)
        except NotFound:  # an older server knows no such path, and no server minted anything
            minted = wire.read(await self._transport.post("v1", *_OWN, name, body=body), _Minted)
        record = ApiToken(
            name=minted.name or name, id=minted.id, organization=organization, group=group, scopes=expanded(scopes)
        )
        return MintedApiToken(record, minted.token)

    async def revoke(self, name: str) -> None:
        """One of the token's owner. Raises `NotFound`."""
        await self._transport.delete("v1", *_OWN, name)

    async def revoke_of(self, organization: str, id: str) -> None:
        """One of an organization, by its id: an admin may revoke those of others. Raises `NotFound`."""
        await self._transport.delete(*_of(organization), id)


_OWN = ("auth", "api-tokens")


def _of(organization: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "api-tokens"


def expanded(scopes: Iterable[str]) -> tuple[str, ...]:
    """``scopes`` with each preset as what it stands for, once each; a name that we do not know stays."""
    presets = {preset.value: preset.scopes for preset in ScopePreset}
    return tuple(dict.fromkeys(str(scope) for name in scopes for scope in presets.get(name, (name,))))
