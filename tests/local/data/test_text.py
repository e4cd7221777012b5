"""SQL text is cut where SQLite would cut it, and its parameters are SQLite's."""

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.local.data.text import first_word, split


def parts(sql: str) -> list[str]:
    return [statement.sql.strip() for statement in split(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ; -- nothing\n;/* here */", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2;", ["select 1;", "select 2;"]),
        ("select ';'; select \"a;\"", ["select ';';", 'select "a;"']),
        ("select [a;] , `b;` from t", ["select [a;] , `b;` from t"]),
        ("select 'it''s; one' -- ; two\n", ["select 'it''s; one' -- ; two"]),
        ("select /* ; */ 1", ["select /* ; */ 1"]),
        ("select 'never; closed", ["select 'never; closed"]),
    ],
)
def test_statements_are_split_at_their_semicolons(sql: str, expected: list[str]) -> None:
    assert parts(sql) == expected


def test_a_trigger_is_one_statement() -> None:
    trigger = "create trigger a after insert on t begin select ';'; select case when 1 then 2 end; end;"
    assert parts(f"{trigger} select 1") == [trigger, "select 1"]


TOKENS = st.sampled_from(["?,", "?2,", "?7,", ":a,", ":b,", "@a,", "$a,", "'?',", "/* ? */", "-- ?\n"])


@given(st.lists(TOKENS, min_size=1, max_size=8))
def test_parameters_are_numbered_as_sqlite_numbers_them(tokens: list[str]) -> None:
    (statement,) = split("select " + " ".join(tokens) + " 1")
    seen: list[tuple[str | None, ...]] = []

    def look(cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        seen.append(cursor.bindings_names)
        return False

    connection = apsw.Connection(":memory:")
    cursor = connection.cursor()
    cursor.exec_trace = look
    with pytest.raises(apsw.ExecTraceAbort):
        cursor.execute(statement.sql, (None,) * len(statement.parameters))
    connection.close()
    assert [name and name[1:] for name in statement.parameters] == list(seen[0])


@given(st.text())
def test_any_text_is_split_without_losing_a_statement(sql: str) -> None:
    assert all(statement.sql in sql for statement in split(sql))


def test_the_first_word_stands_behind_comments() -> None:
    assert first_word("/* a */ -- b\n vacuum") == "vacuum"
