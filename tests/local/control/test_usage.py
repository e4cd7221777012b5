"""Usage is what was really read, written and stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from turso_tui.local.control.metering import HOUR, UsageMeter
from turso_tui.local.control.records import Configuration, Database, Group, Organization
from turso_tui.local.control.store import Account
from turso_tui.local.server import LocalServer

Create = Callable[..., dict[str, Any]]
Mint = Callable[..., str]
RunSql = Callable[..., httpx.Response]

USAGE = "/v1/organizations/you/databases/app/usage"


def test_statements_are_counted_towards_their_database(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    database = create("app")
    create("other")
    token = mint("databases/app")
    run_sql(token, sql="CREATE TABLE t (x)")
    run_sql(token, sql="INSERT INTO t VALUES (1), (2), (3)")
    usage = api.get(USAGE).json()["database"]
    assert usage["uuid"] == database["DbId"]
    assert usage["usage"] == usage["total"] == usage["instances"][0]["usage"]
    assert usage["usage"]["rows_written"] >= 3
    assert usage["usage"]["storage_bytes"] >= 8192
    assert usage["usage"]["storage_bytes"] % 4096 == 0
    assert api.get("/v1/databases/other/usage").json()["database"]["usage"]["rows_written"] == 0


def test_the_most_expensive_statement_comes_first(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    create("app")
    token = mint("databases/app")
    run_sql(token, sql="CREATE TABLE t (x)")
    for _ in range(2):
        run_sql(token, sql="INSERT INTO t VALUES (1), (2), (3), (4), (5)")
    queries = api.get(f"{USAGE}/queries", params={"from": "2020-01-01T00:00:00Z"}).json()
    assert (queries[0]["query"], queries[0]["rows_written"]) == ("INSERT INTO t VALUES (1), (2), (3), (4), (5)", 10)
    assert api.get("/v1/databases/app/stats").json()["top_queries"][0] == queries[0]


def test_without_statements_there_are_no_top_queries(api: httpx.Client, create: Create) -> None:
    create("app")
    assert api.get(f"{USAGE}/queries").json() == []
    assert api.get("/v1/databases/app/stats").json() == {"top_queries": None}


def test_an_organization_adds_its_databases_up(api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql) -> None:
    for name in ("app", "other"):
        create(name)
        run_sql(mint(f"databases/{name}"), sql="CREATE TABLE t AS SELECT 1 AS x")
    organization = api.get("/v1/organizations/you/usage").json()["organization"]
    total, parts = organization["usage"], [each["usage"] for each in organization["databases"]]
    assert (total["databases"], total["groups"], total["locations"]) == (2, 1, 1)
    assert len(parts) == 2
    for key in ("rows_read", "rows_written", "storage_bytes", "bytes_synced"):
        assert total[key] == sum(part[key] for part in parts)


def test_a_window_leaves_out_what_is_outside(api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql) -> None:
    create("app")
    run_sql(mint("databases/app"), sql="CREATE TABLE t AS SELECT 1 AS x")
    past = {"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00+01:00"}
    assert api.get(USAGE, params=past).json()["database"]["usage"]["rows_written"] == 0


@pytest.mark.parametrize("moment", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_a_moment_that_is_none_is_a_bad_request(api: httpx.Client, create: Create, moment: str) -> None:
    create("app")
    response = api.get(USAGE, params={"from": moment})
    assert response.status_code == 400
    assert response.json()["error"].startswith(f'invalid from parameter: parsing time "{moment}"')


def test_counters_survive_a_restart(tmp_path: Path) -> None:
    body = {"requests": [{"type": "execute", "stmt": {"sql": "CREATE TABLE t AS SELECT 1 AS x"}}, {"type": "close"}]}
    with LocalServer.in_thread(tmp_path) as server:
        headers = {"authorization": f"Bearer {server.token}"}
        httpx.post(f"{server.url}/v1/databases", json={"name": "app"}, headers=headers)
        minted = httpx.post(f"{server.url}/v1/databases/app/auth/tokens", headers=headers).json()
        run = httpx.post(f"{server.url}/v2/pipeline", json=body, headers={"authorization": f"Bearer {minted['jwt']}"})
        assert run.status_code == 200
        before = httpx.get(f"{server.url}/v1/databases/app/usage", headers=headers).json()
    with LocalServer.in_thread(tmp_path) as server:
        after = httpx.get(f"{server.url}/v1/databases/app/usage", headers=headers).json()
    assert before["database"]["usage"]["rows_written"] > 0
    assert after == before


def test_the_meter_sums_up_by_hour(tmp_path: Path) -> None:
    now = 1_800_000_000
    account = Account(tmp_path / "account.db")
    account.add(
        Organization("o", "you", "You", type="personal", plan="starter"),
        Group("g", "o", "default", "local"),
        Database("d", "o", "g", "app", "app-you", "", now, Configuration()),
    )
    meter = UsageMeter(account, lambda: now)
    for database in ("d", "gone"):
        meter.of(database).count("SELECT 1", rows_read=1, rows_written=0, elapsed_ms=0.5)
    now += 2 * HOUR
    meter.of("d").count("SELECT 1", rows_read=10, rows_written=2, elapsed_ms=1.0)
    assert meter.totals(now - 3 * HOUR, now + 1)["d"].rows_read == 11
    assert meter.totals(now - HOUR / 2, now + 1)["d"].rows_read == 10
    (query,) = meter.top_queries("d", now - 3 * HOUR)
    assert (query.calls, query.rows_read, query.rows_written, query.elapsed_ms) == (2, 11, 2, 1.5)
    account.close()
