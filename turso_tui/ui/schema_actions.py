"""What can be done with a thing of a schema: by name, and the SQL that each writes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from turso_tui.printable import printable
from turso_tui.service import ddl
from turso_tui.service.rebuild import rebuild_as_it_is
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.ui.screens.choice import Choice

if TYPE_CHECKING:
    from turso_tui.service.schema_sizes import Sizes
    from turso_tui.ui.panes.schema_rows import Definition


LABEL_ROOM = 40
"""Cells up to which what stands behind the labels stands in one line."""


class Deed(StrEnum):
    """The ids of the menu's lines."""

    ADD_COLUMN = "add column"
    CHANGE_COLUMN = "change column"
    COMPARE = "compare"
    CREATE_INDEX = "create index"
    CREATE_TABLE = "create table"
    CREATE_TRIGGER = "create trigger"
    CREATE_UNIQUE_INDEX = "create unique index"
    CREATE_VIEW = "create view"
    DEFINITION = "definition"
    DIAGRAM = "diagram"
    DROP = "drop"
    DROP_COLUMN = "drop column"
    MEASURE = "measure"
    REBUILD = "rebuild"
    RENAME = "rename"
    RENAME_COLUMN = "rename column"


def deeds(of: Definition | None, column: TableColumn | None, sizes: Sizes | None = None) -> list[Choice]:
    """The menu of what is under the cursor; what writes SQL ends with the words that it begins with."""
    lines = [*_column_deeds(of, column), *_own_deeds(of, column), *_database_deeds(of, sizes)]
    width = min(LABEL_ROOM, max(cell_len(label) for _, label, _ in lines))
    return [Choice(deed.value, label + " " * (width - cell_len(label)), detail) for deed, label, detail in lines]


Line = tuple[Deed, str, str]


def _column_deeds(of: Definition | None, column: TableColumn | None) -> Iterator[Line]:
    if not isinstance(of, Table) or column is None or of.kind is not TableKind.TABLE:
        return
    name = printable(column.name) or '""'
    yield Deed.RENAME_COLUMN, f"Rename {name}", "ALTER TABLE … RENAME COLUMN"
    yield Deed.CHANGE_COLUMN, f"Change {name}", "writes the table anew"
    yield Deed.DROP_COLUMN, f"Drop {name}", "ALTER TABLE … DROP COLUMN"
    yield Deed.CREATE_INDEX, f"Index on {name}", "CREATE INDEX"
    yield Deed.CREATE_UNIQUE_INDEX, f"Unique index on {name}", "CREATE UNIQUE INDEX"


def _own_deeds(of: Definition | None, column: TableColumn | None) -> Iterator[Line]:
    if of is None:
        return
    name = printable(of.name) or '""'
    yield Deed.DEFINITION, f"See how {name} is defined", "d"
    if isinstance(of, Table):
        yield from _table_deeds(of, name)
        if of.kind is TableKind.TABLE and column is None:
            yield Deed.CREATE_INDEX, f"Index on {name}", "CREATE INDEX"
    kind = kind_of(of)
    if not (isinstance(of, Table) and of.kind is TableKind.SHADOW):
        yield Deed.DROP, f"Drop {name}", f"DROP {kind.upper()}"


def _table_deeds(table: Table, name: str) -> Iterator[Line]:
    if table.kind is TableKind.TABLE:
        yield Deed.ADD_COLUMN, f"Add a column to {name}", "ALTER TABLE … ADD COLUMN"
        yield Deed.REBUILD, f"Write {name} anew", "for what ALTER TABLE cannot do"
    if table.kind in {TableKind.TABLE, TableKind.VIRTUAL}:
        yield Deed.RENAME, f"Rename {name}", "ALTER TABLE … RENAME"
    if table.kind is not TableKind.SHADOW:
        yield Deed.CREATE_VIEW, f"View of {name}", "CREATE VIEW"
    if table.kind in {TableKind.TABLE, TableKind.VIEW}:
        yield Deed.CREATE_TRIGGER, f"Trigger on {name}", "CREATE TRIGGER"


def _database_deeds(of: Definition | None, sizes: Sizes | None) -> Iterator[Line]:
    yield Deed.CREATE_TABLE, "New table", "CREATE TABLE"
    if of is None:
        yield Deed.CREATE_VIEW, "New view", "CREATE VIEW"
    yield Deed.DIAGRAM, "Diagram of what refers to what", "r"
    yield Deed.COMPARE, "Compare with another database", "c"
    word = "reads the whole database" if sizes is not None and sizes.is_large and not sizes.bytes else "b"
    yield Deed.MEASURE, "Measure the tables", word


def plain_sql(deed: Deed, schema: Schema, of: Definition | None, column: TableColumn | None) -> str | None:
    """The SQL of a deed of which nothing needs to be asked; None for any other. Raises `InputError`."""
    match deed, of:
        case Deed.DROP_COLUMN, Table() as table if column is not None:
            return ddl.drop_column(schema, table, column)
        case ((Deed.CREATE_INDEX | Deed.CREATE_UNIQUE_INDEX), Table(columns=columns) as table) if columns:
            plain = column or next((each for each in columns if not each.key), columns[0])
            return ddl.create_index(schema, table, [plain.name], unique=deed is Deed.CREATE_UNIQUE_INDEX)
        case Deed.REBUILD, Table() as table:
            return rebuild_as_it_is(schema, table)
        case Deed.CREATE_VIEW, _:
            return ddl.create_view(of if isinstance(of, Table) else None)
        case Deed.CREATE_TRIGGER, Table() as table:
            return ddl.create_trigger(table)
        case Deed.DROP, Table() | Index() | Trigger():
            return ddl.drop(kind_of(of), of.name)
    return None


def kind_of(of: Definition) -> str:
    """What stands behind DROP."""
    match of:
        case Index():
            return "index"
        case Trigger():
            return "trigger"
    return "view" if of.kind is TableKind.VIEW else "table"


def whole_definition(schema: Schema | None, name: str, sql: str) -> str:
    """``sql``, and behind that of a table or view its indexes and triggers."""
    of = schema.table(name) if schema is not None else None
    if schema is None or of is None or of.sql != sql:
        return sql
    mine = [index.sql for index in schema.indexes if index.table.lower() == name.lower()]
    mine += [trigger.sql for trigger in schema.triggers if trigger.table.lower() == name.lower()]
    return "\n\n".join(f"{text.rstrip().rstrip(';')};" for text in (sql, *mine) if text)
