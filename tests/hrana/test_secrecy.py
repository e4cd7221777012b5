"""Where a token goes, and where it does not."""

import traceback

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.hrana.endpoints import answering, client_of, serving
from turso_tui.errors import ConnectionLost, HttpError, TursoTuiError, Unreachable
from turso_tui.hrana import messages
from turso_tui.hrana.client import HranaClient, StreamKey
from turso_tui.hrana.url import parse_database_url
from turso_tui.tokens import DatabaseToken

SECRET = "eyJhbGciOiJFZERTQSJ9.eyJzZWNyZXQiOiJzM2NyM3QifQ.c2lnbmF0dXJl"
EMPTY = {"baton": None, "results": [{"type": "ok", "response": {"type": "close"}}]}


@pytest.mark.parametrize(
    ("origin", "base_url", "followed"),
    [
        ("https://db.example", "http://evil.example", "https://db.example"),
        ("https://db.example", "https://node-7.example/", "https://node-7.example"),
        ("http://db.example", "http://node-7.example", "http://node-7.example"),
        ("http://db.example", "https://node-7.example", "https://node-7.example"),
        ("https://db.example", None, "https://db.example"),
        ("https://db.example", "", "https://db.example"),
    ],
)
async def test_a_stream_moves_where_the_server_says_but_never_out_of_tls(
    origin: str, base_url: str | None, followed: str
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=EMPTY)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        client = HranaClient(parse_database_url(origin), http)
        await client.pipeline([messages.CLOSE], token=DatabaseToken(SECRET), stream=StreamKey("b", base_url))
        await client.pipeline([messages.CLOSE], token=DatabaseToken(SECRET))
    assert asked == [f"{followed}/v3/pipeline", f"{origin}/v3/pipeline"]


async def test_a_redirect_is_not_followed() -> None:
    visitors: list[str | None] = []

    async def elsewhere(request: Request) -> Response:
        visitors.append(request.headers.get("authorization"))
        return Response()

    async with serving(Starlette(routes=[Route("/{path:path}", elsewhere, methods=["GET", "POST"])])) as evil:

        async def send_away(_request: Request) -> Response:
            return RedirectResponse(f"{evil}/v3/pipeline")

        application = Starlette(routes=[Route("/{path:path}", send_away, methods=["POST"])])
        async with serving(application) as url, client_of(url) as client:
            with pytest.raises(HttpError) as caught:
                await client.pipeline([messages.CLOSE], token=DatabaseToken(SECRET))
            with pytest.raises(HttpError):
                async with client.cursor({"steps": []}, token=DatabaseToken(SECRET)):
                    pytest.fail("a cursor was opened")
    assert caught.value.status == 307
    assert visitors == []


async def _hang_up(_body: bytes) -> bytes:
    return b""


async def test_a_crash_report_with_local_variables_does_not_show_the_token(unused_tcp_port: int) -> None:
    refused = Starlette(routes=[Route("/v3/pipeline", lambda _: Response(status_code=401), methods=["POST"])])
    async with serving(refused) as unauthorized, answering(_hang_up) as broken:
        for url in (unauthorized, broken, f"http://127.0.0.1:{unused_tcp_port}"):
            report = await _crash_report(url)
            assert "token = DatabaseToken(eyJh…dXJl)" in report
            assert SECRET not in report
            assert SECRET.rpartition(".")[2] not in report


async def _crash_report(url: str) -> str:
    async with client_of(url) as client:
        try:
            await client.pipeline([messages.CLOSE], token=DatabaseToken(SECRET))
        except TursoTuiError as error:
            return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError("the call succeeded")


async def test_what_had_been_sent_is_told_from_what_had_not(unused_tcp_port: int) -> None:
    async with answering(_hang_up) as url, client_of(url) as client:
        with pytest.raises(ConnectionLost):
            await client.pipeline([messages.CLOSE], token=None)
    async with client_of(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(Unreachable):
            async with client.cursor({"steps": []}, token=None):
                pytest.fail("a cursor was opened")
