"""One way to the Platform API: the token on every call, names that cannot escape their path, questions asked again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from ipaddress import ip_address
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import quote

import httpx
import msgspec

from turso_tui import __version__
from turso_tui.errors import InputError, NetworkError, ProtocolError
from turso_tui.platform import wire
from turso_tui.platform.failures import answer_error, network_error
from turso_tui.platform.retry import RetryPolicy, parse_retry_after
from turso_tui.platform.server_clock import ServerClock
from turso_tui.tls import tls_context
from turso_tui.tokens import PlatformToken, of_kind

API_URL = "https://api.turso.tech"

DEFAULT_TIMEOUT = httpx.Timeout(15.0, connect=10.0, pool=30.0)
"""Seconds. Creating a database is the slowest call and takes a few."""

_OUR_HEADERS = {"User-Agent": f"turso-tui/{__version__}", "Accept": "application/json"}

Query: TypeAlias = Mapping[str, str | int | None]
"""Query parameters; those that are None are left out."""


class _Bearer(httpx.Auth):
    """Adds the token at the last moment, so that it stands in no local variable that a traceback could show."""

    def __init__(self, token: PlatformToken) -> None:
        self._token = of_kind(PlatformToken, token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class PlatformTransport:
    """Calls the Platform API at ``base_url`` and gives back the JSON of its answers.

    Every failure is one of `turso_tui.errors`. Only GET is ever repeated. Redirects are not followed, because the
    token would travel with them. A ``client`` that is handed in stays open when the transport is closed.
    """

    def __init__(
        self,
        base_url: str,
        token: PlatformToken,
        *,
        client: httpx.AsyncClient | None = None,
        timeout: httpx.Timeout = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._base = _base(base_url)
        self._bearer = _Bearer(token)
        self._owns_client = client is None
        self._client = client or httpx.AsyncClient(verify=tls_context())
        self._timeout = timeout
        self._retries = retries or RetryPolicy()
        self._clock = ServerClock(clock)
        self._sleep = sleep
        self._jitter = jitter

    def __repr__(self) -> str:
        return f"PlatformTransport({str(self._base)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, unless the client was handed in."""
        if self._owns_client:
            await self._client.aclose()

    def replace_token(self, token: PlatformToken) -> None:
        """Go on with the token of a new sign-in; what is on its way keeps the old one."""
        self._bearer = _Bearer(token)

    def server_time(self) -> float:
        """Unix seconds by the server's clock, as its last answer told it."""
        return self._clock.now()

    async def get(self, *path: str, query: Query | None = None) -> wire.Json:
        """Ask, and ask again when the network, a 429 or a 5xx was in the way."""
        url = self._url(path, query)
        attempt = 1
        while True:
            try:
                response = await self._send("GET", url)
            except NetworkError:
                pause = self._retries.pause(attempt, self._jitter())
                if pause is None:
                    raise
            else:
                asked = self._retry_after(response)
                is_transient = response.status_code == 429 or response.is_server_error
                pause = self._retries.pause(attempt, self._jitter(), asked=asked) if is_transient else None
                if pause is None:
                    return self._answer(response)
            await self._sleep(pause)
            attempt += 1

    async def get_without_token(self, url: str) -> wire.Json:
        """Ask somebody else, once, and tell him nothing about us: the token goes to the API's host alone."""
        response = await self._exchange("GET", httpx.URL(url), None, _OUR_HEADERS, None)
        if not response.is_success:
            raise ProtocolError(f"{response.url.host} answered HTTP {response.status_code}.")
        return wire.decode(response.content)

    async def post(self, *path: str, query: Query | None = None, body: object = None) -> wire.Json:
        """Do something, once."""
        return self._answer(await self._send("POST", self._url(path, query), body))

    async def patch(self, *path: str, body: object) -> wire.Json:
        """Change something, once."""
        return self._answer(await self._send("PATCH", self._url(path, None), body))

    async def delete(self, *path: str) -> wire.Json:
        """Remove something, once."""
        return self._answer(await self._send("DELETE", self._url(path, None)))

    def _url(self, path: tuple[str, ...], query: Query | None) -> httpx.URL:
        segments = "/".join(_segment(segment) for segment in path)
        prefix = self._base.raw_path.decode().rstrip("/")
        url = self._base.copy_with(raw_path=f"{prefix}/{segments}".encode())
        return url.copy_merge_params({name: value for name, value in (query or {}).items() if value is not None})

    async def _send(self, method: str, url: httpx.URL, body: object = None) -> httpx.Response:
        headers = dict(_OUR_HEADERS)
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = _encoded(body)
        sent_at = self._clock.local()
        response = await self._exchange(method, url, content, headers, self._bearer)
        self._clock.observe(response.headers.get("Date"), sent_at, self._clock.local())
        return response

    async def _exchange(
        self, method: str, url: httpx.URL, content: bytes | None, headers: Mapping[str, str], auth: httpx.Auth | None
    ) -> httpx.Response:
        try:
            return await self._client.request(
                method,
                url,
                content=content,
                headers=headers,
                auth=auth,
                timeout=self._timeout,
                follow_redirects=False,
            )
        except httpx.RequestError as error:
            raise network_error(error, url.host) from None  # frames below hold headers, and crash reports print locals

    def _retry_after(self, response: httpx.Response) -> float | None:
        return parse_retry_after(response.headers.get("Retry-After"), self._clock.now())

    def _answer(self, response: httpx.Response) -> wire.Json:
        if response.is_success:
            return wire.decode(response.content)
        if response.status_code >= 400:
            raise answer_error(response, self._retry_after(response))
        raise ProtocolError(
            f"{response.url.host} answered HTTP {response.status_code} and pointed to"
            f" {response.headers.get('Location', 'nowhere')}.",
            means="Redirects are not followed, because the token would go along.",
            next_step="Check the address of the API.",
        )


def _base(url: str) -> httpx.URL:
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host or base.userinfo or base.query or base.fragment:
        raise InputError(
            "The address of the Platform API is not a plain http or https URL.", next_step=f"Turso's own is {API_URL}."
        )
    if base.scheme == "http" and not _is_loopback(base.host):
        raise InputError(
            f"The address of the Platform API is http, and {base.host} is another machine.",
            means="The token would be readable on the way.",
            next_step="Give an https address; plain http is for servers on this machine.",
        )
    return base


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback


def _segment(text: str) -> str:
    """``text`` as one path segment. Names that vanish from a path, or climb in it, name nothing."""
    if text in ("", ".", ".."):
        raise InputError(f"“{text}” cannot be the name of anything.", next_step="Give a name.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise _not_text() from None


def _encoded(body: object) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:
        raise _not_text() from None


def _not_text() -> InputError:
    """Half a surrogate pair: what Python makes of bytes on a command line that are not UTF-8."""
    return InputError("A name contains bytes that are not text.", next_step="Type it again.")
