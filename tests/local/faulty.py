"""A local server with one database, and a client that says in one word what became of a statement."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Unpack

import httpx

from tests.local.data.serving import Client, execute
from turso_tui.local.server import LocalServer, Options

CLOSE = {"type": "close"}


class Faulty(Client):
    """The client of the database ``app``, which has a table ``t (a)``."""

    def __init__(self, server: LocalServer) -> None:
        super().__init__(server.url)
        self.server = server
        self.faults = server.faults
        self.account = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.token}"})
        self.use(self.create("app"))
        self.script("CREATE TABLE t (a)")

    def create(self, name: str) -> str:
        """A new database: its token."""
        self.account.post("/v1/databases", json={"name": name}).raise_for_status()
        token: str = self.account.post(f"/v1/databases/{name}/auth/tokens").json()["jwt"]
        return token

    def use(self, token: str) -> None:
        self.http.headers["authorization"] = f"Bearer {token}"

    def insert(self) -> httpx.Response:
        """One row into ``t``, in autocommit; the raw answer."""
        return self.post(execute("INSERT INTO t VALUES (1) RETURNING a"), CLOSE)

    def count(self) -> int:
        """The rows of ``t``, whatever faults there are."""
        at_work = [each.fault for each in self.faults.at_work]
        self.faults.clear()
        rows = self.run("SELECT count(*) FROM t")["rows"]
        self.faults.replace(at_work)
        return int(rows[0][0]["value"])

    def raw(self, body: bytes, path: str = "/v2/pipeline", method: str = "POST") -> tuple[bytes, bool]:
        """What a socket gets for a request, byte by byte, and whether the end of it was a TCP reset."""
        received = b""
        with self.sending(body, path, method) as connection:
            try:
                while chunk := connection.recv(65_536):
                    received += chunk
            except ConnectionResetError:
                return received, True
        return received, False

    @contextmanager
    def sending(self, body: bytes, path: str = "/v2/pipeline", method: str = "POST") -> Iterator[socket.socket]:
        """A socket on which a request has been sent."""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: {self.http.headers['authorization']}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
            connection.sendall(head.encode() + body)
            yield connection

    def close(self) -> None:
        self.account.close()
        super().close()


@contextmanager
def faulty_server(directory: Path, **options: Unpack[Options]) -> Iterator[Faulty]:
    """Serve until the block ends."""
    with LocalServer.in_thread(directory, **options) as server:
        client = Faulty(server)
        try:
            yield client
        finally:
            client.close()


def code_of(response: httpx.Response) -> Any:
    """The code of the first result's error, None where it is none."""
    assert response.status_code == 200, response.text
    return response.json()["results"][0].get("error", {}).get("code")
