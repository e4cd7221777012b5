"""Nothing that goes wrong tells a secret: not in its words, not in a traceback with all its variables, not in a log."""

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.local.clock import Clock
from tests.secrecy.canary import Canaries
from tests.service.doors import account_of
from tests.tokens.samples import DATABASE
from turso_tui.errors import TursoTuiError
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.account import Account
from turso_tui.service.database import Database
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.issuing import ApiTokenRequest, MintRequest
from turso_tui.service.profiles import Profiles
from turso_tui.service.secret_files import SecretFormat, save_secret
from turso_tui.service.services import Services
from turso_tui.service.token_office import TokenOffice
from turso_tui.tokens import DatabaseToken, PlatformToken, Vaults, as_database_token

LIBRARIES = ("", "httpx", "httpcore", "h11", "uvicorn", "keyring", "textual", "asyncio", "turso_tui")
SHARED_KEY = DatabaseToken("a-shared-key-that-nobody-else-must-ever-get-to-know-4711")


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any library has to say."""
    for name in LIBRARIES:
        caplog.set_level(logging.DEBUG, name or None)
    return caplog


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=2, clock=clock) as server:
        yield server


@pytest.fixture
def session(server: LocalServer, canaries: Canaries) -> PlatformToken:
    """A sign-in for an hour."""
    token = PlatformToken(server.session_token(timedelta(hours=1)))
    canaries.add("session", token)
    return token


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
async def account(
    server: LocalServer, services: Services, session: PlatformToken, clock: Clock
) -> AsyncIterator[Account]:
    async with account_of(server, services, token=session.reveal(), clock=clock) as account:
        yield account


@pytest.fixture
def office(account: Account, session: PlatformToken, server: LocalServer) -> TokenOffice:
    office = TokenOffice(AccountEntrance(session, server.url), account)
    office.organization = "acme"
    return office


@pytest.fixture
async def database(account: Account, canaries: Canaries) -> Database:
    """With a token to read and one to write."""
    database = account.open("acme", await account.find("acme", "scratch"))
    await database.execute("CREATE TABLE t (x)")
    canaries.add_all("minted", (known.token for known in account.broker.known()))
    return database


def words_of(act: Callable[[], object]) -> str:
    """What a failure says; empty where there is none."""
    try:
        act()
    except TursoTuiError as error:
        return f"{error!s} {error!r} {vars(error)}"
    return ""


async def told(act: Awaitable[object]) -> str:
    """All that can be read of a failure: its words, and its traceback with every variable of every frame."""
    try:
        await act
    except TursoTuiError as error:
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "\n".join([str(error), repr(error), repr(vars(error)), *whole.format()])
    raise AssertionError("nothing went wrong")


FAULTS = (
    "status=401", "status=403", "status=500", "cut=before", "cut=after", "cut=middle",
    "garbage=html", "garbage=half", "garbage=json",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_query_that_fails(
    server: LocalServer, database: Database, canaries: Canaries, log: pytest.LogCaptureFixture, fault: str
) -> None:
    server.faults.add(f"{fault},on=data")
    assert canaries.in_text(await told(database.execute("SELECT 1"))) == []
    assert canaries.in_text(log.text) == []
    assert len(canaries) == 3


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_mint_that_fails(
    server: LocalServer, database: Database, account: Account, canaries: Canaries, clock: Clock,
    log: pytest.LogCaptureFixture, fault: str,
) -> None:  # fmt: skip
    clock.now += 1800
    server.faults.add(f"{fault},on=/v1/*/auth/tokens")
    failure = await told(database.execute("SELECT 1"))
    assert minted_in(failure) == []
    assert canaries.in_text(failure) == []
    assert canaries.in_text(log.text) == []


def minted_in(text: str) -> list[str]:
    """Starts of JWTs: what a server that answers nonsense had minted has no name."""
    return [word[:12] for word in text.split("eyJhbGciOi")[1:] if len(word) > 20]


@pytest.mark.parametrize("fault", ["garbage=half", "cut=middle"])
async def test_a_token_minted_by_hand_in_a_broken_answer(
    server: LocalServer, office: TokenOffice, canaries: Canaries, log: pytest.LogCaptureFixture, fault: str
) -> None:
    await office.load()
    server.faults.add(f"{fault},on=/v1/*/auth/tokens")
    server.faults.add(f"{fault},on=/v2/auth/api-tokens/*")
    assert minted_in(await told(office.mint(MintRequest("acme", "scratch")))) == []
    assert minted_in(await told(office.mint_api_token(ApiTokenRequest("robot", "acme")))) == []
    assert canaries.in_text(log.text) == []


async def test_a_sign_in_that_has_ended(
    database: Database, account: Account, canaries: Canaries, clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    clock.now += 7200
    for act in (database.execute("SELECT 1"), account.organizations(), account.expires_at()):
        assert canaries.in_text(await told(act)) == []
    assert canaries.in_text(log.text) == []


@pytest.mark.parametrize("token", [SHARED_KEY, DatabaseToken(DATABASE)], ids=["shared key", "of another database"])
async def test_a_given_token_that_is_refused(
    services: Services, account: Account, canaries: Canaries, log: pytest.LogCaptureFixture, token: DatabaseToken
) -> None:
    canaries.add("given", token)
    model = await account.find("acme", "scratch")
    database = services.remote(parse_database_url(model.http_url), token)
    assert canaries.in_text(await told(database.execute("SELECT 1"))) == []
    assert canaries.in_text(log.text) == []


async def test_a_transaction_that_is_lost_with_its_token(
    database: Database, account: Account, server: LocalServer, canaries: Canaries, clock: Clock
) -> None:
    session = database.session()
    async with session.stream("BEGIN IMMEDIATE"):
        pass

    async def commit() -> None:
        async with session.stream("COMMIT"):
            pass

    server.faults.add("status=401,on=data")
    assert canaries.in_text(await told(commit())) == []
    await session.aclose()


async def test_a_server_that_is_not_there(
    services: Services, session: PlatformToken, canaries: Canaries, unused_tcp_port: int, log: pytest.LogCaptureFixture
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    canaries.add("given", SHARED_KEY)
    account = services.account(session, url)
    assert canaries.in_text(await told(account.groups("acme"))) == []
    assert canaries.in_text(await told(services.remote(parse_database_url(url), SHARED_KEY).execute("SELECT 1"))) == []
    assert canaries.in_text(log.text) == []


async def test_a_token_in_a_url_that_cannot_be_used(canaries: Canaries) -> None:
    canaries.add("given", SHARED_KEY)

    said = words_of(lambda: parse_database_url(f"gopher://app.turso.io/?authToken={SHARED_KEY.reveal()}"))
    assert "not the URL of a database" in said
    assert canaries.in_text(said) == []


@pytest.mark.parametrize("format", SecretFormat)
def test_a_token_that_cannot_be_saved(tmp_path: Path, canaries: Canaries, format: SecretFormat) -> None:
    token = DatabaseToken(DATABASE)
    canaries.add("by hand", token)
    (tmp_path / "directory").mkdir()
    said = words_of(lambda: save_secret(tmp_path / "directory", token, format, url="libsql://app.turso.io"))
    assert "directory" in said
    assert canaries.in_text(said) == []


async def test_a_vault_that_is_damaged(tmp_path: Path, session: PlatformToken, canaries: Canaries) -> None:
    profiles = Profiles(tmp_path / "profiles.json", Vaults(tmp_path, "file", {}))
    profiles.remember("work", AccountEntrance(session, "https://api.example"))
    vault = tmp_path / "vault.json"
    vault.write_bytes(vault.read_bytes()[:-2] + b'": 7')

    async def enter() -> None:
        profiles.entrance("work")

    assert canaries.in_text(await told(enter())) == []


async def test_a_token_of_the_wrong_kind(session: PlatformToken, canaries: Canaries) -> None:
    """What was pasted is in the caller's variables; the words that are shown do without it."""
    said = words_of(lambda: as_database_token(session.reveal()))
    assert said
    assert canaries.in_text(said) == []


def test_the_canaries_sing() -> None:
    """The search finds a secret that is there: whole, in part, and broken over the lines of a screen."""
    canaries = Canaries()
    canaries.add("given", DatabaseToken(DATABASE))
    signature = DATABASE.rpartition(".")[2]
    assert canaries.in_text(f"Bearer {DATABASE}") == ["given"]
    assert canaries.in_text(signature[9:40]) == ["given"]
    assert canaries.on_screen(f"│ {signature[:20]} │\n│ {signature[20:40]} │") == ["given"]
    assert canaries.on_screen(f"<text>{signature[:10]}</text><text>{signature[10:40]}</text>") == ["given"]
    assert canaries.in_text(str(DatabaseToken(DATABASE))) == []
