import base64
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokens import samples
from tests.tokens.wrapped import AROUND_ONE_WORD, broken, wrappings
from turso_tui.tokens import Access, Recognised, TokenKind, describe, facts, recognise
from turso_tui.tokens.wrapping import clean

KINDS = {
    samples.UNRESTRICTED: TokenKind.API_UNRESTRICTED,
    samples.ORGANIZATION: TokenKind.API_ORGANIZATION,
    samples.GROUP_SCOPED: TokenKind.API_GROUP,
    samples.SESSION: TokenKind.SESSION,
    samples.DATABASE: TokenKind.DATABASE,
    samples.GROUP: TokenKind.GROUP,
    samples.EXTERNAL: TokenKind.EXTERNAL,
    samples.BARE: TokenKind.UNKNOWN_JWT,
    samples.DATABASE[:-90]: TokenKind.DAMAGED_JWT,
    "s3cret-shared-key==": TokenKind.SHARED_KEY,
    "libsql://app-acme.turso.io": TokenKind.URL,
    "https://app-acme.aws-us-east-1.turso.io?authToken=eyJ": TokenKind.DAMAGED_JWT,
    "libsql://app-acme.turso.io?authToken=": TokenKind.URL,
    "https://app-acme.turso.io?tls=1": TokenKind.URL,
    '{"error": "no such token"}': TokenKind.OTHER,
    "please, the token: quickly": TokenKind.OTHER,
    f"{samples.DATABASE}{samples.GROUP}": TokenKind.DAMAGED_JWT,
    samples.SELF_HOSTED: TokenKind.DATABASE,
    samples.NAMESPACES: TokenKind.DATABASE,
    samples.jwt_with({"id": "x"}, alg="HS256"): TokenKind.EXTERNAL,
    samples.jwt_with({"id": "x"}, alg="ES256"): TokenKind.EXTERNAL,
    "app-acme.turso.io": TokenKind.URL,
    "please give me the token": TokenKind.OTHER,
    "schlüssel": TokenKind.OTHER,
    "x" * 30_000: TokenKind.OTHER,
    "": TokenKind.EMPTY,
    " \n''": TokenKind.EMPTY,
    "export TURSO_AUTH_TOKEN=": TokenKind.OTHER,
}

OF_EVERY_KIND = (
    samples.UNRESTRICTED,
    samples.ORGANIZATION,
    samples.GROUP_SCOPED,
    samples.SESSION,
    samples.DATABASE,
    samples.NARROW_DATABASE,
    samples.GROUP,
    samples.EXTERNAL,
    samples.SELF_HOSTED,
    samples.NAMESPACES,
    samples.BARE,
)
MANAGE = {kind for kind in TokenKind if kind.name.startswith(("SESSION", "API"))}
QUERY = {TokenKind.DATABASE, TokenKind.GROUP, TokenKind.EXTERNAL}
jwts = st.sampled_from(OF_EVERY_KIND)


@pytest.mark.parametrize(("text", "kind"), KINDS.items(), ids=lambda value: str(value)[:30])
def test_every_kind_is_told_from_the_others(text: str, kind: TokenKind) -> None:
    assert recognise(text).kind == kind


@given(jwts, wrappings, st.data())
def test_a_token_is_found_in_whatever_came_along_with_it(token: str, wrapping: str, data: st.DataObject) -> None:
    pasted = wrapping.format(data.draw(broken(token)))
    assert recognise(pasted) == recognise(token)
    assert recognise(pasted).text == token


@given(
    jwts, st.lists(st.integers(min_value=0, max_value=200), max_size=4), st.sampled_from(["\n", "\u200b", " \u00ad"])
)
def test_what_is_strewn_into_a_token_is_taken_out(token: str, places: list[int], strewn: str) -> None:
    for place in sorted(places, reverse=True):
        token = token[:place] + strewn + token[place:]
    assert recognise(token).text in OF_EVERY_KIND


@pytest.mark.parametrize("wrapping", AROUND_ONE_WORD)
@pytest.mark.parametrize("key", ["s3cret-shared-key==", "hunter2"])
def test_a_shared_key_is_found_where_something_calls_it_a_token(key: str, wrapping: str) -> None:
    assert recognise(wrapping.format(key)) == Recognised(TokenKind.SHARED_KEY, None, key)


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_tokens_the_one_that_is_wanted_is_taken(order: int) -> None:
    lines = [f"TURSO_API_TOKEN={samples.UNRESTRICTED}", f"TURSO_AUTH_TOKEN={samples.DATABASE}"]
    file = "\n".join(lines[::order])
    assert recognise(file, preferred=MANAGE).text == samples.UNRESTRICTED
    assert recognise(file, preferred=QUERY).text == samples.DATABASE
    assert recognise(file).text == (samples.UNRESTRICTED if order == 1 else samples.DATABASE)


@given(jwts, st.integers(min_value=3), wrappings)
def test_what_was_cut_off_is_never_taken_for_a_token(token: str, length: int, wrapping: str) -> None:
    beginning = token[: length % len(token)]
    if len(beginning) >= 3:
        assert recognise(beginning).kind == TokenKind.DAMAGED_JWT
        assert recognise(wrapping.format(beginning)).claims is None


@given(jwts, st.integers(min_value=1))
def test_a_token_without_its_beginning_is_damaged(token: str, lost: int) -> None:
    header = token.index(".")
    assert recognise(token[1 + lost % header :]).kind == TokenKind.DAMAGED_JWT


@given(jwts, st.integers(min_value=0), st.integers(min_value=1, max_value=60))
def test_a_token_that_lost_a_piece_of_its_signature_is_damaged(token: str, start: int, length: int) -> None:
    signature = token.rindex(".") + 1
    start = signature + start % (len(token) - signature)
    assert recognise(token[:start] + token[start + length :]).kind == TokenKind.DAMAGED_JWT


@given(jwts, st.integers(min_value=0), st.characters(codec="ascii", categories=["L", "N", "P", "S"]))
def test_no_alteration_makes_one_kind_of_token_of_the_other(token: str, place: int, character: str) -> None:
    place %= len(token)
    kind = recognise(token[:place] + character + token[place + 1 :]).kind
    before = recognise(token).kind
    assert not (before in MANAGE and kind in QUERY)
    assert not (before in QUERY and kind in MANAGE)


texts = (
    st.text()
    | st.binary().map(lambda raw: raw.decode("latin-1"))
    | st.text(alphabet="aA='\"; \n.:$_bearertoken{},?&")
    | st.lists(
        st.sampled_from(["eyJ", *OF_EVERY_KIND, "\n", " ", "token", ":", "=", '"', "{", "libsql://x?", "a"])
    ).map("".join)
)


@given(texts)
def test_any_text_is_recognised_as_something_and_described(text: str) -> None:
    recognised = recognise(text)
    assert describe(recognised, samples.NOW)
    assert facts(recognised, samples.NOW)


@given(texts)
def test_a_token_that_was_found_is_recognised_as_the_same_again(text: str) -> None:
    recognised = recognise(text)
    if recognised.kind not in (TokenKind.OTHER, TokenKind.EMPTY):
        assert recognise(recognised.text) == recognised


@given(st.sampled_from([*OF_EVERY_KIND, *(token[:-7] for token in OF_EVERY_KIND), "a-shared-key-of-some-length"]))
def test_no_word_about_a_token_holds_a_piece_of_its_secret(token: str) -> None:
    recognised = recognise(token)
    said = f"{recognised!r} {describe(recognised, samples.NOW)} {facts(recognised, samples.NOW)}"
    secret = token.rpartition(".")[2]
    assert not any(secret[start : start + 12] in said for start in range(len(secret) - 11))


@given(st.text() | st.text(alphabet="=abera \n'tokn:;"))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "piece", ["\n", "eyJ\n", "eyJ ", "bearer ", "token:", ",token:", '{"token', "a", "X= ", "export ", "'", "\u200b"]
)
def test_no_paste_keeps_a_person_waiting(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    began = time.process_time()
    recognise(text)
    assert time.process_time() - began < 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
claim_names = st.sampled_from(
    ["id", "gid", "a", "p", "perm", "rid", "exp", "iat", "nbf", "iss", "scopes", "group_uuid", "org_id", "jti"]
)


@given(st.dictionaries(claim_names, json_values) | json_values, st.sampled_from(["EdDSA", "RS256", "none"]))
def test_hostile_claims_are_read_and_described_without_harm(payload: object, algorithm: str) -> None:
    described = describe(recognise(samples.jwt_with(payload, alg=algorithm)), samples.NOW)
    assert described.isprintable() or "\u200d" in described
    assert len(described) < 1_000


def test_claims_nested_a_thousand_deep_are_no_token() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 5_000).decode().rstrip("=")
    assert recognise(f"eyJhbGciOiJFZERTQSJ9.{deep}.c2ln").kind == TokenKind.DAMAGED_JWT


def test_the_claims_say_whose_it_is_and_until_when() -> None:
    claims = recognise(samples.DATABASE).claims
    assert claims
    assert (claims.database_id, claims.access) == (samples.DATABASE_ID, Access.READ_WRITE)
    assert (claims.issued_at, claims.expires_at) == (samples.NOW, samples.NOW + 600)


def test_the_scopes_of_a_group_token_are_read_from_where_turso_nests_them() -> None:
    claims = recognise(samples.GROUP_SCOPED).claims
    assert claims
    assert claims.scopes == ("read", "db:mint-token")
    assert (claims.group_id, claims.organization) == (samples.GROUP_ID, "4711")


@pytest.mark.parametrize(
    ("payload", "access"),
    [
        ({"id": "x"}, Access.READ_WRITE),
        ({"id": "x", "a": "ro"}, Access.READ_ONLY),
        ({"id": "x", "a": "roa"}, Access.READ_ONLY),
        ({"id": "x", "a": "rw", "p": {"ro": {"ns": ["x"]}}}, Access.READ_ONLY),
        ({"p": {"ddl": {"ns": ["x"]}}}, Access.READ_WRITE),
        ({"id": "x", "perm": [{"t": None, "a": ["data_read"]}]}, Access.READ_ONLY),
        ({"id": "x", "perm": [{"t": ["notes"], "a": ["data_read", "data_add"]}]}, Access.READ_WRITE),
        ({"id": "x", "a": "ro", "perm": [{"t": None, "a": ["data_add"]}]}, Access.READ_ONLY),
    ],
)
def test_access_is_what_the_server_would_grant(payload: dict[str, object], access: Access) -> None:
    claims = recognise(samples.jwt_with(payload)).claims
    assert claims
    assert claims.access == access


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (samples.DATABASE, f"A database token: it runs SQL on database {samples.DATABASE_ID}: reads and writes."),
        (samples.DATABASE, "valid until 2026-09-21 14:23 UTC, 10 minutes from now"),
        (samples.READ_ONLY_DATABASE, "reads only. It never expires."),
        (samples.UNRESTRICTED, "manages everything that its user may. It never expires."),
        (samples.BARE, "It does not say until when."),
        (samples.NARROW_DATABASE, f"{samples.DATABASE_ID}: reads messages and threads; adds to messages. It never"),
        (samples.EXTERNAL, "runs SQL where its issuer is registered: reads every table, and nothing else."),
        (samples.NAMESPACES, "runs SQL on the namespaces orders and people of its server: reads and writes."),
        (samples.jwt_with({"perm": [{"t": ["x"], "a": ["data_read", "new"]}]}), "reads x, and more that this program"),
        (
            samples.jwt_with({"id": "x", "nbf": samples.NOW + 60}),
            "not valid before 2026-09-21 14:14 UTC; it",
        ),
        (samples.EXPIRED_SESSION, "expired on 2026-09-21 13:13 UTC, 1 hour ago"),
        (samples.GROUP_SCOPED, "(read and db:mint-token)"),
    ],
)
def test_a_description_says_what_it_is_what_it_may_and_until_when(token: str, words: str) -> None:
    assert words in describe(recognise(token), samples.NOW)


def test_the_facts_of_a_database_token_are_a_table() -> None:
    assert facts(recognise(samples.DATABASE), samples.NOW + 60) == (
        ("Kind", "database token"),
        ("Database id", samples.DATABASE_ID),
        ("Rights", "reads and writes"),
        ("Issued", "2026-09-21 14:13 UTC, 1 minute ago"),
        ("Expires", "2026-09-21 14:23 UTC, 9 minutes from now"),
        ("Token id", "r-1"),
        ("Algorithm", "EdDSA"),
    )


def test_the_facts_of_a_groups_platform_token_are_a_table() -> None:
    assert facts(recognise(samples.GROUP_SCOPED), samples.NOW) == (
        ("Kind", "platform API token of one group"),
        ("Group id", samples.GROUP_ID),
        ("Organization number", "4711"),
        ("Scopes", "read and db:mint-token"),
        ("Expires", "never"),
        ("Token id", "j"),
        ("Algorithm", "EdDSA"),
    )


def test_of_a_text_without_claims_only_the_length_is_a_fact() -> None:
    assert facts(recognise("hunter2"), samples.NOW) == (("Kind", "text without claims"), ("Length", "7 characters"))
    assert facts(recognise(""), samples.NOW) == (("Kind", "nothing"),)


@given(st.dictionaries(claim_names, json_values))
def test_facts_are_one_printable_line_each(payload: object) -> None:
    for label, value in facts(recognise(samples.jwt_with(payload)), samples.NOW):
        assert (label + value).isprintable() or "\u200d" in value
        assert 0 < len(value) < 1_000


def test_what_was_recognised_does_not_show_the_secret() -> None:
    assert samples.DATABASE not in repr(recognise(samples.DATABASE))
    assert Recognised(TokenKind.EMPTY).text == ""


def test_nothing_heavy_is_imported_before_a_jwt_is_read() -> None:
    program = (
        "import sys; from turso_tui.tokens import recognise; recognise('no jwt');"
        "assert not {'jwt', 'cryptography', 'httpx'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
