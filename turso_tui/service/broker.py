"""The one place that decides which database token goes with which call: mint, keep, refresh, replace.

Reads go on read-only tokens, writes on read-write ones, each minted when it is first needed, for minutes. However many
callers ask at once, one mint happens.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from turso_tui.errors import Forbidden, Unauthorized
from turso_tui.tokens import Access, DatabaseToken, read_claims

T = TypeVar("T")

LIFETIME = timedelta(minutes=15)
REFRESH_AHEAD = timedelta(minutes=2)
"""A token is replaced when less than this is left, or less than a fifth of its life, whichever is shorter."""


class TokenSource(Protocol):
    """Where the tokens of one database come from."""

    async def token(self, access: Access) -> DatabaseToken | None:
        """A token good for ``access``, or None where the server wants none."""
        ...

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        """A fresh one after a 401, or None where there is no other."""
        ...


@dataclass(frozen=True, slots=True)
class GivenToken:
    """The one token that came with a database URL, or none: nothing can be minted."""

    secret: DatabaseToken | None = None

    async def token(self, access: Access) -> DatabaseToken | None:  # noqa: ARG002
        return self.secret

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:  # noqa: ARG002
        return None


Mint = Callable[[Access, timedelta], Awaitable[DatabaseToken]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Held:
    token: DatabaseToken
    refresh_at: float


class MintedTokens:
    """Tokens of one database, minted on demand and kept in memory only.

    ``clock`` is the server's (unix seconds), because a token expires by the clock of the one who checks it.
    """

    def __init__(self, mint: Mint, *, clock: Clock, lifetime: timedelta = LIFETIME) -> None:
        self._mint = mint
        self._clock = clock
        self._lifetime = lifetime
        self._held: dict[Access, _Held] = {}
        self._minting: dict[Access, asyncio.Task[DatabaseToken]] = {}

    async def token(self, access: Access) -> DatabaseToken:
        held = self._held.get(access)
        if held is not None and self._clock() < held.refresh_at:
            return held.token
        return await self._mint_once(access)

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken | None:
        held = self._held.get(access)
        if held is not None and held.token != refused:
            return held.token  # someone else has replaced it meanwhile
        self._held.pop(access, None)
        return await self._mint_once(access)

    def expires_at(self, access: Access) -> float | None:
        """When the token in use expires (unix seconds), None while there is none."""
        held = self._held.get(access)
        return _expiry(held.token) if held is not None else None

    async def _mint_once(self, access: Access) -> DatabaseToken:
        """Callers share one mint; it goes on when the caller who began it is cancelled."""
        task = self._minting.get(access)
        if task is None:
            task = asyncio.create_task(self._mint_and_hold(access))
            self._minting[access] = task
            task.add_done_callback(lambda _: self._minting.pop(access, None))
        return await asyncio.shield(task)

    async def _mint_and_hold(self, access: Access) -> DatabaseToken:
        asked_at = self._clock()
        token = await self._mint(access, self._lifetime)
        expires_at = _expiry(token)
        if expires_at is None:
            expires_at = asked_at + self._lifetime.total_seconds()
        life = max(0.0, expires_at - asked_at)
        margin = min(REFRESH_AHEAD.total_seconds(), life / 5)
        self._held[access] = _Held(token, expires_at - margin)
        return token


def _expiry(token: DatabaseToken) -> float | None:
    claims = read_claims(token.reveal())
    return claims.expires_at if claims is not None else None


async def mint_or_explain(mint: Awaitable[DatabaseToken], access: Access) -> DatabaseToken:
    """Await a mint; a 403 becomes a sentence about the permission that is missing."""
    try:
        return await mint
    except Forbidden as error:
        raise Forbidden(
            error.status,
            f"The account may not mint a {access.name.lower().replace('_', '-')} token for this database: {error.text}",
            code=error.code,
            next_step="Sign in with a token that has the scope db:mint-token, or open the database by URL and token.",
        ) from error


async def with_token(tokens: TokenSource, access: Access, call: Callable[[DatabaseToken | None], Awaitable[T]]) -> T:
    """Call with a token; after a 401, which provably ran nothing, once more with a fresh one."""
    token = await tokens.token(access)
    try:
        return await call(token)
    except Unauthorized:
        fresh = await tokens.replacement(token, access)
        if fresh is None:
            raise
        return await call(fresh)
