"""The local server as one thing: an account in a directory, served on loopback, in this process or a thread of it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypedDict, Unpack

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from turso_tui.errors import InputError, StorageError
from turso_tui.local.control import ControlPlane
from turso_tui.local.control.answers import ApiError, answer_api_error, answer_http_exception, answer_storage_error
from turso_tui.local.control.sql_tokens import Mint
from turso_tui.local.data import DataPlane
from turso_tui.local.faults import Fault, Faults
from turso_tui.local.faults.admin import FaultRoutes
from turso_tui.local.faults.inside import interfering
from turso_tui.local.faults.middleware import FaultMiddleware
from turso_tui.local.faults.naming import DatabaseNames
from turso_tui.local.faults.wire import CuttableProtocol
from turso_tui.local.request_log import RequestLog
from turso_tui.local.seed import SeedName, build, plant
from turso_tui.local.server_date import ServerDate
from turso_tui.local.tenant import Dialect

KEEP_ALIVE_SECONDS = 75
SHUTDOWN_SECONDS = 2
"""How long answers that are still being sent may take once the server stops."""


class Limits(TypedDict, total=False):
    """Of the data plane: see `DataPlane`."""

    stream_idle_seconds: float
    transaction_seconds: float
    max_response_bytes: int


class Options(Limits, total=False):
    """What the constructor of `LocalServer` takes besides the directory."""

    seed: SeedName
    tenants: int
    dialect: Dialect
    port: int
    log: Callable[[str], None] | None
    clock: Callable[[], float]
    approve_sign_ins: bool
    faults: Sequence[Fault | str]


class LocalServer:
    """Listens from the moment it is made; answers while `serve` runs.

    with LocalServer.in_thread(directory=tmp_path, seed="demo") as server:
        httpx.get(f"{server.url}/v2/organizations", headers={"authorization": f"Bearer {server.token}"})
    """

    def __init__(
        self,
        directory: Path,
        *,
        seed: SeedName = "empty",
        tenants: int = 200,
        dialect: Dialect = Dialect.SPEC,
        port: int = 0,
        log: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
        approve_sign_ins: bool = False,
        faults: Sequence[Fault | str] = (),
        **limits: Unpack[Limits],
    ) -> None:
        """``seed`` fills an account that is new; an existing one in ``directory`` is served as it is.

        ``log`` gets one line for each request. ``clock`` (unix seconds) decides when tokens expire, and is what answers
        say in ``Date``. ``approve_sign_ins`` signs in whoever opens the sign-in page, without a person pressing its
        button. ``faults`` go wrong from the start; `LocalServer.faults` adds, ends and lists them while it runs. Raises
        `StorageError` (directory, account) and `InputError` (port, faults).
        """
        self.faults = Faults()
        self.faults.replace(faults)
        self._dialect = dialect
        self._clock = clock
        self._approve_sign_ins = approve_sign_ins
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The directory {directory} cannot be used: {error.strerror}.") from error
        self._control = ControlPlane(directory, build, dialect=dialect, clock=clock)
        try:
            self.organization = plant(self._control.account, self._control.keys, seed, tenants, int(clock()))
            self.token = self._control.token()
            self._sockets = _listen(port)
        except BaseException:
            self._control.close()
            raise
        self.port: int = self._sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._data = DataPlane(interfering(self._control.resolve, self._drop), dialect=dialect, **limits)
        self._uvicorn = _Uvicorn(self._configuration(log))

    @classmethod
    @contextlib.contextmanager
    def in_thread(cls, directory: Path, **options: Unpack[Options]) -> Iterator[LocalServer]:
        """Runs beside the caller's code; takes the options of the constructor. Stops, and waits for it, at the end."""
        server = cls(directory, **options)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="local server")
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()

    async def serve(self) -> None:
        """Answers requests until `stop` is called."""
        await self._uvicorn.serve(self._sockets)

    def stop(self) -> None:
        """Safe from any thread and from signal handlers."""
        self._uvicorn.stop()

    def session_token(self, lifetime: timedelta) -> str:
        """A platform token as a sign-in gives it, which expires after ``lifetime`` (whole seconds)."""
        return self._control.session_token(lifetime)

    @property
    def mints(self) -> tuple[Mint, ...]:
        """The tokens for databases that were minted since the start, in order; not the secrets."""
        return self._control.mints

    def _configuration(self, log: Callable[[str], None] | None) -> uvicorn.Config:
        application = Starlette(
            routes=[
                *self._control.routes(self.port, self._data.drop, approve_sign_ins=self._approve_sign_ins),
                *self._data.routes,
                *FaultRoutes(self.faults).routes(self._control.gate),
            ],
            exception_handlers={
                ApiError: answer_api_error,
                StorageError: answer_storage_error,
                HTTPException: answer_http_exception,
            },
            lifespan=self._lifespan,
        )
        faulty = FaultMiddleware(
            application,
            self.faults,
            dialect=self._dialect,
            name_of=DatabaseNames(self._control.account),
            clock=self._clock,
        )
        dated = ServerDate(faulty, self._clock)
        return uvicorn.Config(
            RequestLog(dated, log) if log else dated,
            http=CuttableProtocol,
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )

    async def _drop(self, key: str) -> None:
        await self._data.drop(key)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _application: Starlette) -> AsyncIterator[None]:
        self._control.start()
        try:
            yield
        finally:
            await self._data.aclose()
            await self._control.aclose()


class _Uvicorn(uvicorn.Server):
    """Stops as soon as it can: uvicorn itself looks from time to time whether it should, and then sleeps on it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has stopped already
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110 — uvicorn has no event for it
                    await asyncio.sleep(0.005)
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone: what one means is decided by whoever runs the process."""
        yield


def _listen(port: int) -> list[socket.socket]:
    """Loopback only: 127.0.0.1, and ::1 on the same port where there is one to be had."""
    try:
        first = _bound(socket.AF_INET, "127.0.0.1", port)
    except OverflowError as error:
        raise InputError(f"{port} is not a port number.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"Port {port} is already in use.", next_step="Choose another one with --port.") from error
        raise InputError(f"Port {port} cannot be used: {error.strerror}.") from error
    try:
        return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
    except OSError:  # no IPv6 here, or the port is taken there: one family is enough
        return [first]


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off only where it sees it: 40 ms a request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener
