"""Which token goes with which call: minted once, renewed in time, replaced after a refusal."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.tokens.samples import NOW, jwt_with
from turso_tui.errors import Forbidden, Unauthorized, Unreachable
from turso_tui.service.broker import GivenToken, with_token
from turso_tui.service.minted_tokens import Lifetimes, MintedTokens
from turso_tui.tokens import Access, DatabaseToken

LIFETIME = timedelta(minutes=15)


@dataclass
class Office:
    """Mints tokens that are all different, as the clock says."""

    now: float = NOW
    minted: list[Access] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    tells_expiry: bool = True

    def __post_init__(self) -> None:
        self.open.set()

    async def mint(self, access: Access, lifetime: timedelta) -> DatabaseToken:
        self.minted.append(access)
        number = len(self.minted)
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        claims: dict[str, str | float] = {"id": "database", "a": access.value, "jti": number}
        if self.tells_expiry:
            claims["exp"] = self.now + lifetime.total_seconds()
        return DatabaseToken(jwt_with(claims))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def tokens(office: Office) -> MintedTokens:
    return MintedTokens(office.mint, clock=lambda: office.now, lifetime=LIFETIME)


async def test_however_many_ask_at_once_one_token_is_minted(office: Office, tokens: MintedTokens) -> None:
    office.open.clear()
    callers = [asyncio.create_task(tokens.token(Access.READ_ONLY)) for _ in range(200)]
    await asyncio.sleep(0)
    office.open.set()
    assert len(set(await asyncio.gather(*callers))) == 1
    assert office.minted == [Access.READ_ONLY]


async def test_reading_and_writing_have_different_tokens(office: Office, tokens: MintedTokens) -> None:
    read, write = await asyncio.gather(tokens.token(Access.READ_ONLY), tokens.token(Access.READ_WRITE))
    assert read != write
    assert sorted(office.minted) == [Access.READ_ONLY, Access.READ_WRITE]


async def test_the_mint_goes_on_when_the_one_who_began_it_gives_up(office: Office, tokens: MintedTokens) -> None:
    office.open.clear()
    first = asyncio.create_task(tokens.token(Access.READ_ONLY))
    await asyncio.sleep(0)
    second = asyncio.create_task(tokens.token(Access.READ_ONLY))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    office.open.set()
    assert await second == await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == 1


async def test_a_failed_mint_fails_everyone_once_and_is_then_forgotten(office: Office, tokens: MintedTokens) -> None:
    office.failure = Unreachable("api.turso.tech cannot be reached.")
    outcomes = await asyncio.gather(*(tokens.token(Access.READ_ONLY) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unreachable] * 3
    office.failure = None
    await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == 2


@pytest.mark.parametrize(("passed", "mints"), [(0, 1), (12 * 60, 1), (13 * 60 - 1, 1), (13 * 60, 2), (16 * 60, 2)])
async def test_a_token_is_renewed_two_minutes_ahead(
    office: Office, tokens: MintedTokens, passed: float, mints: int
) -> None:
    await tokens.token(Access.READ_ONLY)
    office.now += passed
    await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == mints


async def test_a_short_life_is_used_to_four_fifths(office: Office) -> None:
    tokens = MintedTokens(office.mint, clock=lambda: office.now, lifetime=timedelta(seconds=10))
    await tokens.token(Access.READ_ONLY)
    office.now += 7.9
    await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == 1
    office.now += 0.2
    await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == 2


async def test_a_token_that_does_not_say_when_it_ends_lives_as_long_as_was_asked_for(
    office: Office, tokens: MintedTokens
) -> None:
    office.tells_expiry = False
    await tokens.token(Access.READ_ONLY)
    assert tokens.expires_at(Access.READ_ONLY) is None
    office.now += 13 * 60
    await tokens.token(Access.READ_ONLY)
    assert len(office.minted) == 2


async def test_when_the_token_ends_can_be_shown(tokens: MintedTokens) -> None:
    assert tokens.expires_at(Access.READ_ONLY) is None
    await tokens.token(Access.READ_ONLY)
    assert tokens.expires_at(Access.READ_ONLY) == NOW + LIFETIME.total_seconds()


async def test_those_who_were_refused_together_share_one_replacement(office: Office, tokens: MintedTokens) -> None:
    refused = await tokens.token(Access.READ_ONLY)
    office.open.clear()
    replacements = [asyncio.create_task(tokens.replacement(refused, Access.READ_ONLY)) for _ in range(50)]
    await asyncio.sleep(0)
    office.open.set()
    (fresh,) = set(await asyncio.gather(*replacements))
    assert fresh != refused
    assert await tokens.replacement(refused, Access.READ_ONLY) == fresh, "a late one finds it"
    assert len(office.minted) == 2


async def test_a_refused_call_is_made_once_more_with_a_fresh_token(tokens: MintedTokens) -> None:
    seen: list[DatabaseToken | None] = []

    async def call(token: DatabaseToken | None) -> str:
        seen.append(token)
        if len(seen) == 1:
            raise Unauthorized(401, "expired")
        return "done"

    assert await with_token(tokens, Access.READ_WRITE, call) == "done"
    assert len(set(seen)) == 2


async def test_a_call_that_is_refused_twice_fails(office: Office, tokens: MintedTokens) -> None:
    async def call(_token: DatabaseToken | None) -> None:
        raise Unauthorized(401, "rotated")

    with pytest.raises(Unauthorized):
        await with_token(tokens, Access.READ_ONLY, call)
    assert len(office.minted) == 2


async def test_a_given_token_cannot_be_replaced() -> None:
    given = DatabaseToken("eyJ")
    calls: list[DatabaseToken | None] = []

    async def call(token: DatabaseToken | None) -> None:
        calls.append(token)
        raise Unauthorized(401, "expired")

    with pytest.raises(Unauthorized):
        await with_token(GivenToken(given), Access.READ_WRITE, call)
    assert calls == [given]


async def test_a_mint_that_is_not_permitted_names_what_is_missing(office: Office) -> None:
    office.failure = Forbidden(403, "insufficient scope", code="forbidden")
    with pytest.raises(Forbidden, match=r"may not mint a read-only token.*insufficient scope.*db:mint-token") as caught:
        await mint_or_explain(office.mint(Access.READ_ONLY, LIFETIME), Access.READ_ONLY)
    assert caught.value.code == "forbidden"
