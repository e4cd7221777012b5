"""What of a writer is written down for others, and how a place in line reads."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turso_tui.service.queue_line import RECORD_BYTES
from turso_tui.service.queue_state import Place, Position, QueueState, decode, encode

ANY_TEXT = st.text(st.characters(), max_size=400)
"""Lone surrogates and control characters too."""


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, st.booleans(), st.floats(0, 1e12))
@example("\x00" * 400, "\x00" * 400, "\x00" * 400, "\x00" * 400, False, 123456789.123456)
def test_every_record_fits_and_comes_back(
    database: str, program: str, label: str, statement: str, private: bool, since: float
) -> None:
    place = Place.of(database, program, label, statement, private=private, since=since)
    record = encode(place)
    assert len(record) <= RECORD_BYTES
    assert decode(record.ljust(RECORD_BYTES), mine=True) == place


@given(st.binary(max_size=100))
def test_what_cannot_be_read_is_a_place_all_the_same(record: bytes) -> None:
    assert isinstance(decode(record), Place)


def test_a_record_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert decode(b'{"pid": 7, "label": "a", "colour": "red"}') == Place(pid=7, label="a")


def test_whose_a_place_is_nobody_can_claim_in_a_record() -> None:
    assert not decode(encode(Place(label="a", mine=True))).mine


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first in line, 0.8 s"), (3, "third in line, 0.8 s"), (11, "number 11 in line, 0.8 s")],
)
def test_a_position_in_words(number: int, words: str) -> None:
    assert Position(number, 100.0).words(100.8) == words


def test_time_never_runs_backwards_on_show() -> None:
    assert Position(1, 100.0).words(90.0) == "first in line, 0.0 s"
    assert Place(since=100.0).seconds(90.0) == 0.0


def test_nobody_stands_in_an_empty_line() -> None:
    state = QueueState()
    assert (state.writing, state.line, state.holder, state.waiting) == (None, (), None, ())
    assert not state.elsewhere
    assert state.position() is None
