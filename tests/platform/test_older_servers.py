"""The contradictory forms of the Platform API that the local server does not speak, told by a table of answers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest

from tests.tokens import samples
from turso_tui.errors import NotFound, ProtocolError
from turso_tui.platform import (
    ApiToken,
    CopyOf,
    DumpAt,
    Location,
    PlatformClient,
    PlatformTransport,
    QueryCost,
    User,
)
from turso_tui.tokens import Action, Permission, PlatformToken

ACME = "/v1/organizations/acme"


class Server:
    """Answers each ``METHOD /path`` of a table, and 404 to all else."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self._answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        call = f"{request.method} {request.url.path}"
        if call not in self._answers:
            return httpx.Response(404, json={"error": f"no {call}"})
        return httpx.Response(200, json=self._answers[call])

    def client(self) -> PlatformClient:
        network = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return PlatformClient(PlatformTransport("https://api.example", PlatformToken("eyJ"), client=network))

    @property
    def body(self) -> object:
        return json.loads(self.requests[-1].content)


async def test_organizations_may_be_a_bare_list() -> None:
    platform = Server({"GET /v2/organizations": [{"slug": "acme"}]}).client()
    assert [organization.slug for organization in await platform.organizations.list()] == ["acme"]


async def test_an_older_server_knows_its_user_under_another_name() -> None:
    platform = Server({"GET /v1/current-user": {"user": {"username": "dev", "plan": "starter"}}}).client()
    assert await platform.account.user() == User(username="dev", plan="starter")


@pytest.mark.parametrize(("exp", "expires_at"), [(-1, None), (1_790_000_000, 1_790_000_000.0)])
async def test_minus_one_means_that_a_token_never_expires(exp: int, expires_at: float | None) -> None:
    assert await Server({"GET /v1/auth/validate": {"exp": exp}}).client().account.validate() == expires_at


async def test_flat_locations_are_understood_too() -> None:
    platform = Server({"GET /v1/locations": {"locations": {"aws-eu-west-1": "Ireland", "lhr": "London"}}}).client()
    assert await platform.locations.list("acme") == (
        Location(code="aws-eu-west-1", description="Ireland", provider="aws"),
        Location(code="lhr", description="London", provider="fly"),
    )


async def test_top_queries_fall_back_to_the_old_statistics() -> None:
    cost = {"query": "select 1", "rows_read": 3, "rows_written": 0}
    platform = Server({f"GET {ACME}/databases/app/stats": {"top_queries": [cost]}}).client()
    assert await platform.databases.top_queries("acme", "app") == (QueryCost(query="select 1", rows_read=3),)


async def test_top_queries_of_a_database_that_is_not_there_are_not_found() -> None:
    with pytest.raises(NotFound, match="stats"):
        await Server({}).client().databases.top_queries("acme", "app")


@pytest.mark.parametrize("pagination", [{}, {"pagination": None}, {"pagination": {"next": None}}])
async def test_a_list_without_a_next_page_is_whole(pagination: dict[str, object]) -> None:
    server = Server({f"GET {ACME}/databases": {"databases": [{"Name": "app"}], **pagination}})
    assert len(await server.client().databases.list_all("acme")) == 1
    assert len(server.requests) == 1


async def test_a_list_that_repeats_itself_comes_to_an_end() -> None:
    server = Server({f"GET {ACME}/databases": {"databases": [], "pagination": {"next": "again"}}})
    with pytest.raises(ProtocolError, match="repeats"):
        await server.client().databases.list_all("acme")


async def test_what_is_not_to_change_is_not_sent_because_null_would_clear_it() -> None:
    server = Server({f"PATCH {ACME}/databases/app/configuration": {"block_reads": True}})
    await server.client().databases.configure("acme", "app", block_reads=True, allowed_ips=[])
    assert server.body == {"block_reads": True, "allowed_ips": []}


@pytest.mark.parametrize(
    ("seed", "sent"),
    [
        (CopyOf("main"), {"type": "database", "name": "main"}),
        (
            CopyOf("main", at=datetime(2026, 8, 31, 12, 0, 5, tzinfo=UTC)),
            {"type": "database", "name": "main", "timestamp": "2026-08-31T12:00:05Z"},
        ),
        (DumpAt("https://x/dump.sql"), {"type": "dump", "url": "https://x/dump.sql"}),
    ],
)
async def test_a_seed_is_sent_as_documented(seed: CopyOf | DumpAt, sent: dict[str, str]) -> None:
    server = Server({f"POST {ACME}/databases": {"database": {"Name": "app", "DbId": "1", "Hostname": "h"}}})
    await server.client().databases.create("acme", "app", group="default", seed=seed)
    assert server.body == {"name": "app", "group": "default", "seed": sent}


async def test_an_api_token_is_minted_by_version_one_where_there_is_no_version_two() -> None:
    server = Server({"POST /v1/auth/api-tokens/ci": {"name": "ci", "id": "x", "token": "eyJ"}})
    minted = await server.client().api_tokens.mint("ci", organization="acme", group="default", scopes=["read-only"])
    assert minted.token == PlatformToken("eyJ")
    assert minted.record == ApiToken("ci", id="x", organization="acme", group="default", scopes=("read",))
    assert [request.url.path for request in server.requests] == [
        "/v2/auth/api-tokens/ci",
        "/v1/auth/api-tokens/ci",
    ]
    assert server.body == {"organization": "acme", "group": "default", "scopes": ["read-only"]}


@pytest.mark.parametrize("narrowing", [{"organization": "acme"}, {"organization": "acme", "group": "default"}])
async def test_a_narrow_api_token_that_came_out_unrestricted_is_revoked(narrowing: dict[str, str]) -> None:
    minted = {"name": "ci", "id": "x", "token": samples.UNRESTRICTED}
    server = Server({"POST /v1/auth/api-tokens/ci": minted, "DELETE /v1/auth/api-tokens/ci": {"token": "ci"}})
    with pytest.raises(ProtocolError, match="It was revoked at once") as caught:
        await server.client().api_tokens.mint("ci", **narrowing)
    assert server.requests[-1].method == "DELETE"
    assert samples.UNRESTRICTED not in str(caught.value)


async def test_one_that_cannot_be_revoked_is_not_passed_over_in_silence() -> None:
    server = Server({"POST /v1/auth/api-tokens/ci": {"name": "ci", "id": "x", "token": samples.UNRESTRICTED}})
    with pytest.raises(ProtocolError, match="could not be revoked: no DELETE") as caught:
        await server.client().api_tokens.mint("ci", organization="acme")
    assert "Revoke ci" in caught.value.next_step


@pytest.mark.parametrize(
    ("narrowing", "secret"),
    [
        ({}, samples.UNRESTRICTED),
        ({"organization": "acme"}, samples.ORGANIZATION),
        ({"organization": "acme", "group": "default"}, samples.GROUP_SCOPED),
    ],
)
async def test_an_older_server_that_makes_what_was_asked_for(narrowing: dict[str, str], secret: str) -> None:
    server = Server({"POST /v1/auth/api-tokens/ci": {"name": "ci", "id": "x", "token": secret}})
    minted = await server.client().api_tokens.mint("ci", **narrowing)
    assert minted.token == PlatformToken(secret)


async def test_an_unrestricted_api_token_is_minted_without_a_body() -> None:
    server = Server({"POST /v2/auth/api-tokens/ci": {"token": {"id": "x", "name": "ci", "value": "eyJ"}}})
    minted = await server.client().api_tokens.mint("ci")
    assert (minted.record, minted.token) == (ApiToken("ci", id="x"), PlatformToken("eyJ"))
    assert server.requests[-1].content == b""


async def test_api_tokens_are_listed_with_what_narrows_them() -> None:
    listed = [
        {"id": "1", "name": "all", "created_at": "2026-01-02"},
        {"id": "2", "name": "one", "organization": "acme", "group": None, "owner": {"username": "you", "email": "y@e"}},
        {"id": "3", "name": "few", "organization": "acme", "group": "eu", "scopes": ["read", "db:fly"]},
    ]
    every, one, few = await Server({f"GET {ACME}/api-tokens": {"tokens": listed}}).client().api_tokens.list_of("acme")
    assert (every.organization, every.created_at) == ("", "2026-01-02")
    assert (one.organization, one.group, one.owner.username) == ("acme", "", "you")
    assert (few.group, few.scopes) == ("eu", ("read", "db:fly"))


@pytest.mark.parametrize("answer", [{"validFrom": 5}, {"valid_from": 5}, {"ValidFrom": 5}])
async def test_when_sessions_are_valid_again_is_read_in_any_casing(answer: dict[str, int]) -> None:
    assert await Server({"POST /v1/auth/invalidate": answer}).client().account.invalidate_sessions() == 5


async def test_permissions_are_minted_as_documented() -> None:
    server = Server({f"POST {ACME}/databases/app/auth/tokens": {"jwt": "eyJ"}})
    permissions = [Permission(("notes",), (Action.DATA_READ, Action.DATA_ADD)), Permission(None, (Action.DATA_READ,))]
    await server.client().tokens.mint_database_token(
        "acme", "app", expiration=None, read_only=False, permissions=permissions
    )
    assert server.body == {
        "fine_grained_permissions": [{"t": ["notes"], "a": ["data_read", "data_add"]}, {"t": None, "a": ["data_read"]}]
    }


async def test_a_rotation_may_answer_with_nothing() -> None:
    server = Server({f"POST {ACME}/groups/default/auth/rotate": None})
    await server.client().tokens.rotate_group_key("acme", "default")
    assert len(server.requests) == 1
