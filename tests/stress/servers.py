"""The servers to write to, ours and the real one, with connections that break; and again, whole, to look at the end."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tests.conftest import running_sqld
from tests.hrana.endpoints import endpoint_of
from tests.stress.proxy import CuttingProxy
from tests.stress.worker import Door
from turso_tui.local.faults import Cut
from turso_tui.local.server import LocalServer

MOMENTS = ("before", "after", "middle")
ENDINGS = ("", ",reset")


@dataclass(frozen=True, slots=True)
class Served:
    """``doors`` lead to one database, spelled differently; ``whole`` is one that never breaks."""

    whole: Door
    doors: Sequence[Door]
    cuts: Callable[[], Counter[str]]
    """How many connections have been cut by now, by the moment."""


class Host(Protocol):
    """A server on a directory of its own."""

    name: str

    def serving(self) -> AbstractAsyncContextManager[Served]:
        """What is in the directory is served as it is."""
        ...


class LocalHost:
    """Our server, with its own faults; ``percent`` of the requests lose their connection."""

    name = "local"

    def __init__(
        self,
        directory: Path,
        *,
        percent: float,
        seed: int,
        faults: Sequence[str] = (),
        transaction_seconds: float = 5.0,
    ) -> None:
        """``faults`` come on top, as `turso_tui.local.faults.grammar` reads them. ``transaction_seconds`` is how long
        who died in a transaction keeps the others waiting."""
        self._directory = directory
        share = percent / len(MOMENTS) / len(ENDINGS)
        dice = [
            f"cut={moment}@{share}%,on=data,seed={seed * 10 + number}{ending}"
            for number, (moment, ending) in enumerate((moment, ending) for moment in MOMENTS for ending in ENDINGS)
        ]
        self._transaction_seconds = transaction_seconds
        self._faults = [*(dice if percent else ()), *faults]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Served]:
        with LocalServer.in_thread(
            self._directory, seed="demo", tenants=1, transaction_seconds=self._transaction_seconds
        ) as server:
            endpoint = endpoint_of(server)
            assert endpoint.token is not None
            token = endpoint.token.reveal()
            whole = Door(endpoint.url.origin, token)
            server.faults.replace(self._faults)
            doors = [
                Door(server.url, server.token, organization=server.organization, database="scratch"),
                Door(f"libsql://{endpoint.url.host.upper()}?tls=0", token),
                whole,
            ]
            yield Served(whole, doors, lambda: _struck(server))


class SqldHost:
    """The real server behind roads that break."""

    name = "sqld"

    def __init__(self, program: str, directory: Path, *, percent: float, seed: int) -> None:
        self._program = program
        self._directory = directory
        self._percent = percent
        self._seed = seed

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Served]:
        with running_sqld(self._program, self._directory) as url:
            parts = urlsplit(url)
            assert parts.hostname is not None
            assert parts.port is not None
            proxy = CuttingProxy(parts.hostname, parts.port, percent=self._percent, seed=self._seed)
            async with proxy.listening() as port:
                doors = [
                    Door(f"http://127.0.0.1:{port}"),
                    Door(f"ws://localhost:{port}"),
                    Door(f"libsql://LOCALHOST:{port}?tls=0"),
                ]
                yield Served(Door(url), doors, lambda: Counter(map(str, proxy.cuts.elements())))


def _struck(server: LocalServer) -> Counter[str]:
    return Counter(str(hit.fault.effect.moment) for hit in server.faults.log if isinstance(hit.fault.effect, Cut))
