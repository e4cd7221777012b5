"""What became of a statement is said with a sign and a word, not by colour alone."""

import pytest

from turso_tui.errors import ConnectionLost, Outcome, OutcomeUnknown, ScriptFailed, SqlError, TursoTuiError
from turso_tui.service.console import Failed, Finished
from turso_tui.service.link import Summary
from turso_tui.ui.run_words import fate, outcome, said, times

INSERT = "insert into n values (1)"


def finished(sql: str, outcome: Outcome | None = None, *, changed: int = 0) -> Finished:
    return Finished(0, sql, None, Summary(affected_rows=changed), 0.012, outcome)


def failed(error: TursoTuiError, outcome: Outcome | None, sql: str = INSERT) -> Failed:
    return Failed(0, sql, error, None, 0.012, outcome)


@pytest.mark.parametrize(
    ("event", "first"),
    [
        (finished(INSERT, Outcome.APPLIED, changed=2), "✓ applied · 2 rows changed · 12 ms"),
        (finished("commit", Outcome.APPLIED), "✓ applied · 12 ms"),
        (finished(INSERT, changed=1), "✓ 1 row changed · not committed yet · 12 ms"),
        (finished("begin"), "✓ done · 12 ms"),
        (finished("select 1", Outcome.APPLIED), "✓ applied · 12 ms"),
        (failed(SqlError("UNIQUE constraint failed"), Outcome.NOT_APPLIED), "✗ not applied: UNIQUE constraint failed"),
        (failed(OutcomeUnknown("It broke."), Outcome.UNKNOWN), "? unknown: It broke."),
        (failed(SqlError("too large"), Outcome.APPLIED), "! applied, but: too large"),
        (failed(SqlError("no such table: n"), None), "✗ no such table: n"),
        (failed(ConnectionLost("It broke."), Outcome.UNKNOWN, "select 1"), "✗ It broke."),
    ],
)
def test_the_first_line_of_a_message(event: Finished | Failed, first: str) -> None:
    assert str(said(event)).splitlines()[0] == first


def test_a_script_says_itself_how_far_it_got() -> None:
    error = ScriptFailed("1 of 2 statements was applied", cause=SqlError("no"), index=1, applied=1, total=2)
    assert str(said(failed(error, Outcome.NOT_APPLIED))).splitlines()[0] == "✗ 1 of 2 statements was applied"


def test_what_to_do_next_and_the_statement_stand_below() -> None:
    error = OutcomeUnknown("It broke.", next_step="Look at the data.")
    assert str(said(failed(error, Outcome.UNKNOWN))).splitlines()[1:] == ["  Look at the data.", f"  {INSERT}"]


def test_a_read_is_neither_applied_nor_unknown() -> None:
    assert fate(failed(ConnectionLost("It broke."), Outcome.UNKNOWN, "select 1")) == ("✗", "", "$bad")


def test_a_long_statement_is_cut_with_a_sign() -> None:
    assert str(said(finished("x" * 500))).endswith("x…")


def test_what_a_server_says_does_not_act_on_the_screen() -> None:
    lines = str(said(failed(SqlError("\x1b[31mno"), Outcome.NOT_APPLIED, "insert \x1b[2J"))).splitlines()
    assert all(line.isprintable() for line in lines)


def test_a_statement_without_rows_and_changes_is_done() -> None:
    assert outcome(finished("pragma optimize")) == "done"


@pytest.mark.parametrize(
    ("server_ms", "together", "words"),
    [
        (2.0, False, ["server 2 ms", "wire 56 ms"]),
        (2.0, True, ["server 2 ms"]),
        (None, False, []),
        (60.0, False, []),
    ],
)
def test_the_time_on_the_server_and_on_the_wire(server_ms: float | None, together: bool, words: list[str]) -> None:
    event = Finished(0, "select 1", None, Summary(server_ms=server_ms), 0.058, together=together)
    assert times(event) == words
