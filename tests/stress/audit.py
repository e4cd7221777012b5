"""What the processes said against what the database holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.stress.journal import Entry, Stage, outcomes
from tests.stress.ledger import Found, traces_of
from tests.stress.plan import TOTAL, Kind, Write


@dataclass(frozen=True, slots=True)
class Verdict:
    """``problems`` are sentences; there are none where everything is as it was said. ``there`` are the keys of those
    whose outcome was unknown and that were applied."""

    problems: tuple[str, ...]
    there: frozenset[str]


def audit(plans: Sequence[Sequence[Write]], journals: Sequence[Sequence[Entry]], found: Found) -> Verdict:
    """``plans`` and ``journals`` are of the processes, in the same order."""
    problems: list[str] = []
    there: set[str] = set()
    for write, entry in _each_with_its_outcome(plans, journals, problems):
        traces = found.traces.get((write.kind, write.key), Counter())
        if traces and traces != traces_of(write):
            problems.append(f"{_name(write)} is there in part or more than once: {dict(traces)}.")
        elif traces and entry.stage is Stage.NOT_APPLIED:
            problems.append(f"{_name(write)} was reported not applied ({entry.why}), and is there.")
        elif not traces and entry.stage is Stage.APPLIED:
            problems.append(f"{_name(write)} was reported applied, and is not there.")
        elif traces and entry.stage is Stage.UNKNOWN:
            there.add(write.key)
    problems += _unclaimed(plans, found)
    problems += _miscounted(journals, found)
    problems += _unbalanced(journals, found)
    return Verdict(tuple(problems), frozenset(there))


def _each_with_its_outcome(
    plans: Sequence[Sequence[Write]], journals: Sequence[Sequence[Entry]], problems: list[str]
) -> list[tuple[Write, Entry]]:
    """Every planned write must have one outcome, no more and no fewer."""
    pairs = []
    for writes, entries in zip(plans, journals, strict=True):
        ended = outcomes(entries)
        if [entry.key for entry in ended] != [write.key for write in writes]:
            problems.append(f"Of {len(writes)} writes {len(ended)} outcomes were reported, or others, or out of order.")
        by_key = {entry.key: entry for entry in ended}
        pairs += [(write, by_key[write.key]) for write in writes if write.key in by_key]
    return pairs


def _unclaimed(plans: Sequence[Sequence[Write]], found: Found) -> list[str]:
    planned = {(write.kind, write.key) for writes in plans for write in writes}
    return [
        f"The {kind} {key} is there, and nobody wrote it." for kind, key in found.traces if (kind, key) not in planned
    ]


def _miscounted(journals: Sequence[Sequence[Entry]], found: Found) -> list[str]:
    """The counter went up by one at a time, and each number was answered to the one whose increment made it, unless it
    was said why there was no answer."""
    problems = [
        f"The increment {entry.key} was answered {entry.number}, which is another's number."
        for entry in _applied(journals, Kind.INCREMENT)
        if not entry.why and found.counted.get(entry.number or 0) != entry.key
    ]
    if sorted(found.counted) != list(range(1, found.counter + 1)):
        problems.append(f"The counter is at {found.counter} after {len(found.counted)} different numbers.")
    return problems


def _unbalanced(journals: Sequence[Sequence[Entry]], found: Found) -> list[str]:
    problems = [
        f"After the transfer {entry.key} the sum was {entry.total}, not {TOTAL}."
        for entries in journals
        for entry in outcomes(entries)
        if entry.total not in (None, TOTAL)
    ]
    moved = [0, 0]
    for (kind, _), traces in found.traces.items():
        if kind is Kind.TRANSFER:
            for (account, change), times in traces.items():
                assert isinstance(account, int)
                assert isinstance(change, int)
                moved[account - 1] += change * times
    if (TOTAL // 2 + moved[0], TOTAL - TOTAL // 2 + moved[1]) != found.balances or sum(found.balances) != TOTAL:
        problems.append(f"The balances are {found.balances}, and the changes to them come to {tuple(moved)}.")
    return problems


def _applied(journals: Sequence[Sequence[Entry]], kind: Kind) -> list[Entry]:
    return [entry for entries in journals for entry in entries if entry.kind is kind and entry.stage is Stage.APPLIED]


def _name(write: Write) -> str:
    return f"The {write.kind} {write.key}"


def by_reason(journals: Sequence[Sequence[Entry]], stage: Stage) -> Counter[str]:
    """Of the writes with this outcome, how many for which reason."""
    return Counter(entry.why for entries in journals for entry in entries if entry.stage is stage)
