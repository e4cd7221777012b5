"""A server of its own for each test, and a client that is signed in to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from turso_tui.local.server import LocalServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "account") as running:
        yield running


@pytest.fixture
def api(server: LocalServer) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        yield client


@pytest.fixture
def create(api: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Creates a database in the group ``default`` and returns what the API says of it."""

    def create_database(name: str, **body: object) -> dict[str, Any]:
        response = api.post("/v1/organizations/you/databases", json={"name": name, "group": "default"} | body)
        assert response.status_code == 200, response.text
        created: dict[str, Any] = response.json()["database"]
        return created

    return create_database


@pytest.fixture
def mint(api: httpx.Client) -> Callable[..., str]:
    """Mints a token; ``of`` is the tail of a path, as ``databases/app`` or ``groups/default``."""

    def mint_token(of: str, **query: str) -> str:
        response = api.post(f"/v1/organizations/you/{of}/auth/tokens", params=query)
        assert response.status_code == 200, response.text
        return str(response.json()["jwt"])

    return mint_token


@pytest.fixture
def run_sql(server: LocalServer) -> Iterator[Callable[..., httpx.Response]]:
    """Sends one statement to the host of a database, or to the bare address when there is none."""
    with httpx.Client(base_url=server.url) as client:

        def send(token: str | None, host: str | None = None, sql: str = "SELECT 1") -> httpx.Response:
            headers = {"authorization": f"Bearer {token}"} if token is not None else {}
            if host is not None:
                headers["host"] = host
            requests = [{"type": "execute", "stmt": {"sql": sql}}, {"type": "close"}]
            return client.post("/v2/pipeline", json={"requests": requests}, headers=headers)

        yield send
