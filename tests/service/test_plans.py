"""Plans of statements that are not run, and the warning of what they would read: files, our server, the real one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.hrana.endpoints import Endpoint, client_of, endpoint_of
from turso_tui.errors import InputError, SqlError
from turso_tui.local.server import LocalServer
from turso_tui.service.broker import GivenToken
from turso_tui.service.config import CostConfig
from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.link import Executed
from turso_tui.service.plans import ReadsQuota, left_out_words, reading_words, scan_warning
from turso_tui.service.remote import RemoteLink
from turso_tui.service.writer import Writers
from turso_tui.values import Statement

SETUP = [
    "CREATE TABLE big(id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c REAL)",
    "CREATE TABLE small(id INTEGER PRIMARY KEY, big_id INTEGER REFERENCES big(id), t TEXT)",
    "CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
    "CREATE TABLE sparse(id INTEGER PRIMARY KEY, v)",
    "CREATE TABLE hidden(rowid TEXT, oid TEXT, _rowid_ TEXT)",
    'CREATE TABLE "odd ""name"""(a)',
    "CREATE INDEX big_a ON big(a)",
    "CREATE VIEW joined AS SELECT x.b, y.t FROM big x JOIN small y ON y.big_id = x.id",
    "CREATE TRIGGER noticed AFTER DELETE ON small BEGIN SELECT 1; END",
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 3000) "
    "INSERT INTO big SELECT i, i % 100, 'x' || i, i FROM n",
    "INSERT INTO small SELECT id, id, 't' || id FROM big WHERE id <= 200",
    "INSERT INTO sparse VALUES (1, 1), (7000000000000000000, 2)",
    'INSERT INTO "odd ""name""" VALUES (1), (2)',
]

LOW = CostConfig(scan_rows=1000)


class CountingLink(FileLink):
    """A file that counts how often it is read, and can be slow."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: list[str] = []
        self.is_slow = False

    async def read_batch(self, statements: Sequence[Statement]) -> Sequence[Executed]:
        self.asked += [statement.sql for statement in statements]
        if self.is_slow:
            await asyncio.Event().wait()
        return await super().read_batch(statements)


@pytest.fixture
async def link(tmp_path: Path) -> CountingLink:
    path = tmp_path / "data.db"
    path.touch()
    link = CountingLink(path)
    await link.write_batch([Statement(sql) for sql in SETUP])
    return link


@pytest.fixture
def database(link: CountingLink, tmp_path: Path) -> Database:
    return Database("data", link, Writers(tmp_path / "locks"))


@pytest.mark.parametrize(
    ("sql", "scans"),
    [
        ("SELECT * FROM big", [("big", 3000, False, False)]),
        ("SELECT * FROM big b WHERE b.c > 1", [("big", 3000, False, False)]),
        ("SELECT * FROM big WHERE a = 1", []),
        ("SELECT * FROM big WHERE id = ?", []),
        ("SELECT * FROM big LIMIT 10", [("big", 10, False, False)]),
        ("SELECT * FROM big LIMIT 10 OFFSET 5", [("big", 15, False, False)]),
        ("SELECT * FROM big LIMIT 10000", [("big", 3000, False, False)]),
        ("SELECT * FROM big WHERE c > 1 LIMIT 10", [("big", 3000, False, True)]),
        ("SELECT * FROM big LIMIT :n", [("big", 3000, False, True)]),
        ("SELECT * FROM big ORDER BY b LIMIT 10", [("big", 3000, False, False)]),
        ("SELECT * FROM big ORDER BY id LIMIT 10", [("big", 10, False, False)]),
        ("SELECT max(c) FROM big LIMIT 1", [("big", 3000, False, False)]),
        ("SELECT a, count(*) FROM big GROUP BY a LIMIT 1", [("big", 3000, False, False)]),
        ("SELECT max(id) FROM big", []),
        ("SELECT min(rowid) FROM big", []),
        ("SELECT max(a) FROM big", []),
        ("SELECT count(*) FROM big", []),
        ("SELECT count(*) FROM big WHERE c > 1", [("big", 3000, False, False)]),
        ("SELECT * FROM small s JOIN big ON s.t = big.b", [("small", 200, False, False), ("big", 3000, False, False)]),
        ("SELECT * FROM small s, big ON s.t < big.b", [("small", 200, False, False), ("big", 3000, True, False)]),
        (
            "SELECT (SELECT count(*) FROM small s WHERE s.t > x.b) FROM big x",
            [("big", 3000, False, False), ("small", 200, True, False)],
        ),
        ("SELECT * FROM joined", [("small", 200, False, False)]),
        ("SELECT * FROM keyed", [("keyed", None, False, False)]),
        ("SELECT * FROM sparse", [("sparse", None, False, False)]),
        ("SELECT * FROM hidden", [("hidden", None, False, False)]),
        ('SELECT * FROM "odd ""name""" AS [a b]', [('odd "name"', 2, False, False)]),
        ("SELECT * FROM json_each('[1]')", []),
        ("VALUES (1), (2)", []),
        ("UPDATE big SET c = 1 WHERE b = 'x'", [("big", 3000, False, False)]),
        ("INSERT INTO small SELECT id, a, b FROM big", [("big", 3000, False, False)]),
    ],
)
async def test_what_is_read_from_end_to_end(
    database: Database, sql: str, scans: list[tuple[str, int | None, bool, bool]]
) -> None:
    plan = await database.planner.plan(sql)
    found = [(scan.table, scan.rows and scan.rows.rows, scan.repeats, scan.may_stop) for scan in plan.scans]
    assert found == scans


async def test_what_analyze_counted_is_believed_more_than_the_rowids(database: Database, link: CountingLink) -> None:
    await link.write(Statement("DELETE FROM big WHERE id > 200 AND id % 2"))
    await link.write(Statement("ANALYZE"))
    plan = await database.planner.plan("SELECT * FROM big WHERE c = 1")
    assert reading_words(plan) == "This reads big from end to end: about 1 600 rows."


async def test_a_plan_is_asked_for_once_until_the_schema_changes(database: Database, link: CountingLink) -> None:
    sql = "SELECT * FROM big WHERE b = 'x'"
    assert (await database.planner.plan(sql)).scans
    link.asked.clear()
    assert (await database.planner.plan(sql)).scans
    assert link.asked == []
    await database.execute("CREATE INDEX big_b ON big(b)")
    assert not (await database.planner.plan(sql)).scans
    assert f"EXPLAIN QUERY PLAN {sql}" in link.asked


@pytest.mark.parametrize(
    "sql", ["SELECT 1; DELETE FROM big", "EXPLAIN QUERY PLAN SELECT 1", "EXPLAIN SELECT 1", "", "-- nothing"]
)
async def test_only_one_statement_that_is_no_explain_has_a_plan(
    database: Database, link: CountingLink, sql: str
) -> None:
    with pytest.raises(InputError):
        await database.planner.plan(sql)
    assert link.asked == []


async def test_a_statement_that_cannot_be_prepared_says_why(database: Database) -> None:
    with pytest.raises(SqlError, match="no such table: nowhere"):
        await database.planner.plan("SELECT * FROM nowhere")


async def test_triggers_are_not_in_a_plan_and_that_is_said(database: Database) -> None:
    plan = await database.planner.plan("DELETE FROM small WHERE id = 1")
    assert left_out_words(plan) == "What the trigger noticed would do is not in it."
    assert left_out_words(await database.planner.plan("SELECT * FROM small")) == ""


class TestWarning:
    @pytest.fixture(autouse=True)
    def _is_elsewhere(self, link: CountingLink) -> None:
        """Nothing is said of files."""
        link.identity = "sql:elsewhere"

    async def test_says_the_rows_and_the_share_of_the_month(self, database: Database) -> None:
        warning = await scan_warning(database, "SELECT * FROM big WHERE c = 1", LOW, ReadsQuota(400_000, 1_000_000))
        assert warning is not None
        assert warning.words == "This reads big from end to end: up to 3 000 rows."
        assert warning.detail == "That is 0.30 % of the month's rows to read, of which 40 % are used."
        assert (warning.tables, warning.rows, warning.share) == (("big",), 3000, 0.003)

    async def test_says_what_happens_again_and_again_and_what_may_stop(self, database: Database) -> None:
        again = await scan_warning(database, "SELECT * FROM small s, big ON s.t < big.b", LOW)
        assert again is not None
        assert again.words == (
            "This reads big and small from end to end: up to 3 200 rows, and big anew for each row it is compared with."
        )
        assert again.detail == ""
        stops = await scan_warning(database, "SELECT * FROM big WHERE c = 1 LIMIT 5", LOW)
        assert stops is not None
        assert stops.words.endswith("up to 3 000 rows, unless its LIMIT is reached before.")

    @pytest.mark.parametrize(
        "sql",
        ["SELECT * FROM big LIMIT 10", "SELECT * FROM small", "SELECT * FROM sparse", "SELECT * FROM", "BEGIN"],
    )
    async def test_is_silent_where_there_is_nothing_to_say(self, database: Database, sql: str) -> None:
        assert await scan_warning(database, sql, LOW) is None

    async def test_can_be_turned_off_and_set_higher(self, database: Database) -> None:
        assert await scan_warning(database, "SELECT * FROM big", CostConfig(warn=False, scan_rows=1)) is None
        assert await scan_warning(database, "SELECT * FROM big", CostConfig(scan_rows=3000)) is None

    async def test_nothing_is_asked_of_a_line_of_values(self, database: Database, link: CountingLink) -> None:
        assert await scan_warning(database, "INSERT INTO big VALUES (1, 2, 3, 4)", LOW) is None
        assert link.asked == []

    async def test_a_slow_server_is_not_waited_for_twice(self, database: Database, link: CountingLink) -> None:
        link.is_slow = True
        assert await scan_warning(database, "SELECT * FROM big", LOW, patience=0.01) is None
        link.asked.clear()
        assert await scan_warning(database, "SELECT * FROM big", LOW) is None
        assert link.asked == []


@pytest.fixture
async def served(endpoint: Endpoint, tmp_path: Path) -> AsyncIterator[Database]:
    async with client_of(endpoint.url) as client:
        database = Database("served", RemoteLink(client, GivenToken(endpoint.token)), Writers(tmp_path / "locks"))
        await database.batch([Statement(sql) for sql in SETUP if "TRIGGER" not in sql])
        yield database


async def test_a_server_reads_what_the_plan_says(served: Database) -> None:
    for sql in ("SELECT * FROM big WHERE c = 1", "SELECT DISTINCT c FROM big", "SELECT * FROM big LIMIT 7"):
        plan = await served.planner.plan(sql)
        read = (await served.execute(sql)).summary.rows_read
        assert read is not None
        assert plan.rows == pytest.approx(read, abs=2), sql


async def test_the_plan_of_a_write_changes_nothing(served: Database) -> None:
    plan = await served.planner.plan("DELETE FROM small WHERE t > ?")
    assert [scan.table for scan in plan.scans] == ["small"]
    assert (await served.execute("SELECT count(*) FROM small")).rows == [(200,)]


async def test_a_token_that_only_reads_is_enough_for_the_plan_of_a_write(
    local_server: LocalServer, tmp_path: Path
) -> None:
    endpoint = endpoint_of(local_server, authorization="read-only")
    async with client_of(endpoint.url) as client:
        database = Database("x", RemoteLink(client, GivenToken(endpoint.token)), Writers(tmp_path / "locks"))
        plan = await database.planner.plan("CREATE TABLE t(a)")
        assert plan.nodes == ()
