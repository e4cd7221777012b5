"""What an organization contains, as far as it is known by now."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from turso_tui import errors
from turso_tui.hrana.http import database_http_client
from turso_tui.local.server import LocalServer
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.catalogue import Catalogue, Contents
from turso_tui.service.writer import Writers
from turso_tui.tokens import PlatformToken


class SmallPages(httpx.AsyncHTTPTransport):
    """The network, with pages of five, and a refusal for every path that ends with one of ``refused``."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: tuple[str, ...] = ()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.refused and request.url.path.endswith(self.refused):
            return httpx.Response(403, json={"error": "this token may not read usage"})
        if request.url.path.endswith("/databases"):
            request.url = request.url.copy_set_param("limit", "5")
        return await super().handle_async_request(request)


@pytest.fixture
def network() -> SmallPages:
    return SmallPages()


@pytest.fixture
async def catalogue(local_server: LocalServer, network: SmallPages, tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with httpx.AsyncClient(transport=network) as client, database_http_client() as http:
        transport = PlatformTransport(local_server.url, PlatformToken(local_server.token), client=client)
        yield Catalogue(Account(PlatformClient(transport), http, Writers(tmp_path / "locks")))


async def refresh(catalogue: Catalogue) -> list[Contents]:
    return [contents async for contents in catalogue.refresh()]


class TestOrganizations:
    async def test_the_preferred_one_is_chosen(self, catalogue: Catalogue) -> None:
        assert (await catalogue.load_organizations("you")).slug == "you"

    async def test_else_the_first(self, catalogue: Catalogue) -> None:
        chosen = await catalogue.load_organizations("nonsense")
        assert chosen == catalogue.organizations[0]

    async def test_before_one_is_chosen_there_is_nothing_to_refresh(self, catalogue: Catalogue) -> None:
        assert await refresh(catalogue) == []

    async def test_choosing_another_forgets_the_contents(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        await refresh(catalogue)
        catalogue.choose("you")
        assert catalogue.contents == Contents()
        await refresh(catalogue)
        assert {database.name for database in catalogue.contents.databases} == {"notes", "playground"}


class TestContents:
    async def test_they_grow_page_by_page_and_costs_come_last(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        steps = await refresh(catalogue)
        assert [len(step.databases) for step in steps] == [5, 10, 15, 20, 23, 23, 23]
        assert [step.complete for step in steps] == [False] * 5 + [True] * 2
        assert [step.usage is not None for step in steps] == [False] * 6 + [True]
        assert set(steps[-1].sizes) == {database.id for database in steps[-1].databases}

    async def test_a_database_is_found_by_its_name(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        await refresh(catalogue)
        found = catalogue.find("telemetry")
        assert found is not None
        assert found.name == "telemetry"
        assert catalogue.find("nonsense") is None

    async def test_a_second_reading_never_shows_less(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        whole = (await refresh(catalogue))[-1]
        for step in await refresh(catalogue):
            assert step.complete
            assert step.databases == whole.databases
            assert step.sizes == whole.sizes
            assert step.quotas == whole.quotas

    async def test_a_deleted_database_goes_with_the_next_reading(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        await refresh(catalogue)
        await catalogue.account._platform.databases.delete("acme", "scratch")
        await refresh(catalogue)
        assert catalogue.find("scratch") is None

    async def test_an_answer_for_an_organization_that_was_left_is_dropped(self, catalogue: Catalogue) -> None:
        await catalogue.load_organizations("acme")
        async for _ in catalogue.refresh():
            catalogue.choose("you")
        assert catalogue.contents == Contents()

    @pytest.mark.parametrize("refused", ["/usage", "/subscription", "/plans"])
    async def test_a_token_that_may_not_see_costs_sees_the_databases(
        self, catalogue: Catalogue, network: SmallPages, refused: str
    ) -> None:
        network.refused = (refused,)
        await catalogue.load_organizations("acme")
        contents = (await refresh(catalogue))[-1]
        assert contents.complete
        assert len(contents.databases) == 23
        assert isinstance(contents.missing, errors.Forbidden)

    async def test_costs_that_may_be_seen_again_are(self, catalogue: Catalogue, network: SmallPages) -> None:
        network.refused = ("/usage",)
        await catalogue.load_organizations("acme")
        await refresh(catalogue)
        network.refused = ()
        contents = (await refresh(catalogue))[-1]
        assert contents.missing is None
        assert contents.usage is not None
