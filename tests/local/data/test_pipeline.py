"""Pipelines: what our server and the real sqld both do."""

from typing import Any

import pytest

from tests.local.data.serving import Client, batch, execute, integer, step, stmt, text

CLOSE = {"type": "close"}


def test_a_statement_returns_rows_columns_and_costs(server: Client) -> None:
    server.script("create table t (id integer primary key, price FURRY BUNNY, n int)")
    inserted = server.run("insert into t values (7, 1.5, null), (9223372036854775807, 'x', 2)")
    assert (inserted["affected_row_count"], inserted["last_insert_rowid"]) == (2, "9223372036854775807")
    selected = server.run("select id, price, n, n + 1 as m from t")
    assert selected["cols"] == [
        {"name": "id", "decltype": "INTEGER"},
        {"name": "price", "decltype": "FURRY BUNNY"},
        {"name": "n", "decltype": "INT"},
        {"name": "m", "decltype": None},
    ]
    assert selected["rows"][1] == [integer(2**63 - 1), text("x"), integer(2), integer(3)]
    assert (selected["affected_row_count"], selected["last_insert_rowid"]) == (0, None)
    assert (selected["rows_read"], selected["rows_written"]) == (2, 0)
    assert selected["query_duration_ms"] >= 0


@pytest.mark.parametrize(
    ("sql", "code", "message"),
    [
        ("", "SQL_NO_STATEMENT", "SQL string does not contain any statement"),
        ("select 1; select 2", "SQL_MANY_STATEMENTS", "SQL string contains more than one statement"),
        ("SELEC", "SQL_PARSE_ERROR", "SQL string could not be parsed: syntax error around L1:6: `SELEC`"),
        ("select\n 'a", "SQL_PARSE_ERROR", "SQL string could not be parsed: non-terminated literal at (2, 2)"),
        ("select", "SQL_PARSE_ERROR", "SQL string could not be parsed: unexpected end of input at (1, 7)"),
        ("select 'é', no", "SQL_INPUT_ERROR", "SQL input error: no such column: no (at offset 13)"),
        ("select * from no", "SQLITE_UNKNOWN", "SQLite error: no such table: no"),
        ("commit", "SQLITE_UNKNOWN", "SQLite error: cannot commit - no transaction is active"),
        ("insert into t values (1)", "SQLITE_CONSTRAINT", "SQLite error: UNIQUE constraint failed: t.id"),
        ("insert into t values ('x')", "SQLITE_MISMATCH", "SQLite error: datatype mismatch"),
        (
            "select ?",
            "ARGS_INVALID",
            "Arguments do not match SQL parameters: value for parameter 1 not found",
        ),
        (
            "attach 'x' as y",
            "SQL_PARSE_ERROR",
            "SQL string could not be parsed: unsupported statement: attach 'x' as y",
        ),
        ("select load_extension('x')", "SQLITE_UNKNOWN", "SQLite error: not authorized"),
    ],
)
def test_errors_have_the_codes_and_messages_of_sqld(server: Client, sql: str, code: str, message: str) -> None:
    server.script("create table t (id integer primary key); insert into t values (1)")
    assert server.run(sql) == {"code": code, "message": message}


def test_arguments_are_bound_by_position_and_by_name(server: Client) -> None:
    by_position = server.run("select ?, ?3, ?2", integer(1), integer(2), integer(3))
    assert by_position["rows"] == [[integer(1), integer(3), integer(2)]]
    by_name = server.run("select :a, @b, $c", **{"a": integer(1), "@b": integer(2), "$c": integer(3)})
    assert by_name["rows"] == [[integer(1), integer(2), integer(3)]]
    assert server.run("select ?", integer(1), a=integer(1))["code"] == "ARGS_BOTH_POSITIONAL_AND_NAMED"
    assert server.run("select 1", integer(1))["code"] == "ARGS_INVALID"


def test_requests_after_a_failed_one_still_run(server: Client) -> None:
    _, answers = server.pipeline(execute("select no"), execute("select 1"), CLOSE)
    assert answers[0]["code"] == "SQL_INPUT_ERROR"
    assert answers[1]["result"]["rows"] == [[integer(1)]]


def test_a_batch_runs_the_steps_whose_conditions_hold(server: Client) -> None:
    ok = {"type": "ok", "step": 0}
    _, (answer, _) = server.pipeline(
        batch(
            step("select no"),
            step("select 1", ok),
            step("select 2", {"type": "error", "step": 0}),
            step("select 3", {"type": "and", "conds": [{"type": "not", "cond": ok}, {"type": "is_autocommit"}]}),
            step("select 4", {"type": "or", "conds": []}),
            step("select 5", {"type": "and", "conds": []}),
        ),
        CLOSE,
    )
    ran = [result and result["rows"][0][0]["value"] for result in answer["result"]["step_results"]]
    assert ran == [None, None, "2", "3", None, "5"]
    assert [error and error["code"] for error in answer["result"]["step_errors"]] == ["SQL_INPUT_ERROR", *[None] * 5]


def test_a_batch_with_a_syntax_error_does_not_run_at_all(server: Client) -> None:
    server.script("create table t (a)")
    _, (answer, _) = server.pipeline(batch(step("insert into t values (1)"), step("SELEC")), CLOSE)
    assert answer["code"] == "SQL_PARSE_ERROR"
    assert server.run("select count(*) from t")["rows"] == [[integer(0)]]


def test_a_batch_may_use_what_its_earlier_steps_create(server: Client) -> None:
    _, (answer, _) = server.pipeline(batch(step("create table made (a)"), step("insert into made values (1)")), CLOSE)
    assert answer["result"]["step_errors"] == [None, None]


def test_autocommit_follows_the_transaction(server: Client) -> None:
    get = {"type": "get_autocommit"}
    _, answers = server.pipeline(
        execute("create table t (a unique)"),
        get,
        execute("begin"),
        get,
        execute("insert into t values (1)"),
        execute("insert or rollback into t values (1)"),
        get,
        CLOSE,
    )
    assert [answer["is_autocommit"] for answer in answers if "is_autocommit" in answer] == [True, False, True]


def test_a_sequence_stops_at_the_first_error(server: Client) -> None:
    sql = "create table t (a); insert into t values (1); insert into no values (1); insert into t values (2)"
    _, (answer, _) = server.pipeline({"type": "sequence", "sql": sql}, CLOSE)
    assert answer["code"] == "SQLITE_UNKNOWN"
    assert server.run("select count(*) from t")["rows"] == [[integer(1)]]
    server.script("-- only a comment")


def test_describe_tells_parameters_columns_and_flags(server: Client) -> None:
    server.script("create table t (a int)")
    _, (answer, begin, explain, _) = server.pipeline(
        {"type": "describe", "sql": "select a, ?1, :x, ?5, ? from t"},
        {"type": "describe", "sql": "begin immediate"},
        {"type": "describe", "sql": "explain query plan select 1"},
        CLOSE,
    )
    names = [param["name"] for param in answer["result"]["params"]]
    assert names == ["?1", ":x", None, None, "?5", None]
    assert answer["result"]["cols"][0] == {"name": "a", "decltype": "INT"}
    assert answer["result"]["is_readonly"] is True
    assert begin["result"]["is_readonly"] is False
    assert explain["result"]["is_explain"] is True


def test_stored_sql_belongs_to_its_stream(server: Client) -> None:
    baton, answers = server.pipeline(
        {"type": "store_sql", "sql_id": 3, "sql": "select 41 + 1"},
        {"type": "execute", "stmt": {"sql_id": 3}},
    )
    assert answers[1]["result"]["rows"] == [[integer(42)]]
    server.pipeline({"type": "close_sql", "sql_id": 3}, {"type": "close_sql", "sql_id": 99}, CLOSE, baton=baton)
    assert server.post({"type": "execute", "stmt": {"sql_id": 3}}).status_code == 400


@pytest.mark.parametrize(
    ("request_", "text_"),
    [
        ({"type": "execute", "stmt": {}}, "Either `sql` or `sql_id` are required"),
        ({"type": "execute", "stmt": {"sql": "", "sql_id": 1}}, "Either `sql` or `sql_id` are required, but not both"),
        ({"type": "describe", "sql_id": 1}, "SQL text 1 not found"),
        (batch(step("select 1", {"type": "ok", "step": 0})), "Invalid reference to step in a batch condition"),
    ],
)
def test_protocol_errors_fail_the_whole_request(server: Client, request_: dict[str, Any], text_: str) -> None:
    response = server.post(request_)
    assert (response.status_code, response.headers["content-type"], response.text) == (400, "text/plain", text_)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"requests":[{"type":"no"}]}', b'{"requests":[{"type":"execute"}]}', b"\xff"]
)
def test_a_malformed_body_is_refused_and_leaves_the_stream_alone(server: Client, body: bytes) -> None:
    response = server.http.post("/v3/pipeline", content=body)
    assert response.status_code == 400
    assert response.text.startswith("Cannot deserialize client message from JSON: ")


def test_version_2_lacks_what_version_3_added(server: Client) -> None:
    for request in ({"type": "get_autocommit"}, batch(step("select 1", {"type": "is_autocommit"}))):
        response = server.post(request, version=2)
        assert response.status_code == 400
        assert response.text.endswith("is only supported in protocol version hrana3 and higher")


def test_text_that_is_not_utf8_fails_the_request(server: Client) -> None:
    response = server.post(execute("select cast(x'61ff' as text)"))
    assert (response.status_code, response.json()) == (500, {"error": "invalid utf-8 sequence of 1 bytes from index 1"})


def test_optional_keys_may_be_null_and_unknown_ones_are_ignored(server: Client) -> None:
    statement: dict[str, Any] = {
        "sql": "select 1",
        "sql_id": None,
        "args": [],
        "named_args": [],
        "replication_index": None,
        "new": 1,
    }
    _, (answer, _) = server.pipeline(
        {"type": "batch", "batch": {"steps": [{"stmt": statement, "condition": None}], "replication_index": None}},
        CLOSE,
    )
    assert answer["result"]["step_errors"] == [None]


def test_probes_and_health(server: Client) -> None:
    assert [server.http.get(path).status_code for path in ("/v2", "/v3", "/health", "/version")] == [200] * 4
    assert server.http.get("/v2/pipeline").status_code == 405
    assert server.http.get("/v3").headers["content-type"] == "text/plain"


def test_content_types_carry_no_charset(server: Client) -> None:
    assert server.post(execute("select 1"), CLOSE).headers["content-type"] == "application/json"
    cursor = server.http.post("/v3/cursor", json={"batch": {"steps": []}})
    assert cursor.headers["content-type"] == "text/plain"


def test_the_stateless_endpoints_of_version_1(server: Client) -> None:
    execute_answer = server.http.post("/v1/execute", json={"stmt": stmt("select 1")})
    assert execute_answer.json()["result"]["rows"] == [[integer(1)]]
    batch_answer = server.http.post("/v1/batch", json={"batch": {"steps": [step("select 1")]}})
    assert batch_answer.json()["result"]["step_errors"] == [None]
    refused = server.http.post("/v1/execute", json={"stmt": {"sql": "SELEC"}})
    assert (refused.status_code, refused.json()["code"]) == (400, "SQL_PARSE_ERROR")
    failed = server.http.post("/v1/execute", json={"stmt": {"sql": "select * from no"}})
    assert (failed.status_code, failed.json()["code"]) == (500, "SQLITE_UNKNOWN")
