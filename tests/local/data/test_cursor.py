"""Cursors: entries in order, no limit on their size, and a stream that survives a client that leaves."""

import json
import threading
from pathlib import Path

import httpx
import pytest

from tests.local.data.serving import Client, Served, execute, integer, serving, step
from turso_tui.local.tenant import Dialect

NUMBERS = "with recursive c(n) as (select 1 union all select n + 1 from c where n < {count}) select n from c"
ENDLESS = "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c"


def test_entries_follow_the_steps_of_the_batch(server: Client) -> None:
    server.script("create table t (a int)")
    head, *entries = server.cursor(
        step("insert into t values (5), (6) returning a"),
        step("select no"),
        step("select 1", {"type": "ok", "step": 1}),
        step("delete from t", {"type": "ok", "step": 0}),
    )
    assert set(head) == {"baton", "base_url"}
    assert [entry["type"] for entry in entries] == [
        "step_begin", "row", "row", "step_end", "step_error", "step_begin", "step_end",
    ]  # fmt: skip
    assert entries[1]["row"] == [integer(5)]
    assert entries[3]["affected_row_count"] == 2
    assert str(entries[3]["last_insert_rowid"]) == "2"
    assert (entries[4]["step"], entries[4]["error"]["code"]) == (1, "SQL_INPUT_ERROR")
    assert (entries[5]["step"], entries[6]["affected_row_count"]) == (3, 2)


def test_a_stream_goes_from_pipeline_to_cursor_and_back(server: Client) -> None:
    server.script("create table t (a int)")
    baton, _ = server.pipeline(execute("begin"), execute("insert into t values (1)"))
    head, *entries = server.cursor(step("select a from t"), baton=baton)
    assert entries[1]["row"] == [integer(1)]
    _, answers = server.pipeline(
        execute("rollback"), execute("select a from t"), {"type": "close"}, baton=head["baton"]
    )
    assert answers[1]["result"]["rows"] == []


def test_text_that_is_no_sql_is_refused_before_the_answer_begins(server: Client) -> None:
    response = server.http.post("/v3/cursor", json={"batch": {"steps": [step("SELEC")]}})
    reason = "SQL string could not be parsed: syntax error around L1:6: `SELEC`"
    assert (response.status_code, response.json()) == (500, {"error": f"Internal Error: `{reason}`"})


def test_arguments_are_checked_when_their_step_runs(server: Client) -> None:
    entries = server.cursor(step("select ?"), step("select 2"))
    errors = [entry["error"]["code"] for entry in entries if entry.get("type") == "step_error"]
    assert errors == ["ARGS_INVALID"]
    assert entries[-1]["type"] == "step_end"


def test_no_cursor_in_version_2(server: Client) -> None:
    assert server.http.post("/v2/cursor", json={"batch": {"steps": []}}).status_code == 404


def test_a_cursor_has_no_size_limit(tmp_path: Path) -> None:
    with serving(tmp_path, max_response_bytes=10_000) as served:
        assert len(served.cursor(step(NUMBERS.format(count=20_000)))) == 20_003
        assert served.run(NUMBERS.format(count=20_000))["code"] == "RESPONSE_TOO_LARGE"
        assert len(served.run(NUMBERS.format(count=200))["rows"]) == 200


@pytest.mark.parametrize(
    ("dialect", "rowid", "last"),
    [
        (Dialect.SPEC, "1", "step_end"),
        (Dialect.SQLD, 1, "replication_index"),
        (Dialect.CLOUD, "1", "replication_index"),
    ],
)
def test_dialects_differ_in_the_rowid_and_the_last_line(
    tmp_path: Path, dialect: Dialect, rowid: object, last: str
) -> None:
    with serving(tmp_path, dialect) as served:
        served.script("create table t (a)")
        body = {"batch": {"steps": [step("insert into t values (1)")]}}
        entries = [json.loads(line) for line in served.http.post("/v3/cursor", json=body).text.splitlines()]
    assert entries[2]["last_insert_rowid"] == rowid
    assert entries[-1]["type"] == last


def test_rows_leave_before_the_statement_ends(server: Client) -> None:
    endless_rows = "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c"
    body = {"batch": {"steps": [step(endless_rows)]}}
    with server.http.stream("POST", "/v3/cursor", json=body, headers={"accept-encoding": "identity"}) as response:
        lines = response.iter_lines()
        next(lines)
        assert [json.loads(next(lines))["type"] for _ in range(3)] == ["step_begin", "row", "row"]


def _leave(client: Client, sql: str, baton: str | None) -> str:
    """Starts a cursor, waits for its first line, and drops the connection: the baton of that line."""
    body = {"baton": baton, "batch": {"steps": [step(sql)]}}
    with (
        httpx.Client(base_url=client.url) as http,
        http.stream("POST", "/v3/cursor", json=body, headers={"accept-encoding": "identity"}) as response,
    ):
        head: dict[str, str] = json.loads(next(response.iter_lines()))
    return head["baton"]


def test_leaving_a_cursor_stops_a_read_and_keeps_the_transaction(server: Client) -> None:
    server.script("create table t (a int)")
    baton, _ = server.pipeline(execute("begin"), execute("insert into t values (1)"))
    baton = _leave(server, ENDLESS, baton)
    _, answers = server.pipeline({"type": "get_autocommit"}, execute("commit"), {"type": "close"}, baton=baton)
    assert answers[0]["is_autocommit"] is False
    assert server.run("select a from t")["rows"] == [[integer(1)]]


def test_leaving_a_cursor_in_a_write_leaves_nothing_of_the_write(server: Client) -> None:
    server.script("create table t (a int)")
    baton, _ = server.pipeline(execute("begin"), execute("insert into t values (1)"))
    baton = _leave(server, "insert into t " + ENDLESS.replace("count(*)", "n"), baton)
    _, answers = server.pipeline({"type": "get_autocommit"}, execute("select a from t"), {"type": "close"}, baton=baton)
    # SQLite rolls the transaction back with an interrupted write; one that had not begun leaves it as it was.
    rolled_back = answers[0]["is_autocommit"]
    assert answers[1]["result"]["rows"] == ([] if rolled_back else [[integer(1)]])


def test_leaving_a_pipeline_stops_its_statement_and_ends_the_stream(served: Served) -> None:
    served.script("create table t (a int)")
    baton, _ = served.pipeline(execute("begin immediate"), execute("insert into t values (1)"))
    with httpx.Client(base_url=served.url, timeout=0.3) as http, pytest.raises(httpx.ReadTimeout):
        http.post("/v3/pipeline", json={"baton": baton, "requests": [execute(ENDLESS)]})
    # The write lock is free again only once the stream is gone.
    assert served.run("insert into t values (2)")["affected_row_count"] == 1
    assert served.run("select a from t")["rows"] == [[integer(2)]]


def test_a_request_waits_for_the_cursor_that_is_still_being_read(served: Served) -> None:
    body = {"batch": {"steps": [step(NUMBERS.format(count=200_000))]}}
    answers: list[object] = []
    with served.http.stream("POST", "/v3/cursor", json=body) as response:
        lines = response.iter_lines()
        baton = json.loads(next(lines))["baton"]

        def continue_stream() -> None:
            client = Client(served.url)
            answers.append(client.pipeline(execute("select 1"), {"type": "close"}, baton=baton))
            client.close()

        waiting = threading.Thread(target=continue_stream)
        waiting.start()
        assert sum(1 for _ in lines) == 200_002
    waiting.join(10)
    assert len(answers) == 1


def test_a_parked_cursor_does_not_outlive_the_server(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        body = {"batch": {"steps": [step(NUMBERS.format(count=2_000_000))]}}
        with served.http.stream("POST", "/v3/cursor", json=body) as response:
            next(response.iter_raw())
