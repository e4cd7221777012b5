"""The whole life of the tokens that the program mints: born once, renewed unseen, and an end in the right words.

The server and the account go by clocks that the test moves.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.local.clock import Clock
from tests.service.doors import account_of, until
from turso_tui import errors
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.control.sql_tokens import Mint
from turso_tui.local.server import LocalServer
from turso_tui.platform import models
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.database import Database
from turso_tui.service.minted_tokens import Lifetimes
from turso_tui.service.services import Services
from turso_tui.tokens import Access, PlatformToken

READ, WRITE = ("database", "scratch", "ro"), ("database", "scratch", "rw")
MINTING = "/v1/*/auth/tokens"
"""The path on which tokens are minted, for faults."""

Open = Callable[..., AbstractAsyncContextManager[Account]]


class Requests(list[str]):
    """A line for each request that the server got, in the order of their ends."""

    def statuses(self, of: str) -> list[str]:
        """Of the requests to a path with these words in it."""
        return [line.split()[2] for line in self if of in line.split()[1]]

    @property
    def mints(self) -> list[str]:
        return self.statuses("/auth/tokens")

    @property
    def queries(self) -> list[str]:
        return self.statuses("/pipeline")


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, requests: Requests, clock: Clock) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=2, log=requests.append, clock=clock) as server:
        yield server


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
async def account(server: LocalServer, services: Services, clock: Clock) -> AsyncIterator[Account]:
    async with account_of(server, services, clock=clock) as account:
        yield account


@pytest.fixture
async def model(account: Account) -> models.Database:
    return await account.find("acme", "scratch")


@pytest.fixture
async def database(account: Account, model: models.Database, requests: Requests) -> Database:
    """The database ``scratch``, for which no token was minted yet."""
    await until(lambda: len(requests) == 1)
    requests.clear()
    return account.open("acme", model)


@pytest.fixture
async def platform(server: LocalServer) -> AsyncIterator[PlatformClient]:
    """Someone else with the same account."""
    async with PlatformTransport(server.url, PlatformToken(server.token)) as transport:
        yield PlatformClient(transport)


def of_two_seconds() -> Lifetimes:
    return Lifetimes(read=timedelta(seconds=2), write=timedelta(seconds=2))


async def quiet() -> None:
    """Wait until nothing goes on in the background."""
    await until(lambda: len(asyncio.all_tasks()) == 1)


async def select(database: Database) -> None:
    assert (await database.execute("SELECT 1")).rows == [(1,)]


async def count(database: Database) -> object:
    return (await database.execute("SELECT count(*) FROM t")).rows[0][0]


class TestFirst:
    async def test_two_hundred_queries_at_once_cause_one_mint(self, database: Database, server: LocalServer) -> None:
        await asyncio.gather(*(select(database) for _ in range(200)))
        assert server.mints == (READ,)

    async def test_so_do_two_hundred_of_which_half_are_cancelled(self, database: Database, server: LocalServer) -> None:
        server.faults.add(f"latency=100ms,on={MINTING}")
        queries = [asyncio.create_task(select(database)) for _ in range(200)]
        await asyncio.sleep(0.02)
        for query in queries[::2]:
            query.cancel()
        outcomes = await asyncio.gather(*queries, return_exceptions=True)
        assert outcomes[1::2] == [None] * 100
        assert server.mints == (READ,)


class TestExpiry:
    async def test_tokens_of_two_seconds_under_a_stream_of_queries(
        self, server: LocalServer, services: Services, requests: Requests, clock: Clock
    ) -> None:
        clock.now = 1_800_000_000.0
        async with account_of(server, services, clock=clock, lifetimes=of_two_seconds()) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            await database.execute("CREATE TABLE t (x)")
            for written in range(40):
                await asyncio.gather(*(count(database) for _ in range(3)))
                await database.execute("INSERT INTO t VALUES (1)")
                assert await count(database) == written + 1
                await quiet()
                clock.now += 0.25
        # One is minted at 0 and ends at 2: the server knows whole seconds. It is renewed when a fifth of its life is
        # left, so at 1.75, and that one ends at 3; so at 2.75, and so on until 9.75.
        assert Counter(server.mints) == {READ: 10, WRITE: 10}
        assert set(requests.queries) == {"200"}

    @pytest.mark.parametrize("skew", [0.0, 3600.0, -3600.0])
    @pytest.mark.parametrize("fraction", [0.0, 0.5, 0.9])
    async def test_an_hour_of_queries_by_the_servers_clock(
        self, server: LocalServer, services: Services, requests: Requests, clock: Clock, skew: float, fraction: float
    ) -> None:
        clock.now = 1_800_000_000 + fraction
        async with account_of(server, services, clock=lambda: clock.now + skew) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            for _ in range(0, 3600, 31):
                await select(database)
                await quiet()
                clock.now += 31
        assert server.mints == (READ,) * 5, "at 0, 806, 1612, 2418 and 3224 seconds"
        assert set(requests.queries) == {"200"}

    async def test_the_first_token_counts_by_the_servers_clock_too(
        self, account: Account, model: models.Database, server: LocalServer, services: Services, clock: Clock
    ) -> None:
        async with account_of(server, services, clock=lambda: clock.now + 3600) as other:
            database = other.open("acme", model)
            await select(database)
            clock.now += 15 * 60 - 4
            await select(database)
            await quiet()
        assert server.mints == (READ, READ)

    async def test_a_renewal_ahead_of_time_makes_nobody_wait(
        self, database: Database, server: LocalServer, clock: Clock
    ) -> None:
        await select(database)
        server.faults.add(f"stall=1s,on={MINTING}")
        clock.now += 14 * 60
        begin = time.monotonic()
        await select(database)
        assert time.monotonic() - begin < 0.9

    async def test_where_it_fails_nobody_notices_while_the_old_token_serves(
        self, database: Database, server: LocalServer, requests: Requests, clock: Clock
    ) -> None:
        await select(database)
        server.faults.add(f"status=500,on={MINTING}")
        clock.now += 13 * 60
        for _ in range(10):
            await select(database)
            await quiet()
            clock.now += 1
        assert set(requests.queries) == {"200"}
        assert len(requests.mints) == 1 + 2 * 3, "two attempts in ten seconds, of three tries each"
        server.faults.clear()
        clock.now += 60
        await select(database)
        await quiet()
        assert server.mints == (READ, READ)

    async def test_a_laptop_that_slept_through_it_just_works(
        self, database: Database, server: LocalServer, requests: Requests, clock: Clock
    ) -> None:
        await database.execute("CREATE TABLE t (x)")
        await select(database)
        clock.now += 8 * 3600
        await asyncio.gather(*(select(database) for _ in range(20)), database.execute("INSERT INTO t VALUES (1)"))
        assert Counter(server.mints) == {READ: 2, WRITE: 2}
        assert set(requests.queries) == {"200"}

    async def test_so_does_one_whose_clock_stood_still(
        self, server: LocalServer, services: Services, requests: Requests, clock: Clock
    ) -> None:
        stopped = clock.now
        async with account_of(server, services, clock=lambda: stopped) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            await select(database)
            clock.now += 8 * 3600
            await select(database)
            await select(database)
        assert server.mints == (READ, READ)
        assert requests.queries.count("401") == 1

    async def test_the_program_ends_in_the_middle_of_a_renewal_and_leaves_nothing(
        self, server: LocalServer, services: Services, clock: Clock
    ) -> None:
        async with account_of(server, services, clock=clock) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            await select(database)
            server.faults.add(f"stall=30s,on={MINTING}")
            clock.now += 14 * 60
            await select(database)
        assert asyncio.all_tasks() == {asyncio.current_task()}


class TestRefusals:
    async def test_after_a_rotation_it_mints_once_more_and_sends_each_once_more(
        self, database: Database, platform: PlatformClient, server: LocalServer, requests: Requests
    ) -> None:
        await select(database)
        await platform.tokens.rotate_database_key("acme", "scratch")
        await asyncio.gather(*(select(database) for _ in range(5)))
        assert server.mints == (READ, READ)
        await until(lambda: requests.queries.count("200") >= 6)
        assert 1 <= requests.queries.count("401") <= 5

    async def test_a_refused_write_is_sent_once_more_and_applied_once(
        self, database: Database, platform: PlatformClient, server: LocalServer, requests: Requests
    ) -> None:
        await database.execute("CREATE TABLE t (x)")
        await platform.tokens.rotate_database_key("acme", "scratch")
        requests.clear()
        await database.execute("INSERT INTO t VALUES (1)")
        assert requests.queries.count("401") <= 2, "that it writes was asked with a token to read"
        assert await count(database) == 1
        assert server.mints.count(Mint(*WRITE)) == 2

    async def test_a_rotation_in_the_middle_of_writing_loses_no_write(
        self, database: Database, platform: PlatformClient
    ) -> None:
        await database.execute("CREATE TABLE t (x)")
        writes = [asyncio.create_task(database.execute("INSERT INTO t VALUES (1)")) for _ in range(20)]
        await platform.tokens.rotate_database_key("acme", "scratch")
        results = await asyncio.gather(*writes, return_exceptions=True)
        unknown = sum(isinstance(result, errors.OutcomeUnknown) for result in results)
        failed = [result for result in results if isinstance(result, BaseException)]
        assert len(failed) == unknown, failed
        written = await count(database)
        assert isinstance(written, int)
        assert 20 - unknown <= written <= 20

    async def test_for_ever_it_ends_after_one_more_token_and_one_more_request(
        self, database: Database, server: LocalServer, requests: Requests
    ) -> None:
        server.faults.add("status=401,on=data")
        with pytest.raises(errors.Unauthorized, match="its key was rotated"):
            await database.execute("SELECT 1")
        assert server.mints == (READ, READ)
        await until(lambda: len(requests) == 4)
        assert requests.queries == ["401", "401"]

    async def test_of_a_given_token_is_said_after_one_request(
        self,
        model: models.Database,
        services: Services,
        platform: PlatformClient,
        requests: Requests,
    ) -> None:
        token = await platform.tokens.mint_database_token("acme", "scratch", expiration=None, read_only=False)
        await platform.tokens.rotate_database_key("acme", "scratch")
        database = services.remote(parse_database_url(model.http_url), token)
        with pytest.raises(errors.Unauthorized, match=r"its key was rotated since\. Paste or mint a new one"):
            await database.execute("SELECT 1")
        await until(lambda: requests.queries == ["401"])

    @pytest.mark.parametrize("has_token", [False, True])
    async def test_because_the_database_was_deleted_say_that_it_is_gone(
        self, database: Database, platform: PlatformClient, requests: Requests, has_token: bool
    ) -> None:
        if has_token:
            await select(database)
        await platform.databases.delete("acme", "scratch")
        await until(lambda: any(line.startswith("DELETE") for line in requests))
        requests.clear()
        with pytest.raises(errors.NotFound) as caught:
            await database.execute("SELECT 1")
        assert "deleted" in str(caught.value) or "does not exist" in str(caught.value), str(caught.value)
        assert len(requests) <= 2, requests


class TestTheEndOfASignIn:
    async def test_that_was_revoked_asks_for_another(
        self, server: LocalServer, services: Services, platform: PlatformClient, requests: Requests, clock: Clock
    ) -> None:
        minted = await platform.api_tokens.mint("robot", organization="acme")
        async with account_of(server, services, clock=clock, token=minted.token.reveal()) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            await platform.api_tokens.revoke_of("acme", minted.record.id)
            await until(lambda: any(line.startswith("DELETE") for line in requests))
            requests.clear()
            for _ in range(2):
                with pytest.raises(errors.SignInEnded, match="revoked") as caught:
                    await database.execute("SELECT 1")
                assert caught.value.next_step == "Sign in again."
            await until(lambda: len(requests) == 2)
        assert requests.mints == ["401", "401"], "each asks once, and nobody asks for ever"
        assert requests.queries == []

    @pytest.fixture
    async def session_account(self, server: LocalServer, services: Services, clock: Clock) -> AsyncIterator[Account]:
        """Signed in for an hour."""
        token = server.session_token(timedelta(hours=1))
        async with account_of(server, services, clock=clock, token=token) as account:
            yield account

    async def test_that_has_expired_asks_for_another(
        self, session_account: Account, requests: Requests, clock: Clock
    ) -> None:
        database = session_account.open("acme", await session_account.find("acme", "scratch"))
        await select(database)
        clock.now += 3601
        with pytest.raises(errors.SignInEnded, match="expired"):
            await database.execute("SELECT 1")
        await until(lambda: len(requests.mints) == 2)
        assert requests.mints == ["200", "401"]

    async def test_goes_unnoticed_while_its_last_token_serves(self, session_account: Account, clock: Clock) -> None:
        database = session_account.open("acme", await session_account.find("acme", "scratch"))
        clock.now += 3595
        await select(database)
        clock.now += 14 * 60
        await select(database)
        await quiet()
        clock.now += 60
        with pytest.raises(errors.SignInEnded):
            await database.execute("SELECT 1")

    async def test_is_over_with_a_new_sign_in(
        self, session_account: Account, server: LocalServer, clock: Clock
    ) -> None:
        database = session_account.open("acme", await session_account.find("acme", "scratch"))
        clock.now += 3601
        with pytest.raises(errors.SignInEnded):
            await database.execute("SELECT 1")
        session_account.replace_token(PlatformToken(server.session_token(timedelta(hours=1))))
        await select(database)


class TestMintsThatFail:
    @pytest.mark.parametrize("fault", ["status=503", "status=500", "status=429", "cut=before", "cut=before,reset"])
    async def test_twice_are_tried_again(
        self, database: Database, server: LocalServer, requests: Requests, fault: str
    ) -> None:
        server.faults.add(f"{fault},times=2,on={MINTING}")
        await select(database)
        assert server.mints == (READ,)
        assert len(requests.mints) == 3
        assert set(requests.queries) == {"200"}

    async def test_unanswered_are_minted_again(self, database: Database, server: LocalServer) -> None:
        server.faults.add(f"cut=after,times=1,on={MINTING}")
        await select(database)
        assert server.mints == (READ, READ)

    async def test_with_a_time_to_wait_are_tried_again_after_it(self, database: Database, server: LocalServer) -> None:
        server.faults.add(f"status=429,retry-after=1s,times=1,on={MINTING}")
        begin = time.monotonic()
        await select(database)
        assert time.monotonic() - begin >= 1

    @pytest.mark.parametrize("fault", ["status=503", "status=429", "cut=before", "cut=after", "garbage=html"])
    @pytest.mark.parametrize("sql", ["SELECT 1", "INSERT INTO t VALUES (1)"], ids=["to read", "to write"])
    async def test_for_ever_say_that_nothing_was_sent(
        self, database: Database, server: LocalServer, requests: Requests, fault: str, sql: str
    ) -> None:
        server.faults.add(f"{fault},on={MINTING}")
        with pytest.raises(errors.MintFailed, match="The statement was not sent") as caught:
            await database.execute(sql)
        assert "for database scratch could be minted" in caught.value.what
        assert len(server.faults.log) == 3
        assert requests.queries == []

    @pytest.mark.parametrize("fault", ["status=503", "cut=after", "garbage=html"])
    async def test_for_a_write_alone_leave_nothing_unknown(
        self, database: Database, account: Account, model: models.Database, server: LocalServer, fault: str
    ) -> None:
        await database.execute("CREATE TABLE t (x)")
        minted = account.broker.source("acme", model).minted
        minted.drop(dict(minted.held())[Access.READ_WRITE])
        server.faults.add(f"{fault},on={MINTING}")
        for write in (database.execute("INSERT INTO t VALUES (1)"), database.batch(["INSERT INTO t VALUES (1)"])):
            with pytest.raises(errors.MintFailed, match="No write token for database scratch could be minted"):
                await write
        server.faults.clear()
        assert await count(database) == 0

    async def test_silently_are_not_asked_again(
        self, server: LocalServer, services: Services, requests: Requests
    ) -> None:
        async with account_of(server, services, patience=httpx.Timeout(0.3)) as account:
            database = account.open("acme", await account.find("acme", "scratch"))
            server.faults.add(f"stall=30s,on={MINTING}")
            with pytest.raises(errors.MintFailed, match="did not answer in time"):
                await database.execute("SELECT 1")
            assert len(server.faults.log) == 1
        assert requests.queries == []

    async def test_fail_together_those_who_wait_together(self, database: Database, server: LocalServer) -> None:
        server.faults.add(f"status=503,on={MINTING}")
        outcomes = await asyncio.gather(*(database.execute("SELECT 1") for _ in range(50)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {errors.MintFailed}
        assert len(server.faults.log) == 3
        server.faults.clear()
        await select(database)
