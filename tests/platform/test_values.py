"""The small notations of the Platform API: durations, dates, waits."""

import re
from datetime import timedelta
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.platform.retry import RetryPolicy, parse_retry_after
from turso_tui.platform.server_clock import ServerClock, parse_http_date
from turso_tui.platform.tokens import expiration_text

SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@pytest.mark.parametrize(
    ("expiration", "text"),
    [
        (None, "never"),
        (timedelta(minutes=10), "10m"),
        (timedelta(weeks=2, days=1, minutes=30), "2w1d30m"),
        (timedelta(milliseconds=1), "1s"),
    ],
)
def test_an_expiration_is_written_as_the_api_reads_it(expiration: timedelta | None, text: str) -> None:
    assert expiration_text(expiration) == text


@given(st.integers(min_value=1, max_value=10**9))
def test_an_expiration_keeps_its_length(seconds: int) -> None:
    written = expiration_text(timedelta(seconds=seconds))
    assert sum(int(count) * SECONDS[unit] for count, unit in re.findall(r"(\d+)([wdhms])", written)) == seconds


@pytest.mark.parametrize("expiration", [timedelta(0), timedelta(seconds=-5)])
def test_a_token_that_is_already_over_is_not_asked_for(expiration: timedelta) -> None:
    with pytest.raises(InputError):
        expiration_text(expiration)


@given(st.text() | st.text(alphabet="Mon, 0123456789:SepGMT+-"))
def test_any_text_is_a_date_or_none(text: str) -> None:
    parse_http_date(text)
    assert (parse_retry_after(text, 0.0) or 0.0) >= 0.0


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 1e6))
def test_no_pause_is_shorter_than_asked_or_longer_than_allowed(
    attempt: int, chance: float, asked: float | None
) -> None:
    policy = RetryPolicy(attempts=9)
    pause = policy.pause(attempt, chance, asked=asked)
    if pause is not None:
        assert (asked or 0.0) <= pause <= policy.longest_retry_after + policy.longest_pause


@given(st.floats(-1e6, 1e6), st.floats(0, 30))
def test_the_servers_clock_is_known_to_a_second_and_half_a_round_trip(skew: float, round_trip: float) -> None:
    sent_at = 1_790_000_000.3
    clock = ServerClock(lambda: sent_at + round_trip)
    date = int(sent_at + round_trip / 3 + skew)
    clock.observe(formatdate(date, usegmt=True), sent_at, sent_at + round_trip)
    assert abs(clock.now() - (sent_at + round_trip + skew)) <= 1.01 + round_trip
