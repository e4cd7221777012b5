"""A group that is asleep is woken, and one waits until it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.services import Services
from turso_tui.tokens import PlatformToken


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
def account(local_server: LocalServer, services: Services) -> Account:
    return services.account(PlatformToken(local_server.token), local_server.url)


@asynccontextmanager
async def sleepy(services: Services, looks: int) -> AsyncIterator[Account]:
    """An account with a group that is still asleep when it is looked at for so many times."""

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal looks
        looks -= request.method == "GET"
        return httpx.Response(200, json={"group": {"name": "archive", "archived": looks >= 0}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        transport = PlatformTransport("https://api.invalid", PlatformToken("key"), client=client)
        yield Account(PlatformClient(transport), client, services.writers)


async def test_its_databases_are_awake_afterwards(account: Account) -> None:
    asleep = [group.name for group in await account.groups("acme") if group.archived]
    assert asleep == ["archive"]

    assert not (await account.wake("acme", "archive")).archived
    assert not any(database.archived for database in await account.all_databases("acme"))


async def test_a_group_that_is_not_there(account: Account) -> None:
    with pytest.raises(errors.NotFound):
        await account.wake("acme", "nowhere")


async def test_one_waits_for_as_long_as_it_takes(services: Services) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with sleepy(services, looks=3) as account:
        assert not (await account.wake("acme", "archive", sleep=sleep)).archived
    assert len(pauses) == 3


async def test_one_does_not_wait_for_ever(services: Services) -> None:
    async with sleepy(services, looks=1000) as account:
        with pytest.raises(errors.TimedOut, match=r"archive is not awake after 0\.01 s"):
            await account.wake("acme", "archive", limit=0.01)
