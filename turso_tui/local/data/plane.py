"""The data plane: SQL over HTTP for every database that the resolver knows."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from turso_tui.local.data import answers
from turso_tui.local.data.connection import Database
from turso_tui.local.data.cursor import Cursor
from turso_tui.local.data.dump import dump
from turso_tui.local.data.errors import HttpFailure
from turso_tui.local.data.messages import CursorHead, PipelineResponse
from turso_tui.local.data.permissions import READ, Need, is_granted
from turso_tui.local.data.pipeline import Pipeline
from turso_tui.local.data.stateless import Stateless
from turso_tui.local.data.streams import Stream, Streams
from turso_tui.local.data.wire import read_cursor, read_pipeline, to_json
from turso_tui.local.tenant import Dialect, Resolver, Tenant

_MOST_THREADS = 512
"""A thread is taken while a request runs or waits for the write lock, none while a stream is idle."""

_GREETING = "Hello, this is HTTP API v2 (Hrana over HTTP)"

_T = TypeVar("_T")


class DataPlane:
    """``routes`` for a Starlette application; `drop` forgets a database, `aclose` ends everything.

    Times are in seconds: how long a stream lives between requests, and how long a transaction may hold the write lock
    while another waits. ``max_response_bytes`` limits the rows of one pipeline request, never a cursor.
    """

    def __init__(
        self,
        resolve: Resolver,
        *,
        dialect: Dialect = Dialect.SPEC,
        stream_idle_seconds: float = 10.0,
        transaction_seconds: float = 5.0,
        max_response_bytes: int = 10_000_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolve = resolve
        self._dialect = dialect
        self._transaction_seconds = transaction_seconds
        self._max_response_bytes = max_response_bytes
        self._clock = clock
        self._executor = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="sql-over-http")
        self._streams = Streams(self._executor, dialect, stream_idle_seconds, clock)
        self._databases: dict[str, Database] = {}
        self.routes = self._make_routes()

    async def drop(self, key: str) -> None:
        """Ends the streams of a database, so that its file can go."""
        await self._streams.end_all(key)
        self._databases.pop(key, None)

    async def aclose(self) -> None:
        """Ends all streams, rolling back what is open."""
        await self._streams.end_all()
        await asyncio.to_thread(self._executor.shutdown)

    def _make_routes(self) -> list[Route]:
        def route(method: str, path: str, endpoint: answers.Endpoint) -> Route:
            return Route(path, answers.answering_failures(endpoint), methods=[method])

        routes = [
            route("POST", "/v2/pipeline", lambda request: self._pipeline(request, version=2)),
            route("POST", "/v3/pipeline", lambda request: self._pipeline(request, version=3)),
            route("POST", "/v3/cursor", self._cursor),
            route("GET", "/health", self._health),
            route("GET", "/version", self._version),
            route("GET", "/dump", self._dump),
        ]
        if self._dialect is not Dialect.CLOUD:
            stateless = Stateless(self._executor, self._resolve_database, self._dialect, self._max_response_bytes)
            routes += [
                route("GET", "/v2", self._greet),
                route("GET", "/v3", self._greet),
                route("POST", "/v1/execute", stateless.execute),
                route("POST", "/v1/batch", stateless.batch),
            ]
        return routes

    async def _greet(self, _request: Request) -> Response:
        return answers.text(_GREETING)

    async def _health(self, _request: Request) -> Response:
        return Response()

    async def _version(self, _request: Request) -> Response:
        return Response(b"sqld 0.24.32 (turso-tui)")

    async def _pipeline(self, request: Request, version: int) -> Response:
        tenant, database = await self._resolve_database(request)
        message = read_pipeline(await request.body())
        stream = await self._stream(tenant, database, message.baton)
        pipeline = Pipeline(stream, tenant, version=version, max_response_bytes=self._max_response_bytes)
        baton: str | None = None
        try:
            results = await self._unless_disconnected(request, stream, lambda: pipeline.run(message.requests))
            if self._survives(stream):
                baton = self._streams.baton(stream)
        finally:
            # Without a baton nobody can continue: an HTTP error, a vanished client and a close all end the stream.
            if baton is None:
                await self._streams.end(stream)
            else:
                self._streams.put_back(stream)
        return answers.json(PipelineResponse(baton, None, results))

    async def _cursor(self, request: Request) -> Response:
        tenant, database = await self._resolve_database(request)
        message = read_cursor(await request.body())
        stream = await self._stream(tenant, database, message.baton)
        cursor = Cursor(stream, tenant, message.batch)
        is_ready = False
        try:
            await self._unless_disconnected(request, stream, cursor.prepare)
            is_ready = True
        finally:
            if not is_ready:
                await self._streams.end(stream)
        stream.serves_cursor = True
        head = to_json(CursorHead(self._streams.baton(stream), None)) + b"\n"
        return answers.CursorAnswer(head, cursor, stream, self._executor, self._streams.put_back)

    async def _dump(self, request: Request) -> Response:
        tenant, _ = await self._resolve_database(request)
        if tenant.permissions is not None and not is_granted(Need(READ, None), tenant.permissions):
            raise HttpFailure(403, {"error": "Authorization forbidden: the token does not permit to read every table"})
        preserve_row_ids = request.query_params.get("preserve_row_ids") == "true"

        async def lines() -> AsyncIterator[bytes]:
            loop = asyncio.get_running_loop()
            chunks = dump(tenant.path, preserve_row_ids=preserve_row_ids)
            try:
                while chunk := await loop.run_in_executor(self._executor, next, chunks, b""):
                    yield chunk
            finally:
                chunks.close()

        return StreamingResponse(lines())

    async def _resolve_database(self, request: Request) -> tuple[Tenant, Database]:
        tenant = await self._resolve(request)
        database = self._databases.get(tenant.key)
        if database is None:
            database = Database(tenant.path, self._transaction_seconds, self._clock)
            self._databases[tenant.key] = database
        return tenant, database

    async def _stream(self, tenant: Tenant, database: Database, baton: str | None) -> Stream:
        if baton is None:
            return await self._streams.open(tenant.key, database)
        interference = tenant.interference
        if self._streams.is_idle(baton) and interference.forgets_stream():
            self._streams.expire(baton)
        stream = await self._streams.take(baton, tenant.key)
        connection = stream.connection
        if connection.holds_lock and interference.takes_lock():
            await asyncio.to_thread(database.write_lock.take_from, connection)
        return stream

    def _survives(self, stream: Stream) -> bool:
        if stream.is_closed or stream.ended.is_set():
            return False
        # Turso Cloud keeps nothing open that has no state to keep.
        is_stateless = stream.connection.is_autocommit and not stream.stored_sql
        return not (self._dialect is Dialect.CLOUD and is_stateless)

    async def _unless_disconnected(self, request: Request, stream: Stream, work: Callable[[], _T]) -> _T:
        """The result of ``work`` in a thread. It is interrupted, and the stream lost, when the client goes away."""
        running = asyncio.get_running_loop().run_in_executor(self._executor, work)
        gone = asyncio.ensure_future(answers.disconnected(request.receive))
        both: set[asyncio.Future[Any]] = {running, gone}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not running.done():
                stream.connection.cancel()
        result = await running
        if gone.done():
            raise ClientDisconnect
        return result
