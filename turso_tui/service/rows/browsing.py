"""One table, read page by page: filtered, sorted and paged at the server, where each row read costs money."""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.service.database import Database
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.filtering import Condition
from turso_tui.service.rows.identity import Identity, Refused
from turso_tui.service.rows.staging import SeenRow
from turso_tui.service.schema import Table, TableColumn
from turso_tui.values import Row

PAGE = 500


@dataclass(frozen=True, slots=True)
class RowOrder:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class BrowseQuery:
    """Rows that meet all ``conditions`` and the expression ``where``, sorted by ``order`` and then by identity."""

    conditions: Sequence[Condition] = ()
    order: Sequence[RowOrder] = ()
    where: str = ""


class Browser:
    """The rows of one table as a person looks through them. One call of `read` or `more` at a time.

    The columns of `result` are the table's own, in their order; what else identifies a row is kept beside them.
    """

    def __init__(self, database: Database, table: Table, store: ResultStore) -> None:
        self.table = table
        self.query = BrowseQuery()
        self.result: ResultSet | None = None
        self.complete = False
        """Whether `result` has all rows; while False the count is “500 of more than 500”."""
        self.rows_read: int | None = None
        """What the last page cost, where the server said so."""
        self.facts: TableFacts | None = None
        """None until the first `read`."""

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """Those that are shown, generated ones included."""
        return self.table.columns

    @property
    def identity(self) -> Identity | Refused:
        """How rows are told apart when they are changed, or why they cannot be. After the first `read` only."""
        raise NotImplementedError

    async def read(self, query: BrowseQuery, *, rows: int = PAGE) -> None:
        """The first ``rows`` rows, into a new result; the one before is retired.

        Raises `InputError` for a ``where`` that is no expression and a column that is not there, `SqlError` for what
        the database refuses, `StorageError`. When cancelled, everything is as before.
        """
        raise NotImplementedError

    async def refresh(self) -> None:
        """As many rows as there were, as they are now, into a new result."""
        raise NotImplementedError

    async def more(self) -> int:
        """Append the next page; how many rows it had, 0 at the end. Raises as `read` does."""
        raise NotImplementedError

    async def count(self) -> int:
        """How many rows the query has; the server reads all of them."""
        raise NotImplementedError

    def identity_at(self, row: int) -> Row:
        """What the row at this place of `result` is known by. Raises `InputError` where rows have no identity."""
        raise NotImplementedError

    def values_at(self, row: int) -> Row:
        """The row's values as they were read, exactly."""
        raise NotImplementedError

    def seen_at(self, row: int) -> SeenRow:
        """Both, as `Changes` takes them."""
        raise NotImplementedError
