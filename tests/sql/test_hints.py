import apsw
import pytest

from turso_tui.sql.hints import hint
from turso_tui.sql.names import KnownColumn, Names, Relation

NAMES = Names((Relation("messages", (KnownColumn("id"), KnownColumn("role"))),), functions=("upper", "json_each"))
SCHEMA = """
CREATE TABLE messages (id INTEGER PRIMARY KEY, role TEXT NOT NULL UNIQUE CHECK (role <> 'x'));
INSERT INTO messages VALUES (1, 'user');
"""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select rolle from messages", "Did you mean role?"),
        ("insert into messages (rol) values (1)", "Did you mean role?"),
        ("select * from mesages", "Did you mean messages?"),
        ("select uper('a')", "Did you mean upper?"),
        ("select * from order", 'write "order" with its quotes'),
        ("select 1,, 2", "SQL does not allow this here."),
        ("select (1", "ends before it is complete"),
        ("select 'a", "a quote may be left open"),
        ("select id from messages a, messages b", "More than one table has id."),
        ("insert into messages values (2, 'user')", "There is a row with this messages.role already."),
        ("insert into messages values (2, null)", "messages.role may not be NULL."),
        ("insert into messages values (2, 'x')", "only rows for which this holds: role <> 'x'."),
        ("insert into messages values (2)", "Each column needs one value."),
        ("insert into messages values ('a', 'b')", "not of the type"),
        ("commit", "There is nothing to end."),
    ],
)
def test_messages_of_sqlite_are_explained(sql: str, said: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    with pytest.raises(apsw.Error) as caught:
        connection.execute(sql).fetchall()
    assert said in " ".join(hint(str(caught.value), NAMES))


def test_a_message_that_is_not_known_is_left_as_it_is() -> None:
    assert hint("the moon is full", NAMES) == ("", "")
