"""The proof from its beginning to its end: prepare, let them write, look, and compare."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from tests.stress.audit import Verdict, audit
from tests.stress.crowd import Crowd
from tests.stress.journal import Entry, Stage, outcomes, read_journal
from tests.stress.ledger import look, prepare
from tests.stress.plan import Load, plan
from tests.stress.servers import Host
from tests.stress.worker import Door, Order
from turso_tui.service.database import Database
from turso_tui.service.queue_line import DOORS
from turso_tui.service.services import Services
from turso_tui.service.writer import Writers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """``kills`` come from outside and hit one process at a time; ``limit`` is in seconds."""

    seed: int
    processes: int
    load: Load
    kills: int
    limit: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial has shown; ``problems`` are sentences, and there should be none."""

    problems: Sequence[str]
    verdict: Verdict
    journals: Sequence[Sequence[Entry]]
    killed: Sequence[int]
    cuts: Mapping[str, int]
    seconds: float


async def run(trial: Trial, host: Host, directory: Path) -> Outcome:
    """``directory`` is empty. Raises `Stuck` and `Broken`.

    The server is ended and started again before anybody looks: what was applied must be on its disk, and no request of
    the dead can still be on its way.
    """
    async with host.serving() as served:
        await _at(served.whole, directory, prepare)
        orders = [
            Order(process, trial.seed, trial.load, served.doors[process % len(served.doors)], str(directory))
            for process in range(trial.processes)
        ]
        crowd = Crowd(orders, kills=trial.kills, seed=trial.seed, limit=trial.limit)
        began = monotonic()
        await crowd.run()
        seconds = monotonic() - began
        cuts = dict(served.cuts())
    async with host.serving() as served:
        found = await _at(served.whole, directory, look)
    journals = [read_journal(order.journal) for order in orders]
    plans = [plan(trial.seed, process, trial.load) for process in range(trial.processes)]
    verdict = audit(plans, journals, found)
    problems = [
        *verdict.problems,
        *await _left_behind(orders[0].locks, crowd.identities),
        *_says_little(journals),
    ]
    return Outcome(problems, verdict, journals, crowd.killed, cuts, seconds)


async def _at(door: Door, directory: Path, do: Callable[[Database], Awaitable[T]]) -> T:
    async with Services(scratch=directory, locks=directory / "others") as services:
        return await do(await door.open(services))


async def _left_behind(locks: Path, identities: set[str]) -> list[str]:
    """All spellings must have led into one line, and the next who comes must find nothing of the dead in it."""
    if len(identities) != 1:
        return [f"The processes stood in {len(identities)} lines: {', '.join(sorted(identities))}."]
    async with Writers(locks, limit=10).turn(*identities):
        pass
    return [f"{path.name} was left in the line." for path in locks.iterdir() if path.name != DOORS]


def _says_little(journals: Sequence[Sequence[Entry]]) -> list[str]:
    """Where hardly anything was applied, there is hardly anything to be right or wrong."""
    stages = Counter(entry.stage for entries in journals for entry in outcomes(entries))
    if stages[Stage.APPLIED] * 2 > stages.total():
        return []
    return [f"Only {stages[Stage.APPLIED]} of {stages.total()} writes were applied: this says little."]
