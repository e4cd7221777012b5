"""The databases that one person has open at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.doors import open_file
from turso_tui.service.console import Console
from turso_tui.service.desk import Desk
from turso_tui.service.services import Services


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
def desk(services: Services) -> Desk:
    return services.desk()


async def run(console: Console, *statements: str) -> None:
    async for _ in console.run(statements):
        pass


async def test_going_away_and_coming_back_finds_an_open_transaction(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    first = desk.console(open_file(services, tmp_path / "a.db"))
    await run(first, "BEGIN")
    assert desk.console(open_file(services, tmp_path / "b.db")) is not first
    assert desk.console(open_file(services, tmp_path / "." / "a.db")) is first


async def test_where_nothing_would_be_lost_another_handle_is_used(
    desk: Desk, services: Services, tmp_path: Path
) -> None:
    """It may have come with another token."""
    first, second = (open_file(services, tmp_path / "a.db") for _ in range(2))
    assert desk.console(first) is desk.console(first)
    assert desk.console(second).session.database is second


async def test_open_transactions_are_known_and_told(desk: Desk, services: Services, tmp_path: Path) -> None:
    told: list[int] = []
    desk.on_change = lambda: told.append(len(desk.in_transaction))
    first, second = (desk.console(open_file(services, tmp_path / name)) for name in ("a.db", "b.db"))
    await run(first, "BEGIN")
    await run(second, "BEGIN IMMEDIATE")
    assert [database.name for database in desk.in_transaction] == ["a.db", "b.db"]
    await run(first, "ROLLBACK")
    assert [database.name for database in desk.in_transaction] == ["b.db"]
    assert told == [1, 2, 1]


async def test_closing_rolls_back_what_is_open(desk: Desk, services: Services, tmp_path: Path) -> None:
    database = open_file(services, tmp_path / "a.db")
    await run(desk.console(database), "CREATE TABLE t (x)", "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)")
    await desk.aclose()
    assert desk.in_transaction == ()
    assert (await database.execute("SELECT count(*) FROM t")).rows == [(0,)]
    await database.execute("INSERT INTO t VALUES (2)")
