"""Asking again: how often, after how long, and after which errors."""

import pytest

from turso_tui import errors
from turso_tui.service.patience import Patience, nothing_ran, reading_failed

UNREACHABLE = errors.Unreachable("away")


class Question:
    """Fails in the given ways, one after the other, and is then answered."""

    def __init__(self, *failures: errors.TursoTuiError) -> None:
        self.failures = list(failures)
        self.asked = 0
        self.pauses: list[float] = []

    async def __call__(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def patience(self, jitter: float = 1.0) -> Patience:
        return Patience(sleep=self.sleep, jitter=lambda _low, _high: jitter)


async def test_an_answer_is_waited_for_with_growing_pauses() -> None:
    question = Question(UNREACHABLE, UNREACHABLE)
    assert await question.patience().ask(question, nothing_ran) == "answer"
    assert question.pauses == pytest.approx([0.2, 0.6])


async def test_not_for_ever() -> None:
    question = Question(*[UNREACHABLE] * 9)
    with pytest.raises(errors.Unreachable):
        await question.patience().ask(question, nothing_ran)
    assert question.asked == Patience().attempts


async def test_pauses_are_spread() -> None:
    question = Question(UNREACHABLE)
    await question.patience(jitter=1.5).ask(question, nothing_ran)
    assert question.pauses == pytest.approx([0.3])


async def test_a_server_says_how_long() -> None:
    question = Question(errors.RateLimited(429, "", retry_after=2.0))
    await question.patience().ask(question, nothing_ran)
    assert question.pauses == [2.0]


async def test_a_server_that_wants_a_long_rest_gets_it() -> None:
    question = Question(errors.RateLimited(429, "", retry_after=3600.0))
    with pytest.raises(errors.RateLimited, match="Try again in 3600 s"):
        await question.patience().ask(question, nothing_ran)
    assert question.asked == 1


@pytest.mark.parametrize(
    ("error", "ran_nothing", "may_be_read_again"),
    [
        (UNREACHABLE, True, True),
        (errors.RateLimited(429, ""), True, True),
        (errors.ConnectionLost("?"), False, True),
        (errors.ServerFault(503, ""), False, True),
        (errors.ServerFault(500, ""), False, False),
        (errors.TimedOut("?"), False, False),
        (errors.ProtocolError("?"), False, False),
        (errors.GroupAsleep(503, ""), False, False),
        (errors.SqlError("no"), False, False),
        (errors.OutcomeUnknown("?"), False, False),
    ],
)
async def test_what_may_be_repeated(error: errors.TursoTuiError, ran_nothing: bool, may_be_read_again: bool) -> None:
    assert (nothing_ran(error), reading_failed(error)) == (ran_nothing, may_be_read_again)
