"""The databases that one person has open at once: a console for each, kept while it may hold a transaction."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from turso_tui.service.console import Console
from turso_tui.service.database import Database
from turso_tui.service.results import ResultStore


class Desk:
    """Consoles by the identity of their database. ``on_change`` is called when any transaction begins or ends."""

    def __init__(self, results: ResultStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.results = results
        self._clock = clock
        self.on_change: Callable[[], None] | None = None
        self._consoles: dict[str, Console] = {}
        self._left: list[Console] = []

    def console(self, database: Database) -> Console:
        """The console of a database, the same one while anything would be lost with it.

        Another handle to the same database may have another token, and gets a new one as soon as the old is free.
        """
        console = self._consoles.get(database.identity)
        if console is None or (console.session.database is not database and console.session.is_free):
            if console is not None:
                self._left.append(console)
            session = database.session()
            session.on_change = self._changed
            console = self._consoles[database.identity] = Console(session, self.results, clock=self._clock)
        return console

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()

    @property
    def in_transaction(self) -> tuple[Database, ...]:
        """The databases in which a transaction is open."""
        return tuple(
            console.session.database
            for console in self._consoles.values()
            if console.session.transaction_age is not None
        )

    async def aclose(self) -> None:
        """Roll back whatever is open."""
        async with AsyncExitStack() as stack:
            for console in (*self._left, *self._consoles.values()):
                stack.push_async_callback(console.session.aclose)
            self._consoles.clear()
