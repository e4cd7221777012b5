"""A signed-in account: its organizations, its databases, and the way into each of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.url import parse_database_url
from turso_tui.platform import models
from turso_tui.platform.client import PlatformClient
from turso_tui.service.broker import LIFETIME, MintedTokens, mint_or_explain
from turso_tui.service.database import Database
from turso_tui.service.remote import RemoteLink
from turso_tui.service.writer import Writers
from turso_tui.tokens import Access, DatabaseToken

if TYPE_CHECKING:
    import httpx


class Account:
    """What one platform token opens. Database tokens are minted as they are needed and kept in memory."""

    def __init__(
        self,
        platform: PlatformClient,
        http: "httpx.AsyncClient",
        writers: Writers,
        *,
        token_lifetime: timedelta = LIFETIME,
    ) -> None:
        self._platform = platform
        self._http = http
        self._writers = writers
        self._token_lifetime = token_lifetime
        self._tokens: dict[str, MintedTokens] = {}

    async def user(self) -> models.User:
        return await self._platform.account.user()

    async def expires_at(self) -> float | None:
        """When the sign-in ends (unix seconds), None for never. Raises `Unauthorized` when it has."""
        return await self._platform.account.validate()

    async def organizations(self) -> Sequence[models.Organization]:
        return await self._platform.organizations.list()

    async def groups(self, organization: str) -> Sequence[models.Group]:
        return await self._platform.groups.list(organization)

    def database_pages(self, organization: str) -> AsyncIterator[Sequence[models.Database]]:
        """The databases of an organization, page by page, so that thousands need not be waited for."""
        return self._platform.databases.pages(organization)

    async def usage(self, organization: str) -> models.OrganizationUsage:
        """What this billing period has used, for the organization and for each of its databases."""
        return await self._platform.organizations.usage(organization)

    async def quotas(self, organization: str) -> models.Quotas | None:
        """What the plan allows in a billing period, None when the plan is not among those that the API lists."""
        subscription = await self._platform.plans.subscription(organization)
        plans = await self._platform.plans.list(organization)
        return next((plan.quotas for plan in plans if plan.name == subscription.plan), None)

    async def find(self, organization: str, name: str) -> models.Database:
        """One database by its name. Raises `NotFound`."""
        try:
            return await self._platform.databases.get(organization, name)
        except errors.NotFound as error:
            raise errors.NotFound(
                error.status,
                f"There is no database {name} in {organization}.",
                next_step="Start without a target to see the databases there are.",
            ) from error

    def open(self, organization: str, database: models.Database) -> Database:
        """A handle to a database of this account; nothing is sent yet. Its tokens are shared by all its handles."""
        tokens = self._tokens.get(database.id)
        if tokens is None:
            tokens = self._tokens[database.id] = self._minted(organization, database)
        client = HranaClient(parse_database_url(database.http_url), self._http)
        return Database(f"{organization}/{database.name}", RemoteLink(client, tokens), self._writers)

    def token_expires_at(self, database: models.Database, access: Access) -> float | None:
        """When the token in use for a database expires (unix seconds by the server's clock), None without one."""
        tokens = self._tokens.get(database.id)
        return tokens.expires_at(access) if tokens is not None else None

    def server_time(self) -> float:
        """Unix seconds by the API server's clock, which is the one that tokens expire by."""
        return self._platform.transport.server_time()

    async def aclose(self) -> None:
        await self._platform.transport.aclose()

    def _minted(self, organization: str, database: models.Database) -> MintedTokens:
        async def mint(access: Access, lifetime: timedelta) -> DatabaseToken:
            call = self._platform.tokens.mint_database_token(
                organization, database.name, expiration=lifetime, read_only=access is Access.READ_ONLY
            )
            return await mint_or_explain(call, access)

        return MintedTokens(mint, clock=self.server_time, lifetime=self._token_lifetime)
