"""A table made for a test, and what is known of it."""

from turso_tui.service.database import Database
from turso_tui.service.results import ResultStore
from turso_tui.service.rows.browsing import BrowseQuery, Browser
from turso_tui.service.rows.facts import TableFacts, read_facts
from turso_tui.service.rows.staging import SeenRow
from turso_tui.service.schema import Table
from turso_tui.sql.split import split
from turso_tui.values import Row


async def run(database: Database, script: str) -> None:
    await database.batch([span.text for span in split(script)])


async def table_of(database: Database, name: str = "t") -> Table:
    return next(table for table in (await database.schema()).tables if table.name == name)


async def facts_of(database: Database, script: str = "", name: str = "t") -> TableFacts:
    """What is known of the table ``name`` after ``script`` has run."""
    if script:
        await run(database, script)
    return await read_facts(database, await table_of(database, name))


async def rows_of(database: Database, name: str = "t") -> list[Row]:
    return list((await database.execute(f'SELECT * FROM "{name}" ORDER BY 1')).rows)


async def browse(database: Database, store: ResultStore, name: str = "t", query: BrowseQuery | None = None) -> Browser:
    browser = Browser(database, await table_of(database, name), store)
    await browser.read(query or BrowseQuery())
    return browser


async def seen_rows(database: Database, store: ResultStore, name: str = "t") -> list[SeenRow]:
    """All rows of a small table, as a person sees them."""
    browser = await browse(database, store, name)
    assert browser.result is not None
    return [browser.seen_at(row) for row in range(browser.result.row_count)]
