"""API tokens and narrow database tokens, against the Turso-compatible server that comes with the program."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.platform import MintedApiToken, PlatformClient, PlatformTransport, Scope, ScopePreset
from turso_tui.platform.api_tokens import expanded
from turso_tui.tokens import Access, Action, Permission, PlatformToken, TokenKind, is_group_scoped, recognise


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path_factory.mktemp("account"), seed="demo", tenants=3) as server:
        yield server


@asynccontextmanager
async def client(server: LocalServer, token: PlatformToken) -> AsyncIterator[PlatformClient]:
    async with PlatformClient(PlatformTransport(server.url, token)) as platform:
        yield platform


@pytest.fixture
async def platform(server: LocalServer) -> AsyncIterator[PlatformClient]:
    async with client(server, PlatformToken(server.token)) as platform:
        yield platform


def kind_of(minted: MintedApiToken) -> TokenKind:
    return recognise(minted.token.reveal()).kind


async def test_a_token_is_minted_listed_used_and_revoked(server: LocalServer, platform: PlatformClient) -> None:
    minted = await platform.api_tokens.mint("for the build")
    assert kind_of(minted) is TokenKind.API_UNRESTRICTED
    (listed,) = [token for token in await platform.api_tokens.list_own() if token.name == "for the build"]
    assert (listed.id, listed.organization) == (minted.record.id, "")
    async with client(server, minted.token) as other:
        assert await other.account.validate() is None
        await platform.api_tokens.revoke("for the build")
        with pytest.raises(errors.SignInEnded, match="revoked"):
            await other.account.validate()


async def test_a_name_that_is_taken_is_a_conflict(platform: PlatformClient) -> None:
    await platform.api_tokens.mint("twice")
    with pytest.raises(errors.Conflict):
        await platform.api_tokens.mint("twice")


async def test_what_is_not_there_cannot_be_revoked(platform: PlatformClient) -> None:
    with pytest.raises(errors.NotFound):
        await platform.api_tokens.revoke("nobody")
    with pytest.raises(errors.NotFound):
        await platform.api_tokens.revoke_of("acme", "nobody")


async def test_an_organizations_token_is_revoked_by_its_id(platform: PlatformClient) -> None:
    minted = await platform.api_tokens.mint("narrow", organization="acme")
    assert kind_of(minted) is TokenKind.API_ORGANIZATION
    (listed,) = [token for token in await platform.api_tokens.list_of("acme") if token.name == "narrow"]
    assert (listed.id, listed.organization) == (minted.record.id, "acme")
    assert listed.owner.username
    await platform.api_tokens.revoke_of("acme", listed.id)
    assert "narrow" not in {token.name for token in await platform.api_tokens.list_own()}


async def test_a_groups_token_does_what_its_scopes_allow(server: LocalServer, platform: PlatformClient) -> None:
    minted = await platform.api_tokens.mint("reader", organization="acme", group="default", scopes=["read-only"])
    assert kind_of(minted) is TokenKind.API_GROUP
    assert is_group_scoped(minted.token)
    assert minted.record.scopes == ("read",)
    async with client(server, minted.token) as reader:
        assert await reader.databases.list_all("acme", group="default")
        with pytest.raises(errors.Forbidden, match="org-level") as caught:
            await reader.organizations.list()
        assert "belongs to one group" in caught.value.means
        with pytest.raises(errors.Forbidden, match="scope") as caught:
            await reader.tokens.mint_group_token("acme", "default", expiration=None, read_only=True)
        assert "not among the scopes" in caught.value.means


async def test_a_group_that_is_not_there_is_not_found(platform: PlatformClient) -> None:
    with pytest.raises(errors.NotFound, match="group not found"):
        await platform.api_tokens.mint("x", organization="acme", group="nowhere", scopes=["read"])


def test_a_preset_stands_for_scopes() -> None:
    assert expanded(["full-access"]) == ScopePreset.FULL_ACCESS.scopes
    assert expanded(["read", "read-only", "db:create", "later"]) == (Scope.READ, Scope.DB_CREATE, "later")


async def test_sessions_are_ended_and_api_tokens_are_not(platform: PlatformClient) -> None:
    assert await platform.account.invalidate_sessions() > 0
    assert await platform.account.validate() is None


async def test_permissions_come_back_in_the_claims(platform: PlatformClient) -> None:
    wanted = (Permission(("users",), (Action.DATA_READ, Action.DATA_ADD)), Permission(None, (Action.DATA_READ,)))
    name = (await platform.databases.list_all("acme", group="default"))[0].name
    for minted in (
        await platform.tokens.mint_database_token("acme", name, expiration=None, read_only=False, permissions=wanted),
        await platform.tokens.mint_group_token("acme", "default", expiration=None, read_only=False, permissions=wanted),
    ):
        claims = recognise(minted.reveal()).claims
        assert claims
        assert claims.permissions == wanted
        assert claims.access is Access.READ_WRITE
