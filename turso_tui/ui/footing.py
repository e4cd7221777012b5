"""What stands between a statement and its running: the open transaction, the tokens, the writer's turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from turso_tui.ui.line_words import turn_words
from turso_tui.ui.numbers import passing

if TYPE_CHECKING:
    from turso_tui.service.session import Session


def footing(session: Session, tokens: Iterable[str] = ()) -> str:
    """``tokens`` give way to an open transaction, which is what a person must not forget."""
    transaction = transaction_words(session)
    turn = turn_words(session.database.queue, in_transaction=bool(transaction))
    return " · ".join(part for part in (transaction or " · ".join(tokens), turn) if part)


def transaction_words(session: Session) -> str:
    """``in a transaction for 12 s``; empty while none is open."""
    age = session.transaction_age
    return f"in a transaction for {passing(age)}" if age is not None else ""
