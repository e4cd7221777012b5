"""One line for each request, without secrets: no headers, no query string, no SQL, and nothing like a token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from turso_tui.printable import printable

_TOKEN = re.compile(r"eyJ[\w-]*\.[\w-]*(?:\.[\w-]*)?")
"""A JWT, which whoever pastes it into the wrong place may put into a path."""


class RequestLog:
    """ASGI middleware: ``GET /v1/organizations/you/databases 200 3 ms you-app.localhost:8080``."""

    def __init__(self, application: ASGIApp, write: Callable[[str], None]) -> None:
        self._application = application
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begin = time.perf_counter()
        try:
            await self._application(scope, receive, watch)
        finally:
            milliseconds = (time.perf_counter() - begin) * 1000
            host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "-")
            line = f"{scope['method']} {scope['path']} {status or 'aborted'} {milliseconds:.0f} ms {host}"
            self._write(printable(_TOKEN.sub("<token>", line)))
