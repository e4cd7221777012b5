"""What stands between a statement and its running: the open transaction, the tokens, the writer's turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turso_tui.ui.line_words import turn_words
from turso_tui.ui.numbers import passing

if TYPE_CHECKING:
    from turso_tui.service.queue_state import QueueState
    from turso_tui.service.session import Transaction

SILENCE = 6.0
"""Seconds without a word from the server after which a transaction is no longer said to be kept alive."""


def footing(transaction: Transaction | None, queue: QueueState, tokens: Sequence[str] = ()) -> str:
    """``tokens`` give way to an open transaction, which is what a person must not forget; what matters comes first."""
    if transaction is None:
        return " · ".join([*tokens, turn_words(queue)])
    age = f"in a transaction for {passing(transaction.age)}"
    turn = turn_words(queue, in_transaction=transaction.writing is not None)
    limits = transaction.limits
    if limits is None:
        return f"{age} · {turn}"
    if transaction.idle > SILENCE:
        return f"{age} · not heard for {passing(transaction.idle)} of {passing(limits.idle)} · {turn}"
    return f"{age} · {turn} · idle limit {passing(limits.idle)}, kept alive"
