import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.sql.facts import (
    character_offset,
    ends_transaction,
    foreign_keys_wanted,
    is_explain,
    leading_keyword,
    opens_transaction,
    quote_identifier,
    quote_string,
)  # fmt: skip

UNICODE = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("pragma foreign_keys = off", False), ("PRAGMA foreign_keys(0)", False), ("PRAGMA foreign_keys=ON", True),
        ("PRAGMA foreign_keys = 'no'", False), ("PRAGMA foreign_keys", None), ("PRAGMA foreign_key_check(t)", None),
        ("select 'pragma foreign_keys = off'", None),
    ],
)  # fmt: skip
def test_what_is_wanted_of_foreign_keys(sql: str, wanted: bool | None) -> None:
    assert foreign_keys_wanted(sql) is wanted


def test_leading_keyword_stands_behind_comments() -> None:
    assert leading_keyword("-- a\n /* b */ select 1") == "SELECT"
    assert leading_keyword("(select 1)") == ""
    assert leading_keyword("") == ""


@pytest.mark.parametrize("sql", ["begin", "BEGIN immediate", "/* a */ savepoint a"])
def test_transaction_is_opened(sql: str) -> None:
    assert opens_transaction(sql)


@pytest.mark.parametrize("sql", ["commit", "END transaction", "rollback", "rollback transaction", "rollback -- to\n"])
def test_transaction_is_ended(sql: str) -> None:
    assert ends_transaction(sql)


@pytest.mark.parametrize("sql", ["rollback to a", "rollback transaction to savepoint a", "release a", "select 1", ""])
def test_transaction_goes_on(sql: str) -> None:
    assert not ends_transaction(sql)


def test_explain_is_told_from_what_it_explains() -> None:
    assert is_explain("explain query plan select 1")
    assert not is_explain("select explain")


@given(UNICODE.filter(lambda name: "\0" not in name and name != ""))
def test_sqlite_reads_a_quoted_name_as_the_name(name: str) -> None:
    database = apsw.Connection(":memory:")
    cursor = database.execute(f"select 1 as {quote_identifier(name)}")
    assert cursor.get_description()[0][0] == name


def test_name_is_quoted_only_where_it_must_be() -> None:
    assert quote_identifier("created_at") == "created_at"
    assert quote_identifier("order") == '"order"'
    assert quote_identifier("true") == '"true"'
    assert quote_identifier('a "b"') == '"a ""b"""'
    assert quote_identifier("") == '""'


def test_name_with_a_nul_is_refused() -> None:
    with pytest.raises(InputError):
        quote_identifier("a\0b")


@given(UNICODE | st.lists(st.sampled_from(["'", "\0", "a"])).map("".join))
def test_sqlite_reads_a_quoted_string_as_the_string(text: str) -> None:
    assert apsw.Connection(":memory:").execute(f"select {quote_string(text)}").get == text


@given(UNICODE, UNICODE)
def test_byte_offset_becomes_a_character_offset(before: str, after: str) -> None:
    assert character_offset(before + after, len(before.encode())) == len(before)


def test_byte_offset_outside_the_text_stays_within() -> None:
    assert character_offset("é", 99) == 1
    assert character_offset("é", -1) == 0
