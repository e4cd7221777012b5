"""How fast it is, as ratios against a baseline in the same run: ``python tests/benchmarks/run.py``.

Absolute times mean nothing on another machine; the ratios do. Everything runs against one local server in a process
of its own, over real HTTP.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from turso_tui.hrana.http import database_http_client
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.transport import PlatformTransport
from turso_tui.service.account import Account
from turso_tui.service.database import Database
from turso_tui.service.demo import Demo
from turso_tui.service.results import ResultStore
from turso_tui.service.services import Services
from turso_tui.tokens import DatabaseToken

ROUNDS = 3
IN_FLIGHT = 32
REQUESTS = 640
SCREENFUL = 40
EVERYTHING = "SELECT * FROM events"


@dataclass(frozen=True, slots=True)
class Bench:
    """What each measurement needs: our handle, and the same database by plain HTTP."""

    database: Database
    results: ResultStore
    http: httpx.AsyncClient
    url: str
    token: DatabaseToken

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token.reveal()}"}


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """The best of a few rounds: what disturbs a run only makes it slower."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        best = min(best, time.perf_counter() - began)
    return best


async def read_bytes(bench: Bench) -> None:
    """The baseline: the same cursor, its bytes thrown away."""
    batch = {"steps": [{"stmt": {"sql": EVERYTHING}}]}
    url = f"{bench.url}/v3/cursor"
    async with bench.http.stream("POST", url, json={"baton": None, "batch": batch}, headers=bench.headers) as answer:
        async for _ in answer.aiter_bytes():
            pass


async def read_rows(bench: Bench) -> None:
    """Rows decoded and stored, ready to be drawn, sorted and searched."""
    async with bench.database.stream(EVERYTHING) as stream:
        result = await bench.results.create(stream.columns)
        async for rows in stream:
            await result.append(rows)
    await result.drop()


async def first_rows(bench: Bench) -> None:
    async with bench.database.stream(EVERYTHING) as stream:
        await anext(aiter(stream))


async def plain_requests(bench: Bench) -> None:
    body = {"baton": None, "requests": [{"type": "execute", "stmt": {"sql": "SELECT 1"}}, {"type": "close"}]}

    async def ask() -> None:
        (await bench.http.post(f"{bench.url}/v2/pipeline", json=body, headers=bench.headers)).raise_for_status()

    await many(ask)


async def our_requests(bench: Bench) -> None:
    async def ask() -> None:
        await bench.database.execute("SELECT 1")

    await many(ask)


async def many(ask: Callable[[], Awaitable[None]]) -> None:
    async def worker() -> None:
        for _ in range(REQUESTS // IN_FLIGHT):
            await ask()

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


async def windows(bench: Bench) -> float:
    """Seconds for one screenful at the end of a large result, as a paint reads it."""
    async with bench.database.stream(EVERYTHING) as stream:
        result = await bench.results.create(stream.columns)
        async for rows in stream:
            await result.append(rows)
    began = time.perf_counter()
    for _ in range(100):
        result.rows(result.row_count - SCREENFUL, result.row_count)
    return (time.perf_counter() - began) / 100


async def measure(bench: Bench) -> None:
    raw = await seconds(lambda: read_bytes(bench))
    stored = await seconds(lambda: read_rows(bench))
    first = await seconds(lambda: first_rows(bench))
    window = await windows(bench)
    plain = await seconds(lambda: plain_requests(bench))
    ours = await seconds(lambda: our_requests(bench))
    report = [
        ("200 000 rows decoded and stored / their bytes thrown away", stored / raw, f"{stored:.2f} s / {raw:.2f} s"),
        ("the first rows / all of them", first / stored, f"{first * 1000:.0f} ms / {stored:.2f} s"),
        ("a screenful of the end / a frame of 16 ms", window / 0.016, f"{window * 1000:.2f} ms"),
        (
            f"select 1 again, {IN_FLIGHT} in flight / plain httpx",
            ours / plain,
            f"{ours:.2f} s / {plain:.2f} s",
        ),
    ]
    for what, ratio, times in report:
        print(f"{what:<66} {ratio:8.3f}   {times}")


async def main() -> None:
    demo = Demo(tenants=1)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            entrance = await demo.start()
            async with (
                Services(scratch=Path(scratch), locks=Path(scratch)) as services,
                database_http_client() as http,
            ):
                account: Account = services.account(entrance.token, entrance.base_url)
                model = await account.find(entrance.organization, "telemetry")
                database = account.open(entrance.organization, model)
                await database.execute("SELECT 1")  # the file is made, the token minted
                async with PlatformClient(PlatformTransport(entrance.base_url, entrance.token)) as platform:
                    token = await platform.tokens.mint_database_token(
                        entrance.organization, model.name, expiration=None, read_only=True
                    )
                await measure(Bench(database, services.results, http, model.http_url, token))
        finally:
            await demo.aclose()


if __name__ == "__main__":
    asyncio.run(main())
