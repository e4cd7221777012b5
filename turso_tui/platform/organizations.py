"""Organizations: whose databases, on which plan, and what was used."""

from turso_tui.platform import wire
from turso_tui.platform.models import Organization, OrganizationUsage
from turso_tui.platform.transport import PlatformTransport


class Organizations:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def list(self) -> tuple[Organization, ...]:
        """All that the token's owner belongs to, the personal one included."""
        answer = await self._transport.get("v2", "organizations")
        return wire.many(answer, "organizations", Organization)

    async def get(self, organization: str) -> Organization:
        answer = await self._transport.get("v1", "organizations", organization)
        return wire.one(answer, "organization", Organization)

    async def usage(self, organization: str) -> OrganizationUsage:
        """Of the current month; the API has no other period here."""
        answer = await self._transport.get("v1", "organizations", organization, "usage")
        return wire.one(answer, "organization", OrganizationUsage)
