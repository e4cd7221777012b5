"""Tokens in SQL are masked; everything else stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.service.redaction import MASK, without_tokens

JWT = "eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjE3MDAwMDAwMDB9.c2lnbmF0dXJlLW9mLWEtdG9rZW4_-x"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"SELECT '{JWT}'", f"SELECT '{MASK}'"),
        (f"SELECT '{JWT[:30]}'", f"SELECT '{MASK}'"),
        (f"-- {JWT}\nSELECT 1", f"-- {MASK}\nSELECT 1"),
        ("SELECT '{\"auth_token\": \"s3cr3t\"}'", f"SELECT '{{\"auth_token\": \"{MASK}\"}}'"),
        ("-- TURSO_AUTH_TOKEN=s3cr3t\nSELECT 1", f"-- TURSO_AUTH_TOKEN={MASK}\nSELECT 1"),
        ("ATTACH 'libsql://a.turso.io?authToken=s3cr3t' AS a", f"ATTACH 'libsql://a.turso.io?authToken={MASK}' AS a"),
        ("SELECT 'Authorization: Bearer s3cr3t'", f"SELECT 'Authorization: Bearer {MASK}'"),
    ],
    ids=["a token", "half of one", "in a comment", "JSON", "a variable", "a URL", "a header"],
)  # fmt: skip
def test_what_is_a_token_is_masked(written: str, kept: str) -> None:
    assert without_tokens(written) == kept


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET token = excluded.token, jwt = x",
        "SELECT token FROM tokens WHERE token = :token",
        "SELECT eyJ FROM eyJack",
        "SELECT 'the token is gone'",
    ],
)
def test_what_only_speaks_of_tokens_stays(sql: str) -> None:
    assert without_tokens(sql) == sql


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = without_tokens(text)
    assert without_tokens(once) == once


@given(st.text(alphabet="abc'\"-/*;\n =token"), st.text(alphabet="abc'\"-/*;\n "))
def test_no_token_is_left_anywhere(before: str, after: str) -> None:
    assert JWT not in without_tokens(f"{before} {JWT} {after}")
