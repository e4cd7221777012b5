"""Groups: where databases live, and which key signs their tokens."""

from turso_tui.platform import wire
from turso_tui.platform.models import Group, GroupConfiguration
from turso_tui.platform.transport import PlatformTransport


class Groups:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def list(self, organization: str) -> tuple[Group, ...]:
        answer = await self._transport.get(*_groups(organization))
        return wire.many(answer, "groups", Group)

    async def get(self, organization: str, name: str) -> Group:
        answer = await self._transport.get(*_groups(organization), name)
        return wire.one(answer, "group", Group)

    async def create(self, organization: str, name: str, *, location: str) -> Group:
        """Raises `Conflict` when the name is taken. ``location`` is a code of `Locations.list`."""
        answer = await self._transport.post(*_groups(organization), body={"name": name, "location": location})
        return wire.one(answer, "group", Group)

    async def delete(self, organization: str, name: str) -> None:
        """With every database in it."""
        await self._transport.delete(*_groups(organization), name)

    async def unarchive(self, organization: str, name: str) -> None:
        """Wake its databases; takes seconds, and `get` tells when it is done."""
        await self._transport.post(*_groups(organization), name, "unarchive")

    async def configuration(self, organization: str, name: str) -> GroupConfiguration:
        answer = await self._transport.get(*_groups(organization), name, "configuration")
        return wire.read(answer, GroupConfiguration)

    async def configure(self, organization: str, name: str, *, delete_protection: bool) -> GroupConfiguration:
        """Protection of a group protects all its databases."""
        body = {"delete_protection": delete_protection}
        answer = await self._transport.patch(*_groups(organization), name, "configuration", body=body)
        return wire.read(answer, GroupConfiguration)


def _groups(organization: str) -> tuple[str, ...]:
    return "v1", "organizations", organization, "groups"
