"""Locations: where a group can live."""

from turso_tui.errors import NotFound
from turso_tui.platform import wire
from turso_tui.platform.models import LOCAL_REGION, Location
from turso_tui.platform.transport import PlatformTransport


class _Listed(wire.Model, frozen=True):
    locations: dict[str, str | dict[str, str]] = {}


class Locations:
    def __init__(self, transport: PlatformTransport) -> None:
        self._transport = transport

    async def list(self, organization: str) -> tuple[Location, ...]:
        """Those open to the organization; where the API cannot tell, all."""
        try:
            answer = await self._transport.get("v2", "organizations", organization, "locations")
        except NotFound:
            answer = await self._transport.get("v1", "locations")
        return tuple(_flat(wire.read(answer, _Listed)))


def _flat(listed: _Listed) -> list[Location]:
    """Version 2 of the endpoint groups the codes by provider, version 1 does not."""
    flat = []
    for key, value in listed.locations.items():
        if isinstance(value, str):
            flat.append(Location(code=key, description=value, provider=_provider(key)))
        else:
            flat += [Location(code=code, description=text, provider=key) for code, text in value.items()]
    return flat


def _provider(code: str) -> str:
    return "aws" if code.startswith("aws-") else LOCAL_REGION if code == LOCAL_REGION else "fly"
