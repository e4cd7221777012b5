"""How long a token shall live, as a person writes it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.platform.tokens import expiration_text
from turso_tui.ui.lifetimes import parse_lifetime


@pytest.mark.parametrize("text", ["never", " Never ", "none"])
def test_never_is_no_lifetime(text: str) -> None:
    assert parse_lifetime(text) is None


def test_units_add_up() -> None:
    assert parse_lifetime("2w1d30m") == timedelta(weeks=2, days=1, minutes=30)


def test_blanks_and_capitals_are_a_persons_business() -> None:
    assert parse_lifetime(" 90 M ") == timedelta(minutes=90)


@pytest.mark.parametrize("text", ["", "soon", "5", "d", "-1d", "1.5h", "1d!", "0s", "101w" * 40])
def test_what_is_no_span_of_time_is_refused_with_the_notation(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_lifetime(text)
    assert "2w1d30m" in caught.value.next_step


def test_more_than_a_century_is_meant_otherwise() -> None:
    with pytest.raises(InputError, match="century"):
        parse_lifetime("5220w")


@given(st.integers(min_value=1, max_value=3_000_000_000))
def test_reads_what_the_api_is_told(seconds: int) -> None:
    lifetime = timedelta(seconds=seconds)
    assert parse_lifetime(expiration_text(lifetime)) == lifetime


@given(st.text(max_size=60))
def test_never_raises_anything_else(text: str) -> None:
    try:
        lifetime = parse_lifetime(text)
    except InputError:
        return
    assert lifetime is None or lifetime > timedelta(0)
