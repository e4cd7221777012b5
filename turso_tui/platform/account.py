"""The account: whose token this is, and for how long."""

from turso_tui.errors import NotFound
from turso_tui.platform import wire
from turso_tui.platform.models import SessionsEnded, User, Validity
from turso_tui.platform.transport import PlatformTransport


class Account:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def validate(self) -> float | None:
        """When the token expires, in unix seconds; None if never. Raises `SignInEnded` if it is no good."""
        expires_at = wire.read(await self._transport.get("v1", "auth", "validate"), Validity).exp
        return expires_at if expires_at > 0 else None

    async def invalidate_sessions(self) -> float:
        """Sign out everywhere. Returns from when on sessions are valid again (unix seconds); API tokens stay valid."""
        return wire.read(await self._transport.post("v1", "auth", "invalidate"), SessionsEnded).valid_from

    async def user(self) -> User:
        """The token's owner. Group-scoped tokens may not ask (`Forbidden`)."""
        try:
            answer = await self._transport.get("v1", "user")
        except NotFound:
            answer = await self._transport.get("v1", "current-user")  # what the CLI asks; undocumented, and says less
        return wire.one(answer, "user", User)
