"""Streams: one request at a time, batons that work once, and an end for those that idle."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.local.data.serving import Client, Served, execute, integer, serving
from turso_tui.local.tenant import Dialect

CLOSE = {"type": "close"}
MANY_ROWS = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 5000000) select n from c"


def eventually(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_every_answer_has_another_baton_and_close_has_none(server: Client) -> None:
    first, _ = server.pipeline()
    second, _ = server.pipeline(execute("select 1"), baton=first)
    assert first is not None
    assert second not in (None, first)
    assert server.pipeline(CLOSE, CLOSE, baton=second)[0] is None


def test_a_baton_works_once_and_trying_again_does_no_harm(server: Client) -> None:
    first, _ = server.pipeline(execute("begin"))
    second, _ = server.pipeline(baton=first)
    again = server.post(baton=first)
    assert (again.status_code, again.text) == (400, "Received a baton that has already been used")
    _, (answer,) = server.pipeline({"type": "get_autocommit"}, baton=second)
    assert answer["is_autocommit"] is False


@pytest.mark.parametrize("baton", ["", "zzz", "é", "A" * 64])
def test_a_forged_baton_is_refused(server: Client, baton: str) -> None:
    response = server.post(execute("select 1"), baton=baton)
    assert (response.status_code, response.text) == (400, "Received an invalid baton")


def test_a_closed_stream_is_gone(server: Client) -> None:
    first, _ = server.pipeline()
    server.pipeline(CLOSE, baton=first)
    assert server.post(baton=first).text == "Received an invalid baton"


def test_nothing_runs_after_close_in_the_same_pipeline(server: Client) -> None:
    server.script("create table t (a)")
    response = server.post(execute("insert into t values (1)"), CLOSE, execute("insert into t values (2)"))
    assert (response.status_code, response.text) == (400, "Stream for this baton was closed")
    assert server.run("select a from t")["rows"] == [[integer(1)]]


def test_a_protocol_error_ends_the_stream_and_rolls_back(server: Client) -> None:
    server.script("create table t (a)")
    baton, _ = server.pipeline(execute("begin"), execute("insert into t values (1)"))
    assert server.post({"type": "describe", "sql_id": 9}, baton=baton).status_code == 400
    assert server.post(baton=baton).text == "Received an invalid baton"
    assert server.run("select a from t")["rows"] == []


def test_a_malformed_body_leaves_the_baton_good(server: Client) -> None:
    baton, _ = server.pipeline(execute("begin"))
    assert server.http.post("/v3/pipeline", json={"baton": baton, "requests": [{"type": "no"}]}).status_code == 400
    assert server.pipeline({"type": "get_autocommit"}, baton=baton)[1][0]["is_autocommit"] is False


def test_a_second_request_on_a_busy_stream_is_refused_without_harm(served: Served) -> None:
    served.script("create table t (a)")
    other, _ = served.pipeline(execute("begin immediate"))
    baton, _ = served.pipeline(execute("select 1"))
    results: list[object] = []

    def write() -> None:
        client = Client(served.url)
        results.append(client.pipeline(execute("insert into t values (1)"), CLOSE, baton=baton)[1][0]["type"])
        client.close()

    waiting = threading.Thread(target=write)
    waiting.start()
    eventually(lambda: served.plane._databases["test"].write_lock.waiting == 1)
    assert served.post(baton=baton).text == "Received a baton that has already been used"
    served.pipeline(execute("commit"), CLOSE, baton=other)
    waiting.join(10)
    assert results == ["execute"]


@pytest.mark.parametrize(
    ("dialect", "status", "body"),
    [
        (Dialect.SPEC, 400, {"message": "The stream has expired due to inactivity", "code": "STREAM_EXPIRED"}),
        (Dialect.CLOUD, 404, {"error": "stream not found: The stream has expired due to inactivity"}),
    ],
)
def test_an_idle_stream_expires_and_frees_its_lock(
    tmp_path: Path, dialect: Dialect, status: int, body: dict[str, str]
) -> None:
    with serving(tmp_path, dialect, stream_idle_seconds=0.2, transaction_seconds=60) as served:
        served.script("create table t (a)")
        baton, _ = served.pipeline(execute("begin immediate"))
        # No other request comes, and yet this write gets the lock that the idle stream held.
        assert served.run("insert into t values (1)")["affected_row_count"] == 1
        response = served.post(baton=baton)
    assert (response.status_code, response.json()) == (status, body)


def test_an_expired_stream_is_forgotten_in_the_end(tmp_path: Path) -> None:
    now = [0.0]
    with serving(tmp_path, stream_idle_seconds=0.05, clock=lambda: now[0]) as served:
        baton, _ = served.pipeline()
        eventually(lambda: "STREAM_EXPIRED" in served.post(baton=baton).text)
        now[0] = 301.0
        assert served.post(baton=baton).text == "Received an invalid baton"


def test_a_stream_lives_as_long_as_it_is_used(tmp_path: Path) -> None:
    with serving(tmp_path, stream_idle_seconds=0.3) as served:
        baton, _ = served.pipeline(execute("begin"))
        for _ in range(5):
            time.sleep(0.1)
            baton, (answer,) = served.pipeline({"type": "get_autocommit"}, baton=baton)
            assert answer["is_autocommit"] is False


def test_batons_cross_versions(server: Client) -> None:
    baton, _ = server.pipeline(execute("begin"))
    assert server.post(execute("commit"), baton=baton, version=2).status_code == 200


def test_a_baton_opens_no_other_database(served: Served, tmp_path: Path) -> None:
    baton, _ = served.pipeline(execute("select 1"))
    served.permit(key="another", path=tmp_path / "another.db")
    assert served.post(execute("select 1"), baton=baton).text == "Received an invalid baton"


def test_the_cloud_keeps_no_stream_without_state_and_wants_close_last(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.CLOUD) as served:
        assert served.pipeline(execute("select 1"))[0] is None
        assert served.pipeline(execute("begin"))[0] is not None
        assert served.post(CLOSE, execute("select 1")).status_code == 400
        assert served.http.get("/v3").status_code == 404
        assert served.post(baton="zzz").status_code == 404
        _, answers = served.pipeline(
            {"type": "store_sql", "sql_id": 1, "sql": "select 1"}, {"type": "store_sql", "sql_id": 1, "sql": "select 2"}
        )
        assert [answer["type"] for answer in answers] == ["store_sql", "store_sql"]


def test_dropping_a_database_ends_its_streams_and_closes_its_file(served: Served) -> None:
    served.script("create table t (a)")
    held, _ = served.pipeline(execute("begin immediate"), execute("insert into t values (1)"))
    with (
        ThreadPoolExecutor() as pool,
        served.http.stream("POST", "/v3/cursor", json={"batch": {"steps": [{"stmt": {"sql": MANY_ROWS}}]}}) as parked,
    ):
        next(parked.iter_raw())
        other = Client(served.url)
        waiting = pool.submit(other.post, execute("insert into t values (2)"))
        eventually(lambda: served.plane._databases["test"].write_lock.waiting == 1)
        served.drop()
        waiting.result(10)
        other.close()
    assert not list(served.tenant.path.parent.glob("test.db-*"))  # the last connection to close removes the log
    assert served.post(baton=held).text == "Received an invalid baton"
    assert served.run("select * from t")["rows"] == []
