"""Who may run what: kinds of statements by dialect, tokens that only read, databases that are blocked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.data.serving import Client, Served, execute, integer, serving
from turso_tui.local.tenant import Dialect

REFUSED_BY_SQLD = [
    "vacuum",
    "/* not the first word */ vacuum",
    "analyze",
    "create temp table x (a)",
    "create temp view x as select 1",
    "pragma journal_mode = delete",
    "pragma wal_checkpoint",
    "pragma writable_schema = on",
    "pragma nonsense",
    "attach 'file.db' as x",
]
TAKEN_BY_ALL = [
    "values (1)",
    "with a as (select 1) select * from a",
    "pragma table_info(t)",
    "pragma user_version",
    "pragma user_version = 3",
    "pragma foreign_keys = off",
    "pragma journal_mode",
    "begin readonly",
    "begin transaction readonly",
    "savepoint a",
    "explain insert into t values (1)",
    "explain query plan select * from t",
    "reindex",
    "drop table if exists absent",
    "create virtual table f using fts5(a)",
    "create trigger x after insert on t begin delete from t; end",
    "alter table t rename to u",
]


@pytest.fixture(params=["sqld dialect", "cloud dialect", pytest.param("real sqld", marks=pytest.mark.sqld)])
def strict(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """The servers that take only listed kinds of statements."""
    if request.param == "real sqld":
        client = Client(request.getfixturevalue("sqld"))
        yield client
        client.close()
        return
    with serving(tmp_path, Dialect.SQLD if request.param == "sqld dialect" else Dialect.CLOUD) as served:
        yield served


@pytest.mark.parametrize("sql", REFUSED_BY_SQLD)
def test_kinds_that_are_not_listed_are_refused(strict: Client, sql: str) -> None:
    reason = f"SQL string could not be parsed: unsupported statement: {sql}"
    assert strict.run(sql) == {"code": "SQL_PARSE_ERROR", "message": reason}


@pytest.mark.parametrize("sql", TAKEN_BY_ALL)
def test_listed_kinds_are_taken_everywhere(server: Client, sql: str) -> None:
    server.script("create table t (a)")
    assert "code" not in server.run(sql)


def test_one_refused_statement_refuses_the_whole_sequence(strict: Client) -> None:
    sql = "create table t (a); vacuum"
    _, (answer, _) = strict.pipeline({"type": "sequence", "sql": sql}, {"type": "close"})
    assert answer["message"] == f"SQL string could not be parsed: unsupported statement: {sql}"
    assert strict.run("select * from t")["code"] == "SQLITE_UNKNOWN"


def test_the_cloud_does_not_set_the_user_version(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.CLOUD) as served:
        assert served.run("pragma user_version = 3")["code"] == "SQL_PARSE_ERROR"
        assert served.run("pragma user_version")["rows"] == [[integer(0)]]


@pytest.mark.parametrize("sql", ["vacuum", "analyze", "create temp table x (a)", "pragma optimize"])
def test_the_protocol_itself_forbids_no_harmless_statement(served: Served, sql: str) -> None:
    assert "code" not in served.run(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "attach '{file}' as x",
        "attach '{file}' || '' as x",
        "vacuum into '{file}'",
        "pragma journal_mode = delete",
        "pragma writable_schema = on",
        "pragma temp_store_directory = '/tmp'",
        "select load_extension('{file}')",
        "select writefile('{file}', 'x')",
        "select readfile('{file}')",
    ],
)
def test_nothing_reaches_beyond_the_database(served: Served, tmp_path: Path, sql: str) -> None:
    other = tmp_path / "other.db"
    assert "code" in served.run(sql.format(file=other))
    assert not other.exists()


def test_a_token_that_only_reads_loses_the_stream_when_it_writes(served: Served) -> None:
    served.script("create table t (a)")
    served.permit(may_write=False)
    baton, _ = served.pipeline(execute("begin immediate"), execute("select * from t"), execute("explain delete from t"))
    response = served.post(execute("insert into t values (1)"), baton=baton)
    assert response.status_code == 403
    assert response.json()["error"].startswith("Authorization forbidden: ")
    assert served.post(baton=baton).text == "Received an invalid baton"


@pytest.mark.parametrize(
    "sql", ["with a as (select 1) insert into t select * from a", "pragma user_version = 3", "drop table t", "reindex"]
)
def test_what_writes_is_not_told_from_its_first_word(served: Served, sql: str) -> None:
    served.script("create table t (a unique)")
    served.permit(may_write=False)
    assert served.post(execute(sql)).status_code == 403


def test_sqld_counts_some_reading_pragmas_as_writes(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.SQLD) as served:
        served.permit(may_write=False)
        assert served.post(execute("pragma user_version")).status_code == 403
        assert served.post(execute("pragma table_info(t)")).status_code == 200


def test_the_cloud_refuses_a_write_in_band(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.CLOUD) as served:
        served.permit(may_write=False)
        assert served.run("create table t (a)")["code"] == "SQLITE_READONLY"


def test_a_read_only_token_stops_a_cursor_with_an_error_entry(served: Served) -> None:
    served.permit(may_write=False)
    *_, last = served.cursor({"stmt": {"sql": "create table t (a)"}})
    assert last["type"] == "error"


def test_blocked_writes_leave_reads_alone(served: Served) -> None:
    served.script("create table t (a)")
    served.permit(block_writes=True, block_reason="quota")
    assert served.run("insert into t values (1)") == {"code": "BLOCKED", "message": "Operation was blocked: quota"}
    assert served.run("select * from t")["rows"] == []


def test_blocked_reads_block_everything_but_the_end_of_a_transaction(served: Served) -> None:
    served.script("create table t (a)")
    baton, _ = served.pipeline(execute("begin"))
    served.permit(block_reads=True)
    _, answers = served.pipeline(execute("select * from t"), execute("commit"), {"type": "close"}, baton=baton)
    assert answers[0] == {"code": "BLOCKED", "message": "Operation was blocked"}
    assert answers[1]["type"] == "execute"


def test_errors_of_the_cloud_are_plain_and_have_extended_codes(tmp_path: Path) -> None:
    with serving(tmp_path, Dialect.CLOUD) as served:
        served.script("create table t (a unique)")
        served.run("insert into t values (1)")
        assert served.run("insert into t values (1)") == {
            "code": "SQLITE_CONSTRAINT",
            "extended_code": "SQLITE_CONSTRAINT_UNIQUE",
            "message": "UNIQUE constraint failed: t.a",
        }
