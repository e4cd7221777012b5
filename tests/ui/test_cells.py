"""What values look like in one line, and what is copied of them."""

import math
import struct
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from turso_tui.ui.cells import Cell, CellKind, cell_text, cut, exact_text, one_line
from turso_tui.values import Value

texts = st.text(st.characters() | st.sampled_from("é한글👩‍🚀️❤\u0301\u202e\x1b\n"))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1))
def test_a_number_reads_back_as_itself(number: float) -> None:
    cell = cell_text(number, limit=1)
    assert cell.kind is CellKind.NUMBER
    assert type(number)(cell.text) == number


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, Cell("NULL", CellKind.NULL)),
        ("", Cell("empty", CellKind.EMPTY)),
        ("NULL", Cell("NULL", CellKind.TEXT)),
        (0.1 + 0.2, Cell("0.30000000000000004", CellKind.NUMBER)),
        (12.0, Cell("12.0", CellKind.NUMBER)),
        (12408, Cell("12408", CellKind.NUMBER)),
        (math.nan, Cell("±Inf", CellKind.NUMBER)),
        (-math.inf, Cell("-Inf", CellKind.NUMBER)),
        ("a\tb\x1b[31m", Cell("a␉b␛[31m", CellKind.TEXT)),
        ("[red]x[/red]", Cell("[red]x[/red]", CellKind.TEXT)),
        (b"", Cell("x''", CellKind.BLOB)),
        (b"\x00\xff\x10", Cell("x'00ff10'", CellKind.BLOB)),
        (b"\x89PNG\r\n\x1a\n" + bytes(14_000), Cell("x'89504e470d0a1a0a…'  PNG 14 kB", CellKind.BLOB)),
        (bytes(9), Cell("x'0000000000000000…'  9 B", CellKind.BLOB)),
    ],
)
def test_every_kind_has_its_own_look(value: Value, cell: Cell) -> None:
    assert cell_text(value) == cell


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\xff\xd8\xff", "JPEG"), (b"RIFF\x00\x00\x00\x00WEBP", "WebP"), (b"SQLite format 3\x00", "SQLite")],
)
def test_blobs_are_known_by_their_first_bytes(head: bytes, name: str) -> None:
    assert f"  {name} 100 B" in cell_text(head.ljust(100, b"\x01")).text


def test_a_vector_is_shown_as_numbers_where_the_column_declares_one() -> None:
    vector = struct.pack("<5f", 0.1, -0.25, 3, 4, 5)
    assert cell_text(vector, "F32_BLOB(5)").text == "[0.1,-0.25,3,…]  f32[5]"
    assert cell_text(vector, "BLOB").text.startswith("x'cdcccc3d")
    for torn in (vector[:-1], vector[:-4]):
        assert cell_text(torn, "F32_BLOB(5)").text.startswith("x'cdcccc3d")


@given(st.floats(width=32, allow_nan=False))
@example((2 - 2**-23) * 2.0**127)
def test_a_vector_element_reads_back_as_itself(number: float) -> None:
    packed = struct.pack("<f", number)
    text = cell_text(packed, "FLOAT32(1)", 80).text.partition("]")[0].removeprefix("[")
    assert struct.pack("<f", float(text)) == packed


@given(texts, st.integers(1, 60))
def test_a_text_never_takes_more_cells_than_there_are(text: str, limit: int) -> None:
    assert cell_len(one_line(text, limit)) <= limit


@given(texts, st.integers(1, 60))
def test_a_text_can_do_nothing_to_the_terminal(text: str, limit: int) -> None:
    assert not {unicodedata.category(character) for character in one_line(text, limit)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.sampled_from("ab한👍é "), max_size=80), st.integers(1, 60))
def test_a_text_is_whole_or_says_that_it_is_not(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert line == text or (line.endswith("…") and text.startswith(line[:-1]) and cell_len(text) > limit)


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert cut("한글 텍스트", 6) == "한글 …"
    assert cut("한글", 4) == "한글"
    assert cut("한글", 3) == "한…"
    assert cut("한글", 2) == "…"


def test_what_terminals_measure_differently_is_left_out_of_the_line() -> None:
    assert one_line("👨‍👩‍👧 ❤️ 👍🏽", 40) == "👨👩👧 ❤ 👍"
    assert one_line("a\u200db", 40) == "a⟨200D⟩b"


def test_a_huge_value_costs_no_more_than_what_is_shown_of_it() -> None:
    huge: list[Value] = ["é\u0301" * 25_000_000, b"\x1f\x8b" + bytes(50_000_000)]
    start = time.process_time()
    for value in huge:
        assert cell_text(value).width <= 40
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "NULL"), ("a\nb\x1b", "a\nb\x1b"), ("", ""), (b"\x00\xff", "x'00ff'"), (2**62, "4611686018427387904")],
)
def test_what_is_copied_is_exact(value: Value, text: str) -> None:
    assert exact_text(value) == text
