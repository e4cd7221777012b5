"""An account: what it lists, and which tokens it spends on its databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.service.doors import account_of, open_tenant, until
from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.local.tenant import Dialect
from turso_tui.platform import models
from turso_tui.platform.api_tokens import Scope
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.database import Database
from turso_tui.service.known_tokens import Origin
from turso_tui.service.services import Services
from turso_tui.service.session import Session
from turso_tui.tokens import Access, DatabaseToken, PlatformToken


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
        tokens = account.broker.source("acme", model)
        assert tokens.expires_at(Access.READ_ONLY) is not None
        assert tokens.expires_at(Access.READ_WRITE) is None

    async def test_a_write_mints_one_that_may_write(self, account: Account, requests: list[str]) -> None:
        database = await scratch(account)
        await database.execute("CREATE TABLE t (x)")
        await database.execute("INSERT INTO t VALUES (1)")
        assert mints(requests) == 2
        tokens = account.broker.source("acme", await account.find("acme", "scratch"))
        assert tokens.expires_at(Access.READ_WRITE) is not None

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


READ, WRITE = Access.READ_ONLY, Access.READ_WRITE


@asynccontextmanager
async def narrow_account(
    server: LocalServer, services: Services, platform: PlatformClient, group: str, *scopes: Scope
) -> AsyncIterator[Account]:
    """The account of someone who has an API token of one group with these scopes; three databases are many."""
    minted = await platform.api_tokens.mint("narrow", organization="acme", group=group, scopes=scopes)
    async with account_of(server, services, token=minted.token.reveal(), organization="acme", group_from=3) as account:
        yield account


async def given_token(platform: PlatformClient, access: Access = WRITE) -> DatabaseToken:
    """A token of the database ``scratch`` that someone else minted."""
    return await platform.tokens.mint_database_token("acme", "scratch", expiration=None, read_only=access is READ)


def in_transaction(session: Session) -> bool:
    return session.transaction_age is not None


async def members(account: Account, group: str = "default") -> list[models.Database]:
    """The databases of a group that can be written to."""
    databases = await account.all_databases("acme")
    return [database for database in databases if database.group == group and not database.block_writes]


async def read_all(databases: Sequence[Database]) -> None:
    answers = await asyncio.gather(*(database.execute("SELECT 1") for database in databases))
    assert [answer.rows for answer in answers] == [[(1,)]] * len(databases)


class TestManyDatabases:
    @pytest.fixture
    def server(self, tmp_path: Path, requests: list[str]) -> Iterator[LocalServer]:
        with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=200, log=requests.append) as server:
            yield server

    async def test_hundreds_of_one_group_are_read_with_one_read_only_token(
        self, server: LocalServer, account: Account, requests: list[str]
    ) -> None:
        databases = await members(account)
        assert len(databases) > 100
        await read_all(account.open_many("acme", databases))
        assert server.mints == (("group", "default", "ro"),)
        assert mints(requests) == 1

    async def test_their_handles_come_in_the_order_of_the_databases(self, account: Account) -> None:
        databases = await members(account)
        names = [handle.name for handle in account.open_many("acme", databases)]
        assert names == [f"acme/{database.name}" for database in databases]

    async def test_of_several_groups_each_large_one_has_a_token(self, server: LocalServer, account: Account) -> None:
        large = (await members(account))[:20] + (await members(account, "eu"))[:20]
        small = await members(account, "lab")
        await read_all(account.open_many("acme", [*large, *small]))
        assert sorted(server.mints) == [
            *(("database", database.name, "ro") for database in sorted(small, key=lambda database: database.name)),
            ("group", "default", "ro"),
            ("group", "eu", "ro"),
        ]

    @pytest.mark.parametrize(("count", "kind"), [(9, "database"), (10, "group")])
    async def test_ten_are_many(self, server: LocalServer, account: Account, count: int, kind: str) -> None:
        await read_all(account.open_many("acme", (await members(account))[:count]))
        assert {mint.kind for mint in server.mints} == {kind}
        assert len(server.mints) == (1 if kind == "group" else count)

    async def test_how_many_are_many_is_a_setting(self, server: LocalServer, services: Services) -> None:
        async with account_of(server, services, group_from=3) as account:
            await read_all(account.open_many("acme", (await members(account))[:3]))
        assert server.mints == (("group", "default", "ro"),)

    async def test_writing_to_them_takes_one_that_may_write(self, server: LocalServer, account: Account) -> None:
        handles = account.open_many("acme", (await members(account))[:12])
        await asyncio.gather(*(handle.execute("CREATE TABLE fleet (x)") for handle in handles))
        await read_all(handles)
        assert sorted(server.mints) == [("group", "default", "ro"), ("group", "default", "rw")]

    async def test_one_whose_own_key_was_rotated_is_read_again(
        self, server: LocalServer, account: Account, platform: PlatformClient
    ) -> None:
        databases = (await members(account))[:20]
        handles = account.open_many("acme", databases)
        await read_all(handles)
        await platform.tokens.rotate_database_key("acme", databases[3].name)
        await read_all(handles)
        assert server.mints == (("group", "default", "ro"),), "the group's key is another one"

    async def test_one_that_refuses_the_groups_token_gets_one_of_its_own(
        self, server: LocalServer, account: Account
    ) -> None:
        databases = (await members(account))[:20]
        handles = account.open_many("acme", databases)
        await read_all(handles)
        server.faults.add(f"status=401,on=data,times=1,db={databases[3].name}")
        await read_all(handles)
        await read_all(handles)
        own, group = ("database", databases[3].name, "ro"), ("group", "default", "ro")
        assert server.mints.count(own) == 1
        assert server.mints.count(group) <= 2, "nobody can know that it was not the group's key"
        assert set(server.mints) == {own, group}

    async def test_after_their_groups_key_was_rotated_each_is_read_again(
        self, server: LocalServer, account: Account, platform: PlatformClient, requests: list[str]
    ) -> None:
        handles = account.open_many("acme", (await members(account))[:40])
        await read_all(handles)
        await platform.tokens.rotate_group_key("acme", "default")
        requests.clear()
        for handle in handles:  # one after the other: who was not refused yet need not be
            await handle.execute("SELECT 1")
        assert [line.split()[2] for line in requests if "pipeline" in line].count("401") == 1
        assert len(server.mints) == 3

    async def test_one_that_was_opened_alone_keeps_its_own_token(self, server: LocalServer, account: Account) -> None:
        databases = (await members(account))[:10]
        await account.open("acme", databases[0]).execute("SELECT 1")
        await read_all(account.open_many("acme", databases))
        await account.open("acme", databases[0]).execute("SELECT 1")
        assert server.mints == (("database", databases[0].name, "ro"), ("group", "default", "ro"))

    async def test_where_only_the_group_may_not_be_minted_for_each_has_its_own(
        self, server: LocalServer, services: Services, platform: PlatformClient
    ) -> None:
        async with narrow_account(server, services, platform, "default", Scope.READ, Scope.DB_MINT_TOKEN) as account:
            databases = (await members(account))[:12]
            await read_all(account.open_many("acme", databases))
        assert sorted(server.mints) == sorted(("database", database.name, "ro") for database in databases)


class TestWhereTheAccountMayNotMint:
    @pytest.fixture
    async def reader(self, server: LocalServer, services: Services, platform: PlatformClient) -> AsyncIterator[Account]:
        """Sees the databases of one group, and may mint nothing."""
        async with narrow_account(server, services, platform, "lab", Scope.READ) as account:
            yield account

    async def test_it_says_what_is_missing_and_what_to_do(self, reader: Account) -> None:
        with pytest.raises(errors.MintRefused) as caught:
            await (await scratch(reader)).execute("SELECT 1")
        assert "may not mint a read token for database scratch" in caught.value.what
        assert "scope" in caught.value.what
        assert "Paste a database token" in caught.value.next_step
        assert "db:mint-token" in caught.value.next_step

    async def test_it_asks_once_for_each_statement(self, reader: Account, requests: list[str]) -> None:
        database = await scratch(reader)
        with pytest.raises(errors.MintRefused):
            await database.execute("SELECT 1")
        await until(lambda: mints(requests) > 0)  # a request is noted after its answer was sent
        assert mints(requests) == 1
        assert not any("pipeline" in line for line in requests)

    async def test_what_is_given_does_instead(
        self, reader: Account, platform: PlatformClient, server: LocalServer
    ) -> None:
        model = await reader.find("acme", "scratch")
        given = await given_token(platform)
        reader.broker.give("acme", model, given)
        database = reader.open("acme", model)
        await database.execute("CREATE TABLE t (x)")
        assert (await database.execute("SELECT count(*) FROM t")).rows == [(0,)]
        assert len(server.mints) == 1, "and that was someone else's"

    async def test_which_can_be_seen(self, reader: Account, platform: PlatformClient) -> None:
        model = await reader.find("acme", "scratch")
        given = await given_token(platform)
        reader.broker.give("acme", model, given)
        (before,) = reader.broker.known()
        assert (before.token, before.origin, before.note) == (given, Origin.GIVEN, "")
        await reader.open("acme", model).execute("SELECT 1")
        (after,) = reader.broker.known()
        assert after.note == "the account may not mint one"
        assert after.url == f"libsql://{model.hostname}"

    async def test_what_was_given_to_read_does_not_write(self, reader: Account, platform: PlatformClient) -> None:
        model = await reader.find("acme", "scratch")
        reader.broker.give("acme", model, await given_token(platform, READ))
        database = reader.open("acme", model)
        assert (await database.execute("SELECT 1")).rows == [(1,)]
        with pytest.raises(errors.MintRefused, match="may not mint a write token"):
            await database.execute("CREATE TABLE t (x)")

    async def test_what_was_given_also_serves_among_many(self, reader: Account, platform: PlatformClient) -> None:
        databases = await members(reader, "lab")
        assert len(databases) == 3
        for database in databases:
            token = await platform.tokens.mint_database_token("acme", database.name, expiration=None, read_only=True)
            reader.broker.give("acme", database, token)
        await read_all(reader.open_many("acme", databases))

    async def test_what_was_given_and_taken_back_is_gone(self, reader: Account, platform: PlatformClient) -> None:
        model = await reader.find("acme", "scratch")
        given = await given_token(platform)
        reader.broker.give("acme", model, given)
        await reader.open("acme", model).execute("SELECT 1")
        reader.broker.take_back(given)
        assert list(reader.broker.known()) == []
        with pytest.raises(errors.MintRefused):
            await reader.open("acme", model).execute("SELECT 1")

    async def test_a_new_sign_in_that_may_is_used(
        self, reader: Account, platform: PlatformClient, server: LocalServer
    ) -> None:
        model = await reader.find("acme", "scratch")
        reader.broker.give("acme", model, await given_token(platform))
        database = reader.open("acme", model)
        await database.execute("SELECT 1")
        reader.replace_token(PlatformToken(server.token))
        await database.execute("SELECT 1")
        assert server.mints[-1] == ("database", "scratch", "ro")

    async def test_a_transaction_that_cannot_write_still_reads_and_holds_nobody_up(
        self, reader: Account, platform: PlatformClient, account: Account
    ) -> None:
        await (await scratch(account)).execute("CREATE TABLE t (x)")
        model = await reader.find("acme", "scratch")
        reader.broker.give("acme", model, await given_token(platform, READ))
        database = reader.open("acme", model)
        session = database.session()
        for sql in ("BEGIN", "SELECT * FROM t"):
            async with session.stream(sql):
                pass
        with pytest.raises(errors.MintRefused):
            async with session.stream("INSERT INTO t VALUES (1)"):
                pass
        assert in_transaction(session)
        assert database.queue.holder is None
        for sql in ("SELECT * FROM t", "COMMIT"):
            async with session.stream(sql):
                pass
        assert not in_transaction(session)
        await session.aclose()
