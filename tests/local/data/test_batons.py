"""Batons name a stream and cannot be made by anyone else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.local.data.batons import Batons

BATONS = Batons(b"k" * 32)
NUMBERS = st.integers(0, 2**64 - 1)


@given(NUMBERS, NUMBERS)
def test_a_baton_is_read_as_it_was_signed(stream: int, sequence: int) -> None:
    assert BATONS.read(BATONS.sign(stream, sequence)) == (stream, sequence)


@given(st.integers(0, 47), st.integers(1, 255))
def test_a_changed_baton_is_refused(index: int, change: int) -> None:
    data = bytearray(base64.b64decode(BATONS.sign(7, 1)))
    data[index] ^= change
    with pytest.raises(ValueError, match="baton"):
        BATONS.read(base64.b64encode(data).decode())


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        BATONS.read(text)


def test_a_baton_of_another_server_is_refused() -> None:
    with pytest.raises(ValueError, match="not a baton of this server"):
        BATONS.read(Batons(b"other").sign(1, 1))
