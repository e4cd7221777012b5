"""A console without a screen: what it says, in which order, and what it keeps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.service.doors import DOORS, open_door, open_tenant, until
from turso_tui.local.server import LocalServer
from turso_tui.service.console import Console, Event, Failed, Finished, Opened, Started
from turso_tui.service.database import Database
from turso_tui.service.results import ResultSet
from turso_tui.service.services import Services

MANY = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, hex(zeroblob(30)) FROM n
"""
"""More than fits one response, so that it streams."""


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, services: Services, tmp_path: Path) -> Database:
    return await open_door(request, services, tmp_path)


@pytest.fixture
def console(database: Database, services: Services) -> Console:
    return services.desk().console(database)


async def run(console: Console, *statements: str) -> list[Event]:
    return [event async for event in console.run(statements)]


def rows(event: Event) -> object:
    assert isinstance(event, Finished | Failed)
    assert event.result is not None
    return list(event.result.rows(0, event.result.row_count))


class TestRunning:
    async def test_each_statement_starts_opens_and_finishes(self, console: Console) -> None:
        events = await run(console, "CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (2)", "SELECT x FROM t")
        assert [type(event) for event in events] == [Started, Finished, Started, Finished, Started, Opened, Finished]
        assert [event.index for event in events] == [0, 0, 1, 1, 2, 2, 2]
        assert rows(events[-1]) == [(1,), (2,)]

    async def test_a_write_has_no_result_but_an_outcome(self, console: Console) -> None:
        await run(console, "CREATE TABLE t (x)")
        done = (await run(console, "INSERT INTO t VALUES (1), (2)"))[-1]
        assert isinstance(done, Finished)
        assert done.result is None
        assert (done.summary.affected_rows, done.summary.last_insert_rowid) == (2, 2)
        assert done.seconds > 0

    async def test_it_stops_at_the_first_failure(self, console: Console) -> None:
        events = await run(console, "CREATE TABLE t (x)", "SELECT nonsense FROM t", "INSERT INTO t VALUES (1)")
        failed = events[-1]
        assert isinstance(failed, Failed)
        assert (failed.index, failed.sql) == (1, "SELECT nonsense FROM t")
        assert "no such column: nonsense" in failed.error.what
        assert rows((await run(console, "SELECT count(*) FROM t"))[-1]) == [(0,)]

    async def test_results_are_kept_side_by_side(self, console: Console) -> None:
        events = await run(console, "SELECT 1", "SELECT 2")
        assert [rows(event) for event in events if isinstance(event, Finished)] == [[(1,)], [(2,)]]

    async def test_a_result_that_breaks_off_keeps_what_had_arrived(self, console: Console) -> None:
        """The statement fails at row 150 001, long after the first rows are on show."""
        sql = MANY.replace("SELECT i, hex", "SELECT CASE i WHEN 150001 THEN abs(-9223372036854775807 - 1) END, i, hex")
        failed = (await run(console, sql))[-1]
        assert isinstance(failed, Failed)
        assert "integer overflow" in failed.error.what
        if failed.result is not None:  # a server may notice before it has sent anything
            assert not failed.result.complete
            assert failed.result.failure is failed.error


class TestLeaving:
    """However a run ends early: what had arrived stays and is marked, and the next statement runs."""

    async def is_healthy(self, console: Console, result: ResultSet | None) -> None:
        assert result is not None
        assert result.row_count > 0
        assert not result.complete
        async with asyncio.timeout(10):
            assert rows((await run(console, "SELECT 'next'"))[-1]) == [("next",)]

    async def test_by_cancelling(self, console: Console) -> None:
        seen: list[Event] = []

        async def watch() -> None:
            async for event in console.run([MANY]):
                seen.append(event)  # noqa: PERF401 -- looked at while it grows

        task = asyncio.create_task(watch())
        await until(lambda: any(isinstance(event, Opened) and event.result.row_count > 0 for event in seen))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        opened = seen[-1]
        assert isinstance(opened, Opened)
        await self.is_healthy(console, opened.result)

    async def test_by_closing_the_iterator(self, console: Console) -> None:
        async with aclosing(console.run(["SELECT 1", MANY])) as events:
            async for event in events:
                if isinstance(event, Opened) and event.index == 1:
                    break
        assert isinstance(event, Opened)
        assert not event.result.complete
        assert rows((await run(console, "SELECT 'next'"))[-1]) == [("next",)]


class TestCosts:
    async def test_rows_read_and_written_and_time(self, local_server: LocalServer, services: Services) -> None:
        console = services.desk().console(await open_tenant(services, local_server))
        insert = "INSERT INTO t VALUES (1), (2), (3)"
        events = await run(console, "CREATE TABLE t (x)", insert, "SELECT * FROM t", "SELECT sum(x) FROM t")
        costs = [event.summary for event in events if isinstance(event, Finished)]
        assert [cost.rows_written for cost in costs] == [1, 3, 0, 0]
        assert [cost.rows_read for cost in costs[2:]] == [3, 3]
        assert all(cost.server_ms is not None and cost.server_ms >= 0 for cost in costs)

    async def test_what_a_person_waited_is_by_the_clock_that_was_given(
        self, local_server: LocalServer, services: Services
    ) -> None:
        times = iter(range(100))
        session = (await open_tenant(services, local_server)).session()
        done = (await run(Console(session, services.results, clock=lambda: next(times)), "SELECT 1"))[-1]
        assert isinstance(done, Finished)
        assert done.seconds == 1


async def test_200_000_rows_arrive_exactly(local_server: LocalServer, services: Services) -> None:
    console = services.desk().console(await open_tenant(services, local_server, "telemetry"))
    done = (await run(console, "SELECT id, agent, latency_ms FROM events"))[-1]
    assert isinstance(done, Finished)
    assert done.result is not None
    assert done.result.complete
    assert done.result.row_count == 200_000
    exact = await console.session.database.execute("SELECT id, agent, latency_ms FROM events WHERE id > 199998")
    assert list(done.result.rows(199_998, 200_000)) == list(exact.rows)
