"""What the rows of a table are known by, or why they cannot be changed."""

import pytest

from tests.service.rows.tables import facts_of, run, table_of
from turso_tui.errors import InputError
from turso_tui.service.database import Database
from turso_tui.service.rows.browsing import BrowseQuery, Browser
from turso_tui.service.rows.facts import read_facts
from turso_tui.service.rows.identity import Identity, Refused, identity_of
from turso_tui.service.rows.staging import Changes
from turso_tui.service.services import Services

HIDDEN = "rowid, oid, _rowid_"


@pytest.mark.parametrize(
    ("definition", "columns"),
    [
        ("a", ("rowid",)),
        ("id INTEGER PRIMARY KEY, a", ("id",)),
        ("rowid TEXT, a", ("oid",)),
        ("ROWID, OID, a", ("_rowid_",)),
        (f"{HIDDEN}, id INTEGER PRIMARY KEY", ("id",)),
        (f"{HIDDEN}, a NOT NULL, b NOT NULL, PRIMARY KEY (b, a)", ("b", "a")),
        (f"{HIDDEN}, a UNIQUE, b NOT NULL UNIQUE", ("b",)),
        ("rowid INTEGER PRIMARY KEY, oid, _rowid_", ("rowid",)),
    ],
)
async def test_a_table_with_a_rowid_or_a_key(file: Database, definition: str, columns: tuple[str, ...]) -> None:
    identity = identity_of(await facts_of(file, f"CREATE TABLE t ({definition})"))
    assert isinstance(identity, Identity)
    assert identity.columns == columns


async def test_a_primary_key_without_a_rowid(file: Database) -> None:
    identity = identity_of(await facts_of(file, "CREATE TABLE t (a BLOB, b REAL, PRIMARY KEY (b, a)) WITHOUT ROWID"))
    assert isinstance(identity, Identity)
    assert (identity.kind, identity.columns) == ("primary key", ("b", "a"))


@pytest.mark.parametrize(
    "rest", ["a UNIQUE", "a PRIMARY KEY", "a, b NOT NULL, PRIMARY KEY (a)", "id INTEGER PRIMARY KEY DESC"]
)
async def test_a_key_that_may_be_null_tells_no_row_from_another(file: Database, rest: str) -> None:
    identity = identity_of(await facts_of(file, f"CREATE TABLE t ({HIDDEN}, {rest})"))
    assert isinstance(identity, Refused)
    assert "rowid, oid and _rowid_" in identity.reason


async def test_a_key_of_an_expression_or_of_some_rows_is_none(file: Database) -> None:
    script = f"""
        CREATE TABLE t ({HIDDEN}, a NOT NULL, b NOT NULL);
        CREATE UNIQUE INDEX i ON t (a) WHERE b > 1;
        CREATE UNIQUE INDEX j ON t (lower(a))
    """
    assert isinstance(identity_of(await facts_of(file, script)), Refused)


@pytest.mark.parametrize(
    ("name", "reason"), [("v", "view"), ("f", "virtual table"), ("f_content", "belongs to"), ("f_idx", "belongs to")]
)
async def test_what_is_no_table_is_browsed_and_not_changed(
    file: Database, services: Services, name: str, reason: str
) -> None:
    await run(
        file,
        "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3); CREATE VIEW v AS SELECT a FROM t;"
        "CREATE VIRTUAL TABLE f USING fts5(words); INSERT INTO f VALUES ('one'), ('two'), ('three')",
    )
    browser = Browser(file, await table_of(file, name), services.results, page=1)
    await browser.read(BrowseQuery())
    while await browser.more():
        pass
    assert browser.result is not None
    assert browser.result.row_count == await browser.count()
    assert isinstance(browser.identity, Refused)
    assert reason in browser.identity.reason
    with pytest.raises(InputError, match=reason):
        browser.identity_at(0)
    with pytest.raises(InputError, match=reason):
        Changes(await read_facts(file, await table_of(file, name)))


async def test_the_rowid_is_kept_beside_the_columns(file: Database, services: Services) -> None:
    await run(file, "CREATE TABLE t (a); INSERT INTO t (rowid, a) VALUES (9, 'x'), (-4, 'y')")
    browser = Browser(file, await table_of(file), services.results)
    await browser.read(BrowseQuery())
    assert browser.result is not None
    assert [column.name for column in browser.result.columns] == ["a"]
    assert [browser.seen_at(0).identity, browser.seen_at(1).identity] == [(-4,), (9,)]
    assert browser.values_at(1) == ("x",)
    with pytest.raises(InputError, match="no such row"):
        browser.values_at(2)
