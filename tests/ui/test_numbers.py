"""Counts, sizes and times as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.numbers import bytes_size, duration, grouped


@given(st.integers())
def test_grouping_changes_nothing_but_spaces(number: int) -> None:
    text = grouped(number)
    assert int(text.replace(" ", "")) == number
    assert all(len(group) == 3 for group in text.split(" ")[1:])


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (14_012, "14 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (12_900_000, "12.9 MB"),
        (99_960_000, "100 MB"),
        (131_000_000_000, "131 GB"),
        (2**63, "9.2 EB"),
        (10**25, "10000 ZB"),
    ],
)
def test_sizes_are_short_and_never_reach_a_thousand_of_a_unit(count: int, text: str) -> None:
    assert bytes_size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.0004, "<1 ms"),
        (0.038, "38 ms"),
        (0.9996, "1.0 s"),
        (1.24, "1.2 s"),
        (59.96, "1 m"),
        (125, "2 m 5 s"),
        (840, "14 m"),
        (11_520, "3 h 12 m"),
        (6 * 86_400, "6 d"),
        (-90, "-1 m 30 s"),
    ],
)
def test_durations_show_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text
