"""Every error is a sentence for a person, of a kind that the program can tell apart."""

import pytest

from turso_tui import errors


def all_kinds(kind: type[errors.TursoTuiError] = errors.TursoTuiError) -> list[type[errors.TursoTuiError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in all_kinds(child))]


OURS = sorted({kind for kind in all_kinds() if kind.__module__ == errors.__name__}, key=lambda kind: kind.__name__)


def make(kind: type[errors.TursoTuiError]) -> errors.TursoTuiError:
    if issubclass(kind, errors.HttpError):
        return kind(418, "What happened.")
    if issubclass(kind, errors.ScriptFailed):
        return kind("What happened.", cause=errors.SqlError("no"), index=1, applied=1, total=3)
    return kind("What happened.")


def test_what_it_means_and_what_to_do_follow_what_happened() -> None:
    error = errors.NetworkError("It broke.", means="The line is down.", next_step="Call again.")
    assert str(error) == "It broke. The line is down. Call again."


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_says_what_happened(kind: type[errors.TursoTuiError]) -> None:
    assert str(make(kind)).startswith("What happened.")
    assert make(kind).what == "What happened."


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_is_drawn_in_the_tree(kind: type[errors.TursoTuiError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "").split()


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_explains_itself(kind: type[errors.TursoTuiError]) -> None:
    assert kind.__doc__


def test_a_status_without_a_text_is_still_a_sentence() -> None:
    assert str(errors.HttpError(502, "")) == "The server answered HTTP 502."


def test_how_long_to_wait_is_kept() -> None:
    assert errors.RateLimited(429, "Slow down.", retry_after=3.0).retry_after == 3.0


def test_the_place_of_a_mistake_is_kept() -> None:
    error = errors.SqlError('near "FORM": syntax error', code="SQL_INPUT_ERROR", offset=9)
    assert (error.message, error.code, error.offset) == ('near "FORM": syntax error', "SQL_INPUT_ERROR", 9)


NOTHING_IS_KNOWN = {
    errors.ConnectionLost,
    errors.TimedOut,
    errors.ProtocolError,
    errors.ServerFault,
    errors.OutcomeUnknown,
}


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_says_what_became_of_a_write(kind: type[errors.TursoTuiError]) -> None:
    expected = errors.Outcome.UNKNOWN if kind in NOTHING_IS_KNOWN else errors.Outcome.NOT_APPLIED
    if kind is errors.ResponseTooLarge:
        expected = errors.Outcome.APPLIED
    assert make(kind).outcome is expected


@pytest.mark.parametrize("kind", [errors.ConnectionLost("?"), errors.SqlError("no"), errors.ResponseTooLarge("much")])
def test_a_script_ends_as_its_last_statement_did(kind: errors.TursoTuiError) -> None:
    failed = errors.ScriptFailed("It stopped.", cause=kind, index=2, applied=1, total=9)
    assert failed.outcome is kind.outcome


def test_those_that_promise_that_nothing_ran_are_told_from_those_that_cannot() -> None:
    assert not issubclass(errors.OutcomeUnknown, errors.NetworkError)
    assert not issubclass(errors.Unreachable, errors.ConnectionLost | errors.TimedOut)
    assert not issubclass(errors.Busy, errors.TransactionLost)
