"""The data plane in each dialect, and beside the real sqld where both should do the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.data.serving import Client, Served, serving
from turso_tui.local.tenant import Dialect


@pytest.fixture(params=["spec", "sqld dialect", pytest.param("real sqld", marks=pytest.mark.sqld)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """A client of our server, and of the real one: for behaviour that is the same everywhere."""
    if request.param == "real sqld":
        client = Client(request.getfixturevalue("sqld"))
        yield client
        client.close()
        return
    with serving(tmp_path, Dialect.SPEC if request.param == "spec" else Dialect.SQLD) as served:
        yield served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Our server in its own dialect."""
    with serving(tmp_path) as running:
        yield running
