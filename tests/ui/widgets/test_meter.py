"""The quota meter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.widgets.meter import EMPTY, meter


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0, "▱▱▱▱▱▱▱▱▱▱"), (0.41, "▰▰▰▰▱▱▱▱▱▱"), (1, "▰▰▰▰▰▰▰▰▰▰"), (0.0001, "▰▱▱▱▱▱▱▱▱▱"), (7, "▰▰▰▰▰▰▰▰▰▰")],
)
def test_is_filled_by_the_fraction(fraction: float, expected: str) -> None:
    assert meter(fraction) == expected


@given(st.floats(allow_nan=False), st.integers(1, 60))
def test_always_has_its_width(fraction: float, width: int) -> None:
    assert len(meter(fraction, width)) == width


@given(st.floats(0, 1, exclude_max=True))
def test_looks_full_only_when_nothing_is_left(fraction: float) -> None:
    assert EMPTY in meter(fraction)
