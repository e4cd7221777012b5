"""The ``Date`` of every answer, by the clock that also decides when tokens expire."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ServerDate:
    """ASGI middleware; ``clock`` is in unix seconds. uvicorn's own header is that of the machine."""

    def __init__(self, application: ASGIApp, clock: Callable[[], float]) -> None:
        self._application = application
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self._clock(), usegmt=True).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await self._application(scope, receive, dated)
