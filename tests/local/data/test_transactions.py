"""The write lock: in line, in order, and not for those who sit on it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.local.data.serving import Client, Served, batch, execute, integer, serving, step
from tests.local.data.test_streams import eventually
from turso_tui.local.data.lock import WriteLock

CLOSE = {"type": "close"}


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Served]:
    """Takes the lock from its holder after 0.3 s."""
    with serving(tmp_path, transaction_seconds=0.3) as served:
        served.script("create table t (a)")
        yield served


def _insert(client: Client, value: int) -> dict[str, object]:
    with httpx.Client(base_url=client.url, timeout=20) as http:
        requests = [execute("insert into t values (?)", integer(value)), CLOSE]
        result: dict[str, object] = http.post("/v3/pipeline", json={"requests": requests}).json()["results"][0]
        return result


def test_a_writer_waits_for_the_transaction_before_it(server: Client) -> None:
    server.script("create table t (a)")
    baton, _ = server.pipeline(execute("begin immediate"), execute("insert into t values (1)"))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(_insert, server, 2)
        assert server.run("select a from t")["rows"] == []  # a reader does not wait
        assert not waiting.done()
        server.pipeline(execute("commit"), CLOSE, baton=baton)
        assert waiting.result(10)["type"] == "ok"
    assert server.run("select a from t")["rows"] == [[integer(1)], [integer(2)]]


def test_a_deferred_transaction_waits_at_its_first_write(server: Client) -> None:
    server.script("create table t (a)")
    baton, _ = server.pipeline(execute("begin"), execute("insert into t values (1)"))
    deferred, _ = server.pipeline(execute("begin"))
    with ThreadPoolExecutor() as pool:
        requests = (execute("insert into t values (2)"), execute("commit"), CLOSE)
        other = Client(server.url)
        waiting = pool.submit(other.pipeline, *requests, baton=deferred)
        server.pipeline(execute("commit"), CLOSE, baton=baton)
        assert [answer["type"] for answer in waiting.result(10)[1]] == ["execute", "execute", "close"]
        other.close()


def test_a_stale_snapshot_cannot_be_written_from(server: Client) -> None:
    server.script("create table t (a); insert into t values (1)")
    baton, _ = server.pipeline(execute("begin"), execute("select * from t"))
    server.run("insert into t values (2)")
    _, answers = server.pipeline(
        execute("insert into t values (3)"), {"type": "get_autocommit"}, execute("rollback"), CLOSE, baton=baton
    )
    assert answers[0] == {"code": "SQLITE_BUSY", "message": "SQLite error: database is locked"}
    assert answers[1]["is_autocommit"] is False
    assert server.run("insert into t values (4)")["affected_row_count"] == 1


def test_writers_are_served_in_the_order_of_their_coming(served: Served) -> None:
    served.script("create table t (a)")
    baton, _ = served.pipeline(execute("begin immediate"))
    database = served.plane._databases["test"]
    with ThreadPoolExecutor() as pool:
        waiting = []
        for number in range(6):
            waiting.append(pool.submit(_insert, served, number))
            eventually(lambda: database.write_lock.waiting == len(waiting))
        served.pipeline(execute("commit"), CLOSE, baton=baton)
        assert {future.result(10)["type"] for future in waiting} == {"ok"}
    assert served.run("select a from t order by rowid")["rows"] == [[integer(number)] for number in range(6)]


def test_the_lock_is_taken_from_a_holder_that_others_wait_for(impatient: Served) -> None:
    baton, _ = impatient.pipeline(execute("begin immediate"), execute("insert into t values (1)"))
    assert impatient.run("insert into t values (2)")["affected_row_count"] == 1
    baton, answers = impatient.pipeline(
        {"type": "describe", "sql": "select 1"},
        execute("insert into t values (3)"),
        execute("select a from t"),
        {"type": "get_autocommit"},
        baton=baton,
    )
    assert answers[1] == {"code": "TRANSACTION_TIMEOUT", "message": "Transaction timed out"}
    assert answers[2]["result"]["rows"] == [[integer(2)]]
    assert answers[3]["is_autocommit"] is True


def test_no_step_of_a_batch_runs_outside_the_lost_transaction(impatient: Served) -> None:
    baton, _ = impatient.pipeline(execute("begin immediate"))
    impatient.run("insert into t values (1)")
    _, (answer,) = impatient.pipeline(batch(step("insert into t values (2)"), step("commit")), baton=baton)
    assert [error["code"] for error in answer["result"]["step_errors"]] == ["TRANSACTION_TIMEOUT"] * 2
    assert impatient.run("select a from t")["rows"] == [[integer(1)]]


def test_a_holder_that_nobody_waits_for_keeps_the_lock(tmp_path: Path) -> None:
    with serving(tmp_path, transaction_seconds=0) as served:
        served.script("create table t (a)")
        baton, _ = served.pipeline(execute("begin immediate"), execute("insert into t values (1)"))
        served.run("select * from t")
        _, answers = served.pipeline(execute("commit"), CLOSE, baton=baton)
        assert answers[0]["type"] == "execute"


def test_a_running_statement_is_not_interrupted_for_the_next_one(impatient: Served) -> None:
    numbers = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 2000000) select n from c"
    with ThreadPoolExecutor() as pool:
        holder = Client(impatient.url)
        running = pool.submit(holder.run, f"insert into t {numbers}")
        eventually(lambda: impatient.plane._databases["test"].write_lock._holder is not None)
        assert impatient.run("insert into t values (0)")["affected_row_count"] == 1
        assert running.result(10)["affected_row_count"] == 2_000_000
        holder.close()


def test_a_vanished_waiter_leaves_the_line(served: Served) -> None:
    served.script("create table t (a)")
    baton, _ = served.pipeline(execute("begin immediate"))
    with httpx.Client(base_url=served.url, timeout=0.2) as http, pytest.raises(httpx.ReadTimeout):
        http.post("/v3/pipeline", json={"requests": [execute("insert into t values (1)"), CLOSE]})
    lock = served.plane._databases["test"].write_lock
    eventually(lambda: lock.waiting == 0)
    served.pipeline(execute("commit"), CLOSE, baton=baton)
    assert served.run("insert into t values (2)")["affected_row_count"] == 1
    assert served.run("select a from t")["rows"] == [[integer(2)]]


def test_many_writers_at_once_lose_nothing(served: Served) -> None:
    served.script("create table t (a)")
    with ThreadPoolExecutor(24) as pool:
        outcomes = list(pool.map(lambda number: _insert(served, number)["type"], range(120)))
    assert set(outcomes) == {"ok"}
    assert served.run("select count(*), count(distinct a) from t")["rows"] == [[integer(120), integer(120)]]


class _Patient:
    """A writer that never has to give up."""

    def raise_if_cancelled(self) -> None:
        pass

    def try_roll_back(self) -> bool:
        return False


def test_a_statement_that_ends_wakes_the_thief_at_the_head_of_the_line() -> None:
    lock = WriteLock(limit=0, clock=lambda: 0.0)
    holder, thief = _Patient(), _Patient()
    lock.acquire(holder)
    waiting = threading.Thread(target=lock.acquire, args=(thief,))
    waiting.start()
    eventually(lambda: lock.waiting == 1)
    assert lock.release(holder)
    waiting.join(5)
    assert not lock.release(holder)
    assert lock.release(thief)
