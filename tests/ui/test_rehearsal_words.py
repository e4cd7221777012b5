"""How a dry run is told."""

import pytest

from turso_tui.service.at_stake import MOST
from turso_tui.service.rehearsal.catalog import SchemaChange, Verb
from turso_tui.service.rehearsal.changes import TableChange
from turso_tui.service.rehearsal.rehearsal import Rehearsed
from turso_tui.service.rehearsal.watching import TOO_LARGE
from turso_tui.ui.rehearsal_words import lines, total


def rehearsed(*schema: SchemaChange, unassigned: int = 0, led_to: tuple[str, ...] = ()) -> Rehearsed:
    return Rehearsed((TableChange("users", deleted=3),), schema, unassigned, led_to, (), 0, 0.1)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rehearsed(), "3 rows in 1 table would change"),
        (rehearsed(unassigned=7, led_to=("a", "b")), "10 rows in up to 3 tables would change"),
    ],
)
def test_tables_that_triggers_may_have_changed_are_counted_too(found: Rehearsed, words: str) -> None:
    assert total(found) == words


@pytest.mark.parametrize(
    ("rows", "words"),
    [(1, "with its 1 row"), (MOST, "with its 100 000 rows"), (MOST + 1, "with more than 100 000 rows")],
)
def test_where_the_rows_of_a_dropped_table_are_not_counted_to_their_end_it_says_so(rows: int, words: str) -> None:
    (said, *_) = lines(rehearsed(SchemaChange(Verb.DROPS, "table", "events", rows=rows)))
    assert said.plain == f"! drops the table events {words}"


def test_what_is_said_of_large_tables_can_be_read_on_a_small_screen() -> None:
    change = TableChange("events", updated=3, is_exact=False, note=f"{TOO_LARGE}\nRows that made way are not in them.")
    said = [line.plain for line in lines(Rehearsed((change,), (), 0, (), (), 0, 0.1))]
    assert "  Rows that made way are not in them." in said
    assert max(map(len, said)) <= 70
