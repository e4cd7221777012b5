"""The parameters of a statement, held against SQLite's own count."""

import apsw
import apsw.ext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.parameters import Parameter, parameters


def labels(sql: str) -> list[str]:
    return [each.label for each in parameters(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1", []),
        ("select ?, ?", ["?1", "?2"]),
        ("select ?2, ?", ["?2", "?3"]),
        ("select :a, @b, $c, :a", [":a", "@b", "$c"]),
        ("select ?, :a, ?", ["?1", ":a", "?3"]),
        ("select '?', \":a\", [?], `@b` -- :c\n, /* $d */ :e", [":e"]),
        ("select $a::b(c d), $a::b(c)", ["$a::b(c)"]),
        ("select ?0, ?99999", []),
    ],
)
def test_what_a_statement_asks_for(sql: str, expected: list[str]) -> None:
    assert labels(sql) == expected


PIECES = st.sampled_from(
    ["?", "?1", "?3", "?12", ":a", ":b1", "@a", "$a", "$x::y", "$t(k)", "':a'", '":b"', "1", "/* ? */1"]
)


@given(st.lists(PIECES, min_size=1, max_size=12))
def test_sqlite_counts_the_same(pieces: list[str]) -> None:
    sql = "select " + ", ".join(pieces)
    bindings = apsw.ext.query_info(apsw.Connection(":memory:"), sql, actions=False).bindings_names
    found = parameters(sql)
    assert max((each.number for each in found), default=0) == len(bindings)
    for parameter in found:
        name = bindings[parameter.number - 1]
        assert parameter.label[1:] == name if parameter.is_named else name in {None, parameter.label[1:]}


@given(st.text())
def test_any_text_at_all(text: str) -> None:
    numbers = [each.number for each in parameters(text)]
    assert numbers == sorted(set(numbers))


def test_a_plain_one_has_no_name() -> None:
    assert not Parameter("?1", 1).is_named
    assert Parameter(":a", 1).is_named
