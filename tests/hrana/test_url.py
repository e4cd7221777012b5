"""Database URLs as people write them."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl, is_database_url, parse_database_url

schemes = st.sampled_from(["libsql", "turso", "http", "https", "ws", "wss"])


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("libsql://app-acme.turso.io", "https://app-acme.turso.io"),
        ("turso://app-acme.turso.io", "https://app-acme.turso.io"),
        ("wss://app-acme.turso.io/", "https://app-acme.turso.io"),
        ("ws://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("  HTTP://LocalHost:8080  ", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://host/dev/app/", "https://host/dev/app"),
        ("libsql://127.0.0.1:8080?tls=0", "http://127.0.0.1:8080"),
        ("libsql://host?tls=1", "https://host"),
        ("http://host?tls=0", "http://host"),
        ("libsql://host:443", "https://host"),
        ("http://host:80", "http://host"),
        ("http://host:443", "http://host:443"),
    ],
)
def test_every_spelling_becomes_one_http_origin(written: str, origin: str) -> None:
    assert parse_database_url(written).origin == origin


@pytest.mark.parametrize("key", ["authToken", "auth_token", "jwt"])
def test_a_token_in_the_url_is_set_apart_and_not_shown(key: str) -> None:
    url = parse_database_url(f"libsql://host?{key}=s3cret")
    assert url == DatabaseUrl("https://host", "host", "s3cret")
    assert "s3cret" not in repr(url)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("libsql://host?tls=0", "port"),
        ("http://host?tls=1", "contradicts"),
        ("wss://host:1?tls=0", "contradicts"),
        ("libsql://host?tls=yes", "0 or 1"),
        ("libsql://host?user=me", "not user"),
        ("libsql://host?authToken=a&jwt=b", "not jwt"),
        ("libsql://me:pw@host", "no user"),
        ("libsql://host#part", "fragment"),
        ("libsql://", "not the URL"),
        ("libsql:///path", "not the URL"),
        ("libsql://a b", "not the URL"),
        ("libsql://host:port", "not a URL"),
        ("libsql://host:99999", "not a URL"),
        ("http://[::1", "not a URL"),
        ("postgres://host", "not the URL"),
        ("host", "not the URL"),
    ],
)
def test_what_is_wrong_with_a_url_is_said(written: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_database_url(written)


@given(schemes, st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_is_either_a_usable_address_or_refused(scheme: str, rest: str) -> None:
    try:
        url = parse_database_url(f"{scheme}://{rest}")
    except InputError:
        return
    parsed = httpx.URL(f"{url.origin}/v3/pipeline")
    assert parsed.scheme in {"http", "https"}
    assert parsed.host
    assert parsed.path.endswith("/v3/pipeline")
    assert parse_database_url(url.origin).origin == url.origin


@pytest.mark.parametrize("text", ["libsql://host", " HTTPS://host", "ws://"])
def test_a_database_url_is_known_by_its_scheme(text: str) -> None:
    assert is_database_url(text)


@pytest.mark.parametrize("text", ["host", "file:local.db", "ftp://host", "acme/app", ""])
def test_other_texts_are_no_database_urls(text: str) -> None:
    assert not is_database_url(text)
