"""The proof from its beginning to its end: prepare, let them write, look, compare, and say how it went."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import monotonic
from typing import TypeVar

from tests.stress.audit import Verdict, audit, by_reason
from tests.stress.crowd import Crowd
from tests.stress.journal import Entry, Stage, outcomes, read_journal
from tests.stress.ledger import look, prepare
from tests.stress.plan import Load, plan
from tests.stress.servers import Host
from tests.stress.worker import KILLED, Door, Order
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


def listed_unknown(outcome: Outcome) -> list[str]:
    """One line for each write that nobody knew the outcome of, and what it was in the end."""
    return [
        f"{entry.kind} {entry.key}: {entry.why}; {'there' if entry.key in outcome.verdict.there else 'not there'}"
        for entries in outcome.journals
        for entry in entries
        if entry.stage is Stage.UNKNOWN
    ]


def report(trial: Trial, host: Host, outcome: Outcome) -> list[str]:
    """The figures, as lines to print."""
    ended = [outcomes(entries) for entries in outcome.journals]
    stages = Counter(entry.stage for entries in ended for entry in entries)
    unknown = stages[Stage.UNKNOWN]
    there = len(outcome.verdict.there)
    waits = [_waits(entries) for entries in ended]
    every = sorted(wait for each in waits for wait in each)
    means = [fmean(each) for each in waits if each]
    rows = [
        ("server, seed", f"{host.name}, {trial.seed}"),
        ("processes", str(trial.processes)),
        ("writes", str(sum(stages.values()))),
        ("applied", str(stages[Stage.APPLIED])),
        ("not applied", f"{stages[Stage.NOT_APPLIED]}{_reasons(ended, Stage.NOT_APPLIED)}"),
        ("unknown", f"{unknown}{_reasons(ended, Stage.UNKNOWN)}"),
        ("  of which there", f"{there}, not there {unknown - there}"),
        ("kills", f"{sum(outcome.killed)}, {_deaths(ended)} of them before the COMMIT of a transaction"),
        ("cuts", f"{sum(outcome.cuts.values())}{_listed(outcome.cuts)}"),
        ("seconds", f"{outcome.seconds:.1f}, {sum(stages.values()) / outcome.seconds:.0f} writes a second"),
        ("longest wait", f"{every[-1]:.2f} s for the turn; mean {fmean(every):.3f} s, 99 of 100 {_p99(every):.3f} s"),
        ("longest write", f"{max(entry.took or 0.0 for entries in ended for entry in entries):.2f} s from call to end"),
        ("longest / mean", f"{every[-1] / fmean(every):.1f}"),
        ("fairness", f"{max(means) / min(means):.2f} (mean wait of the process that waits most / least)"),
        ("problems", str(len(outcome.problems))),
    ]
    lines = [f"{name:<16}  {value}" for name, value in rows]
    return [*lines, "", *_by_process(outcome, ended, waits), *(f"PROBLEM: {each}" for each in outcome.problems)]


def _by_process(outcome: Outcome, ended: Sequence[Sequence[Entry]], waits: Sequence[Sequence[float]]) -> list[str]:
    """``by then`` is how many each had done when the first was through with everything."""
    first = min(entries[-1].at for entries in ended)
    lines = ["process  applied  not applied  unknown  kills  by then  mean wait  longest"]
    for process, entries in enumerate(ended):
        stages = Counter(entry.stage for entry in entries)
        done = sum(entry.at <= first for entry in entries)
        lines.append(
            f"{process:>7}  {stages[Stage.APPLIED]:>7}  {stages[Stage.NOT_APPLIED]:>11}  {stages[Stage.UNKNOWN]:>7}"
            f"  {outcome.killed[process]:>5}  {done:>7}  {fmean(waits[process]):>7.3f} s  {max(waits[process]):>5.2f} s"
        )
    return lines


def _waits(entries: Sequence[Entry]) -> list[float]:
    return [entry.waited for entry in entries if entry.waited is not None]


def _p99(ascending: Sequence[float]) -> float:
    return ascending[len(ascending) * 99 // 100]


def _deaths(ended: Sequence[Sequence[Entry]]) -> int:
    return by_reason(ended, Stage.NOT_APPLIED)[KILLED]


def _reasons(ended: Sequence[Sequence[Entry]], stage: Stage) -> str:
    return _listed(by_reason(ended, stage))


def _listed(counts: Mapping[str, int]) -> str:
    return "".join(f", {count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
