import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.sql.template import Stop, as_template, parse_template


def test_places_are_filled_with_what_is_said_first() -> None:
    template = parse_template("UPDATE ${1:t} SET ${2:c} = $3 WHERE $1.$2 IS NULL;$0")
    assert template.text == "UPDATE t SET c =  WHERE t.c IS NULL;"
    assert [template.text[stop.start : stop.end] for stop in template.stops] == ["t", "c", "", "t", "c", ""]
    assert template.order == [1, 2, 3, 0]


def test_choices() -> None:
    template = parse_template("BEGIN ${1|IMMEDIATE,DEFERRED|};")
    assert template.text == "BEGIN IMMEDIATE;"
    assert template.stops == (Stop(1, 6, 15, ("IMMEDIATE", "DEFERRED")), Stop(0, 16, 16))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"json_extract(a, '\$')", "json_extract(a, '$')"),
        (r"'\$1'", "'$1'"),
        ("SELECT $name, ${other}", "SELECT $name, ${other}"),  # parameters of SQLite, or nothing of ours
        (r"${1:\$.a\}}", "$.a}"),
        ("${1:n} ${2:$1 + 1}", "n n + 1"),
    ],
)
def test_other_dollar_signs_stay(source: str, text: str) -> None:
    assert parse_template(source).text == text


def test_what_does_not_end_is_said_with_its_line() -> None:
    with pytest.raises(InputError, match=r"Line 2.*\$\{1:b"):
        parse_template("a\n${1:b\n}")


@given(st.text(alphabet="ab$\\{}1|:\n"))
def test_any_text_can_be_kept_as_a_snippet(sql: str) -> None:
    assert parse_template(as_template(sql)).text == sql
