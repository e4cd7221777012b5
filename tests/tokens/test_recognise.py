import base64
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tokens import samples
from turso_tui.tokens import Access, Recognised, TokenKind, describe, recognise
from turso_tui.tokens.recognise import clean

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
    "https://app-acme.aws-us-east-1.turso.io?authToken=eyJ": TokenKind.URL,
    "app-acme.turso.io": TokenKind.URL,
    "please give me the token": TokenKind.OTHER,
    "schlüssel": TokenKind.OTHER,
    "x" * 30_000: TokenKind.OTHER,
    "": TokenKind.EMPTY,
    " \n''": TokenKind.EMPTY,
    "export TURSO_AUTH_TOKEN=": TokenKind.OTHER,
}

jwts = st.sampled_from(
    [samples.UNRESTRICTED, samples.GROUP_SCOPED, samples.SESSION, samples.DATABASE, samples.GROUP, samples.EXTERNAL]
)
wrappings = st.sampled_from(
    [
        "{}",
        "Bearer {}",
        "Authorization: Bearer {}",
        "export TURSO_API_TOKEN={}",
        "export TURSO_API_TOKEN='{}';",
        'TURSO_AUTH_TOKEN = "{}"',
        '$env:TURSO_AUTH_TOKEN = "{}"',
        '  "authToken": "{}",',
        "turso-token: {}",
        "“{}”",
        "`{}`",
        "\ufeff{}\u200b",
    ]
)


@pytest.mark.parametrize(("text", "kind"), KINDS.items(), ids=lambda value: str(value)[:30])
def test_every_kind_is_told_from_the_others(text: str, kind: TokenKind) -> None:
    assert recognise(text).kind == kind


@given(
    jwts, wrappings, st.lists(st.integers(min_value=0, max_value=200), max_size=4), st.sampled_from(["\n", "\r\n  "])
)
def test_a_token_is_found_in_whatever_came_along_with_it(
    token: str, wrapping: str, breaks: list[int], line_break: str
) -> None:
    wrapped = token
    for place in sorted(breaks, reverse=True):
        wrapped = wrapped[:place] + line_break + wrapped[place:]
    assert recognise(wrapping.format(wrapped)) == recognise(token)
    assert recognise(wrapping.format(wrapped)).text == token


@given(st.text() | st.text(alphabet="aA='\"; \n.:$_bearertoken"))
def test_any_text_is_recognised_as_something_and_described(text: str) -> None:
    assert describe(recognise(text), samples.NOW)


@given(st.text() | st.text(alphabet="=abera \n'tokn:;"))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
claim_names = st.sampled_from(
    ["id", "gid", "a", "p", "perm", "rid", "exp", "iat", "scopes", "group_uuid", "org_id", "jti"]
)


@given(st.dictionaries(claim_names, json_values) | json_values, st.sampled_from(["EdDSA", "RS256", "none", ""]))
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
        (samples.EXPIRED_SESSION, "expired on 2026-09-21 13:13 UTC, 1 hour ago"),
        (samples.GROUP_SCOPED, "(read, db:mint-token)"),
    ],
)
def test_a_description_says_what_it_is_what_it_may_and_until_when(token: str, words: str) -> None:
    assert words in describe(recognise(token), samples.NOW)


def test_what_was_recognised_does_not_show_the_secret() -> None:
    assert samples.DATABASE not in repr(recognise(samples.DATABASE))
    assert Recognised(TokenKind.EMPTY).text == ""


def test_nothing_heavy_is_imported_before_a_jwt_is_read() -> None:
    program = (
        "import sys; from turso_tui.tokens import recognise; recognise('no jwt');"
        "assert not {'jwt', 'cryptography', 'httpx'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
