"""What each process is to write, and in which order: the same for the same seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

import msgspec

TOTAL = 60
"""What both accounts hold together. It is little, so that some transfers are refused in their second statement."""

LARGEST_TRANSFER = 20
LONGEST_HURRY = 0.1
"""Seconds. A write takes some hundredths of them, and its turn as long again for each who stands before it."""


class Kind(StrEnum):
    """The ways of writing: one statement, one statement, a batch or a script, and a transaction of a session."""

    INCREMENT = "increment"
    INSERT = "insert"
    TRANSFER = "transfer"
    TRANSACTION = "transaction"


class Load(msgspec.Struct, frozen=True):
    """How many of each kind each process writes, and how many of all these are ``hurried``: cancelled after a moment.
    ``deaths`` of the processes kill themselves, once, half-way through a transaction."""

    increments: int
    inserts: int
    transfers: int
    transactions: int
    deaths: int
    hurried: int

    @property
    def writes(self) -> int:
        return self.increments + self.inserts + self.transfers + self.transactions


@dataclass(frozen=True, slots=True)
class Write:
    """``key`` is of this write only. ``amount`` goes from the first account to the second, or back if negative. After
    ``patience``, in seconds, it is cancelled."""

    key: str
    kind: Kind
    amount: int = 0
    dies: bool = False
    patience: float | None = None


def plan(seed: int, process: int, load: Load) -> tuple[Write, ...]:
    chance = Random(f"{seed}/{process}")
    kinds = [
        *[Kind.INCREMENT] * load.increments,
        *[Kind.INSERT] * load.inserts,
        *[Kind.TRANSFER] * load.transfers,
        *[Kind.TRANSACTION] * load.transactions,
    ]
    chance.shuffle(kinds)
    deadly = kinds.index(Kind.TRANSACTION) if process < load.deaths and load.transactions else None
    hurried = set(chance.sample(range(len(kinds)), min(load.hurried, len(kinds))))
    return tuple(
        Write(
            f"{process}-{number}",
            kind,
            amount=chance.choice((-1, 1)) * chance.randint(1, LARGEST_TRANSFER) if kind is Kind.TRANSFER else 0,
            dies=number == deadly,
            patience=chance.uniform(0, LONGEST_HURRY) if number in hurried else None,
        )
        for number, kind in enumerate(kinds)
    )
