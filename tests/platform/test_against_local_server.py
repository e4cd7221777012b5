"""Every verb of the client over real HTTP, against the Turso-compatible server that comes with the program."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from turso_tui import errors
from turso_tui.local.server import LocalServer
from turso_tui.platform import CopyOf, GroupHealth, PlatformClient, PlatformTransport
from turso_tui.tokens import Access, DatabaseToken, PlatformToken, TokenKind, recognise

TENANTS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path_factory.mktemp("account"), seed="demo", tenants=TENANTS) as server:
        yield server


@pytest.fixture
async def platform(server: LocalServer) -> AsyncIterator[PlatformClient]:
    async with PlatformClient(PlatformTransport(server.url, PlatformToken(server.token))) as platform:
        yield platform


@pytest.fixture
def acme(server: LocalServer) -> str:
    return server.organization


async def test_the_token_is_valid_and_belongs_to_someone(platform: PlatformClient) -> None:
    assert await platform.account.validate() is None
    assert (await platform.account.user()).username


async def test_a_platform_token_that_nobody_signed_is_refused(server: LocalServer) -> None:
    forged = PlatformToken(server.token[:-8] + "AAAAAAAA")
    async with PlatformClient(PlatformTransport(server.url, forged)) as platform:
        with pytest.raises(errors.Unauthorized):
            await platform.account.validate()


async def test_a_database_token_on_the_platform_is_explained(
    server: LocalServer, platform: PlatformClient, acme: str
) -> None:
    minted = await platform.tokens.mint_group_token(acme, "default", expiration=None, read_only=True)
    misused = PlatformToken(minted.reveal())
    async with PlatformClient(PlatformTransport(server.url, misused)) as mistaken:
        with pytest.raises(errors.Unauthorized) as caught:
            await mistaken.organizations.list()
    assert caught.value.text == "could not parse jwt id"
    assert "database token" in caught.value.means


async def test_organizations_are_listed_and_one_is_read(platform: PlatformClient, acme: str) -> None:
    assert acme in [organization.slug for organization in await platform.organizations.list()]
    assert (await platform.organizations.get(acme)).slug == acme


async def test_an_unknown_organization_is_not_found(platform: PlatformClient) -> None:
    with pytest.raises(errors.NotFound, match="nobody"):
        await platform.databases.list_all("nobody")


async def test_the_usage_of_an_organization_is_that_of_its_databases(platform: PlatformClient, acme: str) -> None:
    usage = await platform.organizations.usage(acme)
    databases = await platform.databases.list_all(acme)
    assert usage.usage.databases == len(databases)
    assert {database.id for database in usage.databases} == {database.id for database in databases}


async def test_all_pages_hold_what_one_page_holds(platform: PlatformClient, acme: str) -> None:
    pages = [page async for page in platform.databases.pages(acme, page_size=5)]
    assert [len(page) for page in pages[:-1]] == [5] * (len(pages) - 1)
    assert sum(pages, ()) == await platform.databases.list_all(acme)
    assert len(sum(pages, ())) >= TENANTS


async def test_databases_are_listed_by_group(platform: PlatformClient, acme: str) -> None:
    for group in await platform.groups.list(acme):
        assert {database.group for database in await platform.databases.list_all(acme, group=group.name)} <= {
            group.name
        }


async def test_a_database_tells_where_it_is_and_what_it_costs(platform: PlatformClient, acme: str) -> None:
    listed = (await platform.databases.list_all(acme, group="default"))[0]
    database = await platform.databases.get(acme, listed.name)
    assert database.id == listed.id
    assert database.http_url == f"http://{database.hostname}"
    usage = await platform.databases.usage(acme, database.name)
    assert usage.id == database.id
    assert usage.usage.storage_bytes >= 0
    month = datetime.now(UTC).replace(day=1)
    await platform.databases.usage(acme, database.name, since=month, until=month + timedelta(hours=1))
    assert [instance.type for instance in await platform.databases.instances(acme, database.name)] == ["primary"]
    assert isinstance(await platform.databases.top_queries(acme, database.name), tuple)


async def test_a_database_is_made_copied_and_removed(platform: PlatformClient, acme: str) -> None:
    made = await platform.databases.create(acme, "made-here", group="default")
    assert (await platform.databases.get(acme, "made-here")).id == made.id
    copied = await platform.databases.create(acme, "copied", group="default", seed=CopyOf("made-here"))
    assert copied.id != made.id
    for name in ("made-here", "copied"):
        await platform.databases.delete(acme, name)
        with pytest.raises(errors.NotFound):
            await platform.databases.get(acme, name)


async def test_a_name_that_is_taken_is_a_conflict(platform: PlatformClient, acme: str) -> None:
    taken = (await platform.databases.list_all(acme))[0]
    with pytest.raises(errors.Conflict):
        await platform.databases.create(acme, taken.name, group="default")
    with pytest.raises(errors.Conflict):
        await platform.groups.create(acme, "default", location="local")


async def test_only_what_is_given_is_configured(platform: PlatformClient, acme: str) -> None:
    await platform.databases.create(acme, "configured", group="default")
    await platform.databases.configure(acme, "configured", block_writes=True, delete_protection=True)
    configured = await platform.databases.configure(acme, "configured", block_writes=False)
    assert (configured.block_writes, configured.delete_protection) == (False, True)
    assert await platform.databases.configuration(acme, "configured") == configured


async def test_a_protected_database_is_not_removed(platform: PlatformClient, acme: str) -> None:
    await platform.databases.create(acme, "protected", group="default")
    await platform.databases.configure(acme, "protected", delete_protection=True)
    with pytest.raises(errors.HttpError) as caught:
        await platform.databases.delete(acme, "protected")
    assert "Switch delete protection off" in caught.value.next_step
    assert (await platform.databases.get(acme, "protected")).delete_protection


async def test_a_group_is_made_configured_and_removed(platform: PlatformClient, acme: str) -> None:
    made = await platform.groups.create(acme, "made-here", location="local")
    assert made.name == "made-here"
    assert (await platform.groups.get(acme, "made-here")).primary == "local"
    assert (await platform.groups.configure(acme, "made-here", delete_protection=True)).delete_protection
    assert (await platform.groups.configuration(acme, "made-here")).delete_protection
    await platform.groups.configure(acme, "made-here", delete_protection=False)
    await platform.groups.delete(acme, "made-here")
    with pytest.raises(errors.NotFound):
        await platform.groups.get(acme, "made-here")


async def test_an_archived_group_refuses_until_it_is_unarchived(platform: PlatformClient, acme: str) -> None:
    archived = next(group for group in await platform.groups.list(acme) if group.health is GroupHealth.ARCHIVED)
    with pytest.raises(errors.HttpError) as caught:
        await platform.databases.create(acme, "too-early", group=archived.name)
    assert "Unarchive" in caught.value.next_step
    await platform.groups.unarchive(acme, archived.name)
    assert (await platform.groups.get(acme, archived.name)).health is GroupHealth.HEALTHY


async def test_a_minted_token_is_as_narrow_and_short_as_asked(platform: PlatformClient, acme: str) -> None:
    database = (await platform.databases.list_all(acme, group="default"))[0]
    token = await platform.tokens.mint_database_token(
        acme, database.name, expiration=timedelta(minutes=5), read_only=True
    )
    claims = recognise(token.reveal()).claims
    assert isinstance(token, DatabaseToken)
    assert claims
    assert (claims.kind, claims.database_id, claims.access) == (TokenKind.DATABASE, database.id, Access.READ_ONLY)
    assert claims.expires_at == pytest.approx(time.time() + 300, abs=5)


async def test_a_group_token_reaches_the_group_for_ever(platform: PlatformClient, acme: str) -> None:
    token = await platform.tokens.mint_group_token(acme, "default", expiration=None, read_only=False)
    claims = recognise(token.reveal()).claims
    assert claims
    assert (claims.kind, claims.access, claims.expires_at) == (TokenKind.GROUP, Access.READ_WRITE, None)


async def test_keys_are_rotated_without_an_answer(platform: PlatformClient, acme: str) -> None:
    await platform.groups.create(acme, "rotated", location="local")
    await platform.databases.create(acme, "rotated", group="rotated")
    await platform.tokens.rotate_database_key(acme, "rotated")
    await platform.tokens.rotate_group_key(acme, "rotated")


async def test_locations_and_plans_are_listed(platform: PlatformClient, acme: str) -> None:
    locations = {location.code: location.provider for location in await platform.locations.list(acme)}
    assert locations["local"] == "local"
    subscription = await platform.plans.subscription(acme)
    plans = {plan.name: plan for plan in await platform.plans.list(acme)}
    assert plans[subscription.plan].quotas.storage_bytes > 0


async def test_a_name_with_a_slash_does_not_reach_another_resource(platform: PlatformClient, acme: str) -> None:
    with pytest.raises(errors.NotFound):
        await platform.databases.get(acme, "app/../../groups/default")


async def test_the_servers_clock_is_ours_when_it_runs_here(platform: PlatformClient) -> None:
    await platform.account.validate()
    assert platform.transport.server_time() == pytest.approx(time.time(), abs=2)
