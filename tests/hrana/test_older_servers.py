"""Servers that only speak version 2 of the protocol, or nothing like it."""

import json
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.hrana.endpoints import client_of, serving
from turso_tui.errors import HttpError, NotFound, ProtocolError
from turso_tui.hrana import messages
from turso_tui.hrana.client import CursorUnsupported, HranaClient

paths: list[str] = []


async def answer_version_2(request: Request) -> Response:
    paths.append(request.url.path)
    requests = json.loads(await request.body())["requests"]
    results = [{"type": "ok", "response": {"type": asked["type"]}} for asked in requests]
    return JSONResponse({"baton": None, "base_url": None, "results": results})


@pytest.fixture
async def client() -> AsyncIterator[HranaClient]:
    paths.clear()
    application = Starlette(routes=[Route("/v2/pipeline", answer_version_2, methods=["POST"])])
    async with serving(application) as url, client_of(url) as client:
        yield client


async def test_version_2_is_found_out_once(client: HranaClient) -> None:
    assert client.version == 3
    await client.pipeline([messages.CLOSE], token=None)
    await client.pipeline([messages.CLOSE], token=None)
    assert client.version == 2
    assert paths == ["/v2/pipeline", "/v2/pipeline"]


async def test_version_2_has_no_cursors(client: HranaClient) -> None:
    for _ in range(2):
        with pytest.raises(CursorUnsupported):
            async with client.cursor({"steps": []}, token=None):
                pytest.fail("a cursor was opened")
        await client.pipeline([messages.CLOSE], token=None)


async def test_a_server_of_something_else_is_not_taken_for_an_old_one() -> None:
    async with serving(Starlette()) as url, client_of(url) as client:
        with pytest.raises(NotFound):
            await client.pipeline([messages.CLOSE], token=None)
        assert client.version == 3


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"results":7}', b'{"results":[]}', b'{"results":"\xff"}'])
async def test_an_answer_in_another_language_is_a_protocol_error(body: bytes) -> None:
    async def answer(_request: Request) -> Response:
        return Response(body)

    application = Starlette(routes=[Route("/v3/pipeline", answer, methods=["POST"])])
    async with serving(application) as url, client_of(url) as client:
        with pytest.raises(ProtocolError):
            await client.pipeline([messages.CLOSE], token=None)


async def test_a_missing_database_is_not_an_old_server() -> None:
    async def answer(_request: Request) -> Response:
        return JSONResponse({"error": "Namespace `x` doesn't exist"}, 404)

    async def must_not_be_asked(_request: Request) -> Response:
        raise AssertionError

    routes = [
        Route("/v3/pipeline", answer, methods=["POST"]),
        Route("/v3/cursor", answer, methods=["POST"]),
        Route("/v2/pipeline", must_not_be_asked, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url, client_of(url) as client:
        with pytest.raises(HttpError, match="Namespace `x`"):
            await client.pipeline([messages.CLOSE], token=None)
        with pytest.raises(NotFound):
            async with client.cursor({"steps": []}, token=None):
                pytest.fail("a cursor was opened")
