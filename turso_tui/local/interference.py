"""What can be made to go wrong inside the data plane: asked at the points where it would go wrong by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One that is about to run: what SQLite says of it, and whether it would have to wait for the write lock."""

    sql: str
    writes: bool
    waits: bool
    ends_transaction: bool


class Interference:
    """For one request; this one lets everything go its way."""

    def forgets_stream(self) -> bool:
        """Asked where the request continues an idle stream: True makes it one that has expired."""
        return False

    def takes_lock(self) -> bool:
        """Asked where the request's stream holds the write lock: True gives it away and rolls back."""
        return False

    def refuses_rows(self) -> bool:
        """Asked where a statement of a pipeline has run and has rows to show: True makes them too many."""
        return False

    def meet(self, statement: Statement) -> None:
        """Asked before each statement. Raises `SqlFailure` instead of letting it run."""


NONE = Interference()
