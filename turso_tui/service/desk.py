"""The databases that one person has open at once: a console for each, kept while it may hold a transaction."""

from collections.abc import Callable

from turso_tui.service.console import Console
from turso_tui.service.database import Database
from turso_tui.service.results import ResultStore


class Desk:
    """Consoles by the identity of their database. ``on_change`` is called when any transaction begins or ends."""

    def __init__(self, results: ResultStore) -> None:
        self._results = results
        self.on_change: Callable[[], None] | None = None
        self._consoles: dict[str, Console] = {}

    def console(self, database: Database) -> Console:
        """The console of a database, the same one every time, so that going away and coming back loses nothing."""
        console = self._consoles.get(database.identity)
        if console is None:
            session = database.session()
            session.on_change = self._changed
            console = self._consoles[database.identity] = Console(session, self._results)
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
        for console in self._consoles.values():
            await console.session.aclose()
        self._consoles.clear()
