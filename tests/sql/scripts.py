"""SQL for the tests of this package: whole statements that SQLite can prepare, and fragments that break anything."""

import apsw
from hypothesis import strategies as st

SCHEMA = "create table t (a, b text); create table u (a integer primary key, c)"

STATEMENTS = (
    "select 1",
    "select a, 'it''s; fine' from t where b = \"b\" and [a] > `a`",
    "select 1 as \"semi;colon\", x'00ff', 1.5e-3 /* ; */ + 2",
    "insert into t select :a, ?2 where $a::b > @c",
    "update t set a = a - -1 where b like '%--%'",
    "begin immediate",
    "select case when a then 1 else 2 end from t",
    "create trigger r after insert on t begin update u set c = 1; select case when 1 then 2 end; end",
    "create temp trigger if not exists r2 before delete on t when old.a > 1\nbegin\n  delete from u; -- ; end;\nend",
    "explain query plan select * from t",
    "explain create trigger r3 after insert on t begin select 1; end",
    'create /* not a */ table v (trigger_, "end")',
    "with x(n) as (select 1 union all select n + 1 from x limit 3) select n from x",
    "select 'größer 𝕏' as ünï",
)

GAPS = (" ", "\n", "\n\n", " -- note; 'really'\n", "/* between; */", "\t", "\r\n", ";", " ; ")

FRAGMENTS = (
    "'", '"', "`", "[", "]", "''", "/*", "*/", "*", "/", "--", "-", "\n", " ", ";", "x'", "X'0a'", "a", "ab ", "1",
    "0x", "_", ".", "(", ")", "$", ":", "::", "@x", "?", "?12", "|", "<", "=", ">", "!", "é", "\ufeff", "\0", "\v",
    "\r", "create ", "temp ", "trigger ", "end", "explain ", "begin ", "select ", "𝕏", "\\", "{",
)  # fmt: skip

CALM_FRAGMENTS = (
    "select ", "create ", "temp ", "temporary ", "trigger ", "end", "END ", "explain ", "query plan ", "table ",
    ";", ";", ";", " ", "\n", "-- c;\n", "/* ; */", "';'", '"end"', "[;]", "`create`", "a", "1", ",", "-", "(", ")",
)  # fmt: skip
"""Those about which ``sqlite3_complete`` and SQLite's tokenizer agree."""

anything = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text(max_size=40)
pieces = st.lists(st.sampled_from(CALM_FRAGMENTS), max_size=30).map("".join)


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """Statements that can be prepared, with whatever may stand between them."""
    parts = []
    for statement in draw(st.lists(st.sampled_from(STATEMENTS), max_size=6)):
        gap = draw(st.lists(st.sampled_from(GAPS), max_size=3).map("".join))
        parts += [gap, statement, draw(st.sampled_from(("", " ", "\n-- last\n", "/**/"))), ";"]
    return "".join(parts) + draw(st.sampled_from(("", "\n", "-- end", "select 2", "select 3 -- end", " /* open")))


def connection() -> apsw.Connection:
    """A database in which every statement of `STATEMENTS` can be prepared."""
    database = apsw.Connection(":memory:")
    database.execute(SCHEMA)
    return database
