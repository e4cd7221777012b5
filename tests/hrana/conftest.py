"""The same tests against our server and the real one."""

import pytest

from tests.hrana.endpoints import Endpoint, endpoint_of
from turso_tui.hrana.url import parse_database_url
from turso_tui.local.server import LocalServer


@pytest.fixture(params=["local", pytest.param("sqld", marks=pytest.mark.sqld)])
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """An empty database on a server."""
    if request.param == "sqld":
        return Endpoint(parse_database_url(request.getfixturevalue("sqld")))
    return endpoint_of(request.getfixturevalue("local_server"))


@pytest.fixture
def local_endpoint(local_server: LocalServer) -> Endpoint:
    """An empty database on our server, for what sqld without authentication cannot show."""
    return endpoint_of(local_server)
