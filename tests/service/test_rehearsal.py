"""Dry runs: what statements would change, learnt in a transaction that is then applied or taken back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import apsw
import pytest

from tests.hrana.endpoints import client_of
from tests.service.conftest import Eventually, endpoint_by_name
from turso_tui.errors import InputError, ScriptFailed, SqlError
from turso_tui.service.broker import GivenToken
from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.rehearsal.catalog import SchemaChange, Verb
from turso_tui.service.rehearsal.changes import RowChange, TableChange, change_of
from turso_tui.service.rehearsal.rehearsal import Rehearsal, Rehearsed, Stage
from turso_tui.service.remote import RemoteLink
from turso_tui.service.writer import Writers
from turso_tui.values import Value

SCHEMA = (
    "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE users (id INTEGER PRIMARY KEY, team REFERENCES teams (id) ON DELETE CASCADE, plan TEXT)",
    "CREATE TABLE keys (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    "CREATE TABLE log (what TEXT)",
    "CREATE TABLE events (n INTEGER PRIMARY KEY, kind TEXT)",
    "CREATE TABLE trail (n INTEGER PRIMARY KEY, event INTEGER)",
    "CREATE TRIGGER gone AFTER DELETE ON users BEGIN INSERT INTO log VALUES ('user ' || old.id); END",
    "CREATE TRIGGER kept AFTER UPDATE ON events BEGIN INSERT INTO trail (event) VALUES (new.n); END",
    "INSERT INTO teams VALUES (1, 'red'), (2, 'blue')",
    "INSERT INTO users VALUES (1, 1, 'free'), (2, 1, 'pro'), (3, 2, 'free')",
    "INSERT INTO keys VALUES ('a', 1), ('b', 2)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)"
    " INSERT INTO events SELECT i, 'old' FROM n",
    "INSERT INTO trail SELECT n, n FROM events",
)


@pytest.fixture(params=["file", "local", pytest.param("sqld", marks=pytest.mark.sqld)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Teams with users that go with them, keys without a rowid, and more events than are compared row by row."""
    writers = Writers(tmp_path / "locks")
    if request.param == "file":
        (tmp_path / "a.db").touch()
        opened = Database("a.db", FileLink(tmp_path / "a.db"), writers)
        await opened.batch(SCHEMA)
        yield opened
        return
    endpoint = endpoint_by_name(request, request.param)
    async with client_of(endpoint.url) as client:
        opened = Database("a.db", RemoteLink(client, GivenToken(endpoint.token)), writers)
        await opened.batch(SCHEMA)
        yield opened


async def rehearsed(database: Database, *statements: str, values: Sequence[Sequence[Value]] = ()) -> Rehearsed:
    """What they would do; nothing is left of it."""
    rehearsal = Rehearsal(database.session())
    try:
        return await rehearsal.run(statements, values)
    finally:
        await rehearsal.roll_back()


async def one(database: Database, sql: str) -> Value:
    ((value,),) = (await database.execute(sql)).rows
    return value


async def test_what_would_change_is_counted_by_table_and_shown_with_cascades_and_triggers(database: Database) -> None:
    found = await rehearsed(database, "DELETE FROM teams WHERE id = ?", values=[(1,)])
    assert (found.rows, found.is_exact) == (5, True)
    assert {(change.table, change.inserted, change.deleted, change.is_direct) for change in found.tables} == {
        ("teams", 0, 1, True),
        ("users", 0, 2, False),
        ("log", 2, 0, False),
    }
    users = next(change for change in found.tables if change.table == "users")
    assert users.columns == ("id", "team", "plan")
    assert users.examples == (RowChange((1, 1, "free"), None), RowChange((2, 1, "pro"), None))
    assert await one(database, "SELECT count(*) FROM users") == 3


async def test_rows_are_shown_before_and_after_and_those_that_stay_as_they_are_do_not_count(database: Database) -> None:
    found = await rehearsed(database, "UPDATE users SET plan = 'pro'")
    (users,) = found.tables
    assert (users.updated, found.rows) == (2, 2)
    assert users.examples[0] == RowChange((1, 1, "free"), (1, 1, "pro"))
    assert users.note == "1 more row is written with the values that they have."


async def test_a_replaced_row_is_seen_to_change_also_without_a_rowid(database: Database) -> None:
    found = await rehearsed(database, "REPLACE INTO keys VALUES ('a', 10), ('c', 3)")
    (keys,) = found.tables
    assert (keys.updated, keys.inserted, keys.deleted) == (1, 1, 0)
    assert RowChange(("a", 1), ("a", 10)) in keys.examples


async def test_of_a_large_table_the_databases_counts_are_taken_and_examples_shown(database: Database) -> None:
    found = await rehearsed(database, "UPDATE events SET kind = 'new' WHERE n > 1150", "DELETE FROM log")
    assert not found.is_exact
    changes = {change.table: change for change in found.tables}
    assert (changes["events"].updated, changes["events"].examples[0]) == (50, RowChange((1151, "old"), (1151, "new")))
    assert (changes["trail"].changed, changes["trail"].is_direct) == (50, False)
    assert found.rows == 100


async def test_new_rows_of_a_large_table_are_shown(database: Database) -> None:
    (events,) = (await rehearsed(database, "INSERT INTO events (kind) VALUES ('a'), ('b')")).tables
    assert (events.inserted, events.examples[-1]) == (2, RowChange(None, (1202, "b")))


async def test_a_change_of_the_schema_can_be_tried_out_with_what_uses_it(database: Database) -> None:
    found = await rehearsed(
        database,
        "SELECT 1",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text)",
        "INSERT INTO notes (text) VALUES ('x')",
        "ALTER TABLE keys RENAME TO words",
        "ALTER TABLE users DROP COLUMN plan",
        "DROP TABLE events",
    )
    assert set(found.schema) == {
        SchemaChange(Verb.CREATES, "table", "notes"),
        SchemaChange(Verb.RENAMES, "table", "keys", "words"),
        SchemaChange(Verb.CHANGES, "table", "users"),
        SchemaChange(Verb.DROPS, "table", "events", rows=1200),
        SchemaChange(Verb.DROPS, "trigger", "kept"),
    }
    assert found.skipped == 1
    assert {(change.table, change.inserted) for change in found.tables if change.inserted} == {("notes", 1)}
    assert await one(database, "SELECT count(*) FROM events") == 1200


async def test_what_is_applied_is_what_was_shown(database: Database) -> None:
    rehearsal = Rehearsal(database.session())
    found = await rehearsal.run(["UPDATE users SET plan = hex(randomblob(4)) WHERE id = 1"])
    assert rehearsal.left > 0
    await rehearsal.apply()
    shown = found.tables[0].examples[0].after
    assert shown is not None
    assert await one(database, "SELECT plan FROM users WHERE id = 1") == shown[2]
    assert rehearsal.stage is Stage.APPLIED
    with pytest.raises(InputError, match="already"):
        await rehearsal.apply()


async def test_without_an_answer_it_is_rolled_back_and_others_can_write(
    database: Database, eventually: Eventually
) -> None:
    rehearsal = Rehearsal(database.session(), hold=0.2)
    await rehearsal.run(["DELETE FROM users"])
    assert 0 < rehearsal.left <= 0.2
    other = asyncio.create_task(database.execute("INSERT INTO users VALUES (9, 2, 'free')"))
    await eventually(lambda: rehearsal.stage is Stage.EXPIRED)
    await other
    assert await one(database, "SELECT count(*) FROM users") == 4
    with pytest.raises(InputError):
        await rehearsal.apply()


async def test_a_failure_takes_everything_back_and_says_which_statement_it_was(database: Database) -> None:
    with pytest.raises(ScriptFailed, match="the second of 2 statements failed"):
        await rehearsed(database, "DELETE FROM keys", "INSERT INTO teams VALUES (1, 'again')")
    with pytest.raises(SqlError, match="no such table"):
        await rehearsed(database, "DELETE FROM nowhere")
    assert await one(database, "SELECT count(*) FROM keys") == 2


async def test_what_is_no_sql_fails_and_is_not_left_out_as_if_it_only_read(database: Database) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await rehearsed(database, "selct 1", "DELETE FROM users")
    assert failed.value.index == 0
    assert isinstance(failed.value.__cause__, SqlError)


async def test_cancelled_while_it_runs_it_leaves_nothing_behind(database: Database, eventually: Eventually) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO log SELECT i FROM n LIMIT 1e9"
    )
    task = asyncio.create_task(Rehearsal(database.session()).run(["DELETE FROM users", endless]))
    await eventually(lambda: any("WITH" in (place.statement or "") for place in database.queue.places))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await database.execute("INSERT INTO users VALUES (9, 2, 'free')")
    assert await one(database, "SELECT count(*) FROM users") == 4


@pytest.mark.parametrize("is_kept", [True, False])
async def test_in_an_open_transaction_only_the_dry_run_is_taken_back(database: Database, is_kept: bool) -> None:
    session = database.session()
    for sql in ("BEGIN", "DELETE FROM users WHERE id = 1"):
        async with session.stream(sql):
            pass
    rehearsal = Rehearsal(session)
    found = await rehearsal.run(["DELETE FROM users WHERE id = 2"])
    assert rehearsal.is_inside
    assert found.tables[0].examples == (RowChange((2, 1, "pro"), None),)
    await (rehearsal.apply() if is_kept else rehearsal.roll_back())
    assert session.transaction is not None
    async with session.stream("COMMIT"):
        pass
    assert await one(database, "SELECT group_concat(id) FROM users") == ("3" if is_kept else "2,3")
    await session.aclose()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("COMMIT", "would end it or begin another"),
        ("VACUUM", "does not allow VACUUM"),
        ("PRAGMA journal_mode = wal", "a rollback does not take PRAGMA journal_mode back"),
        ("ATTACH 'x' AS y", "does not allow ATTACH"),
        ("SELECT 1", "only reads"),
    ],
)
async def test_what_cannot_be_tried_out_is_refused_with_the_reason(tmp_path: Path, sql: str, reason: str) -> None:
    database = Database("a.db", FileLink(tmp_path / "a.db"), Writers(tmp_path / "locks"))
    with pytest.raises(InputError, match=reason):
        await rehearsed(database, sql)


def test_a_number_of_another_type_is_another_value() -> None:
    change = change_of(
        "t", ["a"], {(1,): (1,), (2,): (float("nan"),)}, {(1,): (1.0,), (2,): (float("nan"),)}, is_direct=True
    )
    assert change == TableChange("t", ("a",), updated=1, examples=(RowChange((1,), (1.0,)),))


async def test_a_constraint_that_waits_for_the_commit_takes_everything_back(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "a.db"))
    connection.execute(
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    connection.close()
    database = Database("a.db", FileLink(tmp_path / "a.db"), Writers(tmp_path / "locks"))
    rehearsal = Rehearsal(database.session())
    await rehearsal.run(["INSERT INTO b VALUES (7)"])
    with pytest.raises(SqlError, match="FOREIGN KEY"):
        await rehearsal.apply()
    assert rehearsal.stage is Stage.ROLLED_BACK
    assert await one(database, "SELECT count(*) FROM b") == 0
