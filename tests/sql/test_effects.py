"""What a statement would do: said by its text, and held against what SQLite does with it."""

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.effects import Act, Effect, effect_of


@pytest.mark.parametrize(
    ("sql", "effect"),
    [
        ("select 1", Effect(Act.READ)),
        ("-- delete\nSELECT 'drop table t'", Effect(Act.READ)),
        ("explain delete from t", Effect(Act.READ)),
        ("with d as (select 1) select * from d", Effect(Act.READ)),
        ("pragma table_info(t)", Effect(Act.READ)),
        ("pragma journal_mode", Effect(Act.READ)),
        ("begin immediate", Effect(Act.TRANSACTION)),
        ("rollback to a", Effect(Act.TRANSACTION)),
        ("insert into t values (1)", Effect(Act.INSERT, "t")),
        ("insert or replace into main.t values (1)", Effect(Act.REPLACE, "t", replaces=True)),
        ("replace into [my t] values (1)", Effect(Act.REPLACE, "my t", replaces=True)),
        ("insert into t values (1) on conflict do update set a = replace(a, 'x', 'y')", Effect(Act.INSERT, "t")),
        ("update t set a = 1", Effect(Act.UPDATE, "t", every_row=True)),
        ("update or ignore t set a = (select 1 from u where 1)", Effect(Act.UPDATE, "t", every_row=True)),
        ("update or replace t set a = 1 where b", Effect(Act.UPDATE, "t", replaces=True)),
        ("update t as u set a = 1 from v where v.id = u.id", Effect(Act.UPDATE, "t")),
        ("delete /* where */ from t -- where a = 1", Effect(Act.DELETE, "t", every_row=True)),
        ('delete from "a""b" where id = 1 returning *', Effect(Act.DELETE, 'a"b')),
        ("delete from 'users' where 1=1 returning id", Effect(Act.DELETE, "users", every_row=True)),
        ("delete from t indexed by i where (true) or id = 3", Effect(Act.DELETE, "t", every_row=True)),
        ('delete from t where t.id = "T".ID', Effect(Act.DELETE, "t", every_row=True)),
        (
            "with replace(a) as materialized (select 1), b as (select 2) delete from t",
            Effect(Act.DELETE, "t", every_row=True),
        ),
        ("with recursive r(n) as (values (1)) update t set a = 1 where id in r", Effect(Act.UPDATE, "t")),
        ("drop table if exists main.t;", Effect(Act.DROP, "t")),
        ("drop trigger x", Effect(Act.DROP, "x", kind="trigger")),
        ("create unique index if not exists i on t (a)", Effect(Act.CREATE, "i", kind="index")),
        ("create trigger x after delete on t begin delete from u; end", Effect(Act.CREATE, "x", kind="trigger")),
        ("alter table t drop a", Effect(Act.DROP_COLUMN, "t", detail="a")),
        ("alter table t drop column `a b`", Effect(Act.DROP_COLUMN, "t", detail="a b")),
        ("alter table t rename to u", Effect(Act.RENAME, "t")),
        ("alter table t rename a to b", Effect(Act.RENAME, "t", detail="a")),
        ("alter table t add column b", Effect(Act.ALTER, "t")),
        ("pragma writable_schema = on", Effect(Act.PRAGMA, detail="writable_schema")),
        ("pragma main.user_version(3)", Effect(Act.PRAGMA, detail="user_version")),
        ("vacuum main into '/tmp/it''s.db'", Effect(Act.VACUUM_INTO, detail="/tmp/it's.db")),
        ("vacuum", Effect(Act.MAINTAIN)),
        ("with a as no sql", Effect(Act.OTHER)),
        ("selec 1", Effect(Act.NO_SQL)),
        ("", Effect(Act.NO_SQL)),
    ],
)
def test_what_a_statement_would_do(sql: str, effect: Effect) -> None:
    assert effect_of(sql) == effect


@pytest.mark.parametrize(
    ("sql", "destroys"),
    [
        ("delete from t where id = 1", True),
        ("update t set a = 1 where id = 1", False),
        ("update sqlite_schema set sql = '' where name = 't'", True),
        ("pragma writable_schema = 1", True),
        ("pragma user_version = 1", False),
        ("insert or replace into t values (1)", True),
        ("create table t (a)", False),
        ("no sql at all", False),
        ("with a as no sql", True),
    ],
)
def test_what_destroys(sql: str, destroys: bool) -> None:
    assert effect_of(sql).destroys is destroys


LITERALS = st.sampled_from(
    ["0", "1", "2", "-1", "1.5", "0x0", "true", "FALSE", "null", "''", "'a'", "'1'", "'0x'", "'2a'"]
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "==", "<>", "!=", "<", "<=", ">", ">=", "is", "IS NOT"])
    words = st.sampled_from([" and ", "\nOR /* or */ "])
    grouped = parts.map(lambda part: f"({part})")
    operands = LITERALS | grouped
    return st.one_of(
        st.builds(lambda left, operator, right: f"{left} {operator} {right}", operands, operators, operands),
        st.builds(lambda left, word, right: f"{left}{word}{right}", parts, words, parts),
        parts.map(lambda part: f"not {part}"),
        grouped,
    )


CONDITIONS = st.recursive(LITERALS, _joined, max_leaves=8)
_sqlite = apsw.Connection(":memory:")


@given(CONDITIONS)
def test_a_constant_condition_holds_exactly_where_sqlite_says_so(condition: str) -> None:
    says = bool(_sqlite.execute(f"SELECT ({condition}) IS TRUE").get)
    found = effect_of(f"DELETE FROM t WHERE {condition}").every_row
    assert found is says


@given(CONDITIONS, st.sampled_from(["id = 1", "id", "id IN (1)", "name LIKE '%'", "EXISTS (SELECT 1)", "?1"]))
def test_a_condition_that_a_row_decides_is_never_called_constant(constant: str, column: str) -> None:
    assert not effect_of(f"DELETE FROM t WHERE ({constant}) AND {column}").every_row


@given(st.text(max_size=60))
def test_any_text_has_an_effect(text: str) -> None:
    assert isinstance(effect_of(text), Effect)
