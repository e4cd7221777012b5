"""SQL over HTTP (Hrana 3, falling back to 2) against one server: pipelines and cursors, nothing kept but versions."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import httpx
import msgspec

from turso_tui.errors import ProtocolError
from turso_tui.hrana.cursor import Cursor
from turso_tui.hrana.failures import http_failure, network_failure
from turso_tui.hrana.gathering import gathered
from turso_tui.hrana.messages import PipelineBody, Request, read
from turso_tui.hrana.url import DatabaseUrl
from turso_tui.tokens import DatabaseToken, of_kind

_answers = msgspec.json.Decoder(PipelineBody)
_NO_SUCH_PATH = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


@dataclass(frozen=True, slots=True)
class StreamKey:
    """What continues a stream: its latest baton, and where the server wants the next request (None: where we are)."""

    baton: str
    base_url: str | None = None


class _Bearer(httpx.Auth):
    """Adds the token at the last moment, so that it stands in no local variable that a traceback could show."""

    def __init__(self, token: DatabaseToken | None) -> None:
        self._token = None if token is None else of_kind(DatabaseToken, token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._token is not None:
            request.headers["authorization"] = f"Bearer {self._token.reveal()}"
        yield request


class CursorUnsupported(Exception):
    """The server has no cursor endpoint; nothing ran."""


class HranaClient:
    """Speaks to the server at ``url``. Owns no token and no policy: each call says which token goes with it.

    Cancelling a call closes its connection, which makes the server interrupt the statement.
    """

    def __init__(self, url: DatabaseUrl, http: httpx.AsyncClient) -> None:
        self.url = url
        self._http = http
        self._version = 3

    @property
    def version(self) -> int:
        """The protocol version in use: 3 until the server has shown that it only speaks 2."""
        return self._version

    async def pipeline(
        self, requests: Sequence[Request], *, token: DatabaseToken | None, stream: StreamKey | None = None
    ) -> PipelineBody:
        """Send ``requests`` in one round trip; each is answered in place, errors of statements included.

        Raises `NetworkError`, `HttpError`, `StreamLost` (only with ``stream``) and `ProtocolError`.
        """
        body = {"baton": stream.baton if stream else None, "requests": list(requests)}
        response = await self._post(f"v{self._version}/pipeline", body, token, stream)
        if self._version == 3 and _no_such_path(response):
            response = await self._post("v2/pipeline", body, token, stream)
            if response.is_success:
                self._version = 2
        if not response.is_success:
            raise http_failure(response, had_baton=stream is not None)
        answer = read(response.content, _answers, f"{self.url.host} does not speak SQL over HTTP: is this its address?")
        if len(answer.results) != len(requests):
            raise ProtocolError(f"{self.url.host} answered {len(answer.results)} of {len(requests)} requests.")
        return answer

    @asynccontextmanager
    async def cursor(self, batch: dict[str, Any], *, token: DatabaseToken | None) -> AsyncIterator[Cursor]:
        """Run a batch on a stream of its own and read its rows as they come. Leaving early stops the server.

        Raises `CursorUnsupported` before anything runs, where the server has no cursors.
        """
        if self._version < 3:
            raise CursorUnsupported
        # Compressed, a server would hold rows back until its compressor flushes.
        request = self._request("v3/cursor", {"baton": None, "batch": batch}, None)
        request.headers["accept-encoding"] = "identity"
        try:
            response = await self._http.send(request, auth=_Bearer(token), stream=True)
        except httpx.HTTPError as error:
            raise network_failure(error, self.url.host) from error
        try:
            if not response.is_success:
                refusal = await _refusal(response)
                if _no_such_path(refusal):
                    raise CursorUnsupported
                raise http_failure(refusal, had_baton=False)
            async with gathered(response.aiter_bytes()) as pieces:
                yield Cursor(pieces, self.url.host)
        finally:
            await response.aclose()

    async def version_text(self) -> str:
        """What ``GET /version`` says (no token needed on sqld), or an empty text where it is unknown."""
        try:
            response = await self._http.get(f"{self.url.origin}/version")
        except httpx.HTTPError as error:
            raise network_failure(error, self.url.host) from error
        return response.text.strip() if response.is_success else ""

    async def _post(
        self, path: str, body: dict[str, Any], token: DatabaseToken | None, stream: StreamKey | None
    ) -> httpx.Response:
        try:
            response = await self._http.send(self._request(path, body, stream), auth=_Bearer(token), stream=True)
            if not response.is_success:
                return await _refusal(response)
            await response.aread()
            return response
        except httpx.HTTPError as error:
            raise network_failure(error, self.url.host) from error

    def _request(self, path: str, body: dict[str, Any], stream: StreamKey | None) -> httpx.Request:
        url = f"{self._origin_for(stream)}/{path}"
        return self._http.build_request(
            "POST", url, content=msgspec.json.encode(body), headers={"content-type": "application/json"}
        )

    def _origin_for(self, stream: StreamKey | None) -> str:
        """A stream's ``base_url`` is followed, except from https to http, where the token would be readable."""
        if stream is None or not stream.base_url:
            return self.url.origin
        if self.url.origin.startswith("https:") and not stream.base_url.startswith("https:"):
            return self.url.origin
        return stream.base_url.rstrip("/")


async def _refusal(response: httpx.Response) -> httpx.Response:
    """An answer that is an error, read; its connection is not used again.

    sqld closes it after an answer for which it had not read the whole question, and does not say so: whatever was sent
    on it meanwhile would be lost, and nobody would know whether it ran. One whose answer is not read to its very end is
    closed by httpx.
    """
    length = int(response.headers.get("content-length", -1))
    body = bytearray()
    try:
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_raw())) as pieces:
            async for piece in pieces:
                body += piece
                if len(body) == length:
                    break
    except httpx.HTTPError as error:
        raise network_failure(error, response.url.host) from error
    finally:
        await response.aclose()
    return httpx.Response(response.status_code, headers=response.headers, content=bytes(body))


def _no_such_path(response: httpx.Response) -> bool:
    """An unknown path has an empty body on sqld; an unknown database explains itself in JSON."""
    return response.status_code in _NO_SUCH_PATH and not response.headers.get("content-type", "").startswith(
        "application/json"
    )
