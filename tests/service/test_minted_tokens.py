"""Tokens of one scope: minted once, renewed ahead of time, replaced after a refusal."""

import asyncio
from datetime import timedelta

import pytest

from tests.service.office import Office, settled
from tests.tokens.samples import NOW
from turso_tui.errors import MintFailed
from turso_tui.service.minted_tokens import RETRY_AFTER, Lifetimes, MintedTokens, expiry_of
from turso_tui.tokens import Access, DatabaseToken

READ, WRITE = Access.READ_ONLY, Access.READ_WRITE
LIFETIMES = Lifetimes(read=timedelta(minutes=15), write=timedelta(minutes=5))
AHEAD = 13 * 60
"""Seconds after which a token of fifteen minutes is renewed."""
LAST_MOMENT = 15 * 60 - 5
"""Seconds after which it is not sent any more."""
NO_MINT = MintFailed("api.turso.tech cannot be reached.")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def tokens(office: Office) -> MintedTokens:
    return minted(office)


def minted(office: Office, lifetimes: Lifetimes = LIFETIMES) -> MintedTokens:
    return MintedTokens(office.mint, clock=lambda: office.now, lifetimes=lifetimes)


def living(seconds: float) -> Lifetimes:
    return Lifetimes(read=timedelta(seconds=seconds), write=timedelta(seconds=seconds))


class TestOnce:
    async def test_however_many_ask_at_once_one_token_is_minted(self, office: Office, tokens: MintedTokens) -> None:
        office.open.clear()
        callers = [asyncio.create_task(tokens.token(READ)) for _ in range(200)]
        await asyncio.sleep(0)
        office.open.set()
        assert len(set(await asyncio.gather(*callers))) == 1
        assert office.minted == [READ]

    async def test_reading_and_writing_have_different_tokens(self, office: Office, tokens: MintedTokens) -> None:
        read, write = await asyncio.gather(tokens.token(READ), tokens.token(WRITE))
        assert read != write
        assert sorted(office.minted) == [READ, WRITE]

    async def test_each_lives_as_long_as_the_settings_say(self, tokens: MintedTokens) -> None:
        assert expiry_of(await tokens.token(READ)) == NOW + 15 * 60
        assert expiry_of(await tokens.token(WRITE)) == NOW + 5 * 60

    async def test_the_mint_goes_on_when_the_one_who_began_it_gives_up(
        self, office: Office, tokens: MintedTokens
    ) -> None:
        office.open.clear()
        first = asyncio.create_task(tokens.token(READ))
        await asyncio.sleep(0)
        others = [asyncio.create_task(tokens.token(READ)) for _ in range(20)]
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        office.open.set()
        assert set(await asyncio.gather(*others)) == {await tokens.token(READ)}
        assert len(office.minted) == 1

    async def test_it_goes_on_when_everybody_gives_up(self, office: Office, tokens: MintedTokens) -> None:
        office.open.clear()
        caller = asyncio.create_task(tokens.token(READ))
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        office.open.set()
        await settled(lambda: list(tokens.held()) != [])
        await tokens.token(READ)
        assert len(office.minted) == 1

    async def test_a_failure_is_everybodys_and_then_forgotten(self, office: Office, tokens: MintedTokens) -> None:
        office.failure = NO_MINT
        outcomes = await asyncio.gather(*(tokens.token(READ) for _ in range(200)), return_exceptions=True)
        assert outcomes == [NO_MINT] * 200
        assert len(office.minted) == 1
        office.failure = None
        await tokens.token(READ)
        assert len(office.minted) == 2


class TestAheadOfTime:
    @pytest.mark.parametrize(("passed", "mints"), [(0, 1), (12 * 60, 1), (AHEAD - 1, 1), (AHEAD, 2), (16 * 60, 2)])
    async def test_a_token_is_renewed_two_minutes_ahead(
        self, office: Office, tokens: MintedTokens, passed: float, mints: int
    ) -> None:
        await tokens.token(READ)
        office.now += passed
        await tokens.token(READ)
        await asyncio.sleep(0)
        assert len(office.minted) == mints

    @pytest.mark.parametrize(("passed", "mints"), [(7.9, 1), (8.1, 2)])
    async def test_a_short_life_is_used_to_four_fifths(self, office: Office, passed: float, mints: int) -> None:
        tokens = minted(office, living(10))
        await tokens.token(READ)
        office.now += passed
        await tokens.token(READ)
        await asyncio.sleep(0)
        assert len(office.minted) == mints

    async def test_it_makes_nobody_wait(self, office: Office, tokens: MintedTokens) -> None:
        old = await tokens.token(READ)
        office.now += AHEAD
        office.open.clear()
        async with asyncio.timeout(30):
            assert {await tokens.token(READ) for _ in range(200)} == {old}
        await asyncio.sleep(0)
        assert len(office.minted) == 2

    async def test_when_it_has_come_everybody_gets_the_new_one(self, office: Office, tokens: MintedTokens) -> None:
        old = await tokens.token(READ)
        office.now += AHEAD
        await tokens.token(READ)
        await settled(lambda: (READ, old) not in tokens.held())
        assert await tokens.token(READ) != old
        assert len(office.minted) == 2

    async def test_where_it_fails_the_old_one_serves(self, office: Office, tokens: MintedTokens) -> None:
        old = await tokens.token(READ)
        office.failure = NO_MINT
        office.now += AHEAD
        for _ in range(20):
            assert await tokens.token(READ) == old
            await asyncio.sleep(0)
        assert len(office.minted) == 2, "and it is not asked for with each call"

    async def test_where_it_failed_it_is_tried_again_after_a_while(self, office: Office, tokens: MintedTokens) -> None:
        old = await tokens.token(READ)
        office.failure = NO_MINT
        office.now += AHEAD
        await tokens.token(READ)
        await asyncio.sleep(0)
        office.failure = None
        assert await tokens.token(READ) == old
        await asyncio.sleep(0)
        office.now += RETRY_AFTER - 1
        assert await tokens.token(READ) == old
        office.now += 1
        assert await tokens.token(READ) == old
        await settled(lambda: (READ, old) not in tokens.held())
        assert len(office.minted) == 3

    async def test_it_is_not_tried_for_the_other_kind(self, office: Office, tokens: MintedTokens) -> None:
        await tokens.token(READ)
        office.now += AHEAD
        await tokens.token(WRITE)
        await asyncio.sleep(0)
        assert office.minted == [READ, WRITE]

    async def test_whoever_is_there_when_it_ends_joins_the_mint_that_is_on_its_way(
        self, office: Office, tokens: MintedTokens
    ) -> None:
        await tokens.token(READ)
        office.now += AHEAD
        office.open.clear()
        await tokens.token(READ)
        office.now += LAST_MOMENT - AHEAD
        late = [asyncio.create_task(tokens.token(READ)) for _ in range(20)]
        await asyncio.sleep(0)
        office.open.set()
        assert len(set(await asyncio.gather(*late))) == 1
        assert len(office.minted) == 2


class TestTheEnd:
    @pytest.mark.parametrize(("before_the_end", "is_sent"), [(6, True), (5, False), (0, False), (-3600, False)])
    async def test_in_its_last_moment_a_token_is_not_sent(
        self, office: Office, tokens: MintedTokens, before_the_end: float, is_sent: bool
    ) -> None:
        old = await tokens.token(READ)
        office.now += 15 * 60 - before_the_end
        assert (await tokens.token(READ) == old) is is_sent

    @pytest.mark.parametrize(("passed", "is_sent"), [(1.7, True), (1.9, False)])
    async def test_the_last_moment_of_a_short_life_is_short(self, office: Office, passed: float, is_sent: bool) -> None:
        tokens = minted(office, living(2))
        old = await tokens.token(READ)
        office.now += passed
        assert (await tokens.token(READ) == old) is is_sent

    async def test_without_any_that_is_good_a_failure_is_told(self, office: Office, tokens: MintedTokens) -> None:
        await tokens.token(READ)
        office.failure = NO_MINT
        office.now += LAST_MOMENT
        with pytest.raises(MintFailed):
            await tokens.token(READ)

    async def test_after_a_long_sleep_two_hundred_callers_cause_one_mint(
        self, office: Office, tokens: MintedTokens
    ) -> None:
        old = await tokens.token(READ)
        office.now += 8 * 3600
        fresh = set(await asyncio.gather(*(tokens.token(READ) for _ in range(200))))
        assert len(fresh) == 1
        assert old not in fresh
        assert len(office.minted) == 2

    async def test_a_token_that_does_not_say_when_it_ends_lives_as_long_as_was_asked_for(
        self, office: Office, tokens: MintedTokens
    ) -> None:
        office.tells_expiry = False
        old = await tokens.token(READ)
        assert expiry_of(old) is None
        office.now += LAST_MOMENT - 1
        assert await tokens.token(READ) == old
        office.now += 1
        assert await tokens.token(READ) != old

    async def test_a_token_that_is_dead_on_arrival_is_not_kept(self, office: Office) -> None:
        tokens = minted(office, living(0))
        first = await tokens.token(READ)
        assert list(tokens.held()) == []
        assert await tokens.token(READ) != first


class TestReplacing:
    async def test_those_who_were_refused_together_share_one_replacement(
        self, office: Office, tokens: MintedTokens
    ) -> None:
        refused = await tokens.token(READ)
        office.open.clear()
        replacements = [asyncio.create_task(tokens.replacement(refused, READ)) for _ in range(50)]
        await asyncio.sleep(0)
        office.open.set()
        (fresh,) = set(await asyncio.gather(*replacements))
        assert fresh != refused
        assert await tokens.replacement(refused, READ) == fresh, "a late one finds it"
        assert len(office.minted) == 2

    async def test_of_one_kind_leaves_the_other(self, office: Office, tokens: MintedTokens) -> None:
        write = await tokens.token(WRITE)
        await tokens.replacement(await tokens.token(READ), READ)
        assert await tokens.token(WRITE) == write
        assert office.minted == [WRITE, READ, READ]


class TestForgetting:
    async def test_what_is_held_can_be_looked_at(self, office: Office, tokens: MintedTokens) -> None:
        assert list(tokens.held()) == []
        read, write = await tokens.token(READ), await tokens.token(WRITE)
        assert dict(tokens.held()) == {READ: read, WRITE: write}
        office.now += 6 * 60
        assert dict(tokens.held()) == {READ: read}, "of what has ended nothing is left to see"

    async def test_one_that_is_dropped_is_minted_anew(self, office: Office, tokens: MintedTokens) -> None:
        read, write = await tokens.token(READ), await tokens.token(WRITE)
        tokens.drop(read)
        assert dict(tokens.held()) == {WRITE: write}
        assert await tokens.token(READ) != read

    async def test_all_can_be_dropped(self, office: Office, tokens: MintedTokens) -> None:
        await tokens.token(READ)
        await tokens.token(WRITE)
        tokens.drop()
        assert list(tokens.held()) == []

    async def test_one_that_is_not_held_drops_nothing(self, tokens: MintedTokens) -> None:
        read = await tokens.token(READ)
        tokens.drop(DatabaseToken("eyJ"))
        assert dict(tokens.held()) == {READ: read}

    async def test_the_end_of_the_program_stops_what_is_on_its_way(self, office: Office, tokens: MintedTokens) -> None:
        await tokens.token(READ)
        office.now += AHEAD
        office.open.clear()
        await tokens.token(READ)
        await asyncio.sleep(0)
        await tokens.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
