"""What must be known of one table before its rows are changed: keys, collating sequences, foreign keys, triggers."""

from dataclasses import dataclass, field

from turso_tui.service.database import Database
from turso_tui.service.schema import Table, TableColumn


@dataclass(frozen=True, slots=True)
class Key:
    """An index or a primary key, by its columns; ``whole`` is False for one with an expression or a WHERE."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Rows of ``table`` name rows of ``parent``: the one's ``columns`` are the other's ``parent_columns``.

    ``parent_columns`` is empty where they cannot be told: the parent is missing or has no such key.
    """

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"
    parent_exists: bool = True


@dataclass(frozen=True, slots=True)
class TableFacts:
    """``references`` lead from this table, ``referrers`` to it; a table that names itself is in both."""

    table: Table
    keys: tuple[Key, ...] = ()
    references: tuple[ForeignKey, ...] = ()
    referrers: tuple[ForeignKey, ...] = ()
    triggers: tuple[str, ...] = ()
    places: dict[str, int] = field(default_factory=dict)
    """Where a column stands, by its name in lower case."""

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        return self.table.columns

    def place(self, name: str) -> int:
        """Where the column ``name`` stands. Raises `InputError` where there is none."""
        raise NotImplementedError


async def read_facts(database: Database, table: Table) -> TableFacts:
    """One plain SELECT. Raises what `Database.execute` raises."""
    raise NotImplementedError
