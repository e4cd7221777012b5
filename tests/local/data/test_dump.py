"""A dump makes the same database again."""

from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local.data.serving import Client
from turso_tui.local.data.dump import dump, quote_value
from turso_tui.values import Value

SCHEMA = """
create table [odd "name] (id integer primary key autoincrement, "two words" text, twice as (id * 2));
create table pair (a, b, primary key (a, b)) without rowid;
create table loose (a);
create index by_words on [odd "name] ("two words");
create view v as select 1 as one;
create trigger tr after insert on loose begin delete from pair; end;
insert into [odd "name] ("two words") values ('a;b''c'), (null), (x'00ff'), ('line' || char(13, 10) || 'two');
insert into pair values (1, 9e999), (2, -9e999);
"""

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.sampled_from("\n\r\\n'r\0")),
    st.binary(),
)


@given(VALUES)
def test_a_quoted_value_reads_back_as_it_was(value: Value) -> None:
    connection = apsw.Connection(":memory:")
    quoted = quote_value(value)
    returned = connection.execute(f"select {quoted}").get
    connection.close()
    assert returned == value
    assert type(returned) is type(value)
    assert "\n" not in quoted


@pytest.mark.parametrize("preserve_row_ids", [False, True])
def test_a_dump_restores_the_database(tmp_path: Path, preserve_row_ids: bool) -> None:
    original = apsw.Connection(str(tmp_path / "one.db"))
    original.execute(SCHEMA)
    original.execute("insert into loose (rowid, a) values (5, 'x'), (9, 'y')")
    script = b"".join(dump(tmp_path / "one.db", preserve_row_ids=preserve_row_ids)).decode()
    copy = apsw.Connection(str(tmp_path / "two.db"))
    copy.execute(script)
    for sql in (
        'select * from [odd "name]',
        "select * from pair",
        "select rowid, a from loose" if preserve_row_ids else "select a from loose",
        "select name, type from sqlite_schema order by name",
        "select * from sqlite_sequence",
    ):
        assert copy.execute(sql).get == original.execute(sql).get
    original.close()
    copy.close()


def test_a_virtual_table_is_dumped_with_its_shadow_tables(tmp_path: Path) -> None:
    original = apsw.Connection(str(tmp_path / "one.db"))
    original.execute("create virtual table f using fts5(a); insert into f values ('hello world')")
    original.close()
    apsw.Connection(str(tmp_path / "two.db")).execute(b"".join(dump(tmp_path / "one.db")).decode())
    copy = apsw.Connection(str(tmp_path / "two.db"))
    assert copy.execute("select a from f where f match 'world'").get == "hello world"
    copy.close()


def test_the_dump_is_served_over_http(server: Client) -> None:
    server.script("create table t (a, b); insert into t values (1, 'x')")
    lines = server.http.get("/dump").text.splitlines()
    assert lines[:2] == ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"]
    assert lines[2] == "CREATE TABLE IF NOT EXISTS t (a, b);"
    assert lines[3].replace('"', "") == "INSERT INTO t VALUES(1,'x');"
    assert lines[-1] == "COMMIT;"
