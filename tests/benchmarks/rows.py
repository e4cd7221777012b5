"""How fast a million rows are sorted, filtered, searched and exported: ``python -m tests.benchmarks.rows``.

Each as a ratio to what the same SQL takes in Python's own sqlite3, in the same run, and with the longest moment for
which the event loop stood still, because that is what a person feels.
"""

import asyncio
import resource
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from turso_tui.service.export import export, export_format
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_conditions import read_condition
from turso_tui.service.results_views import Order, find
from turso_tui.service.statistics import statistics
from turso_tui.values import Column, Row

ROWS = 1_000_000
CHUNK = 50_000
COLUMNS = [Column(f"c{place}") for place in range(10)]
NAMES = ", ".join(column.name for column in COLUMNS)
ANY_LIKE = " OR ".join(f"{column.name} LIKE ?1" for column in COLUMNS)


def row(n: int) -> Row:
    shuffled = n * 7919 % ROWS
    return n, f"name {n}", shuffled / 7, n % 17, f"tag{n % 5}", None, n * 3, "some text here", b"\x01\x02", shuffled


@asynccontextmanager
async def longest_stall() -> AsyncIterator[list[float]]:
    """In seconds, and how far the memory of the process has ever grown, in MB, at the end."""
    seen = [0.0]

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            seen[0] = max(seen[0], time.perf_counter() - before - 0.001)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()


async def measure(what: str, ours: Callable[[], Awaitable[object]], theirs: Callable[[], object]) -> None:
    async with longest_stall() as stall:
        began = time.perf_counter()
        await ours()
        took = time.perf_counter() - began
    began = time.perf_counter()
    theirs()
    base = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    times = f"{took:.2f} s / {base:.2f} s"
    print(f"{what:<44} {took / base:6.2f}   {times:<18} stall {stall[0] * 1000:4.0f} ms   peak {memory} MB")


async def filled(store: ResultStore) -> ResultSet:
    result = await store.create(COLUMNS)
    for start in range(0, ROWS, CHUNK):
        await result.append([row(n) for n in range(start, start + CHUNK)])
    result.finish()
    return result


def plain(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t ({NAMES})")
    with connection:
        connection.executemany(f"INSERT INTO t VALUES ({','.join('?' * 10)})", map(row, range(ROWS)))
    return connection


async def main() -> None:
    with tempfile.TemporaryDirectory() as home, ResultStore(Path(home) / "scratch") as store:
        result = await filled(store)
        with closing(plain(Path(home) / "plain.db")) as other:

            def ask(sql: str, *args: object) -> Callable[[], object]:
                return lambda: other.execute(sql, args).fetchone()

            def sort(column: str) -> Callable[[], object]:
                return ask(f"SELECT sum(n) FROM (SELECT rowid AS n FROM t ORDER BY {column} LIMIT -1 OFFSET 0)")

            await measure("sort by a real / the same ORDER BY", lambda: result.view([Order(2)]), sort("c2"))
            await measure("sort by a text / the same ORDER BY", lambda: result.view([Order(1, True)]), sort("c1 DESC"))
            text = read_condition("999", COLUMNS)
            await measure(
                "filter ten columns by a text / LIKE",
                lambda: result.view((), text),
                ask(f"SELECT count(*) FROM t WHERE {ANY_LIKE}", "%999%"),
            )
            condition = read_condition("c3 > 5", COLUMNS)
            await measure(
                "filter by a condition / WHERE",
                lambda: result.view((), condition),
                ask("SELECT count(*) FROM t WHERE c3 > 5"),
            )
            await measure(
                "search for what is not there / LIKE",
                lambda: find(result, "zzzz", 0, 0),
                ask(f"SELECT 1 FROM t WHERE {ANY_LIKE}", "%zzzz%"),
            )
            await measure(
                "describe a column / its distinct values",
                lambda: statistics(result, 2),
                ask("SELECT count(DISTINCT c2), min(c2), max(c2), avg(c2) FROM t"),
            )
            csv = Path(home) / "rows.csv"
            await measure(
                "export as CSV / read the rows",
                lambda: export(result, csv, export_format("csv")),
                lambda: sum(1 for _ in other.execute("SELECT * FROM t")),
            )


if __name__ == "__main__":
    asyncio.run(main())
