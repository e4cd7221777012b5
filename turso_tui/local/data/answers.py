"""HTTP answers of the data plane. Content types carry no charset: ``hrana-client-ts`` compares the whole header."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from turso_tui.local.data.cursor import Cursor
from turso_tui.local.data.errors import HttpFailure
from turso_tui.local.data.streams import Stream
from turso_tui.local.data.wire import to_json
from turso_tui.local.tenant import Refusal

Endpoint = Callable[[Request], Awaitable[Response]]


def text(body: str, status: int = 200) -> Response:
    """Plain text."""
    return Response(body.encode(), status, headers={"content-type": "text/plain"})


def json(message: object, status: int = 200) -> Response:
    """A message, or a mapping, as JSON."""
    return Response(to_json(message), status, media_type="application/json")


def failure(status: int, body: Mapping[str, str] | str) -> Response:
    """An error answer: JSON for a mapping, text otherwise, no body for an empty text."""
    if isinstance(body, str):
        return text(body, status) if body else Response(status_code=status)
    return json(dict(body), status)


def answering_failures(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with refusals and protocol errors turned into the answers that they carry."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (Refusal, HttpFailure) as error:
            return failure(error.status, error.body)
        except ClientDisconnect:
            return Response()  # nobody will read it

    return answer


async def disconnected(receive: Receive) -> None:
    """Returns when the client has gone; for after the request's body has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


class CursorAnswer(Response):
    """Streams a cursor's lines: the next chunk is computed only after the client has taken the last one.

    A client that goes away stops the statement, and its stream lives on; so says sqld. ``give_back`` is called when the
    cursor is over, however it ends.
    """

    def __init__(
        self, head: bytes, cursor: Cursor, stream: Stream, executor: Executor, give_back: Callable[[Stream], None]
    ) -> None:
        super().__init__(headers={"content-type": "text/plain"})
        del self.headers["content-length"]
        self._head = head
        self._stream = stream
        self._chunks = cursor.chunks()
        self._executor = executor
        self._give_back = give_back
        self._step: asyncio.Future[bytes] | None = None

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        pump = asyncio.ensure_future(self._pump(send))
        gone = asyncio.ensure_future(disconnected(receive))
        ended = asyncio.ensure_future(self._stream.ended.wait())
        try:
            await asyncio.wait({pump, gone, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, ended):
                task.cancel()
            await self._finish(pump)
        if not pump.cancelled():
            pump.result()

    async def _pump(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        chunk = self._head
        while chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            self._step = loop.run_in_executor(self._executor, next, self._chunks, b"")
            chunk = await asyncio.shield(self._step)
        await send({"type": "http.response.body", "body": b""})

    async def _finish(self, pump: asyncio.Task[None]) -> None:
        """Stops what still runs, in a thread too, before anyone else may use the connection."""
        connection = self._stream.connection
        if not pump.done():
            connection.cancel()
            pump.cancel()
            await asyncio.wait({pump})
        if self._step is not None:
            await asyncio.wait({self._step})
        await asyncio.get_running_loop().run_in_executor(self._executor, self._chunks.close)
        connection.revive()
        self._give_back(self._stream)
