"""An office whose tokens are the same in every run, so that pictures of them are."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from tests.tokens.samples import DATABASE_ID, NOW, jwt_with
from tests.ui.tokens_known import ALL, SIGN_IN, database_token
from turso_tui.errors import TursoTuiError
from turso_tui.platform.models import Database, Group
from turso_tui.service.entrance import AccountEntrance
from turso_tui.service.issuing import ApiTokenRequest, MintRequest, Rotation
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin, in_order
from turso_tui.service.token_office import TokenOffice
from turso_tui.tokens import PlatformToken, TokenKind

TABLES = ("memories", "messages", "threads", "tool_calls", "[red]odd\x1b name", *(f"part_{n:02}" for n in range(40)))


class PicturedOffice(TokenOffice):
    """Knows ``tokens``; reading more takes for ever when ``never_loads``, and fails with ``failure``."""

    has_account = True

    def __init__(
        self,
        tokens: Iterable[KnownToken] = ALL,
        *,
        failure: TursoTuiError | None = None,
        never_loads: bool = False,
        has_account: bool = True,
    ) -> None:
        assert isinstance(SIGN_IN.token, PlatformToken)
        super().__init__(AccountEntrance(SIGN_IN.token), clock=lambda: NOW)
        self.has_account = has_account
        self.organization = "acme" if has_account else ""
        self._tokens = tuple(tokens)
        self._failure = failure
        self._never_loads = never_loads

    def now(self) -> float:
        return NOW

    def known(self) -> tuple[KnownToken, ...]:
        return in_order(self._tokens)

    async def load(self) -> None:
        if self._never_loads:
            await asyncio.Event().wait()
        if self._failure is not None:
            raise self._failure
        if self.has_account:
            names = (f"agent-{number:04}" for number in range(1, 1201))
            self.databases = tuple(Database(name=name, group="default" if name[-1] != "5" else "eu") for name in names)
            self.groups = (Group(name="default", primary="aws-eu-west-1"), Group(name="eu", primary="aws-eu-west-1"))
            self.organizations = ("acme", "side-project")

    async def tables(self, database: str) -> tuple[str, ...]:
        return TABLES

    async def mint(self, request: MintRequest) -> KnownToken:
        known = database_token(request.database or "default", 86_400, id="h9")
        self._tokens = (*self._tokens, known)
        return known

    async def rotation(self, *, database: str | None = None, group: str | None = None) -> Rotation:
        names = tuple(each.name for each in self.databases if each.group == "default")
        return Rotation("acme", database, group or "default", names, whole_group=True)

    async def mint_api_token(self, request: ApiTokenRequest) -> KnownToken:
        token = PlatformToken(jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg", "org_id": 4711}))
        known = KnownToken(
            "a9", request.name, TokenKind.API_ORGANIZATION, Origin.API, Keeping.MEMORY, "organization acme",
            "everything there", token=token,
        )  # fmt: skip
        self._tokens = (*self._tokens, known)
        return known


IN_USE = KnownToken(
    "hF5Iq1ZbEe-xYw7Qd0hXJg",
    "laptop",
    TokenKind.API_UNRESTRICTED,
    Origin.API,
    Keeping.NOWHERE,
    "all organizations",
    "everything there",
)
SIGNED_IN_WITH_IT = replace(SIGN_IN, token=PlatformToken(jwt_with({"jti": "hF5Iq1ZbEe-xYw7Qd0hXJg"})), expires_at=None)
PASTED = jwt_with(
    {
        "iat": NOW,
        "id": DATABASE_ID,
        "rid": "r-2",
        "a": "rw",
        "exp": NOW + 600,
        "perm": [{"t": ["messages", "threads"], "a": ["data_read"]}, {"t": ["messages"], "a": ["data_add"]}],
    }
)
