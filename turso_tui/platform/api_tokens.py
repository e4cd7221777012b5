"""API tokens: platform tokens for programs, which never expire, are shown once and can be revoked."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NoReturn

from msgspec import field

from turso_tui.errors import NotFound, ProtocolError, TursoTuiError
from turso_tui.platform import wire
from turso_tui.platform.models import ApiToken, MintedApiToken
from turso_tui.platform.transport import PlatformTransport
from turso_tui.tokens import PlatformToken, TokenKind, read_claims


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

        Raises `Conflict` when there is one of that name, `ProtocolError` when the server made a narrow one for all.
        """
        narrowing: dict[str, object] = {"organization": organization, "group": group, "scopes": list(scopes)}
        body = {key: value for key, value in narrowing.items() if value} or None
        minted: _Minted
        try:
            minted = wire.one(await self._transport.post("v2", *_OWN, name, body=body), "token", _MintedNested)
        except NotFound:  # an older server knows no such path, and no server minted anything
            minted = wire.read(await self._transport.post("v1", *_OWN, name, body=body), _Minted)
            if body is not None and _is_unrestricted(minted.token):
                await self._take_back(name)
        record = ApiToken(
            name=minted.name or name, id=minted.id, organization=organization, group=group, scopes=expanded(scopes)
        )
        return MintedApiToken(record, minted.token)

    async def _take_back(self, name: str) -> NoReturn:
        try:
            await self.revoke(name)
        except TursoTuiError as error:
            became = f"It could not be revoked: {error.what}"
            next_step = f"Revoke {name} in the dashboard, or with `turso auth api-tokens revoke {name}`."
        else:
            became, next_step = "It was revoked at once.", "Make a token for the whole account, or none."
        raise ProtocolError(
            f"The server made {name} a token for the whole account, although a narrower one was asked for.",
            means=f"It is an older server, which does not know narrow tokens. {became}",
            next_step=next_step,
        )

    async def revoke(self, name: str) -> None:
        """One of the token's owner. Raises `NotFound`."""
        await self._transport.delete("v1", *_OWN, name)

    async def revoke_of(self, organization: str, id: str) -> None:
        """One of an organization, by its id: an admin may revoke those of others. Raises `NotFound`."""
        await self._transport.delete(*_of(organization), id)


_OWN = ("auth", "api-tokens")


def _is_unrestricted(token: PlatformToken) -> bool:
    claims = read_claims(token.reveal())
    return claims is not None and claims.kind is TokenKind.API_UNRESTRICTED


def _of(organization: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "api-tokens"


def expanded(scopes: Iterable[str]) -> tuple[str, ...]:
    """``scopes`` with each preset as what it stands for, once each; a name that we do not know stays."""
    presets = {preset.value: preset.scopes for preset in ScopePreset}
    return tuple(dict.fromkeys(str(scope) for name in scopes for scope in presets.get(name, (name,))))
