"""Finding and replacing."""

from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.widgets.editor_search import Query

TEXTS = st.text(alphabet="aAbß\nİ", max_size=40)
WANTED = st.text(alphabet="aAbß", min_size=1, max_size=3)


def test_capitals_matter_only_when_there_are_any() -> None:
    assert list(Query("na").starts("na Na NA")) == [0, 3, 6]
    assert list(Query("Na").starts("na Na NA")) == [3]


def test_places_do_not_overlap() -> None:
    assert list(Query("aa").starts("aaaaa")) == [0, 2]


def test_next_and_previous_go_round() -> None:
    text = "x..x..x"
    assert [Query("x").next(text, offset) for offset in (0, 1, 4, 7)] == [0, 3, 6, 0]
    assert [Query("x").previous(text, offset) for offset in (0, 1, 4, 7)] == [6, 0, 3, 6]


def test_nothing_is_nowhere() -> None:
    assert Query("").replaced("abc", "x") == ("abc", 0)
    assert Query("").next("abc", 0) is None
    assert Query("z").previous("abc", 3) is None


@given(TEXTS, WANTED)
def test_every_place_holds_what_is_looked_for(text: str, wanted: str) -> None:
    for start in Query(wanted).starts(text):
        assert text[start : start + len(wanted)].lower() == wanted.lower()


@given(TEXTS, WANTED, st.integers(0, 40))
def test_next_is_one_of_them(text: str, wanted: str, offset: int) -> None:
    query = Query(wanted)
    found = query.next(text, offset)
    assert (found is None) == (not list(query.starts(text)))


@given(TEXTS, WANTED, st.text(max_size=3))
def test_replacing_counts_and_keeps_the_rest(text: str, wanted: str, replacement: str) -> None:
    query = Query(wanted)
    starts = list(query.starts(text))
    replaced, count = query.replaced(text, replacement)
    assert count == len(starts)
    assert len(replaced) == len(text) + count * (len(replacement) - len(wanted))
