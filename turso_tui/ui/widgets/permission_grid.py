"""Fine-grained permissions as a grid: tables by actions."""

from collections.abc import Iterable

from turso_tui.tokens.permissions import Action, Permission, merged
from turso_tui.ui.widgets.check_grid import CheckColumn, CheckGrid, CheckRow, RowKey

_COLUMNS = (
    CheckColumn(Action.DATA_READ, "read", "rd", "data"),
    CheckColumn(Action.DATA_ADD, "add", "add", "data"),
    CheckColumn(Action.DATA_UPDATE, "update", "upd", "data"),
    CheckColumn(Action.DATA_DELETE, "delete", "del", "data"),
    CheckColumn(Action.SCHEMA_ADD, "add", "add", "schema"),
    CheckColumn(Action.SCHEMA_UPDATE, "update", "upd", "schema"),
    CheckColumn(Action.SCHEMA_DELETE, "delete", "del", "schema"),
)

_EVERY_TABLE = CheckRow(None, "every table")


class PermissionGrid(CheckGrid):
    """The first row is every table; the others are the ones that were named."""

    def __init__(self, tables: Iterable[str] = (), *, id: str | None = None) -> None:
        super().__init__(_COLUMNS, _rows(tables), id=id)

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(row.key for row in self.rows if row.key is not None)

    def show_tables(self, tables: Iterable[str]) -> None:
        """Replace the tables; a check in one that is no longer shown goes with it."""
        self.rows = _rows(tables)
        keys = {row.key for row in self.rows}
        self.checked = frozenset(check for check in self.checked if check[0] in keys)

    def add_table(self, name: str) -> None:
        """A table that is not there (yet); the cursor goes to it."""
        if name not in self.tables:
            self.rows = _rows((*self.tables, name))
        self.cursor = self.tables.index(name) + 1, self.cursor[1]

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What is checked, in the fewest entries."""
        rows = [Permission(None, self._actions(None))]
        rows += [Permission((table,), self._actions(table)) for table in self.tables]
        return merged(rows)

    def _actions(self, row: RowKey) -> tuple[Action, ...]:
        return tuple(action for action in Action if (row, action.value) in self.checked)


def _rows(tables: Iterable[str]) -> tuple[CheckRow, ...]:
    return (_EVERY_TABLE, *(CheckRow(table, table) for table in dict.fromkeys(tables)))
