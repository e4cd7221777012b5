"""Which connections are used again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.hrana.endpoints import client_of
from turso_tui import errors
from turso_tui.hrana import messages

OK = json.dumps({"results": [{"type": "ok", "response": {"type": "close"}}]}).encode()
NO = b'{"error":"Unauthorized: `The JWT is invalid`"}'


def answer(status: int, body: bytes, *, chunked: bool = False) -> bytes:
    length = "transfer-encoding: chunked" if chunked else f"content-length: {len(body)}"
    content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    return f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{length}\r\n\r\n".encode() + content


class Server:
    """Gives these answers, one for each request, and never closes a connection; ``used`` says by which each came."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.used: list[int] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
                await reader.readexactly(length)
                self.used.append(number)
                writer.write(self.answers.pop(0))
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def url(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_connection_that_has_answered_well_is_used_again() -> None:
    server = Server(answer(200, OK), answer(200, OK))
    async with server.url() as url, client_of(url) as client:
        for _ in range(2):
            await client.pipeline([messages.CLOSE], token=None)
    assert server.used == [1, 1]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_one_that_has_refused_is_not_because_the_server_may_be_closing_it(status: int) -> None:
    server = Server(answer(status, NO), answer(200, OK))
    async with server.url() as url, client_of(url) as client:
        with pytest.raises(errors.HttpError, match="The JWT is invalid"):
            await client.pipeline([messages.CLOSE], token=None)
        await client.pipeline([messages.CLOSE], token=None)
    assert server.used == [1, 2]


async def test_a_refusal_whose_length_is_not_known_is_read_whole() -> None:
    server = Server(answer(400, NO * 100, chunked=True))
    async with server.url() as url, client_of(url) as client:
        with pytest.raises(errors.HttpError, match="The JWT is invalid"):
            await client.pipeline([messages.CLOSE], token=None)


async def test_a_refusal_that_breaks_off_is_a_broken_connection() -> None:
    server = Server(answer(401, NO)[:-5])
    async with server.url() as url, client_of(url) as client:
        with pytest.raises(errors.ConnectionLost):
            await client.pipeline([messages.CLOSE], token=None)
