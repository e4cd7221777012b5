"""From a text to exactly one statement."""

import pytest

from turso_tui.errors import InputError
from turso_tui.service.statements import one_statement
from turso_tui.values import Statement


def test_positional_parameters_are_kept_in_order() -> None:
    assert one_statement("SELECT ?, ?", (1, "two")) == Statement("SELECT ?, ?", args=(1, "two"))


def test_named_parameters_are_kept_by_name() -> None:
    assert one_statement("SELECT :a", {"a": 1}) == Statement("SELECT :a", named_args={"a": 1})


def test_the_text_is_kept_as_it_is_so_that_offsets_of_errors_fit() -> None:
    text = "\n  -- hello\n  SELECT 1; -- bye"
    assert one_statement(text).sql == text


@pytest.mark.parametrize("text", ["", "  \n", ";", "-- nothing", "/* nothing */ ;;"])
def test_a_text_without_a_statement_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no statement"):
        one_statement(text)


def test_several_statements_are_refused_even_where_a_server_would_not_notice() -> None:
    with pytest.raises(InputError, match="2 statements"):
        one_statement("SELECT 1; SELEC")


def test_a_trigger_is_one_statement() -> None:
    sql = "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END;"
    assert one_statement(sql).sql == sql
