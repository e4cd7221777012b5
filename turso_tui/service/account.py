"""A signed-in account: its organizations, its databases, and the way into each of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.hrana.client import HranaClient
from turso_tui.hrana.url import parse_database_url
from turso_tui.platform import models
from turso_tui.platform.client import PlatformClient
from turso_tui.service.broker import Broker, TokenSource
from turso_tui.service.database import Database
from turso_tui.service.issuing import Issuing
from turso_tui.service.minted_tokens import Lifetimes
from turso_tui.service.remote import RemoteLink
from turso_tui.service.writer import Writers
from turso_tui.tokens import PlatformToken

if TYPE_CHECKING:
    import httpx


GROUP_FROM = 10
"""Of so many databases of one group that are opened together, the group's token serves all: one instead of many."""

WAKE_SECONDS = 60.0
WAKE_PAUSE = 0.5
"""Seconds between two looks at a group that wakes."""


class Account:
    """What one platform token opens. Database tokens are minted as they are needed and kept in memory."""

    def __init__(
        self,
        platform: PlatformClient,
        http: "httpx.AsyncClient",
        writers: Writers,
        *,
        lifetimes: Lifetimes | None = None,
        group_from: int = GROUP_FROM,
        organization: str = "",
    ) -> None:
        """``organization`` is the one of a token that may not list any: a group's."""
        self._platform = platform
        self._http = http
        self._writers = writers
        self._group_from = group_from
        self._organization = organization
        self.broker = Broker(platform, clock=self.server_time, lifetimes=lifetimes)
        self.issuing = Issuing(platform)

    def replace_token(self, token: PlatformToken) -> None:
        """Go on with a new sign-in of the same account; whatever is open stays open."""
        self._platform.transport.replace_token(token)
        self.broker.try_again()

    async def user(self) -> models.User:
        return await self._platform.account.user()

    async def expires_at(self) -> float | None:
        """When the sign-in ends (unix seconds), None for never. Raises `Unauthorized` when it has."""
        return await self._platform.account.validate()

    async def organizations(self) -> Sequence[models.Organization]:
        """All that the token's owner belongs to; a group's token may not ask, and has the one it was given with."""
        try:
            return await self._platform.organizations.list()
        except errors.Forbidden:
            if not self._organization:
                raise
            return (models.Organization(slug=self._organization),)

    async def groups(self, organization: str) -> Sequence[models.Group]:
        return await self._platform.groups.list(organization)

    def database_pages(self, organization: str) -> AsyncIterator[Sequence[models.Database]]:
        """The databases of an organization, page by page, so that thousands need not be waited for."""
        return self._platform.databases.pages(organization)

    async def all_databases(self, organization: str) -> Sequence[models.Database]:
        return await self._platform.databases.list_all(organization)

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

    async def wake(
        self,
        organization: str,
        group: str,
        *,
        limit: float = WAKE_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> models.Group:
        """Unarchive a group and wait until it is awake, ``limit`` seconds at the longest. Its databases are then, too.

        Raises `TimedOut`. To cancel this is only to wait no longer: what was asked to wake goes on waking.
        """
        await self._platform.groups.unarchive(organization, group)
        try:
            async with asyncio.timeout(limit):
                while (found := await self._platform.groups.get(organization, group)).archived:
                    await sleep(WAKE_PAUSE)
        except TimeoutError as error:
            raise errors.TimedOut(
                f"The group {group} is not awake after {limit:g} s.",
                means="It was asked to wake, and may still be on its way.",
                next_step="Try again in a moment.",
            ) from error
        return found

    def open(self, organization: str, database: models.Database) -> Database:
        """A handle to a database of this account; nothing is sent yet. Its tokens are shared by all its handles."""
        return self._handle(organization, database, self.broker.source(organization, database))

    def open_many(self, organization: str, databases: Sequence[models.Database]) -> Sequence[Database]:
        """Handles to many databases, in their order; nothing is sent yet.

        Where there are many of one group, they use the group's tokens, still read-only for reads: one mint instead of
        hundreds. A database whose own key refuses it goes back to a token of its own.
        """
        sizes = Counter(database.group for database in databases)
        return [
            self._handle(
                organization,
                database,
                self.broker.covered(organization, database)
                if database.group and sizes[database.group] >= self._group_from
                else self.broker.source(organization, database),
            )
            for database in databases
        ]

    def server_time(self) -> float:
        """Unix seconds by the API server's clock, which is the one that tokens expire by."""
        return self._platform.transport.server_time()

    async def aclose(self) -> None:
        await self.broker.aclose()
        await self._platform.transport.aclose()

    def _handle(self, organization: str, database: models.Database, tokens: TokenSource) -> Database:
        client = HranaClient(parse_database_url(database.http_url), self._http)
        return Database(f"{organization}/{database.name}", RemoteLink(client, tokens), self._writers)
