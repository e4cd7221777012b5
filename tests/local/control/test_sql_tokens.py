"""What a minted token says, and what it opens: every refusal over real HTTP, in the words of the real servers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request

from tests.local.clock import Clock
from turso_tui.local.control import ControlPlane
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.records import Organization
from turso_tui.local.seed import build, plant
from turso_tui.local.server import LocalServer
from turso_tui.local.tenant import Dialect, Refusal, Tenant

Create = Callable[..., dict[str, Any]]
Mint = Callable[..., str]
RunSql = Callable[..., httpx.Response]

EMPTY = "Unauthorized: `unauthorized access attempt on database: empty JWT token`"
FOREIGN_KEY = "invalid JWT token: can't be decoded with any of the existin keys"
NOT_FOR_THIS = "token does not have the permissions to access the database"
EXPIRED = "Unauthorized: `The JWT has expired`"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_a_database_token_names_its_database(create: Create, mint: Mint) -> None:
    database = create("app")
    claims = claims_of(mint("databases/app"))
    assert claims.keys() == {"id", "a", "iat", "rid"}
    assert (claims["id"], claims["a"], len(claims["rid"])) == (database["DbId"], "rw", 22)


def test_a_group_token_names_its_group(api: httpx.Client, mint: Mint) -> None:
    claims = claims_of(mint("groups/default", authorization="read-only", expiration="2d"))
    assert claims.keys() == {"gid", "a", "iat", "rid", "exp"}
    assert claims["gid"] == api.get("/v1/groups/default").json()["group"]["uuid"]
    assert (claims["a"], claims["exp"] - claims["iat"]) == ("ro", 2 * 24 * 3600)


@pytest.mark.parametrize("query", [{"expiration": "soon"}, {"expiration": "5"}, {"authorization": "admin"}])
def test_a_token_that_cannot_be_is_not_minted(api: httpx.Client, create: Create, query: dict[str, str]) -> None:
    create("app")
    assert api.post("/v1/databases/app/auth/tokens", params=query).status_code == 400


def test_the_body_of_the_npm_client_is_accepted_and_real_attachments_are_not(api: httpx.Client, create: Create) -> None:
    create("app")
    for databases, status in (([], 200), (["other"], 400)):
        body = {"permissions": {"read_attach": {"databases": databases}}}
        assert api.post("/v1/databases/app/auth/tokens", json=body).status_code == status


def mint_fine_grained(api: httpx.Client, *permissions: dict[str, Any]) -> str:
    body = {"fine_grained_permissions": permissions}
    return str(api.post("/v1/databases/app/auth/tokens", json=body).json()["jwt"])


def test_fine_grained_permissions_are_a_claim_that_is_enforced(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    create("app")
    for table in ("users", "secrets"):
        run_sql(mint("databases/app"), sql=f"CREATE TABLE {table} (x)")
    permission = {"t": ["Users"], "a": ["data_read"]}
    token = mint_fine_grained(api, permission)
    assert claims_of(token)["perm"] == [permission]

    def outcome(sql: str) -> object:
        result = run_sql(token, sql=sql).json()["results"][0]
        return result["error"]["code"] if "error" in result else result["type"]

    assert outcome("SELECT * FROM users") == "ok"
    assert outcome("SELECT * FROM secrets") == "SQLITE_AUTH"
    assert outcome("INSERT INTO users VALUES (1)") == "SQLITE_READONLY"
    assert outcome("CREATE TABLE t (x)") == "SQLITE_READONLY"


def test_permissions_of_every_table_have_no_names(api: httpx.Client, create: Create, run_sql: RunSql) -> None:
    create("app")
    token = mint_fine_grained(api, {"t": None, "a": ["schema_add"]})
    assert run_sql(token, sql="CREATE TABLE t (x)").json()["results"][0]["type"] == "ok"


def test_an_action_that_there_is_not_is_refused(api: httpx.Client, create: Create) -> None:
    create("app")
    unknown = {"fine_grained_permissions": [{"t": None, "a": ["data_insert"]}]}
    assert api.post("/v1/databases/app/auth/tokens", json=unknown).status_code == 400


def test_sqld_does_not_know_fine_grained_permissions(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path, dialect=Dialect.SQLD) as server:
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as api:
            api.post("/v1/databases", json={"name": "app"})
            token = mint_fine_grained(api, {"t": ["users"], "a": ["data_read"]})
        body = {"requests": [{"type": "execute", "stmt": {"sql": "CREATE TABLE t (x)"}}]}
        answer = httpx.post(f"{server.url}/v2/pipeline", json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.json()["results"][0]["type"] == "ok"


def test_a_token_opens_its_database_by_host_and_at_the_bare_address(
    create: Create, mint: Mint, run_sql: RunSql
) -> None:
    host = create("app")["Hostname"]
    token = mint("databases/app")
    assert run_sql(token, host).status_code == 200
    assert run_sql(token, host.upper()).status_code == 200
    assert run_sql(token).status_code == 200


def test_names_with_dashes_lead_to_the_right_database(create: Create, mint: Mint, run_sql: RunSql) -> None:
    hosts = {name: create(name)["Hostname"] for name in ("a", "a-b", "a-b-c")}
    for name, host in hosts.items():
        assert run_sql(mint(f"databases/{name}"), host).status_code == 200


def test_a_group_token_opens_every_database_of_its_group_by_host(create: Create, mint: Mint, run_sql: RunSql) -> None:
    hosts = [create(name)["Hostname"] for name in ("one", "two")]
    token = mint("groups/default")
    assert [run_sql(token, host).status_code for host in hosts] == [200, 200]
    assert run_sql(token).status_code == 404


def test_a_read_only_token_reads(create: Create, mint: Mint, run_sql: RunSql) -> None:
    create("app")
    token = mint("databases/app", authorization="read-only")
    assert run_sql(token).status_code == 200
    assert run_sql(token, sql="CREATE TABLE t (x)").status_code == 403


def test_no_token(create: Create, run_sql: RunSql) -> None:
    host = create("app")["Hostname"]
    assert refusal(run_sql(None, host)) == (401, EMPTY)
    assert refusal(run_sql(None)) == (401, EMPTY)


def test_garbage(create: Create, run_sql: RunSql) -> None:
    assert refusal(run_sql("garbage", create("app")["Hostname"])) == (400, "JWT error: InvalidToken")


def test_the_token_of_another_database(create: Create, mint: Mint, run_sql: RunSql) -> None:
    host = create("app")["Hostname"]
    create("other")
    assert refusal(run_sql(mint("databases/other"), host)) == (401, NOT_FOR_THIS)


def test_the_token_of_another_group(api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql) -> None:
    host = create("app")["Hostname"]
    api.post("/v1/groups", json={"name": "eu"})
    assert refusal(run_sql(mint("groups/eu"), host)) == (401, FOREIGN_KEY)


def test_a_platform_token(server: LocalServer, create: Create, run_sql: RunSql) -> None:
    host = create("app")["Hostname"]
    assert refusal(run_sql(server.token, host)) == (401, FOREIGN_KEY)
    assert refusal(run_sql(server.token)) == (401, FOREIGN_KEY)


def test_a_forged_token(create: Create, mint: Mint, run_sql: RunSql) -> None:
    create("app")
    forged = jwt.encode(claims_of(mint("databases/app")), Ed25519PrivateKey.generate(), algorithm="EdDSA")
    assert refusal(run_sql(forged)) == (401, FOREIGN_KEY)


def test_an_unknown_host(create: Create, mint: Mint, run_sql: RunSql) -> None:
    create("app")
    assert refusal(run_sql(mint("databases/app"), "nope-you.localhost"))[0] == 404


def test_the_token_of_a_deleted_database(api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql) -> None:
    host = create("app")["Hostname"]
    token, group = mint("databases/app"), mint("groups/default")
    api.delete("/v1/databases/app")
    assert refusal(run_sql(token, host)) == (404, "Namespace `app-you` doesn't exist")
    assert refusal(run_sql(group, host)) == (404, "Namespace `app-you` doesn't exist")
    assert run_sql(token).status_code == 404
    # A new database of the same name is another one, even for a token that the group's key has signed.
    create("app")
    assert refusal(run_sql(token, host)) == (401, NOT_FOR_THIS)
    assert run_sql(group, host).status_code == 200


def test_the_tokens_of_a_deleted_group(api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql) -> None:
    api.post("/v1/groups", json={"name": "eu"})
    host = create("app", group="eu")["Hostname"]
    tokens = [mint("databases/app"), mint("groups/eu")]
    api.delete("/v1/groups/eu")
    assert [run_sql(token, host).status_code for token in tokens] == [404, 404]
    api.post("/v1/groups", json={"name": "eu"})
    create("app", group="eu")
    assert [refusal(run_sql(token, host)) for token in tokens] == [(401, FOREIGN_KEY)] * 2


def test_rotating_a_database_voids_its_tokens_and_no_others(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    host = create("app")["Hostname"]
    create("other")
    old, other, group = mint("databases/app"), mint("databases/other"), mint("groups/default")
    assert api.post("/v1/databases/app/auth/rotate").json() == {}
    assert refusal(run_sql(old)) == (401, FOREIGN_KEY)
    assert [run_sql(other).status_code, run_sql(group, host).status_code] == [200, 200]
    assert run_sql(mint("databases/app")).status_code == 200


def test_rotating_a_group_voids_every_token_in_it(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    host = create("app")["Hostname"]
    api.post("/v1/databases/app/auth/rotate")
    tokens = [mint("databases/app"), mint("groups/default")]
    assert api.post("/v1/groups/default/auth/rotate").json() == {}
    assert [refusal(run_sql(token, host)) for token in tokens] == [(401, FOREIGN_KEY)] * 2
    assert run_sql(mint("groups/default"), host).status_code == 200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[Dialect.SPEC, Dialect.CLOUD, Dialect.SQLD])
def timed(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[tuple[LocalServer, Dialect]]:
    with LocalServer.in_thread(tmp_path, dialect=request.param, clock=clock) as server:
        yield server, request.param


def test_a_token_is_good_until_the_second_it_expires(timed: tuple[LocalServer, Dialect], clock: Clock) -> None:
    server, dialect = timed
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as api:
        api.post("/v1/databases", json={"name": "app"})
        token = api.post("/v1/databases/app/auth/tokens?expiration=5m").json()["jwt"]

        def select() -> httpx.Response:
            body = {"requests": [{"type": "execute", "stmt": {"sql": "SELECT 1"}}, {"type": "close"}]}
            return api.post("/v2/pipeline", json=body, headers={"authorization": f"Bearer {token}"})

        leeway = 60 if dialect is Dialect.SQLD else 0
        clock.now += 298.5 + leeway
        assert select().status_code == 200
        clock.now += 1
        assert refusal(select()) == (401, EXPIRED)


def test_sqld_answers_in_its_own_words(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path, dialect=Dialect.SQLD) as server:
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as api:
            hosts = {}
            for name in ("app", "other"):
                created = api.post("/v1/databases", json={"name": name}).json()
                hosts[name] = created["database"]["Hostname"]
            other = api.post("/v1/databases/other/auth/tokens").json()["jwt"]

        def answer(host: str, authorization: str | None) -> tuple[int, str]:
            headers = {"host": host} | ({"authorization": authorization} if authorization else {})
            return refusal(httpx.post(f"{server.url}/v2/pipeline", json={"requests": []}, headers=headers))

        assert answer("nope.localhost", None) == (404, "Namespace `nope` doesn't exist")
        assert answer(hosts["app"], None) == (401, "Unauthorized: `Expected authorization header but none given`")
        assert answer(hosts["app"], "Bearer garbage") == (401, "Unauthorized: `The JWT is invalid`")
        scheme = "Unauthorized: `The authentication scheme in the `Authorization` HTTP header is not supported`"
        assert answer(hosts["app"], "Basic eDp5") == (401, scheme)
        assert answer(hosts["app"], f"Bearer {other}") == (404, "Namespace `app-you` doesn't exist")


class Signer:
    """The keys of an account that no server has open, to sign what no server would."""

    def __init__(self, directory: Path, dialect: Dialect, clock: Clock) -> None:
        self.is_sqld = dialect is Dialect.SQLD
        self.plane = ControlPlane(directory, build, dialect=dialect, clock=clock)
        plant(self.plane.account, self.plane.keys, "demo", 1, int(clock()))
        self.database = Catalogue(self.plane.account).databases(self.plane.account.find(Organization)[0])[0]

    async def resolve(self, **claims: object) -> Tenant:
        """What the resolver makes of a token with the claims, on the database's host."""
        token = self.plane.keys.sign(self.database.group_uuid, {"id": self.database.uuid, **claims})
        headers = [
            (b"host", f"{self.database.label}.localhost".encode()),
            (b"authorization", f"Bearer {token}".encode()),
        ]
        return await self.plane.resolve(Request({"type": "http", "headers": headers}))


@pytest.fixture(params=[Dialect.SPEC, Dialect.CLOUD, Dialect.SQLD])
def signer(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Signer]:
    made = Signer(tmp_path, request.param, clock)
    yield made
    made.plane.close()


async def test_a_token_of_the_future_is_good_already(signer: Signer, clock: Clock) -> None:
    later = int(clock.now) + 3600
    assert (await signer.resolve(nbf=later, iat=later)).key == signer.database.uuid


async def test_sqld_expects_no_audience(signer: Signer, clock: Clock) -> None:
    if not signer.is_sqld:
        assert (await signer.resolve(aud="somebody")).key == signer.database.uuid
        return
    with pytest.raises(Refusal) as refused:
        await signer.resolve(aud="somebody")
    assert refused.value.body == {"error": "Unauthorized: `Authentication failed`"}
    with pytest.raises(Refusal) as refused:
        await signer.resolve(aud="somebody", exp=int(clock.now) - 61)
    assert refused.value.body == {"error": EXPIRED}


async def test_an_end_that_is_no_time_makes_no_token(signer: Signer) -> None:
    with pytest.raises(Refusal) as refused:
        await signer.resolve(exp="tomorrow")
    words = "Unauthorized: `The JWT is invalid`" if signer.is_sqld else FOREIGN_KEY
    assert (refused.value.status, refused.value.body) == (401, {"error": words})


async def test_an_expired_token_is_that_before_it_is_anything_else(signer: Signer, clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        await signer.resolve(id="another", exp=int(clock.now) - 61)
    assert refused.value.body == {"error": EXPIRED}
