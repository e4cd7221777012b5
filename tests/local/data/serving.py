"""The data plane alone, over real HTTP: one database, no tokens, a meter that remembers."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request

from turso_tui.local.data import DataPlane
from turso_tui.local.tenant import Dialect, Tenant


@dataclass
class RememberingMeter:
    """Every statement that was counted."""

    counted: list[tuple[str, int, int]] = field(default_factory=list)

    def count(self, sql: str, *, rows_read: int, rows_written: int, elapsed_ms: float) -> None:
        assert elapsed_ms >= 0
        self.counted.append((sql, rows_read, rows_written))


class Client:
    """Speaks the protocol as plainly as possible: dictionaries in, dictionaries out."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=20)

    def post(self, *requests: dict[str, Any], baton: str | None = None, version: int = 3) -> httpx.Response:
        return self.http.post(f"/v{version}/pipeline", json={"baton": baton, "requests": list(requests)})

    def pipeline(self, *requests: dict[str, Any], baton: str | None = None) -> tuple[str | None, list[dict[str, Any]]]:
        """The next baton, and for each request its response or its error."""
        response = self.post(*requests, baton=baton)
        assert response.status_code == 200, response.text
        body = response.json()
        return body["baton"], [result.get("response") or result["error"] for result in body["results"]]

    def run(self, sql: str, *args: dict[str, Any], **named: dict[str, Any]) -> dict[str, Any]:
        """A statement on a stream of its own: its result, or the error with its ``code``."""
        _, (answer, _) = self.pipeline(execute(sql, *args, **named), {"type": "close"})
        result: dict[str, Any] = answer.get("result", answer)
        return result

    def script(self, sql: str) -> None:
        _, (answer, _) = self.pipeline({"type": "sequence", "sql": sql}, {"type": "close"})
        assert answer == {"type": "sequence"}, answer

    def cursor(self, *steps: dict[str, Any], baton: str | None = None) -> list[dict[str, Any]]:
        """All lines of a cursor; those of sqld without their terminator."""
        body = {"baton": baton, "batch": {"steps": list(steps)}}
        response = self.http.post("/v3/cursor", json=body, headers={"accept-encoding": "identity"})
        assert response.status_code == 200, response.text
        decoded = [json.loads(line) for line in response.text.splitlines()]
        return [line for line in decoded if line.get("type") != "replication_index"]

    def close(self) -> None:
        self.http.close()


def execute(sql: str, *args: dict[str, Any], **named: dict[str, Any]) -> dict[str, Any]:
    return {"type": "execute", "stmt": stmt(sql, *args, **named)}


def stmt(sql: str, *args: dict[str, Any], **named: dict[str, Any]) -> dict[str, Any]:
    pairs = [{"name": name, "value": value} for name, value in named.items()]
    return {"sql": sql, "args": list(args), "named_args": pairs}


def step(sql: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"stmt": {"sql": sql}, "condition": condition}


def batch(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "batch", "batch": {"steps": list(steps)}}


def integer(value: int) -> dict[str, Any]:
    return {"type": "integer", "value": str(value)}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "value": value}


@dataclass
class Served(Client):
    """A running data plane, the tenant that it serves, and a client of it."""

    url: str
    tenant: Tenant
    meter: RememberingMeter
    plane: DataPlane
    loop: asyncio.AbstractEventLoop | None = None

    def __post_init__(self) -> None:
        super().__init__(self.url)

    def drop(self) -> None:
        """Forget the database, as the control plane does before it deletes the file."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self.plane.drop(self.tenant.key), self.loop).result(10)

    def permit(self, **changes: Any) -> None:
        """Change what the resolver says of the database: ``may_write``, ``block_reads`` …"""
        self.tenant = replace(self.tenant, **changes)


@contextmanager
def serving(directory: Path, dialect: Dialect = Dialect.SPEC, **options: Any) -> Iterator[Served]:
    """Serve one database until the block ends; the options are those of `DataPlane`."""
    meter = RememberingMeter()
    tenant = Tenant("test", directory / "test.db", may_write=True, meter=meter)
    served: list[Served] = []

    async def resolve(_request: Request) -> Tenant:
        return served[0].tenant

    plane = DataPlane(resolve, dialect=dialect, **options)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        served[0].loop = asyncio.get_running_loop()
        yield
        await plane.aclose()

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=plane.routes, lifespan=lifespan), log_level="warning", timeout_graceful_shutdown=2
        )
    )
    served.append(Served(f"http://127.0.0.1:{listener.getsockname()[1]}", tenant, meter, plane))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield served[0]
    finally:
        served[0].close()
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()
