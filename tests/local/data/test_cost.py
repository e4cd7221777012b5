"""``rows_read`` and ``rows_written`` come close to libSQL's."""

import pytest

from tests.local.data.serving import Client, Served

SETUP = """
create table t (id integer primary key, a text unique, b int);
create table child (id integer primary key, parent int references t (id) on delete cascade);
create table plain (id integer primary key, a text);
create index child_parent on child (parent);
with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000)
insert into t (a, b) select 'n' || n, n % 10 from c;
insert into plain (a) select a from t;
insert into child (parent) select id from t where id <= 100;
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from t where id = 5", 1),
        ("select * from t where id = 99999", 1),
        ("select * from t where a = 'n7'", 1),
        ("select max(id) from t", 1),
        ("select * from t where a = x'fc1a' or b = X'ff'", 1000),
        ("select * from t", 1000),
        ("select * from t where b = 7", 1000),
        ("select sum(b) from t", 1000),
        ("select * from t where id between 11 and 30", 20),
        ("select sum(b) from t where id between 11 and 30", 20),
        ("select * from t where a >= 'n99'", 11),
        ("select t.* from child join t on t.id = child.parent", 200),
        ("select * from t order by b", 2000),
        ("select * from t where b < 5 order by b", 1500),
        ("select * from t order by b limit 5", 2000),
        ("select b, count(*) from t group by b", 2000),
        ("select b from t where id between 11 and 30 order by b", 40),
        ("select t.* from child join t on t.id = child.parent order by t.b", 300),
        ("update t set b = 5 where id = 5", 1),
        ("delete from plain where id between 11 and 30", 20),
    ],
)
def test_rows_read(server: Client, sql: str, expected: int) -> None:
    server.script(SETUP)
    assert server.run(sql)["rows_read"] == pytest.approx(expected, rel=0.15, abs=1)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from t", 0),
        ("insert into t (a) values ('x'), ('y')", 4),
        ("update t set b = 5 where id = 5", 1),
        ("update t set a = 'z' where id = 5", 2),
        ("delete from t where id > 990", 10),
    ],
)
def test_rows_written(server: Client, sql: str, expected: int) -> None:
    server.script(SETUP)
    assert server.run(sql)["rows_written"] == expected


def test_a_select_without_a_table_reads_one_row(served: Served) -> None:
    assert served.run("select 1")["rows_read"] == 1


def test_every_statement_is_counted_on_the_meter(served: Served) -> None:
    served.script("create table t (a); insert into t values (1), (2)")
    served.run("select * from t")
    served.cursor({"stmt": {"sql": "select a from t"}})
    served.run("select no")
    assert served.meter.counted[1:] == [
        ("insert into t values (1), (2)", 0, 2),
        ("select * from t", 2, 0),
        ("select a from t", 2, 0),
    ]
