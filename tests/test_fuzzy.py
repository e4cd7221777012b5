"""Fuzzy matching: what matches, where, and what comes first."""

import string
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from turso_tui.fuzzy import Match, match

NAMES = st.text(alphabet=string.ascii_letters + string.digits + "-_ .", max_size=30)
QUERIES = st.text(alphabet=string.ascii_letters + string.digits + "-", min_size=1, max_size=6)


def is_subsequence(query: str, text: str) -> bool:
    letters = iter(text.lower())
    return all(letter in letters for letter in query.lower())


def ranked(query: str, *names: str) -> list[str]:
    found = [(match(query, name), name) for name in names]
    return [name for hit, name in sorted(found, key=lambda pair: -pair[0].score if pair[0] else 0) if hit]


@given(QUERIES, NAMES)
def test_matches_exactly_the_texts_that_contain_the_letters_in_order(query: str, text: str) -> None:
    assert (match(query, text) is not None) == is_subsequence(query, text)


@given(QUERIES, NAMES)
def test_positions_rise_and_spell_the_query(query: str, text: str) -> None:
    hit = match(query, text)
    if hit is None:
        return
    assert list(hit.positions) == sorted(set(hit.positions))
    assert "".join(text[index] for index in hit.positions).lower() == query.lower()


@given(st.text(max_size=8), st.text(max_size=30))
def test_any_text_at_all_gives_positions_inside_it(query: str, text: str) -> None:
    hit = match(query, text)
    assert hit is None or all(0 <= index < len(text) for index in hit.positions)


@given(NAMES.filter(str.strip), NAMES, NAMES)
def test_letters_that_stand_together_are_found_together(query: str, before: str, after: str) -> None:
    query = "".join(query.split())
    hit = match(query, before + query + after)
    assert hit is not None
    assert hit.positions == tuple(range(hit.positions[0], hit.positions[0] + len(query)))


@given(NAMES)
def test_an_empty_query_matches_everything_alike(text: str) -> None:
    assert match(" ", text) == Match(0, ())


def test_together_beats_scattered() -> None:
    assert ranked("prod", "p-r-o-d", "approd") == ["approd", "p-r-o-d"]


def test_the_start_of_a_word_beats_its_middle() -> None:
    assert ranked("eu", "museum", "db-eu") == ["db-eu", "museum"]


def test_the_start_of_the_text_beats_later_words() -> None:
    assert ranked("eu", "db-eu", "eu-db") == ["eu-db", "db-eu"]


def test_initials_are_found_at_their_words() -> None:
    hit = match("mt", "my-item-things")
    assert hit is not None
    assert hit.positions == (0, 8)


def test_a_number_begins_a_word() -> None:
    assert ranked("42", "agent-0142", "agent-42") == ["agent-42", "agent-0142"]


def test_letters_that_grow_when_lowered_keep_their_places() -> None:
    hit = match("b", "İb")
    assert hit is not None
    assert hit.positions == (1,)


def test_five_thousand_names_are_matched_within_a_key_press() -> None:
    names = [f"agent-{number:04}-memory" for number in range(5000)]
    started = perf_counter()
    for name in names:
        match("a4m", name)
    assert perf_counter() - started < 0.5
