"""Formatting: how it looks, and that it moves nothing but white space."""

import pytest
from hypothesis import given

from tests.sql.scripts import STATEMENTS, anything, scripts
from turso_tui.sql.layout import format_sql, moved, significant


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select   1 ,2", "select 1, 2"),
        (
            "select a,b from t where a=1 and b between 1 and 2 order by a desc limit 3",
            "select a, b\nfrom t\nwhere a = 1 and b between 1 and 2\norder by a desc\nlimit 3",
        ),
        (
            "select * from t left outer join u on t.id=u.t_id join v using(id)",
            "select *\nfrom t\nleft outer join u on t.id = u.t_id\njoin v using(id)",
        ),
        ("update t set a=1,b=-1 where id=:id", "update t\nset a = 1, b = -1\nwhere id = :id"),
        (
            "insert into t(a,b) values (1,2),(3,4) on conflict(a) do update set b=excluded.b returning *",
            "insert into t(a, b)\nvalues (1, 2), (3, 4)\non conflict(a) do update set b = excluded.b\nreturning *",
        ),
        ("delete from t where a is not distinct from b", "delete from t\nwhere a is not distinct from b"),
        ("select a - -1, - 2, 3 - - 4, ~5", "select a - -1, -2, 3 - -4, ~5"),
        ("select a -- first\n, b /* second */ from t", "select\n  a -- first\n  ,\n  b /* second */\nfrom t"),
        ("select a, -- first\n b from t", "select\n  a, -- first\n  b\nfrom t"),
        ("select 1 union all select 2", "select 1\nunion all\nselect 2"),
        ("select count(*), coalesce ( a , 1 ) from t", "select count(*), coalesce (a, 1)\nfrom t"),
    ],
)
def test_how_it_looks(sql: str, expected: str) -> None:
    assert format_sql(sql) == expected


def test_what_is_long_is_broken() -> None:
    columns = ", ".join(f"a_rather_long_column_{number}" for number in range(5))
    condition = "where a in (select id from u where b = 1) and c = 2"
    sql = f"with x as (select {columns} from t) select {columns} from x {condition}"
    formatted = format_sql(sql)
    assert formatted.splitlines()[:4] == [
        "with x as (",
        "  select",
        "    a_rather_long_column_0,",
        "    a_rather_long_column_1,",
    ]
    assert formatted.splitlines()[-2:] == ["from x", "where a in (select id from u where b = 1) and c = 2"]
    assert max(map(len, formatted.splitlines())) <= 88


def test_table_definition() -> None:
    sql = "create table messages (id integer primary key, thread_id integer not null references threads(id), "
    sql += "role text check (role <> ''))"
    assert format_sql(sql).splitlines() == [
        "create table messages (",
        "  id integer primary key,",
        "  thread_id integer not null references threads(id),",
        "  role text check (role <> '')",
        ")",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select (1",
        "select 1)",
        "select 'open",
        "create trigger r after insert on t begin select  1;  end",
        "-- only a comment  ",
    ],
)
def test_what_cannot_be_formatted_stays(sql: str) -> None:
    assert format_sql(sql) == sql


def test_what_stands_between_statements_stays() -> None:
    assert (
        format_sql("-- one\n\nselect  1;\n\n\n-- two\nselect  2 ; select  3")
        == "-- one\n\nselect 1;\n\n\n-- two\nselect 2 ; select  3"
    )


@given(anything)
def test_tokens_stay_whatever_the_text(text: str) -> None:
    assert significant(format_sql(text)) == significant(text)


@given(scripts())
def test_tokens_stay_in_scripts(text: str) -> None:
    assert significant(format_sql(text)) == significant(text)


@pytest.mark.parametrize("sql", STATEMENTS)
def test_formatting_again_changes_nothing(sql: str) -> None:
    once = format_sql(sql)
    assert format_sql(once) == once


def test_deep_parentheses_are_left_alone() -> None:
    sql = "select  " + "(" * 1_000 + ")" * 1_000
    assert format_sql(sql) == sql


def test_cursor_stays_at_its_token() -> None:
    old = "select a,b   from t"
    new = format_sql(old)
    assert new[moved(old, new, old.index("from")) :].lstrip().startswith("from")
    assert moved(old, new, 0) == 0
    assert moved(old, new, len(old)) == len(new)
