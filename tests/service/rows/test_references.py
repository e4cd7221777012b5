"""Foreign keys lead from a row to its parent, and from a row to those that name it."""

from tests.service.rows.tables import facts_of, run, table_of
from turso_tui.service.database import Database
from turso_tui.service.rows.browsing import BrowseQuery, Browser
from turso_tui.service.rows.facts import read_facts
from turso_tui.service.rows.filtering import Condition, Operator
from turso_tui.service.rows.references import links_from, links_to
from turso_tui.service.services import Services

SCHEMA = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, boss REFERENCES people, name TEXT COLLATE NOCASE UNIQUE);
    CREATE TABLE places (country, town, PRIMARY KEY (country, town));
    CREATE TABLE t (
        who REFERENCES People, name TEXT REFERENCES people (name) ON DELETE CASCADE, country, town,
        one REFERENCES places, "odd col" REFERENCES nowhere,
        FOREIGN KEY (country, town) REFERENCES places
    )
"""


def equal(**values: object) -> tuple[Condition, ...]:
    return tuple(Condition(name, Operator.EQUAL, value) for name, value in values.items())  # type: ignore[arg-type]


async def test_a_row_leads_to_its_parents(database: Database) -> None:
    facts = await facts_of(database, SCHEMA)
    row = (7, "Ann", "ES", "Vigo", 1, "x")
    found = {link.key.columns: link for link in links_from(facts, row)}
    assert found["who",].table == "People"
    assert found["who",].conditions == equal(id=7)
    assert found["name",].conditions == equal(name="Ann")
    assert found["name",].key.on_delete == "CASCADE"
    assert found["country", "town"].conditions == equal(country="ES", town="Vigo")
    assert found["odd col",].reason == "There is no table nowhere."
    assert "no primary key of 1 column" in found["one",].reason


async def test_a_cell_leads_where_its_column_does_and_a_null_nowhere(file: Database) -> None:
    facts = await facts_of(file, SCHEMA)
    row = (7, "Ann", "ES", None, 1, "x")
    (link,) = links_from(facts, row, facts.place("town"))
    assert link.conditions == ()
    assert "NULL" in link.reason
    assert links_from(facts, row, facts.place("who"))[0].reason == ""


async def test_those_that_name_a_row_are_found(file: Database, services: Services) -> None:
    await run(file, SCHEMA)
    await file.execute("INSERT INTO people VALUES (1, NULL, 'Ann'), (2, 1, 'Bea'), (3, 1, 'Cid')")
    await file.batch(["DROP TABLE t", "CREATE TABLE t (who REFERENCES people, name TEXT REFERENCES people (name))"])
    await file.execute("INSERT INTO t VALUES (1, 'ann'), (2, 'ANN')")
    people = await table_of(file, "people")
    counts = {}
    for link in links_to(await read_facts(file, people), (1, None, "Ann")):
        browser = Browser(file, await table_of(file, link.table), services.results)
        await browser.read(BrowseQuery(link.conditions))
        counts[link.table, link.key.columns] = await browser.count()
    assert counts == {("people", ("boss",)): 2, ("t", ("who",)): 1, ("t", ("name",)): 2}


async def test_a_table_may_name_itself(file: Database) -> None:
    await run(file, SCHEMA)
    facts = await read_facts(file, await table_of(file, "people"))
    assert links_from(facts, (2, 1, "Bea"))[0].conditions == equal(id=1)
    assert links_to(facts, (1, None, "Ann"))[0].table == "people"
