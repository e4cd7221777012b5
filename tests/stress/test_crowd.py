"""Processes that do not come to their end are found out, and leave nothing behind."""

from pathlib import Path

import pytest

from tests.hrana.endpoints import endpoint_of
from tests.stress.crowd import Broken, Crowd, Stuck
from tests.stress.plan import Load
from tests.stress.worker import Door, Order
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer
from turso_tui.service.services import Services
from turso_tui.service.writers_report import queues

ONE_INSERT = Load(increments=0, inserts=1, transfers=0, transactions=0, deaths=0, hurried=0)


def order(directory: Path, door: Door) -> Order:
    return Order(0, 1, ONE_INSERT, door, str(directory))


async def test_who_waits_for_ever_is_reported_with_who_makes_it_wait(local_server: LocalServer, tmp_path: Path) -> None:
    endpoint = endpoint_of(local_server)
    assert endpoint.token is not None
    stuck = order(tmp_path, Door(endpoint.url.origin, endpoint.token.reveal()))
    async with Services(scratch=tmp_path, locks=stuck.locks) as services:
        database = services.remote(endpoint.url, endpoint.token)
        await database.execute("CREATE TABLE inserted (key TEXT PRIMARY KEY)")
        async with services.writers.turn(database.identity, "the culprit", "UPDATE everything"):
            with pytest.raises(Stuck) as caught:
                await Crowd([stuck], kills=0, seed=1, limit=60, patience=3).run()
            report = str(caught.value)
            assert [place.label for place in services.writers.state(database.identity).places] == ["the culprit"]
    assert "Nobody has written for 3 s." in report
    assert "the culprit" in report
    assert "UPDATE everything" in report
    assert "process 0, running" in report
    assert "Database.execute, line" in report  # where in the code it waits
    assert queues(stuck.locks) == []


async def test_too_long_is_too_long(local_server: LocalServer, tmp_path: Path) -> None:
    door = Door(local_server.url, local_server.token, organization=local_server.organization, database="scratch")
    with pytest.raises(Stuck, match=r"more than 0\.1 s"):
        await Crowd([order(tmp_path, door)], kills=0, seed=1, limit=0.1).run()


async def test_who_ends_before_its_work_is_done_says_why(tmp_path: Path) -> None:
    url = parse_database_url("http://127.0.0.1:1").origin
    door = Door(url, "no token", organization="acme", database="scratch")
    with pytest.raises(Broken, match=r"(?s)Process 0 ended with 1:.*Traceback"):
        await Crowd([order(tmp_path, door)], kills=0, seed=1, limit=60).run()
