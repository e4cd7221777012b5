"""Completion: what is offered where, and that taking an offer writes what was offered."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sql.scripts import FRAGMENTS
from turso_tui.sql.completion import Candidate, CandidateKind, Completion, complete, complete_piece, piece_of
from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.sql.names import ForeignKey, KnownColumn, Names, Relation, RelationKind
from turso_tui.sql.split import Script

NAMES = Names(
    relations=(
        Relation("users", (KnownColumn("id", "INTEGER"), KnownColumn("name", "TEXT"), KnownColumn("email", "TEXT"))),
        Relation(
            "orders",
            (KnownColumn("id", "INTEGER"), KnownColumn("user_id", "INTEGER"), KnownColumn("order", "TEXT")),
        ),
        Relation("order lines", (KnownColumn('say "x"'), KnownColumn("order_id"), KnownColumn("größe"))),
        Relation("recent", (KnownColumn("id"),), RelationKind.VIEW),
        Relation("x", (KnownColumn("a\0b"), KnownColumn(""))),
    ),
    foreign_keys=(ForeignKey("orders", "user_id", "users", "id"),),
    indexes=("orders by user",),
    triggers=("stamp",),
)


def offered(marked: str) -> Completion:
    """The completion at the ``|`` of a text."""
    before, _, after = marked.partition("|")
    return complete(before + after, len(before), NAMES)


def texts(marked: str) -> list[str]:
    return [candidate.text for candidate in offered(marked).candidates]


def of_kind(marked: str, kind: CandidateKind) -> list[str]:
    return [candidate.text for candidate in offered(marked).candidates if candidate.kind is kind]


class TestPlaces:
    """The first that is offered is what belongs there."""

    @pytest.mark.parametrize(
        ("marked", "first"),
        [
            ("sel|", "select"),
            ("SEL|", "SELECT"),
            ("select 1; upd|", "update"),
            ("select * from us|", "users"),
            ("select * from users join ord|", "orders"),
            ("select * from users, ord|", "orders"),
            ("insert into us|", "users"),
            ("update or ignore us|", "users"),
            ("delete from us|", "users"),
            ("drop table us|", "users"),
            ("drop view rec|", "recent"),
            ("drop index ord|", '"orders by user"'),
            ("drop trigger st|", "stamp"),
            ("select na| from users", "name"),
            ("select * from users where na|", "name"),
            ("select * from users order by em|", "email"),
            ("select count(em|) from users", "email"),
            ("update users set em|", "email"),
            ("update users set name = 1, em|", "email"),
            ("insert into users (em|", "email"),
            ("insert into users (id, em|", "email"),
            ("insert into users values (1) on conflict (na|", "name"),
            ("create index i on users (na|", "name"),
            ("create table t (a references us|", "users"),
            ("create table t (a int|", "integer"),
            ("select cast(1 as te|", "text"),
            ("select id fr|", "from"),
            ("select * from users wh|", "where"),
            ("select * from users group b|", "by"),
            ("select * from users order| ", "order by"),
            ("pragma foreign_k|", "foreign_keys"),
            ("pragma table_info(us|", "users"),
            ("select cou|", "count()"),
            ("select coalesc|(1)", "coalesce"),
            ("select * from ord|", "orders"),
            ('select * from "order l|', '"order lines"'),
            ("select größ| from [order lines]", '"größe"'),
        ],
    )
    def test_first_offer(self, marked: str, first: str) -> None:
        assert texts(marked)[:1] == [first]

    def test_behind_from_there_are_only_tables_at_first(self) -> None:
        assert texts("select * from |")[:4] == ["users", "orders", '"order lines"', "recent"]

    def test_columns_of_the_statement_come_before_functions(self) -> None:
        kinds = [candidate.kind for candidate in offered("select | from users").candidates]
        assert kinds[:3] == [CandidateKind.COLUMN] * 3
        assert CandidateKind.FUNCTION in kinds

    def test_letters_in_the_middle_match_after_those_at_the_beginning(self) -> None:
        assert texts("select * from users where ai|") == ["email"]
        assert texts("select * from users where na|") == ["name", "natural"]

    @pytest.mark.parametrize(
        "marked",
        [
            "select 'na|' from users",
            "select -- na|\n",
            "select /* na| */ 1",
            "select 1na|",
            "select :na|",
            "select na|me",
        ],
    )
    def test_nothing_where_no_name_is_typed(self, marked: str) -> None:
        assert texts(marked) == []

    def test_a_new_name_is_nobodys(self) -> None:
        assert texts("select name as na| from users") == []


class TestAliases:
    def test_only_the_columns_of_what_stands_before_the_dot(self) -> None:
        assert texts("select u.| from orders o join users u") == ["id", "name", "email"]

    def test_a_table_that_is_not_in_the_statement_yet(self) -> None:
        assert texts("select users.|") == ["id", "name", "email"]

    def test_schema_before_a_dot(self) -> None:
        assert texts("select * from main.us|") == ["users"]

    def test_column_that_two_sources_have_is_qualified(self) -> None:
        assert of_kind("select id| from users u, orders o", CandidateKind.COLUMN)[:2] == ["u.id", "o.id"]

    def test_query_around_a_subquery(self) -> None:
        marked = "select * from users u where exists (select 1 from orders o where o.user_id = u.em|)"
        assert texts(marked) == ["email"]

    def test_columns_of_a_common_table_expression(self) -> None:
        assert texts("with a as (select id, name as called, o.* from orders o) select a.| from a") == [
            "id",
            "called",
            "user_id",
            '"order"',
        ]
        assert texts("with a (p, q) as (values (1, 2)) select a.| from a") == ["p", "q"]
        assert texts("with a as (values (1, 2)), b as (select * from a) select b.| from b") == ["column1", "column2"]

    def test_columns_of_a_subquery(self) -> None:
        assert texts("select s.| from (select id k, name from users) s") == ["k", "name"]

    def test_rows_of_a_trigger(self) -> None:
        assert texts("create trigger t after insert on orders begin update users set name = new.us|; end") == [
            "user_id"
        ]

    def test_row_that_an_upsert_could_not_insert(self) -> None:
        assert texts("insert into users values (1) on conflict do update set name = excluded.na|") == ["name"]


class TestJoins:
    def test_foreign_keys_come_first(self) -> None:
        first = offered("select * from users u join orders o on |").candidates[0]
        assert (first.kind, first.text) == (CandidateKind.JOIN, "u.id = o.user_id")

    def test_in_the_other_direction_too(self) -> None:
        assert texts("select * from orders join users on |")[0] == "users.id = orders.user_id"

    def test_columns_that_both_have(self) -> None:
        assert texts("select * from users join orders using (|") == ["id"]


# --- whatever is typed


PIECES = st.lists(st.sampled_from((*FRAGMENTS, "from", "users u", "u.", "join orders o on", '"order', "na", " "))).map(
    "".join
)
MARKED = st.tuples(PIECES, PIECES)


def name_in(token_text: str) -> str:
    """What a name in SQL stands for, quoted or not."""
    return token_text[1:-1].replace('""', '"') if token_text.startswith('"') else token_text


def check_insertion(text: str, completion: Completion, candidate: Candidate) -> None:
    after = text[: completion.start] + candidate.text + text[completion.end :]
    end = completion.start + len(candidate.text)
    there = [after[a:b] for kind, a, b in tokenize(after) if completion.start <= a and b <= end]
    alone = [candidate.text[a:b] for kind, a, b in tokenize(candidate.text)]
    assert there == alone
    if candidate.kind in {CandidateKind.COLUMN, CandidateKind.TABLE, CandidateKind.VIEW}:
        assert name_in(there[-1]) == candidate.name


@given(MARKED)
def test_whatever_is_typed(marked: tuple[str, str]) -> None:
    """Never an exception; only what was typed is replaced; what is inserted stays the name that it is."""
    text, cursor = "".join(marked), len(marked[0])
    completion = complete(text, cursor, NAMES)
    assert completion.end == cursor
    assert 0 <= completion.start <= cursor
    typed = [token for token in tokenize(text[:cursor]) if token.end == cursor]
    if completion.start < cursor:
        assert typed[0].kind is not TokenKind.STRING
    for candidate in completion.candidates:
        assert 0 <= candidate.back <= len(candidate.text)
        assert all(position < len(candidate.name) for position in candidate.positions)
        check_insertion(text, completion, candidate)


@given(st.text(), st.integers(-5, 200))
def test_any_text_at_all(text: str, cursor: int) -> None:
    completion = complete(text, cursor, NAMES)
    for candidate in completion.candidates[:5]:
        check_insertion(text, completion, candidate)


@given(st.text(min_size=1).filter(lambda name: "\0" not in name))
def test_every_name_can_be_offered(name: str) -> None:
    names = Names((Relation("t", (KnownColumn(name),)),))
    text = "select  from t"
    completion = complete(text, 7, names)
    column = next(each for each in completion.candidates if each.kind is CandidateKind.COLUMN)
    assert column.name == name
    check_insertion(text, completion, column)


def test_deep_parentheses_are_survived() -> None:
    assert texts("(" * 10_000 + "sel|")


def test_only_the_statement_at_the_cursor_costs_anything() -> None:
    """In a script of megabytes, once its statements are known, as in a short one."""
    script = Script(
        "insert into users values (1, 'some text that takes space', null);\n" * 60_000 + "select na from users"
    )
    cursor = len(script.text) - len(" from users")
    script.at(cursor)
    began = time.perf_counter()
    completion = complete_piece(piece_of(script, cursor), cursor, NAMES)
    assert time.perf_counter() - began < 0.1
    assert completion.candidates[0].text == "name"
