"""Rows and bytes of tables, from our server, from the real one and from a file."""

from pathlib import Path

import apsw
import pytest

from tests.hrana.endpoints import client_of
from tests.service.conftest import endpoint_by_name
from turso_tui.service.broker import GivenToken
from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.link import Link
from turso_tui.service.remote import RemoteLink
from turso_tui.service.schema import Schema, Table, TableColumn, TableKind
from turso_tui.service.schema_sizes import Measurer, Sizes, estimate_statements, shadows_of
from turso_tui.service.writer import Writers
from turso_tui.values import Statement

STATEMENTS = [
    "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)",
    "CREATE INDEX by_a ON t(a)",
    "INSERT INTO t(a) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500) SELECT n FROM c",
    'CREATE TABLE "it\'s odd"(rowid, _rowid_)',
    'INSERT INTO "it\'s odd" VALUES (1, 2)',
    "CREATE TABLE hidden(rowid, _rowid_, oid)",
    "CREATE TABLE keyed(k PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE empty(x)",
    "CREATE VIEW v AS SELECT 1 AS one",
    "CREATE VIRTUAL TABLE words USING fts5(body)",
    "INSERT INTO words VALUES ('one'), ('two')",
]


async def measured(link: Link, writers: Writers) -> Sizes:
    for sql in STATEMENTS:
        await link.write(Statement(sql))
    database = Database("sizes", link, writers)
    return await Measurer().measure(database, await database.schema())


@pytest.mark.parametrize("where", ["file", "local", pytest.param("sqld", marks=pytest.mark.sqld)])
async def test_rows_and_bytes_are_known_wherever_the_database_is(
    request: pytest.FixtureRequest, tmp_path: Path, where: str
) -> None:
    writers = Writers(tmp_path / "locks")
    if where == "file":
        apsw.Connection(str(tmp_path / "sizes.db")).close()
        sizes = await measured(FileLink(tmp_path / "sizes.db"), writers)
    else:
        endpoint = endpoint_by_name(request, where)
        async with client_of(endpoint.url) as client:
            sizes = await measured(RemoteLink(client, GivenToken(endpoint.token)), writers)
    known = {name: sizes.rows[name] for name in ("t", "it's odd", "empty", "words")}
    assert known == {"t": 500, "it's odd": 1, "empty": 0, "words": 2}
    assert not sizes.rows.keys() & {"hidden", "keyed", "v"}, "what would cost a scan is not counted"
    assert sizes.bytes["t"] >= 8192
    assert sizes.bytes["by_a"] >= 4096
    assert sizes.bytes["words"] == sum(size for name, size in sizes.bytes.items() if name.startswith("words_"))
    assert sizes.total is not None
    assert sum(size for name, size in sizes.bytes.items() if name != "words") <= sizes.total


async def test_a_large_database_is_only_measured_when_asked_to(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "large.db"))
    connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(1000)), (2)")
    connection.close()
    database = Database("large", FileLink(tmp_path / "large.db"), Writers(tmp_path / "locks"))
    schema, measurer = await database.schema(), Measurer(small_bytes=4096)
    shy = await measurer.measure(database, schema)
    assert (shy.rows, shy.bytes, shy.is_large) == ({"t": 2}, {}, True)
    assert measurer.known(database, schema) == shy
    asked = await measurer.measure(database, schema, even_if_large=True)
    assert asked.bytes["t"] == 4096
    assert measurer.known(database, schema) == asked
    assert measurer.known(database, Schema()) is None
    measurer.forget()
    assert measurer.known(database, schema) is None


async def test_figures_of_analyze_are_believed_but_for_an_empty_table(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "analyzed.db"))
    connection.execute(
        "CREATE TABLE t(a); CREATE TABLE gone(a); CREATE TABLE k(a PRIMARY KEY) WITHOUT ROWID;"
        "INSERT INTO t(rowid, a) VALUES (1, 1), (900, 2); INSERT INTO gone VALUES (1); INSERT INTO k VALUES (1), (2);"
        "ANALYZE; DELETE FROM gone; INSERT INTO sqlite_stat1 VALUES ('odd', NULL, NULL)"
    )
    connection.close()
    database = Database("analyzed", FileLink(tmp_path / "analyzed.db"), Writers(tmp_path / "locks"))
    sizes = await Measurer().measure(database, await database.schema())
    assert {name: sizes.rows[name] for name in ("t", "gone", "k")} == {"t": 2, "gone": 0, "k": 2}


def test_shadows_go_to_the_owner_whose_name_they_carry_longest() -> None:
    kinds = {"docs": TableKind.VIRTUAL, "docs_old": TableKind.VIRTUAL}
    shadows = ("docs_data", "docs_old_data", "docs_old_idx", "near_shadow")
    tables = [Table(name, kind) for name, kind in kinds.items()] + [Table(name, TableKind.SHADOW) for name in shadows]
    schema = Schema(tuple(tables))
    assert [table.name for table in shadows_of(schema, "docs")] == ["docs_data"]
    assert [table.name for table in shadows_of(schema, "docs_old")] == ["docs_old_data", "docs_old_idx"]


def test_many_tables_are_asked_after_in_few_statements() -> None:
    tables = tuple(Table(f"t{number}", TableKind.TABLE, (TableColumn("a"),)) for number in range(401))
    assert len(list(estimate_statements(Schema(tables)))) == 3
