"""Batches: which step runs, by the conditions on those before it."""

from collections.abc import Callable, Sequence
from enum import Enum, auto

from turso_tui.local.data.errors import protocol_violation
from turso_tui.local.data.messages import (
    AndCond,
    Batch,
    Cond,
    ErrorCond,
    IsAutocommitCond,
    NotCond,
    OkCond,
    OrCond,
)


class StepState(Enum):
    """What became of a step."""

    OK = auto()
    ERROR = auto()
    SKIPPED = auto()


def check_conditions(batch: Batch, version: int) -> None:
    """A condition may only look back, and version 2 knows no ``is_autocommit``; else the whole request is refused."""
    for index, step in enumerate(batch.steps):
        if step.condition is not None:
            _check(step.condition, index, version)


def _check(cond: Cond, index: int, version: int) -> None:
    match cond:
        case OkCond(step=step) | ErrorCond(step=step):
            if not 0 <= step < index:
                raise protocol_violation("Invalid reference to step in a batch condition")
        case NotCond(cond=inner):
            _check(inner, index, version)
        case AndCond(conds=conds) | OrCond(conds=conds):
            for inner in conds:
                _check(inner, index, version)
        case IsAutocommitCond():
            if version < 3:
                raise protocol_violation(
                    "BatchCond of type `is_autocommit` is only supported in protocol version hrana3 and higher"
                )


class Conditions:
    """Evaluates conditions over the steps so far.

    ``error`` of a skipped step is false in Hrana and true on sqld and Turso Cloud: ``skipped_is_error`` says which.
    """

    def __init__(self, is_autocommit: Callable[[], bool], *, skipped_is_error: bool) -> None:
        self._is_autocommit = is_autocommit
        self._errors = {StepState.ERROR, StepState.SKIPPED} if skipped_is_error else {StepState.ERROR}

    def hold(self, cond: Cond | None, states: Sequence[StepState]) -> bool:
        """Whether the step with this condition runs."""
        match cond:
            case None:
                return True
            case OkCond(step=step):
                return states[step] is StepState.OK
            case ErrorCond(step=step):
                return states[step] in self._errors
            case NotCond(cond=inner):
                return not self.hold(inner, states)
            case AndCond(conds=conds):
                return all(self.hold(inner, states) for inner in conds)
            case OrCond(conds=conds):
                return any(self.hold(inner, states) for inner in conds)
            case IsAutocommitCond():
                return self._is_autocommit()
