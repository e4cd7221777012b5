"""An account: what it lists, and which tokens it spends on its databases."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.service.doors import account_of, open_tenant
from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.local.tenant import Dialect
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.database import Database
from turso_tui.service.services import Services
from turso_tui.tokens import Access, PlatformToken


@pytest.fixture
def requests() -> list[str]:
    """A line for each request that the server got."""
    return []


@pytest.fixture
def server(tmp_path: Path, requests: list[str]) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=12, log=requests.append) as server:
        yield server


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
def account(server: LocalServer, services: Services) -> Account:
    return services.account(PlatformToken(server.token), server.url)


@pytest.fixture
async def platform(server: LocalServer) -> AsyncIterator[PlatformClient]:
    """Someone else with the same account."""
    async with PlatformTransport(server.url, PlatformToken(server.token)) as transport:
        yield PlatformClient(transport)


async def scratch(account: Account) -> Database:
    return account.open("acme", await account.find("acme", "scratch"))


def mints(requests: list[str]) -> int:
    return sum("/auth/tokens " in line for line in requests)


class TestListing:
    async def test_who_it_is_and_until_when(self, account: Account) -> None:
        assert (await account.user()).username
        assert await account.expires_at() is None

    async def test_organizations_groups_and_databases(self, account: Account) -> None:
        assert {each.slug for each in await account.organizations()} == {"acme", "you"}
        assert {each.name for each in await account.groups("acme")} == {"default", "eu", "archive", "lab"}
        names = [database.name async for page in account.database_pages("acme") for database in page]
        assert len(names) == len(set(names)) == 12 + 6 + 5

    async def test_quotas_are_those_of_the_plan(self, account: Account) -> None:
        quotas = await account.quotas("acme")
        assert quotas is not None
        assert quotas.rows_read > 0

    async def test_a_database_that_is_not_there_is_named(self, account: Account) -> None:
        with pytest.raises(errors.NotFound, match="no database nonsense in acme"):
            await account.find("acme", "nonsense")

    async def test_a_token_that_is_no_good_is_said_to_be(self, server: LocalServer, services: Services) -> None:
        stranger = services.account(PlatformToken("nonsense"), server.url)
        with pytest.raises(errors.Unauthorized) as caught:
            await stranger.organizations()
        assert caught.value.what
        assert caught.value.next_step
        assert "nonsense" not in str(caught.value)


class TestLeastPrivilege:
    async def test_opening_mints_nothing(self, account: Account, requests: list[str]) -> None:
        await scratch(account)
        assert mints(requests) == 0

    async def test_reads_make_do_with_a_read_only_token(self, account: Account, requests: list[str]) -> None:
        database = await scratch(account)
        await asyncio.gather(*(database.execute("SELECT 1") for _ in range(20)), database.schema())
        model = await account.find("acme", "scratch")
        assert mints(requests) == 1
        assert account.token_expires_at(model, Access.READ_ONLY) is not None
        assert account.token_expires_at(model, Access.READ_WRITE) is None

    async def test_a_write_mints_one_that_may_write(self, account: Account, requests: list[str]) -> None:
        database = await scratch(account)
        await database.execute("CREATE TABLE t (x)")
        await database.execute("INSERT INTO t VALUES (1)")
        assert mints(requests) == 2
        assert account.token_expires_at(await account.find("acme", "scratch"), Access.READ_WRITE) is not None

    async def test_handles_of_one_database_share_their_tokens(self, account: Account, requests: list[str]) -> None:
        await (await scratch(account)).execute("SELECT 1")
        await (await scratch(account)).execute("SELECT 1")
        assert mints(requests) == 1

    async def test_a_blocked_database_says_so(self, account: Account, platform: PlatformClient) -> None:
        await platform.databases.configure("acme", "scratch", block_writes=True)
        with pytest.raises(errors.Blocked):
            await (await scratch(account)).execute("CREATE TABLE t (x)")

    @pytest.mark.parametrize("dialect", Dialect)
    async def test_a_pragma_that_reads_is_answered_whatever_the_server_thinks_of_it(
        self, tmp_path: Path, services: Services, dialect: Dialect
    ) -> None:
        with LocalServer.in_thread(tmp_path / "other", seed="demo", tenants=1, dialect=dialect) as server:
            database = await open_tenant(services, server)
            assert (await database.execute("PRAGMA user_version")).rows == [(0,)]


class TestAging:
    async def test_tokens_of_two_seconds_never_fail_a_caller(
        self, server: LocalServer, services: Services, requests: list[str]
    ) -> None:
        async with account_of(server, services, token_lifetime=timedelta(seconds=2)) as account:
            database = await scratch(account)
            await database.execute("CREATE TABLE t (x)")
            until = time.monotonic() + 5
            written = 0
            while time.monotonic() < until:
                written += 1
                await database.execute("INSERT INTO t VALUES (1)")
                await asyncio.gather(*(database.execute("SELECT 1") for _ in range(3)))
            assert (await database.execute("SELECT count(*) FROM t")).rows == [(written,)]
        assert mints(requests) > 4

    async def test_after_a_rotation_it_mints_once_more(
        self, account: Account, platform: PlatformClient, requests: list[str]
    ) -> None:
        database = await scratch(account)
        await database.execute("SELECT 1")
        await platform.tokens.rotate_database_key("acme", "scratch")
        assert (await asyncio.gather(*(database.execute("SELECT 2") for _ in range(5))))[0].rows == [(2,)]
        assert mints(requests) == 2

    async def test_a_rotation_in_the_middle_of_writing_loses_no_write(
        self, account: Account, platform: PlatformClient
    ) -> None:
        database = await scratch(account)
        await database.execute("CREATE TABLE t (x)")
        writes = [asyncio.create_task(database.execute("INSERT INTO t VALUES (1)")) for _ in range(20)]
        await platform.tokens.rotate_database_key("acme", "scratch")
        results = await asyncio.gather(*writes, return_exceptions=True)
        unknown = sum(isinstance(result, errors.OutcomeUnknown) for result in results)
        failed = [result for result in results if isinstance(result, BaseException)]
        assert len(failed) == unknown, failed
        ((count,),) = (await database.execute("SELECT count(*) FROM t")).rows
        assert isinstance(count, int)
        assert 20 - unknown <= count <= 20

    @pytest.mark.parametrize("has_token", [False, True])
    async def test_a_database_that_was_deleted_underneath_is_said_to_be_gone(
        self, account: Account, platform: PlatformClient, has_token: bool
    ) -> None:
        database = await scratch(account)
        if has_token:
            await database.execute("SELECT 1")
        await platform.databases.delete("acme", "scratch")
        with pytest.raises(errors.NotFound) as caught:
            await database.execute("SELECT 1")
        assert "deleted" in str(caught.value) or "does not exist" in str(caught.value), str(caught.value)
