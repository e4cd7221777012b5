"""What a proof has shown, in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from tests.stress.audit import by_reason
from tests.stress.journal import Entry, Stage, outcomes
from tests.stress.proof import Outcome, Trial
from tests.stress.servers import Host
from tests.stress.worker import KILLED


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
    every = sorted(wait for each in waits for wait in each) or [0.0]
    means = [_mean(each) for each in waits]
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
        ("longest wait", f"{every[-1]:.2f} s for the turn; mean {_mean(every):.3f} s, 99 of 100 {_p99(every):.3f} s"),
        ("longest write", f"{max(entry.took or 0.0 for entries in ended for entry in entries):.2f} s from call to end"),
        ("longest / mean", _ratio(every[-1], _mean(every))),
        ("fairness", f"{_ratio(max(means), min(means))} (mean wait of the process that waits most / least)"),
        ("problems", str(len(outcome.problems))),
    ]
    lines = [f"{name:<16}  {value}" for name, value in rows]
    return [*lines, "", *_by_process(outcome, ended, waits), *(f"PROBLEM: {each}" for each in outcome.problems)]


def _by_process(outcome: Outcome, ended: Sequence[Sequence[Entry]], waits: Sequence[Sequence[float]]) -> list[str]:
    first = min(max(entry.at for entry in entries) for entries in ended)
    lines = ["process  applied  not applied  unknown  kills  by then  mean wait  longest"]
    for process, entries in enumerate(ended):
        stages = Counter(entry.stage for entry in entries)
        done = sum(entry.at <= first for entry in entries)
        mean, longest = _mean(waits[process]), max(waits[process], default=0.0)
        lines.append(
            f"{process:>7}  {stages[Stage.APPLIED]:>7}  {stages[Stage.NOT_APPLIED]:>11}  {stages[Stage.UNKNOWN]:>7}"
            f"  {outcome.killed[process]:>5}  {done:>7}  {mean:>7.3f} s  {longest:>5.2f} s"
        )
    return [*lines, "by then: how many each had done when the first was through with everything"]


def _waits(entries: Sequence[Entry]) -> list[float]:
    return [entry.waited for entry in entries if entry.waited is not None]


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _ratio(more: float, less: float) -> str:
    return f"{more / less:.1f}" if less else "–"


def _p99(ascending: Sequence[float]) -> float:
    return ascending[len(ascending) * 99 // 100]


def _deaths(ended: Sequence[Sequence[Entry]]) -> int:
    return by_reason(ended, Stage.NOT_APPLIED)[KILLED]


def _reasons(ended: Sequence[Sequence[Entry]], stage: Stage) -> str:
    return _listed(by_reason(ended, stage))


def _listed(counts: Mapping[str, int]) -> str:
    return "".join(f", {count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
