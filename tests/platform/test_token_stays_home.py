"""Where the platform token goes, over real HTTP: to the host of the API, and nowhere else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.hrana.endpoints import serving
from turso_tui.errors import ProtocolError
from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.http import database_http_client
from turso_tui.hrana.url import parse_database_url
from turso_tui.platform import PlatformClient, PlatformTransport
from turso_tui.tokens import DatabaseToken, PlatformToken

SECRET = "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJjYW5hcnkifQ.Y2FuYXJ5LWNhbmFyeS1jYW5hcnk"
MINTED = "eyJhbGciOiJFZERTQSJ9.eyJpZCI6IjEifQ.bWludGVk"


@dataclass
class Host:
    """Remembers all that is ever sent to it."""

    url: str
    received: list[str] = field(default_factory=list)


async def _remember(host: Host, request: Request) -> None:
    body = (await request.body()).decode()
    host.received.append(f"{request.method} {request.url} {dict(request.headers)} {body}")


def _everywhere(answer: Callable[[Request], Awaitable[Response]]) -> Starlette:
    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH", "DELETE"])])


@pytest.fixture
async def stranger() -> AsyncIterator[Host]:
    """A region probe, a database and a host that somebody is redirected to, all in one."""
    host = Host("")

    async def answer(request: Request) -> Response:
        await _remember(host, request)
        return JSONResponse({"server": "aws-eu-west-1", "client": "fra", "baton": None, "results": []})

    async with serving(
        Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH", "DELETE"])])
    ) as url:
        host.url = url
        yield host


@pytest.fixture
async def home(stranger: Host) -> AsyncIterator[Host]:
    """An API that mints, and redirects everything else to the stranger."""
    host = Host("")

    async def answer(request: Request) -> Response:
        await _remember(host, request)
        if request.url.path.endswith("/auth/tokens"):
            return JSONResponse({"jwt": MINTED})
        return RedirectResponse(f"{stranger.url}{request.url.path}", status_code=307)

    async with serving(
        Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH", "DELETE"])])
    ) as url:
        host.url = url
        yield host


@pytest.fixture
async def platform(home: Host) -> AsyncIterator[PlatformClient]:
    async with PlatformClient(PlatformTransport(home.url, PlatformToken(SECRET))) as platform:
        yield platform


async def test_no_redirect_takes_it_along(platform: PlatformClient, home: Host, stranger: Host) -> None:
    calls = (
        platform.organizations.list(),
        platform.databases.create("acme", "app", group="default"),
        platform.databases.configure("acme", "app", block_reads=True),
        platform.api_tokens.mint("ci"),
        platform.api_tokens.revoke("ci"),
    )
    for call in calls:
        with pytest.raises(ProtocolError, match="pointed to"):
            await call
    assert len([sent for sent in home.received if SECRET in sent]) == len(calls)
    assert stranger.received == []


async def test_the_region_probe_does_not_get_to_see_it(platform: PlatformClient, home: Host, stranger: Host) -> None:
    assert await platform.locations.closest(stranger.url) == "aws-eu-west-1"
    assert len(stranger.received) == 1
    assert "authorization" not in stranger.received[0]
    assert SECRET not in stranger.received[0]
    assert home.received == []


async def test_a_probe_that_redirects_to_the_api_gets_no_token_there(
    platform: PlatformClient, home: Host, stranger: Host
) -> None:
    with pytest.raises(ProtocolError):
        await platform.locations.closest(f"{home.url}/v1/user")
    assert SECRET not in str(home.received)
    assert stranger.received == []


async def test_a_database_gets_the_token_that_was_minted_for_it(
    platform: PlatformClient, home: Host, stranger: Host
) -> None:
    minted = await platform.tokens.mint_database_token("acme", "app", expiration=None, read_only=True)
    async with database_http_client() as http:
        await HranaClient(parse_database_url(stranger.url), http).pipeline([], token=minted)
    assert SECRET in home.received[0]
    assert MINTED in stranger.received[0]
    assert SECRET not in stranger.received[0]


async def test_a_database_host_is_never_given_it() -> None:
    async with httpx.AsyncClient() as http:
        client = HranaClient(parse_database_url("http://127.0.0.1:9"), http)
        with pytest.raises(TypeError, match="A DatabaseToken is needed here, and a PlatformToken was given"):
            await client.pipeline([], token=PlatformToken(SECRET))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="DatabaseToken"):
            await client.pipeline([], token=SECRET)  # type: ignore[arg-type]


def test_the_api_is_never_given_a_database_token() -> None:
    with pytest.raises(TypeError, match="A PlatformToken is needed here, and a DatabaseToken was given"):
        PlatformTransport("https://api.example", DatabaseToken(SECRET))  # type: ignore[arg-type]
