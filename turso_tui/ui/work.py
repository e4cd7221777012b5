"""What a person wants to have run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turso_tui.service.statements import Parameters


@dataclass(frozen=True, slots=True)
class Work:
    """``places`` are the offsets in the editor at which the statements begin, if they come from it."""

    statements: Sequence[str]
    places: Sequence[int] = ()
    as_script: bool = False
    """All of it or nothing, where that is possible."""
    private: Collection[int] = ()
    """Indices of the statements that the history does not keep."""
    values: "Sequence[Parameters]" = ()
    """For the parameters of each statement; none where no statement has any."""
    rehearse: bool = False
    """Try it out in a transaction, and ask then."""
