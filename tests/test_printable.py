"""No text from a database, a name or a server acts on the screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.printable import printable, printable_lines

ACTING = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINER = "\u200d"
texts = st.text()


@given(texts)
def test_nothing_is_left_that_acts_or_hides(text: str) -> None:
    shown = printable(text)
    assert not [sign for sign in shown if unicodedata.category(sign) in ACTING]
    assert not [sign for sign in shown if unicodedata.category(sign) == "Cf" and sign != JOINER]


@given(texts)
def test_it_is_made_printable_once(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(texts)
def test_it_does_not_explode(text: str) -> None:
    assert len(printable(text)) <= 8 * len(text)


@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("a\r\nb\tc", "a␍␊b␉c"),
        ("\x9b31m", "⟨9B⟩31m"),
        ("invoice_\u202efdp.exe", "invoice_⟨202E⟩fdp.exe"),
        ("co\u00adoperate", "co⟨00AD⟩operate"),
        ("a\u2028b", "a⟨2028⟩b"),
        ("\U0010fffd", "⟨10FFFD⟩"),
        ("\ud800", "⟨D800⟩"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("Größe 表 ٣", "Größe 表 ٣"),
        ("\x00\x01\x7f", "␀␁␡"),
    ],
)
def test_signs_that_stand_for_what_cannot_be_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(texts)
def test_lines_stay_lines_and_are_printable(text: str) -> None:
    lines = printable_lines(text).split("\n")
    assert lines == [printable(line) for line in lines]


def test_tabs_in_lines_become_spaces() -> None:
    assert printable_lines("a\tb\n\x1b[0m") == "a   b\n␛[0m"
