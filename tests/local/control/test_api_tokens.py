"""API tokens: minted with less than everything, listed by who sees them, revoked by name, by id and with a group."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest

from turso_tui.local.server import LocalServer

Create = Callable[..., dict[str, Any]]
MintApi = Callable[..., dict[str, Any]]

ALL = [
    "read",
    "db:create",
    "db:delete",
    "db:configure",
    "db:mint-token",
    "db:rotate-creds",
    "group:configure",
    "group:mint-token",
    "group:rotate-creds",
]
GROUP = {"organization": "you", "group": "default"}


@pytest.fixture
def mint_api(api: httpx.Client) -> MintApi:
    def mint(name: str, **body: object) -> dict[str, Any]:
        response = api.post(f"/v2/auth/api-tokens/{name}", json=body)
        assert response.status_code == 200, response.text
        token: dict[str, Any] = response.json()["token"]
        return token

    return mint


@pytest.fixture
def with_scopes(server: LocalServer, mint_api: MintApi) -> Iterator[Callable[..., httpx.Client]]:
    """A client of the API with a token for the group ``default`` and the scopes."""
    clients: list[httpx.Client] = []

    def sign_in(*scopes: str) -> httpx.Client:
        token = mint_api(f"scoped-{len(clients)}", **GROUP, scopes=scopes)["value"]
        clients.append(httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}))
        return clients[-1]

    yield sign_in
    for client in clients:
        client.close()


@pytest.fixture
def demo(local_server: LocalServer) -> Iterator[httpx.Client]:
    """The demo account, which has two organizations."""
    headers = {"authorization": f"Bearer {local_server.token}"}
    with httpx.Client(base_url=local_server.url, headers=headers) as client:
        yield client


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def group_uuid(api: httpx.Client, name: str = "default") -> str:
    return str(api.get(f"/v1/groups/{name}").json()["group"]["uuid"])


def test_an_organization_token_names_its_organization_by_number(mint_api: MintApi) -> None:
    minted = mint_api("ci", organization="you")
    claims = claims_of(minted["value"])
    assert claims.keys() == {"jti", "org_id"}
    assert claims["jti"] == minted["id"]
    assert isinstance(claims["org_id"], int)


def test_a_group_token_says_what_it_may_do(api: httpx.Client, mint_api: MintApi) -> None:
    organization = claims_of(mint_api("ci", organization="you")["value"])["org_id"]
    minted = mint_api("narrow", **GROUP, scopes=["db:create", "read"])
    assert jwt.get_unverified_header(minted["value"]) == {"alg": "EdDSA", "typ": "JWT"}
    assert claims_of(minted["value"]) == {
        "jti": minted["id"],
        "org_id": organization,
        "group_uuid": group_uuid(api),
        "scopes": {"scopes": ["read", "db:create"]},
    }


def test_the_first_version_answers_flat(api: httpx.Client) -> None:
    minted = api.post("/v1/auth/api-tokens/narrow", json=GROUP | {"scopes": ["read"]}).json()
    assert minted.keys() == {"name", "id", "token"}
    assert claims_of(minted["token"])["group_uuid"] == group_uuid(api)


@pytest.mark.parametrize(
    ("preset", "scopes"),
    [
        (["read-only"], ["read"]),
        (["full-access"], ALL),
        (["db:create", "read-only", "read"], ["read", "db:create"]),
    ],
)
def test_presets_are_expanded(api: httpx.Client, mint_api: MintApi, preset: list[str], scopes: list[str]) -> None:
    token = mint_api("narrow", **GROUP, scopes=preset)
    assert claims_of(token["value"])["scopes"] == {"scopes": scopes}
    listed = next(each for each in api.get("/v1/auth/api-tokens").json()["tokens"] if each["name"] == "narrow")
    assert (listed["organization"], listed["group"], listed["scopes"]) == ("you", "default", scopes)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (GROUP, 400),
        (GROUP | {"scopes": []}, 400),
        (GROUP | {"scopes": ["db:everything"]}, 400),
        ({"organization": "you", "scopes": ["read"]}, 400),
        ({"group": "default", "scopes": ["read"]}, 400),
        (GROUP | {"group": "nope", "scopes": ["read"]}, 404),
        ({"organization": "nobody"}, 404),
    ],
)
def test_a_token_that_cannot_be_is_not_minted(api: httpx.Client, body: dict[str, Any], status: int) -> None:
    assert api.post("/v2/auth/api-tokens/narrow", json=body).status_code == status
    assert [each["name"] for each in api.get("/v1/auth/api-tokens").json()["tokens"]] == ["turso-tui dev"]


def test_a_name_of_nothing_but_spaces_is_none(api: httpx.Client) -> None:
    assert api.post("/v2/auth/api-tokens/%20").status_code == 400


def test_the_organization_lists_what_opens_it_with_the_owner(api: httpx.Client, mint_api: MintApi) -> None:
    mint_api("all")
    ci = mint_api("ci", organization="you")
    mint_api("narrow", **GROUP, scopes=["read"])
    listed = api.get("/v1/organizations/you/api-tokens").json()["tokens"]
    assert [each["name"] for each in listed] == ["ci", "narrow"]
    assert listed[0]["id"] == ci["id"]
    assert listed[0]["owner"] == {"username": "you", "email": "you@example.com"}
    assert (listed[1]["group"], listed[1]["scopes"]) == ("default", ["read"])


def test_a_token_is_revoked_by_its_id_in_its_organization(api: httpx.Client, mint_api: MintApi) -> None:
    everywhere, ci = mint_api("all"), mint_api("ci", organization="you")
    path = "/v1/organizations/you/api-tokens"
    assert api.delete(f"{path}/{everywhere['id']}").status_code == 404
    assert api.delete(f"{path}/{ci['id']}").json() == {"token": ci["id"]}
    assert api.delete(f"{path}/{ci['id']}").status_code == 404
    assert api.get("/v1/auth/validate", headers={"authorization": f"Bearer {ci['value']}"}).json() == {
        "error": "token has been revoked"
    }


def test_deleting_a_group_revokes_its_tokens_and_renaming_does_not(
    api: httpx.Client, server: LocalServer, mint_api: MintApi
) -> None:
    api.post("/v1/groups", json={"name": "eu"})
    token = mint_api("narrow", organization="you", group="eu", scopes=["read"])["value"]

    def validate() -> tuple[int, dict[str, Any]]:
        response = httpx.get(f"{server.url}/v1/auth/validate", headers={"authorization": f"Bearer {token}"})
        return response.status_code, response.json()

    api.post("/v1/groups/eu/rename", json={"name": "europe"})
    assert validate() == (200, {"exp": -1})
    listed = api.get("/v1/organizations/you/api-tokens").json()["tokens"]
    assert [each["group"] for each in listed] == ["europe"]
    api.delete("/v1/groups/europe")
    assert validate() == (401, {"error": "token has been revoked"})
    assert api.get("/v1/organizations/you/api-tokens").json() == {"tokens": []}


NEEDS = [
    ("GET", "/groups", "read"),
    ("GET", "/groups/default", "read"),
    ("GET", "/groups/default/configuration", "read"),
    ("GET", "/groups/default/locations/local/wait", "read"),
    ("GET", "/databases", "read"),
    ("GET", "/databases/app", "read"),
    ("GET", "/databases/app/configuration", "read"),
    ("GET", "/databases/app/usage", "read"),
    ("GET", "/databases/app/usage/queries", "read"),
    ("GET", "/databases/app/stats", "read"),
    ("GET", "/databases/app/instances", "read"),
    ("GET", "/databases/app/instances/local", "read"),
    ("POST", "/databases", "db:create"),
    ("PATCH", "/databases/app/configuration", "db:configure"),
    ("POST", "/databases/app/auth/tokens", "db:mint-token"),
    ("POST", "/databases/app/auth/rotate", "db:rotate-creds"),
    ("PATCH", "/groups/default/configuration", "group:configure"),
    ("POST", "/groups/default/unarchive", "group:configure"),
    ("POST", "/groups/default/rename", "group:configure"),
    ("POST", "/groups/default/auth/tokens", "group:mint-token"),
    ("POST", "/groups/default/auth/rotate", "group:rotate-creds"),
    ("DELETE", "/databases/app", "db:delete"),
]


@pytest.mark.parametrize(("method", "tail", "scope"), NEEDS)
def test_a_route_needs_its_scope(
    create: Create, with_scopes: Callable[..., httpx.Client], method: str, tail: str, scope: str
) -> None:
    create("app")
    body = {"name": "new"} if method in ("POST", "PATCH") else None
    without = with_scopes(*(each for each in ALL if each != scope))
    for path in (f"/v1/organizations/you{tail}", f"/v1{tail}"):
        refused = without.request(method, path, json=body)
        assert (refused.status_code, refused.json()) == (
            403,
            {"error": f"group-scoped token does not have the scope {scope}"},
        )
    assert with_scopes(scope).request(method, f"/v1/organizations/you{tail}", json=body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/user"),
        ("GET", "/v1/current-user"),
        ("GET", "/v1/organizations"),
        ("GET", "/v2/organizations"),
        ("GET", "/v1/organizations/you"),
        ("GET", "/v1/organizations/you/plans"),
        ("GET", "/v1/organizations/you/subscription"),
        ("GET", "/v1/organizations/you/usage"),
        ("GET", "/v1/organizations/you/api-tokens"),
        ("DELETE", "/v1/organizations/you/api-tokens/x"),
        ("POST", "/v1/organizations/you/groups"),
        ("DELETE", "/v1/organizations/you/groups/default"),
        ("GET", "/v1/auth/api-tokens"),
        ("POST", "/v1/auth/api-tokens/more"),
        ("POST", "/v2/auth/api-tokens/more"),
        ("DELETE", "/v1/auth/api-tokens/turso-tui dev"),
        ("POST", "/v1/auth/invalidate"),
    ],
)
def test_a_group_token_reaches_nothing_above_its_group(
    with_scopes: Callable[..., httpx.Client], method: str, path: str
) -> None:
    refused = with_scopes("full-access").request(method, path)
    assert (refused.status_code, refused.json()) == (
        403,
        {"error": "group-scoped token cannot access org-level resources"},
    )


def test_a_group_token_is_validated_like_any_other(with_scopes: Callable[..., httpx.Client]) -> None:
    assert with_scopes("read").get("/v1/auth/validate").json() == {"exp": -1}


def test_what_is_beyond_the_group_is_not_there(
    api: httpx.Client, create: Create, with_scopes: Callable[..., httpx.Client]
) -> None:
    api.post("/v1/groups", json={"name": "eu"})
    create("mine")
    create("theirs", group="eu")
    narrow = with_scopes("full-access")
    assert [each["Name"] for each in narrow.get("/v1/databases").json()["databases"]] == ["mine"]
    assert [each["name"] for each in narrow.get("/v1/groups").json()["groups"]] == ["default"]
    assert narrow.get("/v1/databases?group=eu").json()["databases"] == []
    for method, path in (
        ("GET", "/v1/databases/theirs"),
        ("DELETE", "/v1/databases/theirs"),
        ("POST", "/v1/databases/theirs/auth/tokens"),
        ("GET", "/v1/groups/eu"),
        ("POST", "/v1/groups/eu/auth/tokens"),
    ):
        unknown = narrow.request(method, path.replace("theirs", "nowhere").replace("eu", "nowhere"))
        assert narrow.request(method, path).status_code == unknown.status_code == 404
    assert narrow.post("/v1/databases", json={"name": "new", "group": "eu"}).json() == {"error": "group not found"}
    branch = {"name": "new", "group": "default", "seed": {"type": "database", "name": "theirs"}}
    assert narrow.post("/v1/databases", json=branch).status_code == 404
    assert api.get("/v1/databases/new").status_code == 404


def test_pages_of_a_group_have_no_gaps(
    api: httpx.Client, create: Create, with_scopes: Callable[..., httpx.Client]
) -> None:
    api.post("/v1/groups", json={"name": "eu"})
    for number in range(6):
        create(f"db-{number}", group="eu" if number % 2 else "default")
    narrow, names = with_scopes("read"), []
    cursor: str | None = ""
    while cursor is not None:
        page = narrow.get("/v1/databases", params={"limit": 2, "cursor": cursor}).json()
        names.append([each["Name"] for each in page["databases"]])
        cursor = page["pagination"]["next"]
    assert names == [["db-0", "db-2"], ["db-4"]]


def test_an_organization_token_is_held_to_its_organization(demo: httpx.Client, local_server: LocalServer) -> None:
    token = demo.post("/v2/auth/api-tokens/ci", json={"organization": "acme"}).json()["token"]["value"]
    with httpx.Client(base_url=local_server.url, headers={"authorization": f"Bearer {token}"}) as narrow:
        assert [each["slug"] for each in narrow.get("/v2/organizations").json()["organizations"]] == ["acme"]
        assert narrow.get("/v1/organizations/acme/groups").status_code == 200
        refused = narrow.get("/v1/organizations/you/groups")
        assert (refused.status_code, refused.json()) == (
            403,
            {"error": "token is not allowed to access organization you"},
        )
        assert narrow.get("/v1/databases").status_code == 403
        for method, path in (("GET", "/v1/auth/api-tokens"), ("POST", "/v2/auth/api-tokens/more")):
            assert narrow.request(method, path).json() == {
                "error": "organization-scoped token cannot access user resources"
            }


def test_a_token_of_another_organization_cannot_be_revoked_through_this_one(demo: httpx.Client) -> None:
    minted = demo.post("/v2/auth/api-tokens/ci", json={"organization": "acme"}).json()["token"]
    assert demo.delete(f"/v1/organizations/you/api-tokens/{minted['id']}").status_code == 404
    assert demo.delete(f"/v1/organizations/acme/api-tokens/{minted['id']}").status_code == 200
