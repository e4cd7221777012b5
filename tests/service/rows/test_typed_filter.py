"""What is typed as a filter means what it looks like."""

import pytest

from turso_tui.errors import InputError
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import Condition, Operator
from turso_tui.service.rows.typed_filter import filter_text, read_filter
from turso_tui.service.schema import Table, TableColumn, TableKind

FACTS = TableFacts(
    Table(
        "people",
        TableKind.TABLE,
        (
            TableColumn("id", "INTEGER", key=1),
            TableColumn("name", "TEXT"),
            TableColumn("day", "TEXT"),
            TableColumn("the spent", "REAL"),
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("name = Ada Lovelace", [("name", "=", "Ada Lovelace")]),
        ("NAME='O''Hara'", [("name", "=", "O'Hara")]),
        ("day > 2026-11-01", [("day", ">", "2026-11-01")]),
        ("id >= 12", [("id", ">=", 12)]),
        ("id != 12", [("id", "<>", 12)]),
        ('"the spent" < 1.5', [("the spent", "<", 1.5)]),
        ("name like A%", [("name", "like", "A%")]),
        ("name contains O'Hara (the first)", [("name", "contains", "O'Hara (the first)")]),
        ("name is not null", [("name", "is not null", None)]),
        ("name = null", [("name", "=", None)]),
        ("id > 1 and name = Ada AND day is null", [("id", ">", 1), ("name", "=", "Ada"), ("day", "is null", None)]),
    ],
)
def test_plain_conditions_need_no_quotes(text: str, conditions: list[tuple[str, str, object]]) -> None:
    typed = read_filter(text, FACTS)
    assert [(each.column, each.operator, each.value) for each in typed.conditions] == conditions
    assert typed.where == ""


@pytest.mark.parametrize(
    "text",
    [
        "name = day",
        "id = 1 or id = 2",
        "name = upper('a')",
        "id between 1 and 3",
        "length(name) > 3",
        "name in ('a', 'b')",
        "nobody = 1",
        "true",
    ],
)
def test_what_is_more_than_a_condition_is_left_to_sqlite(text: str) -> None:
    assert read_filter(f" {text} ", FACTS).where == text
    assert read_filter(text, FACTS).conditions == ()


def test_a_word_that_is_no_column_is_an_error_and_nothing_is_nothing() -> None:
    with pytest.raises(InputError, match="people has no column ada"):
        read_filter("ada", FACTS)
    assert read_filter("  ", FACTS).conditions == ()


@pytest.mark.parametrize(
    "conditions",
    [
        (Condition("id", Operator.EQUAL, 3), Condition("name", Operator.EQUAL, "O'Hara and sons")),
        (Condition("the spent", Operator.LESS, 0.1), Condition("day", Operator.IS_NULL)),
    ],
)
def test_a_condition_is_written_as_one_would_type_it(conditions: tuple[Condition, ...]) -> None:
    text = filter_text(conditions)
    typed = read_filter(text, FACTS)
    assert typed.conditions == conditions or typed.where == text, "else it is the same in SQL"
    assert filter_text(typed.conditions, typed.where) == text
