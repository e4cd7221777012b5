"""Which token goes with which call, and what a refusal ends in."""

import asyncio

import pytest

from tests.service.office import Office
from tests.tokens.samples import NOW, jwt_with
from turso_tui.errors import Forbidden, MintRefused, SignInEnded, Unauthorized
from turso_tui.service.broker import AccountTokens, CoveredTokens, GivenToken, GroupTokens, with_token
from turso_tui.service.minted_tokens import MintedTokens
from turso_tui.tokens import Access, DatabaseToken

READ, WRITE = Access.READ_ONLY, Access.READ_WRITE
GIVEN = DatabaseToken(jwt_with({"id": "database", "a": "rw"}))
GIVEN_TO_READ = DatabaseToken(jwt_with({"id": "database", "a": "ro"}))
SHARED_KEY = DatabaseToken("c2hhcmVkLWtleS1vZi1zcWxk")
MAY_NOT = MintRefused(403, "The account may not mint a read token for database x: no scope")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def tokens(office: Office) -> AccountTokens:
    return AccountTokens(minted(office))


def minted(office: Office) -> MintedTokens:
    return MintedTokens(office.mint, clock=lambda: office.now)


class Server:
    """Refuses tokens as told, and remembers which were sent."""

    def __init__(self, *refused: DatabaseToken | None, refuses: int = 0) -> None:
        self.refused = refused
        self.refuses = refuses
        self.seen: list[DatabaseToken | None] = []

    async def __call__(self, token: DatabaseToken | None) -> str:
        self.seen.append(token)
        await asyncio.sleep(0)
        if token in self.refused or len(self.seen) <= self.refuses:
            raise Unauthorized(401, "The database refused the token: rotated.")
        return "done"


class TestARefusal:
    async def test_is_answered_with_a_fresh_token_and_one_replay(self, tokens: AccountTokens) -> None:
        server = Server(refuses=1)
        assert await with_token(tokens, WRITE, server) == "done"
        assert len(set(server.seen)) == 2

    async def test_of_the_fresh_one_too_is_the_end(self, office: Office, tokens: AccountTokens) -> None:
        server = Server(refuses=100)
        with pytest.raises(Unauthorized, match=r"another database, or its key was rotated"):
            await with_token(tokens, READ, server)
        assert (len(server.seen), len(office.minted)) == (2, 2)

    async def test_of_many_at_once_costs_one_mint_and_one_replay_each(
        self, office: Office, tokens: AccountTokens
    ) -> None:
        server = Server(await tokens.token(READ))
        assert await asyncio.gather(*(with_token(tokens, READ, server) for _ in range(50))) == ["done"] * 50
        assert (len(server.seen), len(office.minted)) == (100, 2)

    async def test_of_a_given_token_is_not_tried_again(self) -> None:
        server = Server(GIVEN)
        with pytest.raises(Unauthorized, match="Paste or mint a new one"):
            await with_token(GivenToken(GIVEN), WRITE, server)
        assert server.seen == [GIVEN]

    async def test_of_no_token_says_that_none_was_sent(self) -> None:
        with pytest.raises(Unauthorized, match=r"No token was sent\. Paste a token"):
            await with_token(GivenToken(), READ, Server(None))

    async def test_of_one_that_has_expired_says_when_it_did(self) -> None:
        token = DatabaseToken(jwt_with({"id": "database", "exp": NOW - 60}))
        with pytest.raises(Unauthorized, match=r"It expired on 2026-\d\d-\d\d"):
            await with_token(GivenToken(token, clock=lambda: NOW), READ, Server(token))

    async def test_keeps_the_status_and_what_the_server_said(self) -> None:
        with pytest.raises(Unauthorized, match="rotated") as caught:
            await with_token(GivenToken(GIVEN), READ, Server(GIVEN))
        assert caught.value.status == 401

    async def test_while_the_sign_in_has_ended_asks_for_a_new_sign_in(
        self, office: Office, tokens: AccountTokens
    ) -> None:
        server = Server(await tokens.token(READ))
        office.failure = SignInEnded(401, "token has expired", next_step="Sign in again.")
        with pytest.raises(SignInEnded, match=r"Sign in again"):
            await with_token(tokens, READ, server)
        assert (len(server.seen), len(office.minted)) == (1, 2)

    @pytest.mark.parametrize("error", [Forbidden(403, "no"), RuntimeError("no")])
    async def test_of_another_kind_replaces_no_token(
        self, office: Office, tokens: AccountTokens, error: Exception
    ) -> None:
        async def call(_token: DatabaseToken | None) -> None:
            raise error

        with pytest.raises(type(error)):
            await with_token(tokens, READ, call)
        assert len(office.minted) == 1


class TestWhereTheAccountMayNotMint:
    @pytest.fixture(autouse=True)
    def _refuse(self, office: Office) -> None:
        office.failure = MAY_NOT

    async def test_and_nothing_was_given_it_says_so(self, tokens: AccountTokens) -> None:
        with pytest.raises(MintRefused, match="may not mint a read token for database x"):
            await tokens.token(READ)

    @pytest.mark.parametrize(
        ("given", "access"), [(GIVEN, READ), (GIVEN, WRITE), (GIVEN_TO_READ, READ), (SHARED_KEY, WRITE)]
    )
    async def test_what_was_given_does_if_it_suffices(
        self, office: Office, tokens: AccountTokens, given: DatabaseToken, access: Access
    ) -> None:
        tokens.given = given
        assert await tokens.token(access) == given
        assert await tokens.token(access) == given
        assert len(office.minted) == 1, "once refused, it is not asked again"
        assert tokens.uses_given == {access}

    async def test_what_only_reads_does_not_write(self, tokens: AccountTokens) -> None:
        tokens.given = GIVEN_TO_READ
        with pytest.raises(MintRefused):
            await tokens.token(WRITE)
        assert tokens.uses_given == set()

    async def test_a_given_token_that_is_refused_is_the_end(self, office: Office, tokens: AccountTokens) -> None:
        tokens.given = GIVEN
        server = Server(GIVEN)
        with pytest.raises(Unauthorized, match="rotated"):
            await with_token(tokens, READ, server)
        assert (server.seen, len(office.minted)) == ([GIVEN], 1)

    async def test_what_was_minted_before_is_followed_by_what_was_given(
        self, office: Office, tokens: AccountTokens
    ) -> None:
        office.failure = None
        first = await tokens.token(READ)
        office.failure, tokens.given = MAY_NOT, GIVEN
        server = Server(first)
        assert await with_token(tokens, READ, server) == "done"
        assert server.seen == [first, GIVEN]

    async def test_when_the_token_ends_is_when_the_given_one_does(self, tokens: AccountTokens) -> None:
        tokens.given = DatabaseToken(jwt_with({"id": "database", "a": "rw", "exp": NOW + 7}))
        await tokens.token(READ)
        assert tokens.expires_at(READ) == NOW + 7
        assert tokens.expires_at(WRITE) is None


class TestWhatTheAccountMints:
    async def test_is_preferred_to_what_was_given(self, office: Office, tokens: AccountTokens) -> None:
        tokens.given = GIVEN
        assert await tokens.token(READ) != GIVEN
        assert office.minted == [READ]

    async def test_ends_when_it_says(self, office: Office, tokens: AccountTokens) -> None:
        assert tokens.expires_at(READ) is None
        await tokens.token(READ)
        assert tokens.expires_at(READ) == NOW + 15 * 60


class TestACoveredDatabase:
    @pytest.fixture
    def group(self) -> Office:
        return Office(now=NOW + 1)

    @pytest.fixture
    def covered(self, group: Office, tokens: AccountTokens) -> CoveredTokens:
        return CoveredTokens(GroupTokens(minted(group)), tokens)

    async def test_uses_its_groups_token(self, office: Office, group: Office, covered: CoveredTokens) -> None:
        await covered.token(READ)
        await covered.token(WRITE)
        assert (group.minted, office.minted) == ([READ, WRITE], [])

    async def test_that_refuses_it_gets_one_of_its_own(
        self, office: Office, group: Office, covered: CoveredTokens
    ) -> None:
        own = await covered.own.token(READ)

        async def server(token: DatabaseToken | None) -> str:
            if token != own:
                raise Unauthorized(401, "The database refused the token: rotated.")
            return "done"

        assert [await with_token(covered, READ, server) for _ in range(4)] == ["done"] * 4
        assert (group.minted, office.minted) == ([READ, READ], [READ]), "the group's next one is tried once"

    async def test_of_a_group_whose_key_was_rotated_goes_on_with_the_groups(
        self, office: Office, group: Office, covered: CoveredTokens
    ) -> None:
        server = Server(await covered.token(READ), await covered.token(WRITE))
        others = [CoveredTokens(covered.group, covered.own) for _ in range(100)]
        for database in (covered, *others, covered):
            for access in (READ, WRITE):
                assert await with_token(database, access, server) == "done"
        assert group.minted == [READ, WRITE, READ, WRITE]
        assert office.minted == [READ, WRITE], "only the one that was refused first"
        assert covered.is_covered

    async def test_comes_back_to_its_group_after_each_of_its_rotations(
        self, group: Office, covered: CoveredTokens
    ) -> None:
        for _ in range(3):
            server = Server(await covered.token(READ))
            for _ in range(2):
                assert await with_token(covered, READ, server) == "done"
            covered.group.minted.drop()  # renewed, as it is with time
        assert covered.is_covered
        assert group.minted == [READ] * 6

    async def test_that_refuses_its_own_too_is_the_end(
        self, office: Office, group: Office, covered: CoveredTokens
    ) -> None:
        server = Server(refuses=100)
        with pytest.raises(Unauthorized):
            await with_token(covered, READ, server)
        assert (len(server.seen), group.minted, office.minted) == (2, [READ], [READ])

    async def test_whose_group_may_not_be_minted_for_gets_one_of_its_own(
        self, office: Office, group: Office, covered: CoveredTokens
    ) -> None:
        group.failure = MAY_NOT
        for other in (covered, CoveredTokens(covered.group, covered.own)):
            await other.token(READ)
            await other.token(WRITE)
        assert group.minted == [READ, WRITE], "once refused, it is not asked again, whichever database is read"
        assert office.minted == [READ, WRITE]

    async def test_falls_back_as_far_as_to_what_was_given(
        self, office: Office, group: Office, covered: CoveredTokens
    ) -> None:
        group.failure = office.failure = MAY_NOT
        covered.own.given = GIVEN
        assert await covered.token(READ) == GIVEN
