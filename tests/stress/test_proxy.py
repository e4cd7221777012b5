"""The road to a server breaks where it says that it breaks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.stress.proxy import Cut, CuttingProxy

ANSWER = b"0123456789" * 1000


class Server:
    """Answers each request with `ANSWER`; ``chunked`` or with its length. Counts what has reached it whole."""

    def __init__(self, *, chunked: bool = False) -> None:
        self.whole = 0
        self.reached = asyncio.Event()
        self._chunked = chunked

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with listener:
            yield listener.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(5)
                self.whole += 1
                self.reached.set()
                writer.write(b"HTTP/1.1 200 OK\r\n" + self._body())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _body(self) -> bytes:
        if not self._chunked:
            return b"content-length: %d\r\n\r\n" % len(ANSWER) + ANSWER
        return b"transfer-encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n" % (len(ANSWER), ANSWER) + b"0\r\n\r\n"


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_unbroken_road_changes_nothing(chunked: bool) -> None:
    server = Server(chunked=chunked)
    async with server.listening() as port:
        proxy = CuttingProxy("127.0.0.1", port, percent=0, seed=1)
        async with proxy.listening() as near, httpx.AsyncClient() as client:
            for _ in range(3):
                assert (await client.post(f"http://127.0.0.1:{near}/", content=b"hello")).content == ANSWER
    assert (server.whole, proxy.requests, proxy.cuts) == (3, 3, Counter())


@pytest.mark.parametrize(("cut", "reaches"), [(Cut.BEFORE, 0), (Cut.HALF, 0), (Cut.AFTER, 1), (Cut.MIDDLE, 1)], ids=str)
async def test_a_cut_lets_the_server_get_what_it_says(cut: Cut, reaches: int) -> None:
    server = Server()
    async with server.listening() as port:
        proxy = CuttingProxy("127.0.0.1", port, percent=100, seed=3, kinds=[cut])
        async with proxy.listening() as near, httpx.AsyncClient() as client:
            for _ in range(8):
                with pytest.raises(httpx.TransportError):
                    await client.post(f"http://127.0.0.1:{near}/", content=b"hello")
    assert server.whole == 8 * reaches
    assert proxy.cuts == {cut: 8}


async def test_a_late_request_arrives_after_its_client_was_told() -> None:
    server = Server()
    async with server.listening() as port:
        proxy = CuttingProxy("127.0.0.1", port, percent=100, seed=3, kinds=[Cut.LATE])
        async with proxy.listening() as near, httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError):
                await client.post(f"http://127.0.0.1:{near}/", content=b"hello")
            assert server.whole == 0
            async with asyncio.timeout(10):
                await server.reached.wait()
    assert server.whole == 1


async def test_a_client_whose_request_is_cut_short_gets_no_answer() -> None:
    """Whether the server comes to see all of it is open."""
    async with Server().listening() as port:
        proxy = CuttingProxy("127.0.0.1", port, percent=100, seed=3, kinds=[Cut.DURING])
        async with proxy.listening() as near, httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError):
                await client.post(f"http://127.0.0.1:{near}/", content=b"hello")


async def test_the_same_dice_fall_the_same_way() -> None:
    async def cuts() -> Counter[Cut]:
        async with Server().listening() as port:
            proxy = CuttingProxy("127.0.0.1", port, percent=30, seed=7)
            async with proxy.listening() as near, httpx.AsyncClient() as client:
                for _ in range(50):
                    try:
                        await client.post(f"http://127.0.0.1:{near}/", content=b"hello")
                    except httpx.TransportError:
                        continue
            return proxy.cuts

    assert (first := await cuts()) == await cuts()
    assert 5 < first.total() < 25
