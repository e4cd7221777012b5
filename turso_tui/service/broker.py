"""The one place that decides which database token goes with which call.

Reads go on read-only tokens and writes on read-write ones, each minted for minutes when it is first needed. Many
databases of one group share the group's token, one instead of hundreds. What the account may not mint, a token that
was given does, if there is one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from turso_tui import errors
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.models import Database
from turso_tui.service.known_tokens import KnownToken, Origin, Reach, known_database_token
from turso_tui.service.minted_tokens import Clock, Lifetimes, Mint, MintedTokens, expiry_of
from turso_tui.tokens import Access, DatabaseToken, read_claims
from turso_tui.tokens.description import moment

T = TypeVar("T")

MINT_ATTEMPTS = 3
MINT_PAUSE = 0.2
"""Seconds before a mint is tried again: a token minted twice does no harm, and a laptop that wakes up finds its
connections dead."""
LONGEST_MINT_PAUSE = 10.0
"""Seconds, when the server asks to be left alone for a while."""

_PASSING = (errors.NetworkError, errors.RateLimited, errors.ServerFault, errors.ProtocolError)

GIVEN_NOTE = "the account may not mint one"


class TokenSource(Protocol):
    """Where the tokens of one database come from."""

    async def token(self, access: Access) -> DatabaseToken | None:
        """A token good for ``access``, or None where the server wants none."""
        ...

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        """Another one after a 401, or None where there is no other."""
        ...

    def now(self) -> float:
        """Unix seconds by the clock that the tokens expire by, as far as it is known."""
        ...


@dataclass(frozen=True, slots=True)
class GivenToken:
    """The one token that came with a database URL, or none: nothing can be minted."""

    secret: DatabaseToken | None = None
    clock: Clock = time.time

    async def token(self, access: Access) -> DatabaseToken | None:  # noqa: ARG002
        return self.secret

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:  # noqa: ARG002
        return None

    def now(self) -> float:
        return self.clock()


@dataclass(slots=True)
class AccountTokens:
    """The tokens of one database of an account: minted, or given where the account may not mint."""

    minted: MintedTokens
    given: DatabaseToken | None = None
    uses_given: set[Access] = field(default_factory=set)
    """For which access the given one is used, because the account may not mint."""

    async def token(self, access: Access) -> DatabaseToken:
        if access in self.uses_given and self.given is not None:
            return self.given
        return await self._minted_or_given(access, self.minted.token(access))

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        if access in self.uses_given and refused == self.given:
            return None
        return await self._minted_or_given(access, self.minted.replacement(refused, access))

    def now(self) -> float:
        return self.minted.now()

    def expires_at(self, access: Access) -> float | None:
        """When the token in use expires (unix seconds), None while there is none, or where it does not say."""
        if access in self.uses_given and self.given is not None:
            return expiry_of(self.given)
        return next((expiry_of(token) for held, token in self.minted.held() if held is access), None)

    async def _minted_or_given(self, access: Access, mint: Awaitable[DatabaseToken]) -> DatabaseToken:
        try:
            token = await mint
        except errors.MintRefused:
            if self.given is None or not _suffices(self.given, access):
                raise
            self.uses_given.add(access)
            return self.given
        self.uses_given.discard(access)
        return token


@dataclass(slots=True)
class GroupTokens:
    """The tokens of one group, shared by its databases."""

    minted: MintedTokens
    refused: set[Access] = field(default_factory=set)
    """For which access the account may not mint them."""


@dataclass(slots=True)
class CoveredTokens:
    """A database among many of its group: the group's token, until this database refuses two that followed one another
    (its key was rotated alone); and its own where the account may not mint the group's.

    Whether the first refusal is the group's or this database's alone nobody says: its call goes on with a token of its
    own, which is good in either case, and the calls after it try the group's next one.
    """

    group: GroupTokens
    own: AccountTokens
    is_covered: bool = True
    _doubts: set[Access] = field(default_factory=set)
    """For which access the group's token was refused, and its next one is yet to be tried."""
    _trials: dict[Access, DatabaseToken] = field(default_factory=dict)
    """The group's token that followed a refused one."""

    async def token(self, access: Access) -> DatabaseToken:
        if self.is_covered and access not in self.group.refused:
            try:
                token = await self.group.minted.token(access)
            except errors.MintRefused:
                self.group.refused.add(access)
            else:
                if access in self._doubts:
                    self._doubts.remove(access)
                    self._trials[access] = token
                return token
        return await self.own.token(access)

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        if not self.is_covered or access in self.group.refused:
            return await self.own.replacement(refused, access)
        if refused is not None and refused == self._trials.get(access):
            self.is_covered = False
        self._doubts.add(access)
        self.group.minted.drop(refused)
        return await self.own.token(access)

    def now(self) -> float:
        return self.own.now()


class Broker:
    """All database tokens of one account, in memory, shared by all handles to its databases."""

    def __init__(self, platform: PlatformClient, *, clock: Clock, lifetimes: Lifetimes | None = None) -> None:
        self._platform = platform
        self._clock = clock
        self._lifetimes = lifetimes or Lifetimes()
        self._databases: dict[str, tuple[str, Database, AccountTokens]] = {}
        self._groups: dict[tuple[str, str], GroupTokens] = {}

    def source(self, organization: str, database: Database) -> AccountTokens:
        """The tokens of one database."""
        known = self._databases.get(database.id)
        if known is None:
            tokens = AccountTokens(self._minted(self._mint_for_database(organization, database.name)))
            known = self._databases[database.id] = (organization, database, tokens)
        return known[2]

    def covered(self, organization: str, database: Database) -> CoveredTokens:
        """The same for one of many databases of its group."""
        key = (organization, database.group)
        group = self._groups.get(key)
        if group is None:
            group = GroupTokens(self._minted(self._mint_for_group(organization, database.group)))
            self._groups[key] = group
        return CoveredTokens(group, self.source(organization, database))

    def give(self, organization: str, database: Database, token: DatabaseToken) -> None:
        """Use ``token`` where the account may not mint one."""
        source = self.source(organization, database)
        source.given = token
        source.uses_given.clear()

    def try_again(self) -> None:
        """Another sign-in may mint what the one before might not."""
        for _, _, source in self._databases.values():
            source.uses_given.clear()
        for group in self._groups.values():
            group.refused.clear()

    def take_back(self, token: DatabaseToken) -> None:
        """Forget a token, wherever it is held."""
        for _, _, source in self._databases.values():
            source.minted.drop(token)
            if source.given == token:
                source.given = None
                source.uses_given.clear()
        for group in self._groups.values():
            group.minted.drop(token)

    def forget(self, organization: str, *, group: str, databases: frozenset[str] | None = None) -> None:
        """After a key was rotated: drop what was minted for these databases (by name), or for the whole group."""
        for place, database, source in self._databases.values():
            is_among = databases is None or database.name in databases
            if place == organization and database.group == group and is_among:
                source.minted.drop()
        if databases is None and (held := self._groups.get((organization, group))) is not None:
            held.minted.drop()

    async def aclose(self) -> None:
        """Stop the mints that are on their way."""
        for _, _, source in self._databases.values():
            await source.minted.aclose()
        for group in self._groups.values():
            await group.minted.aclose()

    def known(self) -> Iterator[KnownToken]:
        """What is held at this moment."""
        for organization, database, source in self._databases.values():
            scope = Reach(organization, database.name)
            url = f"libsql://{database.hostname}"
            for access, token in source.minted.held():
                name = _WORDS[access]
                yield known_database_token(
                    token, id=f"{database.id} {name}", name=name, origin=Origin.BROKER, scope=scope, url=url
                )
            if source.given is not None:
                note = GIVEN_NOTE if source.uses_given else ""
                yield known_database_token(
                    source.given, id=f"{database.id} given", name="given token",
                    origin=Origin.GIVEN, scope=scope, url=url, note=note,
                )  # fmt: skip
        for (organization, group), shared in self._groups.items():
            for access, token in shared.minted.held():
                name = _WORDS[access]
                yield known_database_token(
                    token, id=f"{organization}/{group} {name}", name=name,
                    origin=Origin.BROKER, scope=Reach(organization, group, is_group=True),
                )  # fmt: skip

    def _minted(self, mint: Mint) -> MintedTokens:
        return MintedTokens(mint, clock=self._clock, lifetimes=self._lifetimes)

    def _mint_for_database(self, organization: str, name: str) -> Mint:
        async def mint(access: Access, lifetime: timedelta) -> DatabaseToken:
            return await self._platform.tokens.mint_database_token(
                organization, name, expiration=lifetime, read_only=access is Access.READ_ONLY
            )

        return _patient(mint, f"database {name}")

    def _mint_for_group(self, organization: str, name: str) -> Mint:
        async def mint(access: Access, lifetime: timedelta) -> DatabaseToken:
            return await self._platform.tokens.mint_group_token(
                organization, name, expiration=lifetime, read_only=access is Access.READ_ONLY
            )

        return _patient(mint, f"group {name}")


_WORDS = {Access.READ_ONLY: "read token", Access.READ_WRITE: "write token"}


def _patient(mint: Mint, what: str) -> Mint:
    """A mint that passing failures do not stop, and whose refusals say what is wrong."""

    async def patiently(access: Access, lifetime: timedelta) -> DatabaseToken:
        for attempt in range(1, MINT_ATTEMPTS + 1):
            try:
                return await mint(access, lifetime)
            except _PASSING as error:
                if attempt == MINT_ATTEMPTS or isinstance(error, errors.TimedOut):  # who was silent is not asked again
                    raise errors.MintFailed(
                        f"No {_WORDS[access]} for {what} could be minted: {error.what}",
                        means="The statement was not sent.",
                        next_step="Try again soon.",
                    ) from error
                await asyncio.sleep(_pause(attempt, error))
            except errors.Forbidden as error:
                raise errors.MintRefused(
                    error.status,
                    f"The account may not mint a {_WORDS[access]} for {what}: {error.text}",
                    code=error.code,
                    next_step="Paste a database token, or sign in with a token that has the scope db:mint-token.",
                ) from error
            except errors.NotFound as error:
                raise errors.NotFound(
                    error.status,
                    f"There is no {what} any more.",
                    means="It was deleted or renamed, or moved to where this sign-in does not reach.",
                    next_step="Read the list again (F9).",
                ) from error
        raise AssertionError("the last attempt returns or raises")

    return patiently


def _pause(attempt: int, error: errors.TursoTuiError) -> float:
    """Seconds; a server that says how long is believed, up to a limit."""
    asked = error.retry_after if isinstance(error, errors.RateLimited) else None
    return MINT_PAUSE * attempt if asked is None else min(asked, LONGEST_MINT_PAUSE)


def _suffices(token: DatabaseToken, access: Access) -> bool:
    """Whether a given token may do what is wanted; one without claims is tried."""
    claims = read_claims(token.reveal())
    return access is Access.READ_ONLY or claims is None or claims.access is not Access.READ_ONLY


async def with_token(
    tokens: TokenSource,
    access: Access,
    call: Callable[[DatabaseToken | None], Awaitable[T]],
) -> T:
    """Call with a token; after a 401, which provably ran nothing, once more with another one.

    Raises `Unauthorized`, with the reason as far as it can be told, when there is no other or it is refused too.
    """
    token = await tokens.token(access)
    try:
        return await call(token)
    except errors.Unauthorized as error:
        other = await tokens.replacement(token, access)
        if other is None:
            raise _explained(error, token, tokens.now()) from error
        token = other
    try:
        return await call(token)
    except errors.Unauthorized as error:
        raise _explained(error, token, tokens.now()) from error


def _explained(error: errors.Unauthorized, token: DatabaseToken | None, now: float) -> errors.Unauthorized:
    """Why a token was refused for good, as far as it can be told."""
    if token is None:
        means, next_step = "No token was sent.", "Paste a token of this database."
    else:
        means, next_step = "It is for another database, or its key was rotated since.", "Paste or mint a new one."
        expires_at = expiry_of(token)
        if expires_at is not None and expires_at <= now:
            means = f"It expired on {moment(expires_at)}."
    return errors.Unauthorized(error.status, error.what, code=error.code, means=means, next_step=next_step)
