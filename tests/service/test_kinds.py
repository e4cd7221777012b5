"""What reads and what writes: as the server says, asked once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.doors import DOORS, open_door
from turso_tui import errors
from turso_tui.service.database import Database
from turso_tui.service.kinds import LONGEST_TEXT, MOST, MOST_SECONDS, Kinds
from turso_tui.service.link import Description
from turso_tui.service.services import Services


class Server:
    """Says of each statement what a test wants, and counts how often it is asked."""

    def __init__(self, readonly: bool | None = True, *, is_explain: bool = False) -> None:
        self.description = Description(readonly, is_explain=is_explain)
        self.refusal: errors.SqlError | None = None
        self.asked = 0
        self.now = 0.0

    async def describe(self, _sql: str) -> Description:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        return self.description

    def kinds(self) -> Kinds:
        return Kinds(self.describe, clock=lambda: self.now)


@pytest.mark.parametrize(
    ("sql", "readonly", "writes"),
    [
        ("SELECT 1", True, False),
        ("INSERT INTO t VALUES (1)", False, True),
        ("SELECT 1", None, False),
        ("values (1)", None, False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", None, True),
        ("PRAGMA user_version", None, True),
        ("INSERT INTO t VALUES (1)", None, True),
    ],
)
async def test_what_a_server_does_not_say_is_taken_for_a_write_unless_it_can_be_none(
    sql: str, readonly: bool | None, writes: bool
) -> None:
    assert await Server(readonly).kinds().writes(sql) is writes


async def test_explaining_a_write_writes_nothing() -> None:
    assert not await Server(readonly=False, is_explain=True).kinds().writes("EXPLAIN DELETE FROM t")


async def test_the_same_text_is_asked_once() -> None:
    server = Server()
    kinds = server.kinds()
    for _ in range(3):
        await kinds.writes("SELECT 1")
    assert server.asked == 1
    await kinds.writes("SELECT 2")
    assert server.asked == 2


@pytest.mark.parametrize("sql", ["CREATE TABLE t (a)", "drop view v", "ALTER TABLE t ADD b", "ATTACH x AS y"])
async def test_what_changes_the_schema_makes_all_be_asked_again(sql: str) -> None:
    server = Server()
    kinds = server.kinds()
    await kinds.writes("SELECT 1")
    kinds.ran("INSERT INTO t VALUES (1)")
    await kinds.writes("SELECT 1")
    assert server.asked == 1
    kinds.ran(sql)
    await kinds.writes("SELECT 1")
    assert server.asked == 2


async def test_it_is_asked_again_after_an_error_and_after_a_while() -> None:
    server = Server()
    kinds = server.kinds()
    await kinds.writes("SELECT 1")
    kinds.failed("SELECT 1")
    await kinds.writes("SELECT 1")
    assert server.asked == 2
    server.now = MOST_SECONDS + 1
    await kinds.writes("SELECT 1")
    assert server.asked == 3


async def test_what_cannot_be_prepared_is_not_remembered() -> None:
    server = Server()
    server.refusal = errors.SqlError("no such table: t")
    kinds = server.kinds()
    with pytest.raises(errors.SqlError):
        await kinds.writes("SELECT * FROM t")
    server.refusal = None
    assert not await kinds.writes("SELECT * FROM t")


async def test_what_reads_only_as_long_as_there_is_nothing_to_write_is_asked_of_every_time() -> None:
    server = Server()
    kinds = server.kinds()
    assert not await kinds.writes("REINDEX")  # there is no index yet
    server.description = Description(False)
    assert await kinds.writes("REINDEX")


async def test_what_was_refused_as_a_read_is_a_write_from_then_on() -> None:
    server = Server()
    kinds = server.kinds()
    assert not await kinds.writes("PRAGMA user_version")
    kinds.refused_as_a_read("PRAGMA user_version")
    assert await kinds.writes("PRAGMA user_version")
    assert server.asked == 1


async def test_only_so_much_is_remembered() -> None:
    server = Server()
    kinds = server.kinds()
    for number in range(MOST + 1):
        await kinds.writes(f"SELECT {number}")
    await kinds.writes(f"SELECT {MOST}")
    assert server.asked == MOST + 1
    await kinds.writes("SELECT 0")
    assert server.asked == MOST + 2
    long = "SELECT 1" + " " * LONGEST_TEXT
    await kinds.writes(long)
    await kinds.writes(long)
    assert server.asked == MOST + 4


@pytest.fixture(params=DOORS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with Services(scratch=tmp_path / "scratch", locks=tmp_path / "locks") as services:
        database = await open_door(request, services, tmp_path)
        await database.execute("CREATE TABLE t (a)")
        yield database


@pytest.mark.parametrize(
    ("sql", "writes"),
    [
        ("SELECT * FROM t", False),
        ("VALUES (1)", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", False),
        ("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", True),
        ("/* SELECT */ DELETE FROM t RETURNING a", True),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", True),
        ("EXPLAIN DELETE FROM t", False),
        ("EXPLAIN QUERY PLAN DELETE FROM t", False),
        ("BEGIN", False),
        ("BEGIN IMMEDIATE", True),
        ("BEGIN EXCLUSIVE", True),
        ("SAVEPOINT s", False),
        ("PRAGMA table_info(t)", False),
        ("PRAGMA user_version = 3", True),
        ("CREATE TABLE IF NOT EXISTS t (a)", True),
        ("VACUUM", True),
    ],
)
async def test_real_servers_and_files_agree(database: Database, sql: str, writes: bool) -> None:
    assert await database.kinds.writes(sql) is writes


async def test_a_read_that_a_server_counts_as_a_write_waits_for_its_turn_only_from_then_on(database: Database) -> None:
    for _ in range(2):
        assert (await database.execute("PRAGMA user_version")).rows == [(0,)]


@pytest.mark.parametrize("database", ["account", "file"], indirect=True)
async def test_a_stale_memory_cannot_write_without_the_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the server had called the statement a read: whoever then runs it is found out, and takes the turn."""
    turns: list[str] = []
    turn = database._writers.turn

    def counted(*args: str, private: bool = False) -> object:
        turns.append(args[2])
        return turn(*args, private=private)

    database.kinds._keep("INSERT INTO t VALUES (1)", writes=False)
    monkeypatch.setattr(database._writers, "turn", counted)
    await database.execute("INSERT INTO t VALUES (1)")
    assert turns == ["INSERT INTO t VALUES (1)"]
    assert (await database.execute("SELECT * FROM t")).rows == [(1,)]
