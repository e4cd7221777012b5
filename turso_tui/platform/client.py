"""The Platform API as one object: a resource is an attribute, an organization is always named."""

from types import TracebackType
from typing import Self

from turso_tui.platform.account import Account
from turso_tui.platform.api_tokens import ApiTokens
from turso_tui.platform.databases import Databases
from turso_tui.platform.groups import Groups
from turso_tui.platform.locations import Locations
from turso_tui.platform.organizations import Organizations
from turso_tui.platform.plans import Plans
from turso_tui.platform.tokens import Tokens
from turso_tui.platform.transport import PlatformTransport


class PlatformClient:
    """Everything the Platform API can do for us, over one transport.

    async with PlatformClient(PlatformTransport(API_URL, token)) as platform:
        databases = await platform.databases.list_all("acme")
    """

    def __init__(self, transport: PlatformTransport) -> None:
        self.transport = transport
        self.account = Account(transport)
        self.organizations = Organizations(transport)
        self.groups = Groups(transport)
        self.databases = Databases(transport)
        self.tokens = Tokens(transport)
        self.api_tokens = ApiTokens(transport)
        self.locations = Locations(transport)
        self.plans = Plans(transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the transport."""
        await self.transport.aclose()
