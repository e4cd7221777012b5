"""The control plane put together: one account, the Platform API over it, and the resolver that the data plane asks."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from starlette.routing import Route

from turso_tui.errors import StorageError
from turso_tui.local.control import locations, plans
from turso_tui.local.control.api_tokens import ApiTokens
from turso_tui.local.control.callers import Callers
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.configuration import Configurations
from turso_tui.local.control.databases import Databases
from turso_tui.local.control.files import Builder, DatabaseFiles
from turso_tui.local.control.gate import Gate
from turso_tui.local.control.groups import Groups
from turso_tui.local.control.keys import PLATFORM, KeyRing, new_token_id
from turso_tui.local.control.metering import UsageMeter
from turso_tui.local.control.organizations import USERNAME, Organizations
from turso_tui.local.control.paging import Cursors
from turso_tui.local.control.records import ApiToken, Database
from turso_tui.local.control.resolve import DatabaseResolver
from turso_tui.local.control.sessions import Sessions
from turso_tui.local.control.sign_in import SignIn
from turso_tui.local.control.sql_tokens import Mint, SqlTokens
from turso_tui.local.control.store import Account
from turso_tui.local.control.usage import Usage
from turso_tui.local.tenant import Dialect

FLUSH_SECONDS = 1.0
AHEAD_SECONDS = 3.0
"""How long whoever started the server has the machine to themselves, before files are made that nobody asked for."""

OWN_TOKEN = "turso-tui dev"


class ControlPlane:
    """Everything but SQL. `start` and `aclose` belong to the event loop that serves the routes."""

    def __init__(
        self, directory: Path, build: Builder, *, dialect: Dialect, clock: Callable[[], float] = time.time
    ) -> None:
        """Opens the account in ``directory``. Raises `StorageError`."""
        self.account = Account(directory / "account.db")
        self.keys = KeyRing(self.account)
        self._clock = clock
        self._meter = UsageMeter(self.account, clock)
        try:
            self._files = DatabaseFiles(directory, build, self._meter.count_built)
        except OSError as error:
            self.account.close()
            raise StorageError(f"The directory {directory} cannot be written: {error.strerror}.") from error
        self._catalogue = Catalogue(self.account)
        self._sessions = Sessions(self.account, clock)
        self._callers = Callers(self.account, self.keys, self._sessions)
        self._sql_tokens = SqlTokens(self._catalogue, self.keys, clock)
        self.gate = Gate(self.account, self._callers, self._catalogue)
        self.resolve = DatabaseResolver(self.account, self._files, self.keys, self._meter, dialect=dialect, clock=clock)
        self._stopping = threading.Event()
        self._maker: threading.Thread | None = None
        self._flusher: asyncio.Task[None] | None = None

    def token(self) -> str:
        """The unrestricted platform token of this account, the same after every restart."""
        if not self.keys.has(PLATFORM):
            self.keys.create(PLATFORM)
        record = self.account.one(ApiToken, "WHERE name = ?", (OWN_TOKEN,))
        if record is None:
            record = ApiToken(new_token_id(), OWN_TOKEN, int(self._clock()))
            self.account.add(record)
        return self._callers.mint(record)

    def session_token(self, lifetime: timedelta) -> str:
        """What a sign-in gives to the user, with a life of its own."""
        return self._sessions.mint(USERNAME, lifetime)

    @property
    def mints(self) -> tuple[Mint, ...]:
        """The tokens for databases that were minted since the start, in order."""
        return tuple(self._sql_tokens.mints)

    def routes(
        self, port: int, drop: Callable[[str], Awaitable[None]], *, approve_sign_ins: bool = False
    ) -> list[Route]:
        """The Platform API and its sign-in page. ``drop`` makes the data plane let go of a database, by its key."""

        async def forget(database: Database) -> None:
            await drop(database.uuid)
            await asyncio.to_thread(self._files.remove, database.uuid)

        gate = self.gate
        databases = Databases(
            self.account,
            self._catalogue,
            self._files,
            self.keys,
            cursors=Cursors(self._cursor_secret()),
            host_name=lambda database: f"{database.label}.localhost:{port}",
            forget=forget,
            clock=self._clock,
        )
        return [
            *SignIn(self._sessions, USERNAME, approve=approve_sign_ins).routes(),
            *Organizations(self.account, self._sessions).routes(gate),
            *ApiTokens(self.account, self._catalogue, self._callers, self._clock).routes(gate),
            *locations.routes(gate),
            *plans.routes(gate),
            *Groups(self.account, self._catalogue, self.keys, forget).routes(gate),
            *databases.routes(gate),
            *Configurations(self.account, self._catalogue).routes(gate),
            *self._sql_tokens.routes(gate),
            *Usage(self._catalogue, self._files, self._meter, self._clock).routes(gate),
        ]

    def start(self) -> None:
        """Begins to save counters, and to make the files that nobody has used yet in the background."""
        self._flusher = asyncio.create_task(self._flush_for_ever())
        self._maker = threading.Thread(target=self._make_files, name="database files")
        self._maker.start()

    async def aclose(self) -> None:
        self._stopping.set()
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.wait([self._flusher])
        if self._maker is not None:
            await asyncio.to_thread(self._maker.join)
        self.close()

    def close(self) -> None:
        """For a plane that was never started."""
        self._meter.flush()
        self.account.close()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await asyncio.to_thread(self._meter.flush)

    def _make_files(self) -> None:
        if sys.platform == "linux":  # where a priority is the thread's own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        if self._stopping.wait(AHEAD_SECONDS):
            return
        # The latest first: a seed plants its large and special databases after its many ordinary ones.
        for database in self.account.find(Database, "ORDER BY rowid DESC"):
            # A breath between two files: requests come first.
            if self._stopping.wait(0.005):
                return
            try:
                self._files.make(database)
            except FileNotFoundError:
                continue  # deleted meanwhile
            except StorageError:
                return  # the next request that needs a file will say it to somebody who can act

    def _cursor_secret(self) -> bytes:
        secret = self.account.setting("cursor secret")
        if secret is None:
            secret = os.urandom(32).hex()
            self.account.remember("cursor secret", secret)
        return bytes.fromhex(secret)
