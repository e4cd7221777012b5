"""What is probably a time is said as one, and how it was read."""

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.times import as_time
from turso_tui.values import Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_795_514_400, "2026-11-24 10:00:00 UTC · read as seconds since 1970"),
        (1_795_514_400.5, "2026-11-24 10:00:00.500000 UTC · read as seconds since 1970"),
        (1_795_514_400_123, "2026-11-24 10:00:00.123000 UTC · read as milliseconds since 1970"),
        (1_795_514_400_123_456, "2026-11-24 10:00:00.123456 UTC · read as microseconds since 1970"),
        (1_795_514_400_123_456_789, "2026-11-24 10:00:00.123456 UTC · read as nanoseconds since 1970"),
        (2_461_368.75, "2026-11-24 06:00:00 UTC · read as a Julian day"),
        ("2026-11-24T10:00:00Z", "2026-11-24 10:00:00 UTC · read as ISO 8601"),
        ("2026-11-24T11:00:00+01:00", "2026-11-24 10:00:00 UTC · read as ISO 8601"),
        ("2026-11-24 10:00", "2026-11-24 10:00:00 UTC · no zone is given; read as UTC, as SQLite does"),
        (42, ""),
        (-1, ""),
        (2**63 - 1, ""),
        ("2026-13-24T10:00:00Z", ""),
        ("tomorrow", ""),
        (None, ""),
        (b"2026-11-24T10:00:00Z", ""),
    ],
)
def test_a_value_as_a_time(value: Value, text: str) -> None:
    assert as_time(value, UTC) == text


def test_another_zone_is_said_too() -> None:
    assert as_time("2026-11-24T10:00:00Z", timezone(timedelta(hours=1))) == (
        "2026-11-24 10:00:00 UTC · 2026-11-24 11:00:00 +0100 · read as ISO 8601"
    )


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary()))
def test_no_value_is_too_strange(value: Value) -> None:
    assert isinstance(as_time(value, UTC), str)
