import pytest

from tests.tokens import samples
from turso_tui.errors import TokenRejected
from turso_tui.tokens import as_database_token, as_platform_token, is_group_scoped

PLATFORM_TOKENS = [samples.UNRESTRICTED, samples.ORGANIZATION, samples.GROUP_SCOPED, samples.SESSION]
DATABASE_TOKENS = [
    samples.DATABASE,
    samples.READ_ONLY_DATABASE,
    samples.NARROW_DATABASE,
    samples.GROUP,
    samples.EXTERNAL,
    samples.SELF_HOSTED,
    samples.NAMESPACES,
    "shared-key",
]
NO_TOKENS = [
    "",
    "libsql://app-acme.turso.io",
    "libsql://app-acme.turso.io?authToken=eyJsecret",
    samples.DATABASE[:-90],
    "these are words",
]


@pytest.mark.parametrize("text", [*PLATFORM_TOKENS, samples.BARE])
def test_platform_tokens_manage(text: str) -> None:
    assert as_platform_token(f'"{text}"\n', samples.NOW).reveal() == text


@pytest.mark.parametrize("text", [*DATABASE_TOKENS, samples.BARE])
def test_database_tokens_query(text: str) -> None:
    assert as_database_token(f"Bearer {text}").reveal() == text


@pytest.mark.parametrize("text", [*DATABASE_TOKENS, *NO_TOKENS])
def test_nothing_else_manages_and_the_refusal_keeps_the_secret(text: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        as_platform_token(text, samples.NOW)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", [*PLATFORM_TOKENS, *NO_TOKENS])
def test_nothing_else_queries_and_the_refusal_keeps_the_secret(text: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        as_database_token(text)
    assert not text or text not in str(caught.value)


def test_a_refusal_says_what_was_pasted_and_what_is_needed() -> None:
    with pytest.raises(TokenRejected) as caught:
        as_platform_token(samples.DATABASE, samples.NOW)
    assert caught.value.what == "That is a database token."
    assert "needs a platform token" in caught.value.means
    assert "turso auth api-tokens mint" in caught.value.next_step


def test_a_token_for_sql_at_sign_in_is_told_where_it_can_be_used() -> None:
    with pytest.raises(TokenRejected) as caught:
        as_platform_token(samples.GROUP, samples.NOW)
    assert "open the URL of its database" in caught.value.next_step


def test_a_platform_token_for_sql_is_told_that_a_sign_in_makes_the_others() -> None:
    with pytest.raises(TokenRejected) as caught:
        as_database_token(samples.ORGANIZATION)
    assert caught.value.what == "That is a platform API token of one organization."
    assert "this one manages an account" in caught.value.means
    assert "sign in with it" in caught.value.next_step


def test_the_token_in_a_url_is_taken_where_it_fits() -> None:
    url = f"libsql://app-acme.turso.io?authToken={samples.DATABASE}"
    assert as_database_token(url).reveal() == samples.DATABASE
    with pytest.raises(TokenRejected, match="That is a database token"):
        as_platform_token(url, samples.NOW)


def test_each_door_takes_its_own_from_a_file_of_variables() -> None:
    file = f"TURSO_API_TOKEN={samples.UNRESTRICTED}\nTURSO_AUTH_TOKEN={samples.DATABASE}\n"
    assert as_platform_token(file, samples.NOW).reveal() == samples.UNRESTRICTED
    assert as_database_token(file).reveal() == samples.DATABASE


@pytest.mark.parametrize("text", PLATFORM_TOKENS)
def test_only_the_token_of_a_group_cannot_see_the_organizations(text: str) -> None:
    assert is_group_scoped(as_platform_token(text, samples.NOW)) == (text == samples.GROUP_SCOPED)


def test_an_expired_token_is_refused_with_the_moment_of_its_end() -> None:
    with pytest.raises(TokenRejected, match="expired on 2026-09-21 13:13 UTC"):
        as_platform_token(samples.EXPIRED_SESSION, samples.NOW)
    with pytest.raises(TokenRejected, match="expired on"):
        as_database_token(samples.DATABASE, samples.NOW + 601)
