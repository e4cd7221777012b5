"""The history in a real file: what is kept, what is found, what stays out, and what survives."""

import asyncio
import stat
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import OutcomeUnknown, SqlError, StorageError, TransactionLost, TursoTuiError
from turso_tui.service.console import Failed, Finished, Started
from turso_tui.service.history import LONGEST_STATEMENT, Ending, History, is_private
from turso_tui.service.link import Summary

PLACE = ("acme", "eu", "agent-0042")


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    history = History(tmp_path / "state" / "history.db", clock=ticking())
    yield history
    history.close()


def ticking() -> Callable[[], float]:
    seconds = iter(range(1_000, 10**9))
    return lambda: float(next(seconds))


def ran(history: History, sql: str, error: TursoTuiError | None = None, place: tuple[str, ...] = PLACE) -> None:
    record = history.record(place, [sql])
    record.saw(Started(0, sql))
    if error is None:
        record.saw(Finished(0, sql, None, Summary(affected_rows=3, rows_read=12, rows_written=4), 0.25))
    else:
        record.saw(Failed(0, sql, error, None, 0.5))


async def found(history: History, query: str = "") -> list[str]:
    return [each.sql for each in await history.search(query)]


async def test_a_statement_is_kept_with_what_it_did_and_cost(history: History) -> None:
    ran(history, "UPDATE t SET a = 1")

    (only,) = await history.search()

    assert (only.sql, only.place, only.database) == ("UPDATE t SET a = 1", "acme / eu", "agent-0042")
    assert (only.ending, only.seconds, only.changed, only.rows) == (Ending.DONE, 0.25, 3, None)
    assert (only.rows_read, only.rows_written, only.runs) == (12, 4, 1)


async def test_a_failure_is_kept_with_its_words(history: History) -> None:
    ran(history, "SELECT nope", SqlError("no such column: nope"))

    (only,) = await history.search()

    assert (only.ending, only.error, only.seconds) == (Ending.FAILED, "no such column: nope", 0.5)


async def test_what_nobody_answered_is_unknown(history: History) -> None:
    ran(history, "DELETE FROM t", OutcomeUnknown("The connection broke."))

    assert (await history.search())[0].ending is Ending.UNKNOWN


async def test_what_was_stopped_is_cancelled(history: History) -> None:
    record = history.record(PLACE, ["SELECT slow"])
    record.saw(Started(0, "SELECT slow"))
    record.cancelled()

    assert (await history.search())[0].ending is Ending.CANCELLED


async def test_one_transaction_of_several_ends_as_one(history: History) -> None:
    script = ["INSERT INTO t VALUES (1)", "INSERT INTO nowhere VALUES (2)", "INSERT INTO t VALUES (3)"]
    record = history.record(PLACE, script)
    record.saw(Started(0, script[0], 3))
    record.saw(Failed(1, script[1], SqlError("no such table: nowhere"), None, 0.1))

    assert [(each.sql, each.ending) for each in await history.search()] == [
        (script[2], Ending.LOST), (script[1], Ending.FAILED), (script[0], Ending.LOST),
    ]  # fmt: skip


async def test_what_had_left_when_it_was_stopped_is_unknown(history: History) -> None:
    record = history.record(PLACE, ["DELETE FROM t"])
    record.saw(Started(0, "DELETE FROM t"))
    record.cancelled(is_unknown=True)

    assert (await history.search())[0].ending is Ending.UNKNOWN


async def test_what_still_runs_is_there_already(history: History) -> None:
    history.record(PLACE, ["SELECT slow"]).saw(Started(0, "SELECT slow"))

    assert (await history.search())[0].ending is Ending.RUNNING


async def test_the_newest_comes_first_and_repetitions_are_one(history: History) -> None:
    for sql in ("SELECT 1", "SELECT 2", "SELECT 1"):
        ran(history, sql)

    assert [(each.sql, each.runs) for each in await history.search()] == [("SELECT 1", 2), ("SELECT 2", 1)]


async def test_the_same_statement_on_two_databases_is_two(history: History) -> None:
    ran(history, "SELECT 1")
    ran(history, "SELECT 1", place=("acme", "eu", "agent-0001"))

    assert [each.database for each in await history.search()] == ["agent-0001", "agent-0042"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["SELECT 100 % 7 AS a_b", "UPDATE users SET name = 'x'", "SELECT * FROM users"]),
        ("users", ["UPDATE users SET name = 'x'", "SELECT * FROM users"]),
        ("USERS select", ["SELECT * FROM users"]),
        ("0042 update", ["UPDATE users SET name = 'x'"]),
        ("0 % 7", ["SELECT 100 % 7 AS a_b"]),
        ("a_b", ["SELECT 100 % 7 AS a_b"]),
        ("a%b", []),
        ("\\", []),
    ],
)
async def test_every_word_must_occur_somewhere(history: History, query: str, expected: list[str]) -> None:
    for sql in ("SELECT * FROM users", "UPDATE users SET name = 'x'", "SELECT 100 % 7 AS a_b"):
        ran(history, sql)

    assert await found(history, query) == expected


async def test_no_more_are_found_than_were_asked_for(history: History) -> None:
    for number in range(5):
        ran(history, f"SELECT {number}")

    assert [each.sql for each in await history.search(most=2)] == ["SELECT 4", "SELECT 3"]


async def test_what_was_forgotten_is_gone(history: History) -> None:
    ran(history, "SELECT 1")
    ran(history, "SELECT 2")

    await history.forget((await history.search("2"))[0])

    assert await found(history) == ["SELECT 1"]


async def test_a_lost_transaction_takes_back_what_had_run_well(history: History) -> None:
    for sql in ("BEGIN", "UPDATE t SET a = 1"):
        ran(history, sql)
    error = TransactionLost("The transaction is lost.", statements=("BEGIN", "UPDATE t SET a = 1"))
    ran(history, "COMMIT", error)

    endings = {each.sql: each.ending for each in await history.search()}

    assert endings == {"BEGIN": Ending.LOST, "UPDATE t SET a = 1": Ending.LOST, "COMMIT": Ending.FAILED}


# --- what stays out


async def test_statements_named_private_stay_out(history: History) -> None:
    script = ["SELECT 'private'", "SELECT 'public'"]
    record = history.record(PLACE, script, {0})
    for index, sql in enumerate(script):
        record.saw(Started(index, sql))
        record.saw(Finished(index, sql, None, Summary(), 0.1))

    assert await found(history) == ["SELECT 'public'"]


@pytest.mark.parametrize(
    ("script", "private"),
    [
        ("select 1", False),
        (" select 1", True),
        ("-- a\n  select 1", True),
        ("-- a\nselect 1", False),
        ("; select 1", False),
        ("\tselect 1", False),
    ],
)
def test_a_space_before_a_statement_makes_it_private(script: str, private: bool) -> None:
    assert is_private(script, script.index("select")) is private


async def test_nothing_is_added_when_nothing_is_to_be_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db", keep=False)
    ran(history, "SELECT 1", TransactionLost("lost"))

    assert await found(history) == []
    history.close()


async def test_tokens_are_masked_also_in_errors(history: History, tmp_path: Path) -> None:
    token = "eyJhbGciOiJFZERTQSJ9.eyJpYXQiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl"
    ran(history, f"SELECT '{token}' FROM nowhere", SqlError(f'near "{token}": syntax error'))

    assert await found(history, "token") == ["SELECT '‹token›' FROM nowhere"]
    history.close()
    assert not any(token.encode() in file.read_bytes() for file in (tmp_path / "state").iterdir())


async def test_data_that_is_no_utf8_is_kept_as_far_as_it_is(history: History) -> None:
    ran(history, "SELECT '\ud800 \x00 x'")

    assert await found(history) == ["SELECT '? \x00 x'"]


async def test_a_statement_of_megabytes_stays_out(history: History) -> None:
    ran(history, f"SELECT '{'x' * LONGEST_STATEMENT}'")

    assert await found(history) == []


# --- the file


async def test_only_the_owner_can_read_it(history: History, tmp_path: Path) -> None:
    ran(history, "SELECT 1")
    await history.search()

    directory = tmp_path / "state"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


async def test_it_is_there_after_a_restart(history: History, tmp_path: Path) -> None:
    ran(history, "SELECT 1")
    history.close()

    again = History(tmp_path / "state" / "history.db")

    assert await found(again) == ["SELECT 1"]
    again.close()


async def test_copies_that_run_at_once_see_each_other(tmp_path: Path) -> None:
    copies = [History(tmp_path / "history.db") for _ in range(3)]
    problems: list[StorageError] = []
    for copy in copies:
        copy.on_problem = problems.append
    for number in range(20):
        for name, copy in enumerate(copies):
            ran(copy, f"SELECT {number}, {name}")
    await asyncio.gather(*(copy.search() for copy in copies))

    assert problems == []
    assert [len(await copy.search()) for copy in copies] == [60, 60, 60]
    for copy in copies:
        copy.close()


async def test_the_oldest_give_way(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db", most_entries=3)
    for sql in ("SELECT 1", "SELECT 2", "SELECT 1", "SELECT 3"):
        ran(history, sql)

    assert [(each.sql, each.runs) for each in await history.search()] == [
        ("SELECT 3", 1), ("SELECT 1", 1), ("SELECT 2", 1),
    ]  # fmt: skip
    history.close()


async def test_the_file_does_not_grow_without_end(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db", most_bytes=500_000)
    for number in range(60):
        ran(history, f"SELECT {number}, '{'x' * 20_000}'")
    newest = (await history.search())[0]
    history.close()

    assert newest.sql.startswith("SELECT 59,")
    assert (tmp_path / "history.db").stat().st_size < 700_000


async def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"this is no database at all, " * 200)
    history = History(path, clock=lambda: 0.0)
    problems: list[StorageError] = []
    history.on_problem = problems.append

    ran(history, "SELECT 1")

    assert await found(history) == ["SELECT 1"]
    assert "was damaged" in problems[0].what
    assert (tmp_path / "history.db.corrupt-19700101T000000.000000Z").read_bytes().startswith(b"this is no database")
    history.close()


async def test_the_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 7)
    connection.close()
    history = History(path)

    with pytest.raises(StorageError, match="another version"):
        await history.search()
    history.close()


async def test_what_cannot_be_kept_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    history = History(tmp_path / "file" / "history.db")
    problems: list[StorageError] = []
    history.on_problem = problems.append

    ran(history, "SELECT 1")
    ran(history, "SELECT 2")
    with pytest.raises(StorageError):
        await history.search()

    assert len(problems) == 1
    history.close()


async def test_a_hundred_thousand_entries_are_searched_as_one_types(tmp_path: Path) -> None:
    """The worst case, a word that does not occur, reads all of them."""
    history = History(tmp_path / "history.db")
    await history.search()
    connection = apsw.Connection(str(tmp_path / "history.db"))
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
    with connection:
        connection.execute(
            f"{numbers} INSERT INTO statement SELECT i, CAST(i AS BLOB), 'acme / eu', 'agent-' || i % 3000,"
            " 'SELECT id, name, created_at, status FROM users WHERE status = 1 AND id = ' || i, i FROM n"
        )
        connection.execute(f"{numbers} INSERT INTO run (id, statement, at, ending) SELECT i, i, i, 'done' FROM n")
    connection.close()

    began = time.perf_counter()
    assert await found(history, "nowhere to be seen") == []
    worst = time.perf_counter() - began
    assert len(await history.search("4711")) == 20
    history.close()

    assert worst < 2.0
