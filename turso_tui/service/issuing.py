"""Issuing tokens by hand and taking them back: what may be asked for, what it breaks, and in which words it fails."""

import re
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from turso_tui.errors import Conflict, Forbidden, HttpError, InputError, MintRefused, NotFound
from turso_tui.platform import models
from turso_tui.platform.api_tokens import Scope, expanded
from turso_tui.platform.client import PlatformClient
from turso_tui.tokens import Access, Action, DatabaseToken, Permission

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class MintRequest:
    """A token for one database, or for every database of a group; ``lifetime`` None: it never expires."""

    organization: str
    database: str | None = None
    group: str | None = None
    lifetime: timedelta | None = None
    access: Access = Access.READ_ONLY
    permissions: tuple[Permission, ...] = ()

    def check(self) -> None:
        """Raises `InputError` for what no server would mint."""
        if (self.database is None) == (self.group is None):
            raise InputError("A token is either for one database or for one group.", next_step="Choose one of them.")
        _check_name("organization", self.organization)
        _check_name("database" if self.group is None else "group", self.database or self.group or "")
        if any(permission.tables == () or not permission.actions for permission in self.permissions):
            raise InputError("A permission names no table or no action.", next_step="Choose some, or leave it out.")
        actions = {action for permission in self.permissions for action in permission.actions}
        if self.access is Access.READ_ONLY and actions - {Action.DATA_READ}:
            raise InputError(
                "A read-only token changes nothing, whatever its permissions say.",
                next_step="Ask for a token that reads and writes, or for permissions that only read.",
            )


@dataclass(frozen=True, slots=True)
class ApiTokenRequest:
    """A platform token: for all that its owner may, for one organization, or for one group with some scopes."""

    name: str
    organization: str = ""
    group: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def caution(self) -> str:
        """What to think of before one mints it; empty where there is nothing to say."""
        if self.organization:
            return ""
        return "It may do all that you may, in every organization, and never expires; Turso has deprecated such tokens."

    def check(self) -> None:
        """Raises `InputError` for what the server would refuse, in clearer words."""
        name = self.name.strip()
        if not name:
            raise InputError("An API token wants a name, by which it can be revoked.", next_step="Give one.")
        if "/" in name or not name.isprintable():
            raise InputError("The name of an API token has no slash and no line breaks.", next_step="Give another one.")
        if self.organization:
            _check_name("organization", self.organization)
        if self.group:
            _check_name("group", self.group)
            self._check_group()
        elif self.scopes:
            raise InputError(
                "Scopes narrow a token of one group.",
                means="A token of an organization, or of all, may do everything there.",
                next_step="Choose a group, or leave the scopes out.",
            )

    def _check_group(self) -> None:
        if not self.organization:
            raise InputError("A token of one group needs its organization too.", next_step="Choose the organization.")
        if not self.scopes:
            raise InputError(
                "A token of one group needs at least one scope: it could do nothing.",
                next_step=f"Choose from {_SCOPES}.",
            )
        unknown = [scope for scope in expanded(self.scopes) if scope not in set(Scope)]
        if unknown:
            raise InputError(f"There is no scope {unknown[0]}.", next_step=f"Choose from {_SCOPES}.")


_SCOPES = ", ".join(Scope)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What changing a key takes along: every token of ``databases``, whoever holds it, and their connections.

    ``whole_group`` also where a single ``database`` was asked for, because older groups have one key for all.
    """

    organization: str
    database: str | None
    group: str
    databases: tuple[str, ...]
    whole_group: bool


class Issuing:
    """Over the account's Platform API; keeps nothing. Every method raises the errors of the API besides its own."""

    def __init__(self, platform: PlatformClient) -> None:
        self._platform = platform

    async def mint(self, request: MintRequest) -> DatabaseToken:
        """Raises `InputError` for a request that makes no sense, `MintRefused` when the account may not."""
        request.check()
        tokens, read_only = self._platform.tokens, request.access is Access.READ_ONLY
        mint = tokens.mint_database_token if request.group is None else tokens.mint_group_token
        name = request.database or request.group or ""
        what, scope = ("database", Scope.DB_MINT_TOKEN) if request.group is None else ("group", Scope.GROUP_MINT_TOKEN)
        with _refusals(f"a token for {what} {name}", f"Sign in with a token that has the scope {scope}."):
            return await mint(
                request.organization,
                name,
                expiration=request.lifetime,
                read_only=read_only,
                permissions=request.permissions,
            )

    async def rotation(self, organization: str, *, database: str | None = None, group: str | None = None) -> Rotation:
        """What rotating the key of a database, or else of a group, would take along. Nothing happens yet."""
        if database is not None:
            return await self._rotation_of_database(organization, database)
        if not group:
            raise InputError("A key is that of a database or of a group.", next_step="Choose one of them.")
        return Rotation(organization, None, group, await self._names_in(organization, group), whole_group=True)

    async def _rotation_of_database(self, organization: str, database: str) -> Rotation:
        group = (await self._platform.databases.get(organization, database)).group
        if not group or (await self._platform.groups.get(organization, group)).has_key_for_each_database:
            return Rotation(organization, database, group, (database,), whole_group=False)
        return Rotation(organization, database, group, await self._names_in(organization, group), whole_group=True)

    async def _names_in(self, organization: str, group: str) -> tuple[str, ...]:
        databases = await self._platform.databases.list_all(organization, group=group)
        return tuple(sorted(database.name for database in databases))

    async def rotate(self, rotation: Rotation) -> None:
        """Make every token of ``rotation.databases`` worthless, now."""
        tokens = self._platform.tokens
        if rotation.whole_group:
            await tokens.rotate_group_key(rotation.organization, rotation.group)
        elif rotation.database is not None:
            await tokens.rotate_database_key(rotation.organization, rotation.database)

    async def api_tokens(self, organization: str = "") -> tuple[models.ApiToken, ...]:
        """The user's own, and those that others have for ``organization``, as far as the sign-in may see; by name.

        Raises `Forbidden` when it may see neither.
        """
        api_tokens = self._platform.api_tokens
        theirs = await _or_refusal(api_tokens.list_of(organization)) if organization else ()
        own = await _or_refusal(api_tokens.list_own())
        if isinstance(own, HttpError):
            if not organization or isinstance(theirs, HttpError):
                raise own
            own = ()
        # One's own come last, so that their records, which name no owner, are those that stay.
        listed = own if isinstance(theirs, HttpError) else (*theirs, *own)
        by_id = {record.id or record.name: record for record in listed}
        return tuple(sorted(by_id.values(), key=lambda record: (record.name, record.id)))

    async def mint_api_token(self, request: ApiTokenRequest) -> models.MintedApiToken:
        """Raises `InputError`, `MintRefused`, and `Conflict` when there is one of that name."""
        request.check()
        name = request.name.strip()
        needed = "Owners and admins of the organization may; so may a token of your own that is for everything."
        with _refusals(f"the API token {name}", needed):
            try:
                return await self._platform.api_tokens.mint(
                    name, organization=request.organization, group=request.group, scopes=request.scopes
                )
            except Conflict as error:
                raise Conflict(
                    error.status,
                    f"You have an API token called {name} already.",
                    code=error.code,
                    next_step="Choose another name, or revoke that one first.",
                ) from error

    async def revoke_api_token(self, token: models.ApiToken) -> None:
        """By name where it is one's own, by id where the list of the organization names its owner."""
        api_tokens = self._platform.api_tokens
        if token.owner.username and token.organization:
            await api_tokens.revoke_of(token.organization, token.id)
            return
        try:
            await api_tokens.revoke(token.name)
        except Forbidden:
            if not token.organization or not token.id:
                raise
            await api_tokens.revoke_of(token.organization, token.id)  # the sign-in is the organization's, not a user's


async def _or_refusal(listing: Awaitable[tuple[models.ApiToken, ...]]) -> tuple[models.ApiToken, ...] | HttpError:
    """A sign-in of one group sees no list, that of an organization not its user's, and an older server has but one."""
    try:
        return await listing
    except (Forbidden, NotFound) as error:
        return error


@contextmanager
def _refusals(what: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except Forbidden as error:
        raise MintRefused(
            error.status,
            f"The account may not mint {what}: {error.text}",
            code=error.code,
            means=error.means,
            next_step=remedy,
        ) from error


def _check_name(kind: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"“{name}” cannot be the name of the {kind}.", next_step="Names have letters, digits and dashes."
        )
