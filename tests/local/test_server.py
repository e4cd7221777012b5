"""The server as a whole: where it listens, what a restart keeps, what stopping leaves behind."""

import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.local.clock import Clock
from turso_tui.errors import InputError, StorageError
from turso_tui.local.server import LocalServer


def test_state_survives_a_restart(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path) as server:
        token = server.token
        headers = {"authorization": f"Bearer {token}"}
        created = httpx.post(f"{server.url}/v1/databases", json={"name": "app"}, headers=headers).json()["database"]
        minted = httpx.post(f"{server.url}/v1/databases/app/auth/tokens", headers=headers).json()["jwt"]
        insert = {"requests": [{"type": "execute", "stmt": {"sql": "CREATE TABLE t AS SELECT 42 AS x"}}]}
        httpx.post(f"{server.url}/v2/pipeline", json=insert, headers={"authorization": f"Bearer {minted}"})
    with LocalServer.in_thread(tmp_path, seed="demo") as server:
        assert server.token == token
        (database,) = httpx.get(f"{server.url}/v1/databases", headers=headers).json()["databases"]
        assert database["DbId"] == created["DbId"]
        select = {"requests": [{"type": "execute", "stmt": {"sql": "SELECT x FROM t"}}]}
        answer = httpx.post(f"{server.url}/v2/pipeline", json=select, headers={"authorization": f"Bearer {minted}"})
        result = answer.json()["results"][0]["response"]["result"]
        assert result["rows"] == [[{"type": "integer", "value": "42"}]]


def test_stopping_leaves_no_thread_and_no_listener(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with LocalServer.in_thread(tmp_path, seed="demo", tenants=3) as server:
        httpx.get(f"{server.url}/health")
        port = server.port
    assert set(threading.enumerate()) == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_it_stops_although_a_client_keeps_its_connection(tmp_path: Path) -> None:
    with httpx.Client() as client, LocalServer.in_thread(tmp_path) as server:
        assert client.get(f"{server.url}/health").status_code == 200


def test_small_answers_are_sent_at_once(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path) as server, httpx.Client() as client:
        begin = time.perf_counter()
        for _ in range(50):
            client.post(f"{server.url}/v1/databases", json={}).read()
        # Nagle's algorithm and delayed acknowledgements would cost 40 ms each.
        assert time.perf_counter() - begin < 1.5


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path) as server:
        everywhere = socket.socket()
        # Were the server bound to all addresses, nobody else could have this one.
        everywhere.bind(("127.0.0.2", server.port))
        everywhere.close()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path / "first") as first:
        with pytest.raises(InputError, match=f"Port {first.port} is already in use"):
            LocalServer(tmp_path / "second", port=first.port)
        # What was opened for the second has been let go of.
        with LocalServer.in_thread(tmp_path / "second"):
            pass


def test_a_directory_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        LocalServer(tmp_path / "file")


@pytest.mark.parametrize("path", ["/v1/organizations", "/nothing", "/health", "/?redirect=false"])
def test_every_answer_is_dated_by_the_clock_of_the_server(tmp_path: Path, path: str) -> None:
    clock = Clock()
    with LocalServer.in_thread(tmp_path, clock=clock) as server:
        assert httpx.get(f"{server.url}{path}").headers.get_list("date") == ["Fri, 15 Jan 2027 08:00:00 GMT"]
        clock.now += 61
        assert httpx.get(f"{server.url}{path}").headers.get_list("date") == ["Fri, 15 Jan 2027 08:01:01 GMT"]


def test_mints_are_counted_without_their_secrets(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path) as server:
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as api:
            api.post("/v1/databases", json={"name": "app"})
            assert list(server.mints) == []
            api.post("/v1/databases/app/auth/tokens?authorization=read-only")
            api.post("/v1/groups/default/auth/tokens")
            api.post("/v1/databases/app/auth/tokens?expiration=nonsense")
        assert list(server.mints) == [("database", "app", "ro"), ("group", "default", "rw")]
