"""Faults inside the data plane: each is said as the server says it, and does what it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.data.serving import batch, execute, step
from tests.local.faulty import CLOSE, Faulty, code_of, faulty_server
from turso_tui.local.tenant import Dialect

SELECT = execute("SELECT a FROM t")


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Faulty]:
    with faulty_server(tmp_path) as served:
        yield served


def test_busy_is_for_what_needs_the_lock_and_nothing_else(faulty: Faulty) -> None:
    faulty.faults.add("busy")
    assert faulty.insert().json()["results"][0]["error"] == {
        "code": "SQLITE_BUSY",
        "message": "SQLite error: database is locked",
    }
    assert faulty.run("BEGIN IMMEDIATE")["code"] == "SQLITE_BUSY"
    assert faulty.run("SELECT a FROM t")["rows"] == []
    assert faulty.count() == 0


def test_busy_in_the_words_of_turso_cloud(tmp_path: Path) -> None:
    with faulty_server(tmp_path, dialect=Dialect.CLOUD) as faulty:
        faulty.faults.add("busy")
        assert faulty.insert().json()["results"][0]["error"] == {
            "code": "SQLITE_BUSY",
            "message": "database is locked",
        }


def test_whoever_has_the_lock_is_not_told_that_it_is_taken(faulty: Faulty) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN IMMEDIATE"))
    faulty.faults.add("busy")
    _, answers = faulty.pipeline(execute("INSERT INTO t VALUES (1)"), execute("COMMIT"), CLOSE, baton=baton)
    assert [answer["type"] for answer in answers] == ["execute", "execute", "close"]
    assert faulty.count() == 1


def test_busy_for_a_while(faulty: Faulty) -> None:
    faulty.faults.add("busy=300ms")
    assert code_of(faulty.insert()) == "SQLITE_BUSY"
    attempts = 0
    while faulty.faults.at_work:
        attempts += code_of(faulty.insert()) is None
    assert attempts == 1
    assert faulty.count() == 1


def test_a_write_that_was_refused_keeps_its_transaction(faulty: Faulty) -> None:
    faulty.faults.add("busy,times=1")
    baton, answers = faulty.pipeline(
        execute("BEGIN"), SELECT, execute("INSERT INTO t VALUES (1)"), {"type": "get_autocommit"}
    )
    assert answers[2]["code"] == "SQLITE_BUSY"
    assert answers[3]["is_autocommit"] is False
    faulty.pipeline(execute("INSERT INTO t VALUES (2)"), execute("COMMIT"), CLOSE, baton=baton)
    assert faulty.count() == 1


@pytest.mark.parametrize(("sql", "what"), [("SELECT a FROM t", "read"), ("DELETE FROM t", "write")])
def test_blocked_by_a_quota(faulty: Faulty, sql: str, what: str) -> None:
    faulty.faults.add("blocked")
    assert faulty.run(sql) == {
        "code": "BLOCKED",
        "message": f"Operation was blocked: SQL {what} operations are forbidden "
        f"({what}s are blocked, do you need to upgrade your plan?)",
    }


def test_only_writes_are_blocked(faulty: Faulty) -> None:
    faulty.faults.add("blocked,writes")
    assert code_of(faulty.insert()) == "BLOCKED"
    assert faulty.run("SELECT a FROM t")["rows"] == []


def test_a_blocked_transaction_can_be_ended(faulty: Faulty) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN"))
    faulty.faults.add("blocked")
    _, answers = faulty.pipeline(SELECT, execute("ROLLBACK"), CLOSE, baton=baton)
    assert answers[0]["code"] == "BLOCKED"
    assert answers[1]["type"] == "execute"


@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_PROTOCOL"])
def test_an_error_of_sqlite_before_the_statement_runs(faulty: Faulty, code: str) -> None:
    faulty.faults.add(f"error={code},sql=insert")
    error = faulty.insert().json()["results"][0]["error"]
    assert error["code"] == code
    assert error["message"].startswith("SQLite error: ")
    assert faulty.count() == 0


def test_only_the_statement_that_is_meant_fails(faulty: Faulty) -> None:
    faulty.faults.add("error=SQLITE_FULL,sql=commit")
    steps = [step("BEGIN"), step("INSERT INTO t VALUES (1)"), step("/* commit */  COMMIT"), step("ROLLBACK")]
    _, (answer, _) = faulty.pipeline(batch(*steps), CLOSE)
    codes = [error and error["code"] for error in answer["result"]["step_errors"]]
    assert codes == [None, None, "SQLITE_FULL", None]


def test_too_large_an_answer_to_a_statement_that_ran(faulty: Faulty) -> None:
    faulty.faults.add("too-large")
    assert code_of(faulty.insert()) == "RESPONSE_TOO_LARGE"
    assert faulty.run("INSERT INTO t VALUES (2)")["affected_row_count"] == 1  # has no rows to show
    assert faulty.count() == 2


def test_an_expired_stream_is_rolled_back(faulty: Faulty) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"))
    faulty.faults.add("expired")
    answer = faulty.post(execute("COMMIT"), baton=baton)
    assert (answer.status_code, answer.json()["code"]) == (400, "STREAM_EXPIRED")
    assert faulty.count() == 0
    assert code_of(faulty.insert()) is None


def test_only_a_stream_can_expire(faulty: Faulty) -> None:
    faulty.faults.add("expired,times=1")
    assert code_of(faulty.insert()) is None
    assert faulty.faults.log == ()


def test_a_stolen_lock_is_told_once_and_the_rest_runs_outside(faulty: Faulty) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"))
    faulty.faults.add("stolen,times=1")
    _, answers = faulty.pipeline(
        execute("INSERT INTO t VALUES (2)"), execute("INSERT INTO t VALUES (3)"), CLOSE, baton=baton
    )
    assert answers[0] == {"code": "TRANSACTION_TIMEOUT", "message": "Transaction timed out"}
    assert answers[1]["type"] == "execute"
    assert faulty.run("SELECT a FROM t")["rows"] == [[{"type": "integer", "value": "3"}]]


def test_a_reader_has_no_lock_to_steal(faulty: Faulty) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN"), SELECT)
    faulty.faults.add("stolen")
    _, answers = faulty.pipeline(SELECT, execute("COMMIT"), CLOSE, baton=baton)
    assert [answer["type"] for answer in answers] == ["execute", "execute", "close"]
    assert faulty.faults.log == ()


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ("archived", 503, "database app is sleeping: unarchive its group to wake it"),
        ("deleted", 404, "Namespace `app` doesn't exist"),
    ],
)
def test_a_database_that_goes_away_takes_its_streams_along(faulty: Faulty, fault: str, status: int, text: str) -> None:
    baton, _ = faulty.pipeline(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"))
    faulty.faults.add(f"{fault},times=1")
    answer = faulty.post(execute("COMMIT"), baton=baton)
    assert (answer.status_code, answer.json()) == (status, {"error": text})
    assert faulty.post(execute("COMMIT"), baton=baton).status_code == 400
    assert faulty.count() == 0


def test_a_refused_token_is_refused_first(faulty: Faulty) -> None:
    faulty.faults.add("archived")
    faulty.use("nonsense")
    assert faulty.insert().status_code == 400
    assert faulty.faults.log == ()


@pytest.mark.parametrize("fault", ["busy", "error=SQLITE_FULL,sql=insert"])
def test_a_cursor_meets_them_too(faulty: Faulty, fault: str) -> None:
    faulty.faults.add(fault)
    lines = faulty.cursor(step("INSERT INTO t VALUES (1)"))
    assert lines[1]["type"] == "step_error"
    assert faulty.count() == 0
