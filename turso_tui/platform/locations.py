"""Locations: where a group can live."""

from turso_tui.errors import NotFound
from turso_tui.platform import wire
from turso_tui.platform.models import LOCAL_REGION, Location
from turso_tui.platform.transport import PlatformTransport

REGION_URL = "https://region.turso.io"
"""Whoever answers there sees where the question comes from, and says which location is closest."""


class _Listed(wire.Model, frozen=True):
    locations: dict[str, str | dict[str, str]] = {}


class _Region(wire.Model, frozen=True):
    server: str = ""


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

    async def closest(self, probe_url: str = REGION_URL) -> str:
        """The code of the location closest to this machine, empty where nobody knows. Asked without the token."""
        return wire.read(await self._transport.get_without_token(probe_url), _Region).server


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
