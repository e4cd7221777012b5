"""Plans: what can be had, and what an organization has."""

from turso_tui.platform import wire
from turso_tui.platform.models import Plan, Subscription
from turso_tui.platform.transport import PlatformTransport


class Plans:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def list(self, organization: str) -> tuple[Plan, ...]:
        answer = await self._transport.get("v1", "organizations", organization, "plans")
        return wire.many(answer, "plans", Plan)

    async def subscription(self, organization: str) -> Subscription:
        answer = await self._transport.get("v1", "organizations", organization, "subscription")
        return wire.one(answer, "subscription", Subscription)
