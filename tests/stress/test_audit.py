"""The audit finds every lie that a process could tell, and every way in which a database could make one of it."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.stress.audit import audit
from tests.stress.journal import Entry, Stage
from tests.stress.ledger import Found
from tests.stress.plan import TOTAL, Kind, Write
from turso_tui.values import Value

HALF = TOTAL // 2
INCREMENT = Write("0-0", Kind.INCREMENT)
INSERT = Write("0-1", Kind.INSERT)
TRANSFER = Write("0-2", Kind.TRANSFER, amount=5)
TRANSACTION = Write("0-3", Kind.TRANSACTION)
PLAN = (INCREMENT, INSERT, TRANSFER, TRANSACTION)


class Story:
    """One process, four writes, all applied and reported so; a test changes what was said, or what is there."""

    def __init__(self) -> None:
        self.stages = dict.fromkeys(PLAN, Stage.APPLIED)
        self.number: int | None = 1
        self.total: int | None = TOTAL
        self.counter = 1
        self.counted = {1: INCREMENT.key}
        self.balances = (HALF - 5, HALF + 5)
        self.traces: dict[tuple[Kind, str], Counter[tuple[Value, ...]]] = {
            (INCREMENT.kind, INCREMENT.key): Counter([()]),
            (INSERT.kind, INSERT.key): Counter([()]),
            (TRANSFER.kind, TRANSFER.key): Counter([(1, -5), (2, 5)]),
            (TRANSACTION.kind, TRANSACTION.key): Counter([(1,), (2,)]),
        }

    def is_gone(self, write: Write) -> None:
        del self.traces[write.kind, write.key]

    def problems(self) -> tuple[str, ...]:
        return audit([PLAN], [self._journal()], self._found()).problems

    def there(self) -> frozenset[str]:
        return audit([PLAN], [self._journal()], self._found()).there

    def _journal(self) -> list[Entry]:
        return [
            Entry(
                write.key,
                write.kind,
                stage,
                at=0.0,
                number=self.number if write is INCREMENT else None,
                total=self.total if write is TRANSFER else None,
            )
            for write, stage in self.stages.items()
        ]

    def _found(self) -> Found:
        return Found(self.traces, self.counter, self.counted, self.balances)


def test_what_is_as_it_was_said_is_no_problem() -> None:
    assert Story().problems() == ()


@pytest.mark.parametrize("write", [INSERT, TRANSACTION], ids=lambda write: write.kind)
def test_applied_and_absent(write: Write) -> None:
    story = Story()
    story.is_gone(write)
    assert story.problems() == (f"The {write.kind} {write.key} was reported applied, and is not there.",)


@pytest.mark.parametrize("write", PLAN, ids=lambda write: write.kind)
def test_not_applied_and_there(write: Write) -> None:
    story = Story()
    story.stages[write] = Stage.NOT_APPLIED
    assert story.problems() == (f"The {write.kind} {write.key} was reported not applied (), and is there.",)


@pytest.mark.parametrize("write", PLAN, ids=lambda write: write.kind)
def test_unknown_and_there(write: Write) -> None:
    story = Story()
    story.stages[write] = Stage.UNKNOWN
    assert story.problems() == ()
    assert story.there() == {write.key}


def test_unknown_and_absent() -> None:
    story = Story()
    story.stages[TRANSACTION] = Stage.UNKNOWN
    story.is_gone(TRANSACTION)
    assert story.problems() == ()
    assert story.there() == frozenset()


@pytest.mark.parametrize("stage", [Stage.APPLIED, Stage.UNKNOWN])
@pytest.mark.parametrize("write", PLAN, ids=lambda write: write.kind)
def test_there_twice(write: Write, stage: Stage) -> None:
    story = Story()
    story.stages[write] = stage
    story.traces[write.kind, write.key] += story.traces[write.kind, write.key]
    assert f"The {write.kind} {write.key} is there in part or more than once" in story.problems()[0]


@pytest.mark.parametrize("write", [TRANSFER, TRANSACTION], ids=lambda write: write.kind)
def test_there_in_part(write: Write) -> None:
    story = Story()
    story.traces[write.kind, write.key].popitem()
    assert f"The {write.kind} {write.key} is there in part or more than once" in story.problems()[0]


def _forget(story: Story) -> None:
    del story.stages[INSERT]


def _leave_open(story: Story) -> None:
    story.stages[TRANSACTION] = Stage.COMMITTING


@pytest.mark.parametrize("lose", [_forget, _leave_open])
def test_a_write_without_an_outcome(lose: Callable[[Story], None]) -> None:
    story = Story()
    lose(story)
    assert story.problems()[0].startswith("Of 4 writes 3 outcomes were reported")


def test_what_nobody_wrote() -> None:
    story = Story()
    story.traces[Kind.INSERT, "9-9"] = Counter([()])
    assert story.problems() == ("The insert 9-9 is there, and nobody wrote it.",)


def test_a_lost_update() -> None:
    story = Story()
    story.counter = 2
    assert story.problems() == ("The counter is at 2 after 1 different numbers.",)


@pytest.mark.parametrize("number", [None, 2])
def test_another_ones_number(number: int | None) -> None:
    story = Story()
    story.number = number
    assert story.problems() == (f"The increment 0-0 was answered {number}, which is another's number.",)


def test_half_a_transfer_that_somebody_saw() -> None:
    story = Story()
    story.total = TOTAL - 5
    assert story.problems() == (f"After the transfer 0-2 the sum was {TOTAL - 5}, not {TOTAL}.",)


@pytest.mark.parametrize("balances", [(HALF, HALF), (HALF - 5, HALF)])
def test_balances_that_are_not_what_was_moved(balances: tuple[int, int]) -> None:
    story = Story()
    story.balances = balances
    assert story.problems()[0].startswith(f"The balances are {balances}")
