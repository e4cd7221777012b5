"""What one key can do about an error that a person would otherwise have to mend by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.errors import GroupAsleep, OutcomeUnknown, ScriptFailed, TransactionLost, TursoTuiError

KEY = "F7"


@dataclass(frozen=True, slots=True)
class Check:
    """Look whether a write was applied, by reading. The write itself is never repeated."""

    error: OutcomeUnknown
    offer: str = f"{KEY} shows how to check."


@dataclass(frozen=True, slots=True)
class PutBack:
    """Put the statements of a lost transaction back into the editor."""

    error: TransactionLost
    offer: str = f"{KEY} shows what is lost."


@dataclass(frozen=True, slots=True)
class Wake:
    """Wake the group of a database."""

    organization: str
    group: str

    @property
    def offer(self) -> str:
        return f"{KEY} wakes the group {self.group}."


Remedy = Check | PutBack | Wake


def remedy_for(error: TursoTuiError, path: Sequence[str] = ()) -> Remedy | None:
    """``path`` is organization, group and database, where there is an account that can wake the group."""
    match error:
        case ScriptFailed():
            return remedy_for(error.cause, path)
        case OutcomeUnknown() if error.statements:
            return Check(error)
        case TransactionLost() if error.statements:
            return PutBack(error)
        case GroupAsleep() if len(path) == 3:
            return Wake(path[0], path[1])
    return None


def is_unknown(error: TursoTuiError) -> bool:
    """Whether nobody knows what became of a write; a read that got no answer is only a failure."""
    return isinstance(error.cause if isinstance(error, ScriptFailed) else error, OutcomeUnknown)
