"""What each query of a statement reads from and asks for, from its text."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.queries import Query, queries_of
from turso_tui.sql.scopes import Group, Item


def text(items: Sequence[Item]) -> str:
    return " ".join(f"({text(item.items)})" if isinstance(item, Group) else item.text for item in items)


def first(sql: str) -> Query:
    return queries_of(sql).all[0]


@pytest.mark.parametrize(
    ("sql", "sources"),
    [
        ("SELECT * FROM a", [("a", "a")]),
        ("SELECT * FROM a AS x, b y", [("x", "a"), ("y", "b")]),
        ("SELECT * FROM (a x JOIN b)", [("x", "a"), ("b", "b")]),
        ('SELECT * FROM main."odd ""name" [an alias]', [("an alias", 'odd "name')]),
        ("SELECT * FROM a LEFT JOIN b ON a.i = b.i NATURAL JOIN c USING (k)", [("a", "a"), ("b", "b"), ("c", "c")]),
        ("UPDATE OR IGNORE a AS x SET i = 1 FROM b WHERE b.i = x.i", [("x", "a"), ("b", "b")]),
        ("DELETE FROM a WHERE i = 1", [("a", "a")]),
        ("INSERT INTO a (i, j) SELECT i, j FROM b", [("a", "a"), ("b", "b")]),
        ("SELECT value FROM json_each('[1]') j", [("j", "json_each")]),
        ("SELECT 1 WHERE x IS NOT DISTINCT FROM y", []),
        ("SELECT * FROM a INDEXED BY i WHERE 1", [("a", "a")]),
    ],
)
def test_sources_have_the_names_by_which_the_query_speaks_of_them(sql: str, sources: list[tuple[str, str]]) -> None:
    assert [tuple(source) for source in first(sql).sources] == sources


def test_each_query_has_its_own_sources() -> None:
    found = queries_of(
        "WITH made(k) AS (SELECT i FROM a), kept AS MATERIALIZED (SELECT 1) "
        "SELECT (SELECT max(j) FROM b z) FROM made UNION ALL SELECT j FROM c"
    )
    assert found.ctes == {"made", "kept"}
    assert [[source.table for source in query.sources] for query in found.all] == [["made"], ["c"], ["a"], [], ["b"]]
    assert [query.is_compound for query in found.all] == [True, True, False, False, False]


def test_conditions_that_all_hold_are_told_apart_and_an_or_is_not() -> None:
    query = first("SELECT * FROM a JOIN b ON a.i = b.i WHERE (a.x BETWEEN 1 AND 2 AND b.y > 3) AND (c = 1 OR d = 2)")
    assert [text(term) for term in query.conditions] == [
        "a . x BETWEEN 1 AND 2",
        "b . y > 3",
        "c = 1 OR d = 2",
        "a . i = b . i",
    ]


def test_order_limit_and_groups() -> None:
    query = first("SELECT a, count(*) FROM t GROUP BY a, b ORDER BY a COLLATE nocase DESC, b LIMIT 10 OFFSET 5")
    assert text(query.grouped) == "a , b"
    assert [(text(term.items), term.descending) for term in query.ordered] == [("a", True), ("b", False)]
    assert text(query.limited) == "10 OFFSET 5"


@given(st.text(alphabet="SELECT FROM WHERE JOIN ON AND (),.='\"[]`;abc \n", max_size=80))
def test_no_text_is_too_broken(sql: str) -> None:
    assert all(query.verb in {"", "SELECT", "UPDATE", "DELETE", "INSERT", "REPLACE"} for query in queries_of(sql).all)


def test_parentheses_may_be_deeper_than_anybody_reads() -> None:
    assert len(queries_of("SELECT " + "(" * 5000 + "SELECT 1 FROM t" + ")" * 5000).all) == 1


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=12))
def test_every_name_that_can_be_quoted_is_read_back(name: str) -> None:
    (source,) = first(f"SELECT * FROM {quote_identifier(name)} AS {quote_identifier(name + '!')}").sources
    assert source == (name + "!", name)
