"""A mint for tests: what it mints is all different, and it fails and waits as told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.tokens.samples import NOW, jwt_with
from turso_tui.tokens import Access, DatabaseToken


@dataclass
class Office:
    """Mints tokens by its own clock. While ``open`` is not set, whoever asks waits."""

    now: float = NOW
    minted: list[Access] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    tells_expiry: bool = True

    def __post_init__(self) -> None:
        self.open.set()

    async def mint(self, access: Access, lifetime: timedelta) -> DatabaseToken:
        self.minted.append(access)
        number = len(self.minted)
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        claims: dict[str, str | float] = {"id": "database", "a": access.value, "jti": number}
        if self.tells_expiry:
            claims["exp"] = self.now + lifetime.total_seconds()
        return DatabaseToken(jwt_with(claims))


async def settled(condition: Callable[[], bool]) -> None:
    """Let what runs in the background go on until ``condition`` is true; fails the test when it does not come true."""
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come true")
