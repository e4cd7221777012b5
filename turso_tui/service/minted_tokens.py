"""Tokens of one scope, minted on demand and renewed ahead of time; kept in memory only."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from turso_tui.errors import TursoTuiError
from turso_tui.tokens import Access, DatabaseToken, read_claims

REFRESH_AHEAD = timedelta(minutes=2)
"""A token is renewed when less than this is left, or less than a fifth of its life, whichever is shorter."""

LAST_MOMENT = timedelta(seconds=5)
"""So long before its end (or a tenth of its life) a token is not sent any more: it would expire on the way, and a
server's ``Date``, by which we know its clock, is only good to a second."""

RETRY_AFTER = 5.0
"""Seconds between two attempts to renew a token ahead of time, while the old one still serves."""

Mint = Callable[[Access, timedelta], Awaitable[DatabaseToken]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens live that the program mints for itself: the shorter, the less a stolen one is worth."""

    read: timedelta = timedelta(minutes=15)
    write: timedelta = timedelta(minutes=5)

    def of(self, access: Access) -> timedelta:
        return self.read if access is Access.READ_ONLY else self.write


@dataclass(frozen=True, slots=True)
class _Held:
    token: DatabaseToken
    refresh_at: float
    usable_until: float


class MintedTokens:
    """One token for reading and one for writing, each minted when it is first needed.

    However many callers ask at once, one mint happens; it goes on when the caller who began it is cancelled.
    ``clock`` is the server's (unix seconds), because a token expires by the clock of the one who checks it.
    """

    def __init__(self, mint: Mint, *, clock: Clock, lifetimes: Lifetimes | None = None) -> None:
        self._mint = mint
        self._clock = clock
        self._lifetimes = lifetimes or Lifetimes()
        self._held: dict[Access, _Held] = {}
        self._minting: dict[Access, asyncio.Task[DatabaseToken]] = {}
        self._next_attempt: dict[Access, float] = {}

    def now(self) -> float:
        return self._clock()

    async def token(self, access: Access) -> DatabaseToken:
        """One that is good now. Renewing it ahead of time makes nobody wait, and fails nobody while the old one
        serves; raises what the mint raises when there is none left."""
        now = self._clock()
        held = self._held.get(access)
        if held is None or now >= held.usable_until:
            return await self._mint_once(access)
        if now >= held.refresh_at and now >= self._next_attempt.get(access, 0.0):
            self._next_attempt[access] = now + RETRY_AFTER
            self._start(access)
        return held.token

    async def replacement(self, refused: DatabaseToken | None, access: Access) -> DatabaseToken:
        """Another one than ``refused``; who was refused together gets the same."""
        held = self._held.get(access)
        if held is not None and held.token != refused:
            return held.token
        self.drop(refused)
        return await self._mint_once(access)

    def drop(self, token: DatabaseToken | None = None) -> None:
        """Forget one token, or all: they have become worthless."""
        self._held = {access: held for access, held in self._held.items() if token is not None and held.token != token}

    def held(self) -> Iterator[tuple[Access, DatabaseToken]]:
        """The tokens in memory that have not expired."""
        for access, held in self._held.items():
            if self._clock() < held.usable_until:
                yield access, held.token

    async def aclose(self) -> None:
        """Stop what is on its way; whoever waits for it is cancelled too."""
        tasks = list(self._minting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _mint_once(self, access: Access) -> DatabaseToken:
        return await asyncio.shield(self._start(access))

    def _start(self, access: Access) -> asyncio.Task[DatabaseToken]:
        task = self._minting.get(access)
        if task is None:
            task = self._minting[access] = asyncio.create_task(self._mint_and_hold(access))
            task.add_done_callback(lambda ended: self._ended(access, ended))
        return task

    def _ended(self, access: Access, task: asyncio.Task[DatabaseToken]) -> None:
        """A mint ahead of time may fail unheard: the old token serves, and who finds none left is told."""
        self._minting.pop(access, None)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, TursoTuiError):
            raise error

    async def _mint_and_hold(self, access: Access) -> DatabaseToken:
        asked_at = self._clock()
        lifetime = self._lifetimes.of(access)
        token = await self._mint(access, lifetime)
        expires_at = expiry_of(token)
        if expires_at is None:
            expires_at = asked_at + lifetime.total_seconds()
        life = max(0.0, expires_at - self._clock())  # only now: its answer has told us the server's time
        self._held[access] = _Held(
            token,
            refresh_at=expires_at - min(REFRESH_AHEAD.total_seconds(), life / 5),
            usable_until=expires_at - min(LAST_MOMENT.total_seconds(), life / 10),
        )
        self._next_attempt.pop(access, None)
        return token


def expiry_of(token: DatabaseToken) -> float | None:
    """When a token expires by its own word (unix seconds); None where it does not say."""
    claims = read_claims(token.reveal())
    return claims.expires_at if claims is not None else None
