"""The foot of the editor: an open transaction comes before everything else, with its age and the server's limit."""

import pytest

from turso_tui.service.link import TransactionLimits
from turso_tui.service.queue_state import Place, QueueState
from turso_tui.service.session import Transaction
from turso_tui.ui.footing import footing

MINE = Place("sql:db.example", 1, "turso-tui", mine=True)
LIMITS = TransactionLimits(idle=10.0)


def transaction(
    *, age: float = 12.3, idle: float = 1.0, writing: float | None = None, limits: TransactionLimits | None = LIMITS
) -> Transaction:
    return Transaction(age, idle, writing, ("begin",), limits)


def test_without_a_transaction_the_tokens_and_the_turn() -> None:
    assert footing(None, QueueState(), ["read token 15 m"]) == "read token 15 m · writer free"
    assert footing(None, QueueState((MINE,))) == "writing"


@pytest.mark.parametrize(
    ("open_", "words"),
    [
        (transaction(), "in a transaction for 12 s · writer free · idle limit 10 s, kept alive"),
        (transaction(idle=7.5), "in a transaction for 12 s · not heard for 7 s of 10 s · writer free"),
        (transaction(limits=None), "in a transaction for 12 s · writer free"),
    ],
)
def test_an_open_transaction_and_its_limit(open_: Transaction, words: str) -> None:
    assert footing(open_, QueueState(), ["read token 15 m"]) == words


def test_a_transaction_that_writes_holds_the_turn() -> None:
    line = QueueState((MINE, Place("sql:db.example", 2)))
    assert "holds the turn, 1 waiting" in footing(transaction(writing=3.0), line)
