"""Databases whose tables are browsed and changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.doors import DOORS, open_door, open_file
from turso_tui.service.database import Database
from turso_tui.service.services import Services


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        yield services


@pytest.fixture
def file(services: Services, tmp_path: Path) -> Database:
    """An empty file."""
    return open_file(services, tmp_path / "file.db")


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, services: Services, tmp_path: Path) -> Database:
    """An empty database by each way in."""
    return await open_door(request, services, tmp_path)
