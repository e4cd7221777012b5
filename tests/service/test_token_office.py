"""Everything about tokens that a person can look at and do, over the real local server."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.local.clock import Clock
from tests.service.doors import account_of
from tests.service.test_profiles import profiles
from tests.tokens import samples
from turso_tui import errors
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.platform.api_tokens import Scope
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.entrance import AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.issuing import ApiTokenRequest, MintRequest
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin
from turso_tui.service.services import Services
from turso_tui.service.target import FileTarget
from turso_tui.service.token_office import SignedInAs, TokenOffice
from turso_tui.tokens import Access, DatabaseToken, PlatformToken, TokenKind, Vaults

READ, WRITE = Access.READ_ONLY, Access.READ_WRITE
URL = parse_database_url("libsql://app-acme.turso.io")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=12, clock=clock) as server:
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
def entrance(server: LocalServer) -> AccountEntrance:
    return AccountEntrance(PlatformToken(server.token), server.url, profile="work", kept="file")


@pytest.fixture
def office(account: Account, entrance: AccountEntrance) -> TokenOffice:
    office = TokenOffice(entrance, account)
    office.organization = "acme"
    return office


@pytest.fixture
async def loaded(office: TokenOffice) -> TokenOffice:
    await office.load()
    return office


def of(office: TokenOffice, origin: Origin) -> list[KnownToken]:
    return [known for known in office.known() if known.origin is origin]


def opens(known: KnownToken, server: LocalServer, database: str) -> bool:
    """Whether the server lets it read."""
    assert isinstance(known.token, DatabaseToken)
    response = httpx.post(
        f"http://127.0.0.1:{server.port}/v2/pipeline",
        headers={
            "host": f"{database}-acme.localhost:{server.port}",
            "authorization": f"Bearer {known.token.reveal()}",
        },
        json={"requests": [{"type": "execute", "stmt": {"sql": "SELECT 1"}}]},
    )
    return response.status_code == 200


class TestTheSignIn:
    async def test_comes_first(self, loaded: TokenOffice, server: LocalServer) -> None:
        first = loaded.known()[0]
        assert (first.origin, first.name, first.kept) == (Origin.SIGN_IN, "work", Keeping.FILE)
        assert first.kind is TokenKind.API_UNRESTRICTED
        assert first.token == PlatformToken(server.token)
        assert first.expires_at is None

    async def test_says_whose_it_is_once_that_is_known(self, office: TokenOffice) -> None:
        assert office.known()[0].scope == "all that its owner may"
        office.signed_in = SignedInAs("ada", expires_at=1_800_003_600.0)
        assert (office.known()[0].scope, office.known()[0].expires_at) == ("all that ada may", 1_800_003_600.0)

    @pytest.mark.parametrize(
        ("secret", "kind", "scope"),
        [
            (samples.ORGANIZATION, TokenKind.API_ORGANIZATION, "one organization"),
            (samples.GROUP_SCOPED, TokenKind.API_GROUP, "one group"),
            (samples.SESSION, TokenKind.SESSION, "all that its owner may"),
        ],
    )
    async def test_of_every_kind_says_how_far_it_reaches(
        self, account: Account, secret: str, kind: TokenKind, scope: str
    ) -> None:
        (known,) = TokenOffice(AccountEntrance(PlatformToken(secret)), account).known()
        assert (known.kind, known.scope) == (kind, scope)

    @pytest.mark.parametrize(
        ("kept", "keeping"),
        [
            ("keyring", Keeping.KEYRING), ("file", Keeping.FILE), ("environment", Keeping.ENVIRONMENT),
            ("memory", Keeping.MEMORY), ("", Keeping.MEMORY),
        ],
    )  # fmt: skip
    async def test_says_where_it_is(self, account: Account, kept: str, keeping: Keeping) -> None:
        (known,) = TokenOffice(AccountEntrance(PlatformToken(samples.UNRESTRICTED), kept=kept), account).known()
        assert known.kept is keeping

    async def test_may_be_another_one_from_now_on(self, office: TokenOffice) -> None:
        office.replace_sign_in(AccountEntrance(PlatformToken(samples.SESSION), profile="new"))
        assert office.known()[0].name == "new"


class TestWhatTheProgramMinted:
    async def test_is_listed_as_soon_as_it_is_there(self, loaded: TokenOffice, account: Account, clock: Clock) -> None:
        assert of(loaded, Origin.BROKER) == []
        database = account.open("acme", await account.find("acme", "scratch"))
        await database.execute("CREATE TABLE t (x)")
        read, write = of(loaded, Origin.BROKER)
        assert (read.name, read.scope, read.rights) == ("read token", "acme/scratch", "reads only")
        assert write.name == "write token"
        assert (read.expires_at, write.expires_at) == (int(clock.now) + 900, int(clock.now) + 300)
        assert read.url.startswith("libsql://scratch-acme.")

    async def test_is_gone_when_it_has_ended(self, loaded: TokenOffice, account: Account, clock: Clock) -> None:
        await account.open("acme", await account.find("acme", "scratch")).execute("SELECT 1")
        clock.now += 3600
        assert of(loaded, Origin.BROKER) == []

    async def test_for_a_group_says_so(self, loaded: TokenOffice, account: Account) -> None:
        databases = [database for database in loaded.databases if database.group == "default"]
        await account.open_many("acme", databases * 2)[0].execute("SELECT 1")
        (known,) = of(loaded, Origin.BROKER)
        assert (known.scope, known.kind, known.url) == ("group default of acme", TokenKind.GROUP, "")

    async def test_is_forgotten_on_request_and_minted_anew(
        self, loaded: TokenOffice, account: Account, server: LocalServer
    ) -> None:
        database = account.open("acme", await account.find("acme", "scratch"))
        await database.execute("SELECT 1")
        (known,) = of(loaded, Origin.BROKER)
        loaded.forget(known)
        assert of(loaded, Origin.BROKER) == []
        assert opens(known, server, "scratch"), "whoever has it can use it still"
        await database.execute("SELECT 1")
        assert len(server.mints) == 2


class TestLoading:
    async def test_reads_the_databases_groups_and_organizations(self, loaded: TokenOffice) -> None:
        assert {"scratch", "telemetry"} <= {database.name for database in loaded.databases}
        assert {group.name for group in loaded.groups} == {"default", "eu", "archive", "lab"}
        assert set(loaded.organizations) == {"acme", "you"}

    async def test_reads_the_records_of_api_tokens_but_no_secret(self, office: TokenOffice, account: Account) -> None:
        await account.issuing.mint_api_token(ApiTokenRequest("robot", "acme", "default", (Scope.READ,)))
        await office.load()
        robot = next(known for known in of(office, Origin.API) if known.name == "robot")
        assert (robot.kind, robot.scope, robot.rights) == (TokenKind.API_GROUP, "group default of acme", "read")
        assert (robot.token, robot.kept) == (None, Keeping.NOWHERE)

    async def test_wants_an_organization(self, office: TokenOffice) -> None:
        office.organization = ""
        with pytest.raises(errors.InputError, match="No organization is chosen"):
            await office.load()

    async def test_with_a_token_of_one_group_shows_what_it_may_see(
        self, server: LocalServer, services: Services, account: Account, clock: Clock
    ) -> None:
        minted = await account.issuing.mint_api_token(
            ApiTokenRequest("narrow", "acme", "lab", (Scope.READ, Scope.DB_MINT_TOKEN))
        )
        async with account_of(
            server, services, clock=clock, token=minted.token.reveal(), organization="acme"
        ) as narrow:
            office = TokenOffice(AccountEntrance(minted.token, server.url), narrow)
            office.organization = "acme"
            await office.load()
            assert {database.group for database in office.databases} == {"lab"}
            assert of(office, Origin.API) == []

    async def test_that_fails_leaves_what_was_known(self, loaded: TokenOffice, server: LocalServer) -> None:
        before = loaded.databases
        server.faults.add("status=403,on=/v1/organizations/acme/groups")
        with pytest.raises(errors.Forbidden):
            await loaded.load()
        assert loaded.databases == before

    async def test_what_the_time_is_says_the_server(self, server: LocalServer, services: Services) -> None:
        async with account_of(server, services) as account:
            office = TokenOffice(AccountEntrance(PlatformToken(server.token), server.url), account)
            office.organization = "acme"
            await office.load()
            assert abs(office.now() - Clock.now) < 60


class TestMinting:
    async def test_for_a_database(self, loaded: TokenOffice, server: LocalServer, clock: Clock) -> None:
        request = MintRequest("acme", "scratch", lifetime=timedelta(hours=1), access=READ)
        known = await loaded.mint(request)
        assert of(loaded, Origin.HAND) == [known]
        assert (known.scope, known.kept, known.name) == ("acme/scratch", Keeping.MEMORY, "token 1")
        assert known.expires_at == int(clock.now) + 3600
        assert known.url.startswith("libsql://scratch-acme.")
        assert opens(known, server, "scratch")

    async def test_for_a_group(self, loaded: TokenOffice, server: LocalServer) -> None:
        known = await loaded.mint(MintRequest("acme", group="lab", access=WRITE))
        assert (known.scope, known.kind, known.url) == ("group lab of acme", TokenKind.GROUP, "")
        assert known.expires_at is None
        assert opens(known, server, "scratch")

    async def test_several_are_told_apart(self, loaded: TokenOffice) -> None:
        minted = [await loaded.mint(MintRequest("acme", "scratch")) for _ in range(3)]
        loaded.forget(minted[0])
        minted.append(await loaded.mint(MintRequest("acme", "scratch")))
        assert len({known.id for known in minted}) == 4
        assert len({known.name for known in of(loaded, Origin.HAND)}) == 3

    async def test_one_that_is_forgotten_is_forgotten(self, loaded: TokenOffice) -> None:
        first, second = [await loaded.mint(MintRequest("acme", "scratch")) for _ in range(2)]
        loaded.forget(first)
        assert of(loaded, Origin.HAND) == [second]

    async def test_for_what_is_not_there_is_refused_before_anything_is_minted(
        self, loaded: TokenOffice, server: LocalServer
    ) -> None:
        with pytest.raises(errors.InputError, match="no database nonsense here"):
            await loaded.mint(MintRequest("acme", "nonsense"))
        with pytest.raises(errors.NotFound):
            await loaded.mint(MintRequest("acme", group="nonsense"))
        assert of(loaded, Origin.HAND) == []
        assert server.mints == ()

    async def test_the_form_learns_the_tables(self, loaded: TokenOffice, account: Account) -> None:
        database = account.open("acme", await account.find("acme", "scratch"))
        await database.execute("CREATE TABLE notes (x)")
        await database.execute("CREATE VIEW short AS SELECT * FROM notes")
        assert {"notes", "short"} <= set(await loaded.tables("scratch"))

    async def test_tables_of_what_is_not_there(self, loaded: TokenOffice) -> None:
        with pytest.raises(errors.InputError, match=r"no database nonsense here.*F9"):
            await loaded.tables("nonsense")


class TestRotating:
    async def test_of_one_database_forgets_its_tokens_and_keeps_the_others(
        self, loaded: TokenOffice, account: Account, server: LocalServer
    ) -> None:
        for name in ("scratch", "telemetry"):
            await account.open("acme", await account.find("acme", name)).execute("SELECT 1")
        doomed = await loaded.mint(MintRequest("acme", "scratch"))
        kept = await loaded.mint(MintRequest("acme", "telemetry"))
        await loaded.rotate(await loaded.rotation(database="scratch"))
        assert of(loaded, Origin.HAND) == [kept]
        assert [known.scope for known in of(loaded, Origin.BROKER)] == ["acme/telemetry"]
        assert not opens(doomed, server, "scratch")
        assert opens(kept, server, "telemetry")

    async def test_of_a_group_forgets_all_of_it(
        self, loaded: TokenOffice, account: Account, server: LocalServer
    ) -> None:
        lab = [database for database in loaded.databases if database.group == "lab"]
        await account.open("acme", lab[0]).execute("SELECT 1")
        doomed = [
            await loaded.mint(MintRequest("acme", group="lab")),
            await loaded.mint(MintRequest("acme", lab[0].name)),
        ]
        rotation = await loaded.rotation(group="lab")
        assert rotation.databases == tuple(sorted(database.name for database in lab))
        await loaded.rotate(rotation)
        assert of(loaded, Origin.HAND) == of(loaded, Origin.BROKER) == []
        assert not any(opens(known, server, lab[0].name) for known in doomed)

    async def test_that_fails_forgets_nothing(self, loaded: TokenOffice, server: LocalServer) -> None:
        known = await loaded.mint(MintRequest("acme", "scratch"))
        rotation = await loaded.rotation(database="scratch")
        server.faults.add("status=403,on=/v1/*/auth/rotate")
        with pytest.raises(errors.Forbidden):
            await loaded.rotate(rotation)
        assert of(loaded, Origin.HAND) == [known]


class TestApiTokens:
    async def test_a_fresh_one_has_its_secret_until_it_is_forgotten(self, loaded: TokenOffice) -> None:
        request = ApiTokenRequest("robot", "acme", "default", (Scope.READ, Scope.DB_CREATE))
        known = await loaded.mint_api_token(request)
        assert isinstance(known.token, PlatformToken)
        assert (known.kept, known.scope) == (Keeping.MEMORY, "group default of acme")
        assert known.rights == "read, db:create"
        assert known in loaded.known()
        loaded.forget(known)
        (record,) = [each for each in of(loaded, Origin.API) if each.id == known.id]
        assert (record.token, record.kept) == (None, Keeping.NOWHERE)

    async def test_it_keeps_its_secret_when_the_list_is_read_again(self, loaded: TokenOffice) -> None:
        known = await loaded.mint_api_token(ApiTokenRequest("robot", "acme"))
        await loaded.load()
        (again,) = [each for each in of(loaded, Origin.API) if each.id == known.id]
        assert again.token == known.token

    async def test_one_that_is_revoked_is_gone_and_worthless(self, loaded: TokenOffice, server: LocalServer) -> None:
        known = await loaded.mint_api_token(ApiTokenRequest("robot", "acme"))
        assert isinstance(known.token, PlatformToken)
        await loaded.revoke_api_token(known)
        assert known.id not in {each.id for each in loaded.known()}
        async with PlatformTransport(server.url, known.token) as transport:
            with pytest.raises(errors.SignInEnded, match="revoked"):
                await PlatformClient(transport).databases.list_all("acme")

    async def test_a_name_twice_is_refused_and_changes_nothing(self, loaded: TokenOffice) -> None:
        known = await loaded.mint_api_token(ApiTokenRequest("robot", "acme"))
        with pytest.raises(errors.Conflict, match="You have an API token called robot already"):
            await loaded.mint_api_token(ApiTokenRequest("robot", "acme"))
        assert [each for each in of(loaded, Origin.API) if each.name == "robot"] == [known]


class TestOtherProfiles:
    @pytest.fixture
    def state(self, tmp_path: Path) -> Path:
        return tmp_path / "state"

    async def test_are_listed_with_where_they_are(
        self, entrance: AccountEntrance, account: Account, state: Path
    ) -> None:
        remembered = profiles(state)
        remembered.remember("work", entrance)
        remembered.remember("home", AccountEntrance(PlatformToken(samples.SESSION), "https://api.example"))
        remembered.remember("app", RemoteEntrance(URL, DatabaseToken(samples.DATABASE)))
        remembered.remember("open", RemoteEntrance(URL))
        remembered.remember("file", FileTarget(Path("x.db")))
        office = TokenOffice(entrance, account, profiles=remembered)
        office.organization = "acme"
        await office.load()
        app, home = of(office, Origin.PROFILE)
        assert (app.name, app.kind, app.scope, app.kept) == ("app", TokenKind.DATABASE, URL.host, Keeping.FILE)
        assert app.url == "libsql://app-acme.turso.io"
        assert (home.name, home.kind, home.scope) == ("home", TokenKind.SESSION, "https://api.example")

    async def test_one_whose_secret_is_gone_says_so(
        self, entrance: AccountEntrance, account: Account, state: Path
    ) -> None:
        remembered = profiles(state)
        remembered.remember("home", AccountEntrance(PlatformToken(samples.SESSION), "https://api.example"))
        Vaults(state, "file", {}).preferred().forget("profile:home https://api.example")
        office = TokenOffice(entrance, account, profiles=remembered)
        office.organization = "acme"
        await office.load()
        (home,) = of(office, Origin.PROFILE)
        assert home.token is None
        assert "no longer in the file" in home.note


class TestWithoutAnAccount:
    @pytest.mark.parametrize("kept", ["file", "environment"])
    async def test_the_given_token_is_known(self, kept: str) -> None:
        office = TokenOffice(RemoteEntrance(URL, DatabaseToken(samples.DATABASE), "app", kept), clock=lambda: 7.0)
        await office.load()
        (known,) = office.known()
        assert (known.origin, known.name, known.scope) == (Origin.GIVEN, "app", URL.host)
        assert known.kept is (Keeping.FILE if kept == "file" else Keeping.ENVIRONMENT)
        assert office.now() == 7.0
        assert not office.has_account

    @pytest.mark.parametrize("entrance", [RemoteEntrance(URL), FileTarget(Path("x.db"))])
    async def test_where_there_is_none_none_is_known(self, entrance: Entrance) -> None:
        office = TokenOffice(entrance)
        await office.load()
        assert office.known() == ()

    @pytest.mark.parametrize(
        "act",
        [
            lambda office: office.mint(MintRequest("acme", "scratch")),
            lambda office: office.mint_api_token(ApiTokenRequest("robot")),
            lambda office: office.tables("scratch"),
        ],
    )
    async def test_nothing_can_be_minted_and_that_is_said(self, act: Callable[[TokenOffice], object]) -> None:
        office = TokenOffice(RemoteEntrance(URL))
        office.organization = "acme"
        with pytest.raises(errors.InputError, match="Tokens are minted by an account, and this is a single database"):
            await act(office)  # type: ignore[misc]
