"""Everything about tokens that a person can look at and do: what is known, and minting, rotating, revoking by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.service.entrance import AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin, Reach, in_order, known_database_token, rights_of
from turso_tui.service.target import FileTarget
from turso_tui.tokens import DatabaseToken, PlatformToken, TokenKind, read_claims

if TYPE_CHECKING:
    from turso_tui.platform import models
    from turso_tui.service.account import Account
    from turso_tui.service.issuing import ApiTokenRequest, MintRequest, Rotation
    from turso_tui.service.profiles import Profile, Profiles


@dataclass(frozen=True, slots=True)
class SignedInAs:
    """What the server said of the sign-in; ``expires_at`` in unix seconds, None for never."""

    who: str = ""
    expires_at: float | None = None


class TokenOffice:
    """The tokens of one way in. Without an account there is nothing to mint, but what was given is known.

    ``known`` is cheap and may be asked each second; everything that is awaited may raise any `TursoTuiError`.
    """

    def __init__(
        self,
        entrance: Entrance,
        account: Account | None = None,
        *,
        profiles: Profiles | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.organization = ""
        """The slug of the organization in which tokens are minted; whoever goes to another one says so here."""
        self.signed_in = SignedInAs()
        self.databases: tuple[models.Database, ...] = ()
        self.groups: tuple[models.Group, ...] = ()
        self.organizations: tuple[str, ...] = ()
        self._entrance = entrance
        self._account = account
        self._profiles = profiles
        self._clock = clock
        self._by_hand: list[KnownToken] = []
        self._numbers = count(1)
        self._records: dict[str, models.ApiToken] = {}
        self._secrets: dict[str, PlatformToken] = {}
        self._elsewhere: tuple[KnownToken, ...] = ()

    @property
    def has_account(self) -> bool:
        return self._account is not None

    def now(self) -> float:
        """Unix seconds by the clock of the server that judges the tokens."""
        return self._account.server_time() if self._account is not None else self._clock()

    def known(self) -> tuple[KnownToken, ...]:
        """Everything known at this moment."""
        held = list(self._account.broker.known()) if self._account is not None else []
        signed_in = self._signed_in()
        api = (self._api_token(record) for record in self._records.values())
        return in_order([*([signed_in] if signed_in else []), *held, *self._by_hand, *api, *self._elsewhere])

    async def load(self) -> None:
        """Read what only the server and the vault know: databases, groups, API tokens, the tokens of other profiles.

        A token of one group may not list API tokens; that is no failure, there are none for it.
        """
        self._elsewhere = await asyncio.to_thread(self._other_profiles)
        if self._account is None:
            return
        account, organization = self._account, self._organization
        databases, groups, organizations = await asyncio.gather(
            account.all_databases(organization), account.groups(organization), account.organizations()
        )
        self.databases, self.groups = tuple(databases), tuple(groups)
        self.organizations = tuple(each.slug for each in organizations)
        try:
            records = await account.issuing.api_tokens(organization)
        except errors.Forbidden:
            records = ()
        self._records = {record.id or record.name: record for record in records}

    async def tables(self, database: str) -> tuple[str, ...]:
        """The names of a database's tables and views, read with a read-only token."""
        handle = self._open.open(self._organization, self._database(database))
        return tuple(table.name for table in (await handle.schema()).tables)

    async def mint(self, request: MintRequest) -> KnownToken:
        """Kept in memory from now on, until it is forgotten or the program ends."""
        issuing = self._open.issuing
        url, scope = "", Reach(request.organization, request.group or "", is_group=True)
        if request.database is not None:
            scope = Reach(request.organization, request.database)
            url = f"libsql://{self._database(request.database).hostname}"
        token = await issuing.mint(request)
        number = next(self._numbers)
        known = known_database_token(
            token, id=f"hand {number}", name=f"token {number}", origin=Origin.HAND, scope=scope, url=url
        )
        self._by_hand.append(known)
        return known

    async def rotation(self, *, database: str | None = None, group: str | None = None) -> Rotation:
        """What rotating the key of a database, or else of a group, would break. Nothing happens yet."""
        return await self._open.issuing.rotation(self._organization, database=database, group=group)

    async def rotate(self, rotation: Rotation) -> None:
        """Do it, and forget every token that has become worthless with it."""
        await self._open.issuing.rotate(rotation)
        whole = None if rotation.whole_group else frozenset(rotation.databases)
        self._open.broker.forget(rotation.organization, group=rotation.group, databases=whole)
        ended = reached_by(rotation)
        self._by_hand = [known for known in self._by_hand if known.reach not in ended]

    async def mint_api_token(self, request: ApiTokenRequest) -> KnownToken:
        """Its secret is kept in memory until the program ends, and nowhere else."""
        minted = await self._open.issuing.mint_api_token(request)
        key = minted.record.id or minted.record.name
        record = minted.record
        if request.organization and not record.organization:
            record = _completed(record, request)
        self._records[key] = record
        self._secrets[key] = minted.token
        return self._api_token(record)

    async def revoke_api_token(self, known: KnownToken) -> None:
        """Make it worthless, wherever it is used."""
        record = self._records.get(known.id)
        if record is None:
            raise errors.InputError(
                f"There is no API token {known.name} any more.", next_step="Read the list again (F9)."
            )
        await self._open.issuing.revoke_api_token(record)
        self._records.pop(known.id, None)
        self._secrets.pop(known.id, None)

    def forget(self, known: KnownToken) -> None:
        """Drop a token from memory; it stays valid for whoever has it."""
        self._by_hand = [each for each in self._by_hand if each.id != known.id]
        self._secrets.pop(known.id, None)
        if self._account is not None and isinstance(known.token, DatabaseToken):
            self._account.broker.take_back(known.token)

    def replace_sign_in(self, entrance: Entrance) -> None:
        """The same account has signed in anew."""
        self._entrance = entrance

    @property
    def _organization(self) -> str:
        if not self.organization:
            raise errors.InputError("No organization is chosen yet.", next_step="Wait until they are loaded.")
        return self.organization

    @property
    def _open(self) -> Account:
        if self._account is None:
            raise errors.InputError(
                "Tokens are minted by an account, and this is a single database.",
                next_step="Sign in to Turso, or make tokens with the key of your own server.",
            )
        return self._account

    def _database(self, name: str) -> models.Database:
        found = next((database for database in self.databases if database.name == name), None)
        if found is None:
            raise errors.InputError(f"There is no database {name} here.", next_step="Read the list again (F9).")
        return found

    def _signed_in(self) -> KnownToken | None:
        match self._entrance:
            case AccountEntrance(token=token, profile=profile, kept=kept):
                known = _known_platform_token(token, id="sign-in", name=profile or "sign-in", kept=_keeping(kept))
                who = self.signed_in.who
                return replace(
                    known,
                    scope=known.scope or (f"all that {who} may" if who else "all that its owner may"),
                    expires_at=self.signed_in.expires_at or known.expires_at,
                )
            case RemoteEntrance(token=DatabaseToken() as token, url=url, profile=profile, kept=kept):
                known = known_database_token(
                    token, id="given", name=profile or "given token",
                    origin=Origin.GIVEN, scope=url.host, url=f"libsql://{url.host}",
                )  # fmt: skip
                return replace(known, kept=_keeping(kept))
        return None

    def _api_token(self, record: models.ApiToken) -> KnownToken:
        key = record.id or record.name
        secret = self._secrets.get(key)
        kind, scope = TokenKind.API_UNRESTRICTED, "all organizations"
        if record.group:
            kind, scope = TokenKind.API_GROUP, f"group {record.group} of {record.organization}"
        elif record.organization:
            kind, scope = TokenKind.API_ORGANIZATION, f"organization {record.organization}"
        return KnownToken(
            id=key,
            name=record.name,
            kind=kind,
            origin=Origin.API,
            kept=Keeping.NOWHERE if secret is None else Keeping.MEMORY,
            scope=scope,
            rights=", ".join(record.scopes) or "everything there",
            token=secret,
            note=f"of {record.owner.username}" if record.owner.username else "",
        )

    def _other_profiles(self) -> tuple[KnownToken, ...]:
        if self._profiles is None:
            return ()
        mine = "" if isinstance(self._entrance, FileTarget) else self._entrance.profile
        return tuple(
            known
            for profile in self._profiles.all()
            if profile.name != mine and (known := _of_profile(self._profiles, profile)) is not None
        )


def reached_by(rotation: Rotation) -> frozenset[Reach]:
    """What the tokens open that a rotation ends."""
    reached = {Reach(rotation.organization, name) for name in rotation.databases}
    if rotation.whole_group:
        reached.add(Reach(rotation.organization, rotation.group, is_group=True))
    return frozenset(reached)


def _of_profile(profiles: Profiles, profile: Profile) -> KnownToken | None:
    """What is remembered under a profile; None where that is no token."""
    try:
        entrance = profiles.entrance(profile.name)
    except errors.StorageError as error:
        return KnownToken(
            id=f"profile {profile.name}", name=profile.name, kind=TokenKind.OTHER,
            origin=Origin.PROFILE, kept=Keeping.NOWHERE, note=error.what,
        )  # fmt: skip
    match entrance:
        case AccountEntrance(token=token, base_url=base_url, kept=kept):
            known = _known_platform_token(token, id=f"profile {profile.name}", name=profile.name, kept=_keeping(kept))
            return replace(known, origin=Origin.PROFILE, scope=known.scope or base_url)
        case RemoteEntrance(token=DatabaseToken() as token, url=url, kept=kept):
            known = known_database_token(
                token, id=f"profile {profile.name}", name=profile.name,
                origin=Origin.PROFILE, scope=url.host, url=f"libsql://{url.host}",
            )  # fmt: skip
            return replace(known, kept=_keeping(kept))
    return None


def _known_platform_token(token: PlatformToken, *, id: str, name: str, kept: Keeping) -> KnownToken:
    claims = read_claims(token.reveal())
    kind = claims.kind if claims else TokenKind.OTHER
    scope = ""
    if claims is not None and kind is TokenKind.API_GROUP:
        scope = "one group"
    elif kind is TokenKind.API_ORGANIZATION:
        scope = "one organization"
    return KnownToken(
        id=id,
        name=name,
        kind=kind,
        origin=Origin.SIGN_IN,
        kept=kept,
        scope=scope,
        rights=rights_of(claims) or "everything there",
        expires_at=claims.expires_at if claims else None,
        token=token,
    )


def _keeping(kept: str) -> Keeping:
    match kept:
        case "keyring":
            return Keeping.KEYRING
        case "file":
            return Keeping.FILE
        case "environment":
            return Keeping.ENVIRONMENT
    return Keeping.MEMORY


def _completed(record: models.ApiToken, request: ApiTokenRequest) -> models.ApiToken:
    """A fresh record says only its name and id; the rest is what was asked for."""
    import msgspec

    return msgspec.structs.replace(
        record, organization=request.organization, group=request.group, scopes=tuple(request.scopes)
    )
