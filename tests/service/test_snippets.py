"""Snippets, ours and those of a person."""

import re
from collections import defaultdict
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import InputError
from turso_tui.service.snippets import SHIPPED, Snippets, read_snippet
from turso_tui.sql.split import split


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.sql")), ids=lambda path: path.stem)
def test_ours_are_sql_and_say_what_they_are_for(path: Path) -> None:
    snippet = read_snippet(path)
    assert snippet.about
    connection = apsw.Connection(":memory:")
    for span in split(snippet.template.text):
        assert not re.search("syntax|incomplete|unrecognized", complaint(connection, span.text))


def complaint(connection: apsw.Connection, sql: str) -> str:
    """What SQLite has to say, which does not know the tables that are spoken of."""
    try:
        connection.execute(sql, defaultdict(lambda: 0)).fetchall()
    except apsw.Error as error:
        return str(error)
    return ""


async def test_own_ones_take_the_place_of_ours_and_a_broken_one_keeps_none_away(tmp_path: Path) -> None:
    (tmp_path / "upsert.sql").write_text("-- Mine\nselect ${1:x};\n")
    (tmp_path / "plain.sql").write_text("select 1")
    (tmp_path / "broken.sql").write_text("-- Broken\n\nselect ${1:x")
    (tmp_path / "two words.sql").write_text("select 1")
    (tmp_path / "empty.sql").write_text("-- nothing\n")
    loaded = await Snippets(lambda: tmp_path).load()
    mine = loaded.snippets["upsert"]
    assert (mine.about, mine.template.text, mine.is_own) == ("Mine", "select x;", True)
    assert loaded.snippets["plain"].about == ""
    assert "keyset" in loaded.snippets
    assert [failure.partition(":")[0] for failure in loaded.failures] == ["broken.sql", "empty.sql", "two words.sql"]
    assert "Line 3" in loaded.failures[0]


async def test_what_is_kept_is_there_as_it_was(tmp_path: Path) -> None:
    snippets = Snippets(lambda: tmp_path / "not" / "there")
    await snippets.keep("mine", "select $1, '\\${2}'\n  from t", "One of mine")
    kept = (await snippets.load()).snippets["mine"]
    assert kept.template.text == "select $1, '\\${2}'\n  from t"
    assert kept.about == "One of mine"
    with pytest.raises(InputError, match="there already"):
        await snippets.keep("mine", "select 2")
    with pytest.raises(InputError, match="one word"):
        await snippets.keep("../mine", "select 2")
