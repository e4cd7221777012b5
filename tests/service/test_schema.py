"""What a database contains, read from the demo's databases, from files and from servers."""

from pathlib import Path

import apsw
import pytest

from tests.hrana.endpoints import client_of, endpoint_of
from tests.service.conftest import endpoint_by_name
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.file import FileLink
from turso_tui.service.link import Link
from turso_tui.service.remote import RemoteLink
from turso_tui.service.schema import QUERIES, Index, Schema, Table, TableColumn, TableKind, Trigger, assemble
from turso_tui.values import Statement

STATEMENTS = [
    "CREATE TABLE parent(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x')",
    """CREATE TABLE child(
        a, b REFERENCES parent(id), c INTEGER AS (a + 1) VIRTUAL, d INTEGER AS (a + 2) STORED, PRIMARY KEY (b, a)
    ) WITHOUT ROWID""",
    "CREATE TABLE exact(id INTEGER PRIMARY KEY, data BLOB) STRICT",
    "CREATE VIEW names AS SELECT id, name AS label FROM parent",
    "CREATE UNIQUE INDEX by_name ON parent(name)",
    "CREATE INDEX by_length ON parent(length(name))",
    "CREATE TRIGGER noticed AFTER INSERT ON parent BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE documents USING fts5(title, body)",
    'CREATE TABLE "weird ""name"" [x] \n 表"("select" INTEGER, " " TEXT, "it\'s" REFERENCES "parent")',
]


async def schema_of(link: Link) -> Schema:
    answers = await link.read_batch([Statement(sql) for sql in QUERIES])
    return assemble(*(answer.rows for answer in answers))


def table(schema: Schema, name: str) -> Table:
    return next(table for table in schema.tables if table.name == name)


@pytest.fixture(params=["file", "local", pytest.param("sqld", marks=pytest.mark.sqld)])
async def schema(request: pytest.FixtureRequest, tmp_path: Path) -> Schema:
    """The schema that the statements make, wherever they are run."""
    if request.param == "file":
        apsw.Connection(str(tmp_path / "schema.db")).close()
        return await _made_by_statements(FileLink(tmp_path / "schema.db"))
    endpoint = endpoint_by_name(request, request.param)
    async with client_of(endpoint.url) as client:
        return await _made_by_statements(RemoteLink(client, GivenToken(endpoint.token)))


async def _made_by_statements(link: Link) -> Schema:
    for sql in STATEMENTS:
        await link.write(Statement(sql))
    return await schema_of(link)


def test_keys_types_and_defaults(schema: Schema) -> None:
    parent = table(schema, "parent")
    assert parent.kind is TableKind.TABLE
    assert parent.columns == (
        TableColumn("id", "INTEGER", key=1),
        TableColumn("name", "TEXT", not_null=True, default="'x'"),
    )
    assert parent.sql == STATEMENTS[0]
    assert not parent.without_rowid
    assert not parent.strict


def test_references_generated_columns_and_keys_in_their_order(schema: Schema) -> None:
    child = table(schema, "child")
    assert child.without_rowid
    assert [(column.name, column.key, column.generated, column.references) for column in child.columns] == [
        ("a", 2, False, None),
        ("b", 1, False, "parent"),
        ("c", 0, True, None),
        ("d", 0, True, None),
    ]


def test_strict_tables(schema: Schema) -> None:
    assert table(schema, "exact").strict


def test_views_have_columns_and_their_text(schema: Schema) -> None:
    names = table(schema, "names")
    assert names.kind is TableKind.VIEW
    assert [column.name for column in names.columns] == ["id", "label"]
    assert names.sql == STATEMENTS[3]


def test_indexes_and_triggers_know_their_table(schema: Schema) -> None:
    assert schema.indexes == (
        Index("by_length", "parent", unique=False, sql=STATEMENTS[5]),
        Index("by_name", "parent", unique=True, sql=STATEMENTS[4]),
    )
    assert schema.triggers == (Trigger("noticed", "parent", STATEMENTS[6]),)


def test_a_full_text_table_and_the_shadows_it_throws(schema: Schema) -> None:
    documents = table(schema, "documents")
    assert documents.kind is TableKind.VIRTUAL
    assert [column.name for column in documents.columns] == ["title", "body"], "hidden columns are left out"
    shadows = {table.name for table in schema.tables if table.kind is TableKind.SHADOW}
    assert "documents_data" in shadows
    assert all(name.startswith("documents_") for name in shadows)


def test_names_are_kept_as_they_are(schema: Schema) -> None:
    weird = table(schema, 'weird "name" [x] \n 表')
    assert [column.name for column in weird.columns] == ["select", " ", "it's"]
    assert weird.columns[2].references == "parent"


def test_what_sqlite_keeps_for_itself_is_left_out(schema: Schema) -> None:
    assert not [table.name for table in schema.tables if table.name.startswith("sqlite_")]


async def test_a_view_of_a_table_that_is_gone_hides_nothing_else(link: RemoteLink) -> None:
    for sql in ("CREATE TABLE t(a)", "CREATE TABLE gone(a)", "CREATE VIEW v AS SELECT a FROM gone", "DROP TABLE gone"):
        await link.write(Statement(sql))
    schema = await schema_of(link)
    assert table(schema, "v") == Table("v", TableKind.VIEW, sql="CREATE VIEW v AS SELECT a FROM gone")
    assert table(schema, "t").columns == (TableColumn("a"),)


async def test_an_empty_database_is_empty(link: RemoteLink) -> None:
    assert await schema_of(link) == Schema()


@pytest.mark.parametrize("database", ["agent-0001", "billing", "ugly"])
async def test_the_demo_can_be_read_with_a_read_only_token(local_server: LocalServer, database: str) -> None:
    endpoint = endpoint_of(local_server, database, authorization="read-only")
    async with client_of(endpoint.url) as client:
        schema = await schema_of(RemoteLink(client, GivenToken(endpoint.token)))
    assert schema.tables
    assert all(table.columns and table.sql for table in schema.tables)


def test_a_vector_index_and_its_shadow_are_no_tables_of_yours() -> None:
    objects = [
        ("table", "libsql_vector_meta_shadow", "libsql_vector_meta_shadow", "CREATE TABLE …"),
        ("table", "movies", "movies", "CREATE TABLE movies(v F32_BLOB(3))"),
        ("index", "near", "movies", "CREATE INDEX near ON movies(libsql_vector_idx(v))"),
        ("table", "near_shadow", "near_shadow", "CREATE TABLE near_shadow(index_key)"),
    ]
    tables = [("libsql_vector_meta_shadow", "table", 1, 0), ("movies", "table", 0, 0), ("near_shadow", "table", 0, 0)]
    schema = assemble(objects, tables, [], [])
    assert [(table.name, table.kind) for table in schema.tables] == [
        ("movies", TableKind.TABLE),
        ("near_shadow", TableKind.SHADOW),
    ]
