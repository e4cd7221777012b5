"""What is asked before something is written, and where."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import StorageError
from turso_tui.service.at_stake import Stake, count_rows
from turso_tui.service.caution import Address, CautionConfig, Level, Levels, Places, Scope, concerns
from turso_tui.service.config import load_config
from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.writer import Writers
from turso_tui.sql.effects import effect_of
from turso_tui.values import Statement

ACME = Address("acme", "production", "agent-1", profile="work")
EVERY, OFF, DESTRUCTIVE = Level.EVERY_WRITE, Level.OFF, Level.DESTRUCTIVE

SCRIPT = (
    "SELECT 1",
    "DELETE FROM t",
    "DROP INDEX i",
    "DELETE FROM t WHERE a = 1",
    "ALTER TABLE t DROP COLUMN a",
    "UPDATE t SET a = 1 WHERE b",
    "INSERT INTO t VALUES (1)",
    "COMMIT",
)


@pytest.mark.parametrize(("level", "asked"), [(OFF, [1, 2]), (DESTRUCTIVE, [1, 2, 3, 4]), (EVERY, [1, 2, 3, 4, 5, 6])])
def test_what_is_asked_about(level: Level, asked: list[int]) -> None:
    assert [concern.index for concern in concerns(level, SCRIPT)] == asked


@pytest.mark.parametrize(
    ("places", "level"),
    [
        (Places(), DESTRUCTIVE),
        (Places(profiles={"work": EVERY}), EVERY),
        (Places(profiles={"work": EVERY}, organizations={"acme": OFF}), OFF),
        (Places(organizations={"acme": OFF}, groups={"acme/prod*": EVERY}), EVERY),
        (Places(groups={"acme/production": EVERY}, databases={"acme/*": OFF}), OFF),
        (Places(databases={"acme/*": OFF, "acme/agent-*": DESTRUCTIVE, "*": EVERY}), DESTRUCTIVE),
        (Places(databases={"acme/agent-*": OFF, "acme/agent-1": EVERY}), EVERY),
        (Places(databases={"acme/agent-?": OFF, "acme/?gent-1": EVERY}), EVERY),
        (Places(databases={"other/agent-1": OFF}, urls={"*": OFF}, files={"*": OFF}), DESTRUCTIVE),
    ],
)
def test_the_narrowest_rule_decides_and_of_two_alike_the_more_cautious(
    tmp_path: Path, places: Places, level: Level
) -> None:
    assert Levels(CautionConfig(places=places), tmp_path / "caution.json").of(ACME) is level


def test_urls_and_files_have_levels_too(tmp_path: Path) -> None:
    places = Places(urls={"libsql://*.turso.io": EVERY}, files={"~/data/*.db": OFF})
    levels = Levels(CautionConfig(places=places), tmp_path / "caution.json")
    assert levels.of(Address(url="db-acme.turso.io")) is EVERY
    assert levels.of(Address(file=str(Path.home() / "data" / "a.db"))) is OFF
    assert levels.of(Address(file="/elsewhere/a.db")) is DESTRUCTIVE


def test_what_is_chosen_in_the_program_wins_over_the_same_in_the_settings_and_stays(tmp_path: Path) -> None:
    config = CautionConfig(places=Places(databases={"acme/agent-1": OFF}))
    Levels(config, tmp_path / "caution.json").choose(ACME, Scope.DATABASES, EVERY)
    levels = Levels(config, tmp_path / "caution.json")
    assert levels.of(ACME) is EVERY
    assert levels.chosen(ACME, Scope.DATABASES) is EVERY
    levels.choose(ACME, Scope.DATABASES, None)
    assert levels.of(ACME) is OFF


def test_two_copies_of_the_program_do_not_undo_each_others_choices(tmp_path: Path) -> None:
    one, two = (Levels(CautionConfig(), tmp_path / "caution.json") for _ in range(2))
    assert one.of(ACME) is two.of(ACME) is DESTRUCTIVE
    one.choose(ACME, Scope.ORGANIZATIONS, OFF)
    two.choose(ACME, Scope.GROUPS, EVERY)
    assert Levels(CautionConfig(), tmp_path / "caution.json").chosen(ACME, Scope.ORGANIZATIONS) is OFF


def test_choices_that_cannot_be_read_make_every_write_ask_and_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "caution.json"
    path.write_text('{"organizations": {"acme": "sometimes"}}')
    levels = Levels(CautionConfig(level=OFF), path)
    assert levels.of(ACME) is EVERY
    with pytest.raises(StorageError, match="cannot be read"):
        levels.choose(ACME, Scope.DATABASES, OFF)
    assert "sometimes" in path.read_text()


def test_the_settings_name_levels_and_what_a_dry_run_may_take(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[caution]\nlevel = "off"\nhold = "10s"\n[caution.groups]\n"acme/prod*" = "every-write"\n')
    caution = load_config(path).caution
    assert (caution.level, caution.hold.total_seconds()) == (OFF, 10)
    assert caution.places == Places(groups={"acme/prod*": EVERY})


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Ten users and four posts."""
    connection = apsw.Connection(str(tmp_path / "a.db"))
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, plan); CREATE TABLE posts (author, text)")
    connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, "free" if n % 2 else "pro") for n in range(10)])
    connection.executemany("INSERT INTO posts VALUES (?, ?)", [(n, "x") for n in range(4)])
    connection.close()
    opened = Database("a.db", FileLink(tmp_path / "a.db"), Writers(tmp_path / "locks"))
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        (Statement("DELETE FROM users"), Stake(10)),
        (Statement("UPDATE users SET plan = ? WHERE plan = ? AND id > ?", args=("x", "pro", 4)), Stake(2)),
        (Statement("WITH p AS (SELECT author FROM posts) DELETE FROM users AS u WHERE u.id IN p"), Stake(4)),
        (Statement("DROP TABLE posts"), Stake(4)),
        (Statement("UPDATE users SET plan = 1 FROM posts WHERE author = id"), None),
        (Statement("DELETE FROM nowhere"), None),
        (Statement("INSERT INTO posts SELECT id, plan FROM users"), None),
    ],
)
async def test_rows_are_counted_before(database: Database, statement: Statement, count: Stake | None) -> None:
    assert await count_rows(database, statement, effect_of(statement.sql)) == count


async def test_what_has_a_name_that_no_sql_can_hold_is_not_counted(database: Database) -> None:
    statement = Statement('DROP TABLE "a\0b"')
    assert await count_rows(database, statement, effect_of(statement.sql)) is None


async def test_no_more_is_counted_than_somebody_waits_for(database: Database) -> None:
    statement = Statement("DELETE FROM users")
    assert await count_rows(database, statement, effect_of(statement.sql), most=9) == Stake(9, has_more=True)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    endless = Statement(f"DELETE FROM users WHERE id IN ({numbers} SELECT i FROM n)")
    async with asyncio.timeout(5):
        assert await count_rows(database, endless, effect_of(endless.sql), seconds=0.05) is None
