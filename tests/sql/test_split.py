import apsw
import apsw.ext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.split import Script, split, statement_at

from .scripts import STATEMENTS, anything, connection, pieces, scripts


def texts(script: str) -> list[str]:
    return [span.text for span in split(script)]


@given(anything)
def test_spans_are_what_they_say_and_do_not_overlap(text: str) -> None:
    end = 0
    for span in split(text):
        assert end <= span.start < span.end
        assert text[span.start : span.end] == span.text
        end = span.end


@given(anything)
def test_statement_split_again_is_itself(text: str) -> None:
    for span in split(text)[:-1]:
        assert texts(span.text) == [span.text]


@given(scripts())
def test_statements_are_those_that_sqlite_prepares(script: str) -> None:
    database = connection()
    prepared: list[str] = []
    rest: str | None = script
    while rest:
        query = apsw.ext.query_info(database, rest)
        prepared += texts(query.first_query)
        rest = query.query_remaining
    assert texts(script) == prepared


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statement_of_any_kind_is_one(statement: str) -> None:
    assert texts(f"{statement}; {statement}") == [statement, statement]


@given(pieces)
def test_semicolons_end_what_sqlite_calls_complete(script: str) -> None:
    """``sqlite3_complete`` says yes at the semicolon that ends a statement, and at none before it."""
    begin = 0
    for span in split(script):
        end = script.find(";", span.end)
        candidates = [place for place in range(span.start, len(script)) if script[place] == ";"]
        complete = [place for place in candidates if apsw.complete(script[begin : place + 1])]
        if not complete:
            assert span == split(script)[-1]
            break
        assert texts(script[begin : complete[0] + 1]) == [span.text]
        assert end <= complete[0]
        begin = complete[0] + 1


def test_blank_pieces_are_no_statements() -> None:
    assert split(" ; -- nothing;\n /* nothing; */ ;; ") == []


def test_comments_and_space_around_a_statement_are_not_its_own() -> None:
    (span,) = split("-- before\n  select /* within */ 1 -- after\n ; ")
    assert span.text == "select /* within */ 1"
    assert span.start == len("-- before\n  ")


def test_vertical_tab_by_itself_is_not_space_to_sqlite() -> None:
    assert texts("select 1;\v;") == ["select 1", "\v"]


def test_unclosed_quote_reaches_to_the_end() -> None:
    assert texts("select 1; select 'a; select 2;") == ["select 1", "select 'a; select 2;"]


def test_unfinished_trigger_reaches_to_the_end() -> None:
    trigger = "create trigger r after insert on t begin select 1; select 2"
    assert texts(f"{trigger};") == [f"{trigger};"]


def test_array_parameter_hides_its_semicolon() -> None:
    assert texts("select $a(;'); select 2") == ["select $a(;')", "select 2"]


@pytest.mark.parametrize("part", ["'", "/*", "[", "$a(", "$::", "x'", "--", ";", "create trigger a;", "explain ", "; "])
def test_broken_text_takes_no_more_than_linear_time(part: str) -> None:
    """Were it quadratic, this would take hours."""
    split(part * 200_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|select 1; select 2", "select 1"),
        ("sel|ect 1; select 2", "select 1"),
        ("select 1|; select 2", "select 1"),
        ("select 1;| select 2", "select 1"),
        ("select 1; | select 2", "select 1"),
        ("select 1; |select 2", "select 2"),
        ("select 1;|select 2", "select 2"),
        ("select 1; -- not|e\nselect 2", "select 1"),
        ("select 1;\n|\nselect 2", "select 1"),
        ("select 1;\n\n  |  \nselect 2", "select 1"),
        ("select 1;\n  |  select 2", "select 2"),
        ("select 1;\n-- about| two\nselect 2", "select 2"),
        ("\n|\nselect 1", "select 1"),
        ("select 1;\n\n|", "select 1"),
        ("select 1;\n-- the end|", "select 1"),
        ("select\n\n|\n1; select 2", "select\n\n\n1"),
        ("-- nothing|", None),
        ("|", None),
    ],
)
def test_statement_that_a_person_means(text: str, expected: str | None) -> None:
    span = statement_at(text.replace("|", ""), text.index("|"))
    assert (span.text if span else None) == expected


@given(before=anything, after=anything, looked_at=st.integers(0, 80), shared=anything)
def test_edited_script_is_as_if_read_afresh(before: str, after: str, looked_at: int, shared: str) -> None:
    script = Script(shared + before)
    script.at(looked_at)
    text = shared + after
    pairs = zip(script.text, text, strict=False)
    unchanged = next((place for place, (old, new) in enumerate(pairs) if old != new), min(len(script.text), len(text)))
    assert script.edited(text, unchanged).statements() == split(text)


def test_script_has_several_statements() -> None:
    assert Script("select 1; select 2").has_several
    assert not Script("select 1; -- select 2").has_several


class TestPieceAt:
    """What a person is writing, comments and all."""

    def test_between_the_semicolons(self) -> None:
        text = "select 1; -- one;\n sel ; select 3"
        script = Script(text)
        assert text[slice(*script.piece_at(3))] == "select 1"
        assert text[slice(*script.piece_at(9))] == " -- one;\n sel "
        assert text[slice(*script.piece_at(22))] == " -- one;\n sel "
        assert text[slice(*script.piece_at(len(text)))] == " select 3"

    def test_nothing_yet(self) -> None:
        assert Script("").piece_at(0) == (0, 0)
        assert Script("-- a").piece_at(2) == (0, 4)

    @given(scripts(), st.data())
    def test_it_is_around_the_offset_and_holds_the_statement_there(self, text: str, data: st.DataObject) -> None:
        offset = data.draw(st.integers(0, len(text)))
        script = Script(text)
        start, end = script.piece_at(offset)
        assert start <= offset <= max(end, start)
        assert all(start <= span.start and span.end <= end for span in split(text) if span.start <= offset < span.end)
