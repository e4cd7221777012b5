"""One HTTP client for every database: pooled, with limits on every wait, and at home under ``.localhost``."""

import httpx

from turso_tui import __version__
from turso_tui.tls import tls_context

CONNECT_SECONDS = 10.0
WRITE_SECONDS = 60.0
ANSWER_SECONDS = 600.0
"""A server never ends a long read by itself, and a write may stand in line: ten silent minutes is where we give up."""

_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0)


class _LoopbackNames(httpx.AsyncHTTPTransport):
    """Names under ``.localhost`` are loopback (RFC 6761), whatever the system's resolver thinks of them."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith(".localhost"):
            request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


def database_http_client() -> httpx.AsyncClient:
    """Redirects are not followed: a token must not travel to another host."""
    return httpx.AsyncClient(
        transport=_LoopbackNames(verify=tls_context(), limits=_LIMITS),
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, write=WRITE_SECONDS, pool=CONNECT_SECONDS),
        headers={"user-agent": f"turso-tui/{__version__}"},
        follow_redirects=False,
    )
