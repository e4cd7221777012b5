"""From the demo's schema to the names that completion knows."""

from pathlib import Path

import apsw

from turso_tui.service.completion import functions_of, names_of
from turso_tui.service.schema import Index, Schema, Table, TableColumn, TableKind
from turso_tui.service.services import Services
from turso_tui.sql.names import ForeignKey, KnownColumn, RelationKind

SCHEMA = Schema(
    tables=(
        Table("Parent", TableKind.TABLE, (TableColumn("id", "INTEGER", key=1), TableColumn("name", "TEXT"))),
        Table("child", TableKind.TABLE, (TableColumn("parent_id", "INTEGER", references="parent"),)),
        Table("orphan", TableKind.TABLE, (TableColumn("x", references="gone"),)),
        Table("names", TableKind.VIEW, (TableColumn("name"),)),
    ),
    indexes=(Index("by_name", "Parent"),),
)


def test_tables_columns_and_keys() -> None:
    names = names_of(SCHEMA)
    parent = names.relation("PARENT")
    assert parent is not None
    assert parent.columns == (KnownColumn("id", "INTEGER"), KnownColumn("name", "TEXT"))
    assert names.foreign_keys == (ForeignKey("child", "parent_id", "Parent", "id"),)
    assert names.indexes == ("by_name",)
    view = names.relation("names")
    assert view is not None
    assert view.kind is RelationKind.VIEW


async def test_functions_are_those_of_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    apsw.Connection(str(path)).close()
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        functions = await functions_of(services.file(path))
    assert functions is not None
    assert {"count", "json_extract", "row_number"} <= set(functions)
    assert not any(name.startswith("-") for name in functions)


async def test_a_database_that_cannot_be_asked_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database, and longer than a header" * 100)
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        assert await functions_of(services.file(tmp_path / "broken.db")) is None
