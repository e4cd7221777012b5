"""What can be said of a token that the program knows."""

import pytest

from tests.tokens import samples
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin, in_order, known_database_token, rights_of
from turso_tui.tokens import DatabaseToken, PlatformToken, TokenKind, read_claims


def known(origin: Origin, name: str = "token") -> KnownToken:
    return KnownToken(name, name, TokenKind.DATABASE, origin, Keeping.MEMORY)


@pytest.mark.parametrize(
    ("secret", "kind", "rights", "ends"),
    [
        (samples.DATABASE, TokenKind.DATABASE, "reads and writes", True),
        (samples.READ_ONLY_DATABASE, TokenKind.DATABASE, "reads only", False),
        (samples.GROUP, TokenKind.GROUP, "reads and writes", False),
        ("c2hhcmVkLWtleS1vZi1zcWxk", TokenKind.SHARED_KEY, "", False),
    ],
    ids=["reads and writes", "reads only", "of a group", "shared key"],
)
def test_a_database_token_is_described_by_its_claims(secret: str, kind: TokenKind, rights: str, ends: bool) -> None:
    described = known_database_token(
        DatabaseToken(secret), id="1", name="given token", origin=Origin.GIVEN, scope="acme/app", note="because"
    )
    assert (described.kind, described.scope, described.note) == (kind, "acme/app", "because")
    assert described.kept is Keeping.MEMORY
    assert (described.expires_at is not None) is ends
    assert described.rights == rights


def test_what_does_not_say_what_it_may_do_is_not_guessed_at() -> None:
    assert rights_of(None) == ""
    assert rights_of(read_claims(samples.GROUP_SCOPED)) == "read and db:mint-token"


def test_they_are_in_the_order_in_which_one_looks_for_them() -> None:
    shuffled = [known(Origin.PROFILE), known(Origin.BROKER, "b"), known(Origin.SIGN_IN), known(Origin.BROKER, "a")]
    ordered = in_order(shuffled)
    assert [each.origin for each in ordered] == [Origin.SIGN_IN, Origin.BROKER, Origin.BROKER, Origin.PROFILE]
    assert [each.name for each in ordered if each.origin is Origin.BROKER] == ["b", "a"], "and else as they came"


@pytest.mark.parametrize("token", [DatabaseToken(samples.DATABASE), PlatformToken(samples.SESSION)])
def test_its_secret_is_in_none_of_its_words(token: DatabaseToken | PlatformToken) -> None:
    described = KnownToken("1", "token", TokenKind.OTHER, Origin.HAND, Keeping.MEMORY, token=token)
    assert token.reveal() not in repr(described)
    assert token.masked in repr(described)
