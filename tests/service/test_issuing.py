"""Tokens that a person asks for: minted narrow, rotated with open eyes, revoked."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.platform import ApiToken, PlatformClient, PlatformTransport
from turso_tui.service.issuing import ApiTokenRequest, Issuing, MintRequest, Rotation
from turso_tui.tokens import Access, Action, DatabaseToken, Permission, PlatformToken, TokenKind, recognise

READ = Permission(None, (Action.DATA_READ,))
ADD = Permission(("users",), (Action.DATA_ADD,))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path_factory.mktemp("account"), seed="demo", tenants=3) as server:
        yield server


@asynccontextmanager
async def signed_in(server: LocalServer, token: PlatformToken) -> AsyncIterator[Issuing]:
    async with PlatformClient(PlatformTransport(server.url, token)) as platform:
        yield Issuing(platform)


@pytest.fixture
async def issuing(server: LocalServer) -> AsyncIterator[Issuing]:
    async with signed_in(server, PlatformToken(server.token)) as issuing:
        yield issuing


def answered(answers: dict[str, httpx.Response]) -> Issuing:
    """Against a server that answers each ``METHOD /path`` of a table, and 404 to all else."""

    def answer(request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/v1/organizations/acme')}"
        return answers.get(call, httpx.Response(404, json={"error": "not found"}))

    network = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Issuing(PlatformClient(PlatformTransport("https://api.example", PlatformToken("eyJ"), client=network)))


class TestMinting:
    async def test_what_is_asked_for_is_in_the_claims(self, issuing: Issuing) -> None:
        request = MintRequest("acme", "scratch", lifetime=timedelta(minutes=5), access=Access.READ_WRITE)
        claims = recognise((await issuing.mint(request)).reveal()).claims
        assert claims
        assert (claims.kind, claims.access) == (TokenKind.DATABASE, Access.READ_WRITE)
        assert claims.expires_at is not None
        assert claims.issued_at is not None
        assert claims.expires_at - claims.issued_at == 300

    async def test_a_group_gets_a_token_that_never_expires_where_none_is_given(self, issuing: Issuing) -> None:
        claims = recognise((await issuing.mint(MintRequest("acme", group="default"))).reveal()).claims
        assert claims
        assert (claims.kind, claims.access, claims.expires_at) == (TokenKind.GROUP, Access.READ_ONLY, None)

    async def test_permissions_narrow_it(self, issuing: Issuing) -> None:
        request = MintRequest("acme", "scratch", access=Access.READ_WRITE, permissions=(READ, ADD))
        claims = recognise((await issuing.mint(request)).reveal()).claims
        assert claims
        assert claims.permissions == (READ, ADD)

    @pytest.mark.parametrize(
        ("request_", "words"),
        [
            (MintRequest("acme"), "either for one database or for one group"),
            (MintRequest("acme", "a", "b"), "either for one database or for one group"),
            (MintRequest("", "a"), "name of the organization"),
            (MintRequest("acme", ""), "name of the database"),
            (MintRequest("acme", "a/b"), "name of the database"),
            (MintRequest("acme", group="ü"), "name of the group"),
            (MintRequest("acme", "a", lifetime=timedelta(0)), "at least a second"),
            (MintRequest("acme", "a", permissions=(ADD,)), "read-only token changes nothing"),
            (MintRequest("acme", "a", permissions=(Permission((), (Action.DATA_READ,)),)), "names no table"),
            (MintRequest("acme", "a", permissions=(Permission(None, ()),)), "no action"),
        ],
    )
    async def test_a_request_that_makes_no_sense_is_not_sent(
        self, issuing: Issuing, request_: MintRequest, words: str
    ) -> None:
        with pytest.raises(errors.InputError, match=words):
            await issuing.mint(request_)

    async def test_a_database_that_is_not_there_is_not_found(self, issuing: Issuing) -> None:
        with pytest.raises(errors.NotFound, match="nonsense"):
            await issuing.mint(MintRequest("acme", "nonsense"))

    async def test_who_may_not_mint_is_told_the_scope_that_is_missing(
        self, server: LocalServer, issuing: Issuing
    ) -> None:
        reader = await issuing.mint_api_token(ApiTokenRequest("reader", "acme", "default", ("read",)))
        async with signed_in(server, reader.token) as narrow:
            with pytest.raises(errors.MintRefused, match="may not mint a token for database scratch") as caught:
                await narrow.mint(MintRequest("acme", "scratch"))
            assert "db:mint-token" in caught.value.next_step
            with pytest.raises(errors.MintRefused, match="for group default") as caught:
                await narrow.mint(MintRequest("acme", group="default"))
            assert "group:mint-token" in caught.value.next_step


class TestRotation:
    async def test_a_group_takes_all_its_databases_along(self, issuing: Issuing) -> None:
        rotation = await issuing.rotation("acme", group="lab")
        assert rotation == Rotation("acme", None, "lab", ("scratch", "staging", "ugly"), whole_group=True)

    async def test_a_database_on_aws_goes_alone(self, issuing: Issuing) -> None:
        rotation = await issuing.rotation("acme", database="scratch")
        assert (rotation.databases, rotation.whole_group) == (("scratch",), False)
        assert rotation.group

    async def test_an_older_database_takes_its_group_along(self) -> None:
        issuing = answered(
            {
                "GET /databases/b": httpx.Response(200, json={"database": {"Name": "b", "group": "old"}}),
                "GET /databases": httpx.Response(200, json={"databases": [{"Name": "b"}, {"Name": "a"}]}),
                "GET /groups/old": httpx.Response(200, json={"group": {"name": "old", "version": "v0.24.32"}}),
                "POST /groups/old/auth/rotate": httpx.Response(200, json={}),
            }
        )
        rotation = await issuing.rotation("acme", database="b")
        assert rotation == Rotation("acme", "b", "old", ("a", "b"), whole_group=True)
        await issuing.rotate(rotation)

    async def test_a_database_without_a_group_goes_alone(self) -> None:
        found = httpx.Response(200, json={"database": {"Name": "b"}})
        rotated = httpx.Response(200, json={})
        issuing = answered({"GET /databases/b": found, "POST /databases/b/auth/rotate": rotated})
        rotation = await issuing.rotation("acme", database="b")
        assert rotation == Rotation("acme", "b", "", ("b",), whole_group=False)
        await issuing.rotate(rotation)

    async def test_nothing_to_rotate_is_an_input_error(self, issuing: Issuing) -> None:
        with pytest.raises(errors.InputError):
            await issuing.rotation("acme")

    @pytest.mark.parametrize(
        ("asked", "left"), [({"database": "scratch"}, ["staging", "billing"]), ({"group": "lab"}, ["billing"])]
    )
    async def test_what_was_foretold_ends_and_nothing_else(
        self, server: LocalServer, issuing: Issuing, asked: dict[str, str], left: list[str]
    ) -> None:
        names = ("scratch", "staging", "billing")
        tokens = {name: await issuing.mint(MintRequest("acme", name)) for name in names}
        await issuing.rotate(await issuing.rotation("acme", **asked))
        answers = {name: await status_of(server, name, token) for name, token in tokens.items()}
        assert answers == {name: 200 if name in left else 401 for name in names}


async def status_of(server: LocalServer, name: str, token: DatabaseToken) -> int:
    """What the database's host says to a token."""
    async with httpx.AsyncClient() as http:
        response = await http.post(
            f"{server.url}/v2/pipeline",
            json={"requests": [{"type": "execute", "stmt": {"sql": "select 1"}}]},
            headers={"host": f"{name}-acme.localhost:{server.port}", "authorization": f"Bearer {token.reveal()}"},
        )
    return response.status_code


class TestApiTokens:
    async def test_ones_own_and_the_organizations_are_one_list(self, issuing: Issuing) -> None:
        for request in (ApiTokenRequest("everywhere"), ApiTokenRequest("acme only", "acme")):
            await issuing.mint_api_token(request)
        listed = await issuing.api_tokens("acme")
        names = [token.name for token in listed]
        assert names == sorted(names)
        assert len({token.id for token in listed}) == len(listed)
        assert {"everywhere", "acme only"} <= set(names)

    async def test_those_of_others_are_listed_too_and_revoked_by_id(self) -> None:
        own = {"tokens": [{"id": "1", "name": "mine", "organization": "acme"}]}
        owner = {"username": "ann"}
        theirs = {
            "tokens": [
                {"id": "1", "name": "mine", "organization": "acme", "owner": {"username": "you"}},
                {"id": "2", "name": "mine", "organization": "acme", "owner": owner},
            ]
        }
        revoked = httpx.Response(200, json={})
        issuing = answered(
            {
                "GET /v1/auth/api-tokens": httpx.Response(200, json=own),
                "GET /api-tokens": httpx.Response(200, json=theirs),
                "DELETE /v1/auth/api-tokens/mine": revoked,
                "DELETE /api-tokens/2": revoked,
            }
        )
        mine, other = await issuing.api_tokens("acme")
        assert (mine.id, mine.owner.username, other.id, other.owner.username) == ("1", "", "2", "ann")
        await issuing.revoke_api_token(mine)
        await issuing.revoke_api_token(other)

    @pytest.mark.parametrize("status", [403, 404])
    async def test_who_may_not_see_the_organizations_sees_ones_own(self, status: int) -> None:
        own = httpx.Response(200, json={"tokens": [{"id": "1", "name": "mine"}]})
        refused = httpx.Response(status, json={"error": "no"})
        issuing = answered({"GET /v1/auth/api-tokens": own, "GET /api-tokens": refused})
        assert await issuing.api_tokens("acme") == (ApiToken("mine", id="1"),)

    async def test_a_sign_in_of_an_organization_sees_and_revokes_its_tokens(
        self, server: LocalServer, issuing: Issuing
    ) -> None:
        minted = await issuing.mint_api_token(ApiTokenRequest("robot", "acme"))
        async with signed_in(server, minted.token) as robot:
            (found,) = [token for token in await robot.api_tokens("acme") if token.name == "robot"]
            await robot.revoke_api_token(found)
            with pytest.raises(errors.SignInEnded):
                await robot.api_tokens("acme")

    async def test_a_sign_in_of_a_group_is_told_that_it_sees_none(self, server: LocalServer, issuing: Issuing) -> None:
        minted = await issuing.mint_api_token(ApiTokenRequest("narrow", "acme", "default", ("full-access",)))
        async with signed_in(server, minted.token) as narrow:
            with pytest.raises(errors.Forbidden, match="group-scoped"):
                await narrow.api_tokens("acme")
            with pytest.raises(errors.MintRefused, match="may not mint the API token more"):
                await narrow.mint_api_token(ApiTokenRequest("more"))

    async def test_a_name_that_is_taken_is_said_to_be(self, issuing: Issuing) -> None:
        await issuing.mint_api_token(ApiTokenRequest("twice", "acme"))
        with pytest.raises(errors.Conflict, match="API token called twice already"):
            await issuing.mint_api_token(ApiTokenRequest(" twice ", "acme"))

    async def test_a_revoked_token_is_gone(self, issuing: Issuing) -> None:
        minted = await issuing.mint_api_token(ApiTokenRequest("short", "acme"))
        await issuing.revoke_api_token(minted.record)
        assert "short" not in {token.name for token in await issuing.api_tokens("acme")}
        with pytest.raises(errors.NotFound):
            await issuing.revoke_api_token(minted.record)

    @pytest.mark.parametrize(
        ("request_", "words"),
        [
            (ApiTokenRequest(" "), "wants a name"),
            (ApiTokenRequest("a/b"), "no slash"),
            (ApiTokenRequest("a\nb"), "no line breaks"),
            (ApiTokenRequest("x", group="default", scopes=("read",)), "needs its organization"),
            (ApiTokenRequest("x", "acme", "default"), "at least one scope"),
            (ApiTokenRequest("x", "acme", "default", ("read", "db:fly")), "no scope db:fly"),
            (ApiTokenRequest("x", "acme", scopes=("read",)), "Scopes narrow a token of one group"),
            (ApiTokenRequest("x", "a b"), "name of the organization"),
        ],
    )
    async def test_what_the_server_would_refuse_is_said_before(
        self, issuing: Issuing, request_: ApiTokenRequest, words: str
    ) -> None:
        with pytest.raises(errors.InputError, match=words):
            await issuing.mint_api_token(request_)

    def test_a_token_for_everything_comes_with_a_caution(self) -> None:
        assert "deprecated" in ApiTokenRequest("x").caution
        assert ApiTokenRequest("x", "acme").caution == ""
