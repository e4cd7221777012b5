"""The results as a database: SQL over them as tables named ``r1``, ``r2`` … or as one called them.

What is created there lives in a file of its own beside the results and goes with them; the results themselves can
only be read.
"""

from dataclasses import replace

import apsw

from turso_tui.service.database import Database
from turso_tui.service.export_values import distinct_names
from turso_tui.service.file import FileLink
from turso_tui.service.results import ResultSet, ResultStore, read_only
from turso_tui.service.schema import Schema, Table, TableColumn, TableKind
from turso_tui.service.writer import Writers
from turso_tui.sql.facts import quote_identifier

NAME = "scratch"


class ScratchDatabase(Database):
    """A `Database` whose tables are the results of ``store`` as they are when a statement begins."""

    def __init__(self, store: ResultStore, writers: Writers) -> None:
        self._store = store
        path = store.path.with_name("scratch.db")
        path.touch(mode=0o600)
        super().__init__(NAME, FileLink(path, self._show_results), writers)

    async def schema(self) -> Schema:
        """The results first, then what was created here."""
        created = await super().schema()
        results = tuple(_table(result) for result in self._store.results)
        return replace(created, tables=results + created.tables)

    def _show_results(self, connection: apsw.Connection) -> None:
        """A view cannot reach into another file unless it is temporary, so each connection gets its own."""
        connection.execute("ATTACH ? AS results", (read_only(self._store.path),))
        for result in self._store.results:
            connection.execute(_view(result))


def _view(result: ResultSet) -> str:
    names = map(quote_identifier, distinct_names(result.columns))
    columns = ", ".join(f"c{place} AS {name}" for place, name in enumerate(names))
    return f"CREATE TEMP VIEW {quote_identifier(result.name)} AS SELECT {columns} FROM results.{result.table}"


def _table(result: ResultSet) -> Table:
    names = distinct_names(result.columns)
    columns = tuple(
        TableColumn(name, column.decltype or "") for name, column in zip(names, result.columns, strict=True)
    )
    return Table(result.name, TableKind.VIEW, columns)
