"""Databases over the Platform API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from turso_tui.local.server import LocalServer

Create = Callable[..., dict[str, Any]]
Mint = Callable[..., str]
RunSql = Callable[..., httpx.Response]

DATABASES = "/v1/organizations/you/databases"


def names(response: httpx.Response) -> list[str]:
    return [database["Name"] for database in response.json()["databases"]]


def test_a_new_account_has_a_group_and_no_databases(api: httpx.Client) -> None:
    assert api.get(DATABASES).json() == {"databases": [], "pagination": {"next": None}}
    assert [group["name"] for group in api.get("/v1/groups").json()["groups"]] == ["default"]


def test_a_created_database_has_the_keys_that_clients_read(
    api: httpx.Client, server: LocalServer, create: Create
) -> None:
    created = create("app")
    database = api.get(f"{DATABASES}/app").json()["database"]
    assert created == {key: database[key] for key in ("DbId", "Hostname", "Name")}
    assert database["Hostname"] == f"app-you.localhost:{server.port}"
    assert (database["primaryRegion"], database["group"], database["parent"]) == ("local", "default", None)
    assert names(api.get(DATABASES)) == ["app"]


def test_request_keys_match_in_any_case_and_any_content_type(api: httpx.Client) -> None:
    body = '{"NAME": "app", "Group": "default"}\n'
    response = api.post(DATABASES, content=body, headers={"content-type": "text/plain;charset=UTF-8"})
    assert response.json()["database"]["Name"] == "app"


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "{}", '{"name": 5}', '{"name": null}'])
def test_a_body_that_makes_no_sense_is_a_bad_request(api: httpx.Client, body: str) -> None:
    response = api.post(DATABASES, content=body)
    assert response.status_code == 400
    assert response.json()["error"].startswith("invalid request body")


def test_a_name_is_given_once(api: httpx.Client, create: Create) -> None:
    create("app")
    response = api.post(DATABASES, json={"name": "app", "group": "default"})
    assert (response.status_code, response.json()) == (400, {"error": "database with same name already exists"})


@pytest.mark.parametrize("name", ["", "Upper", "under_score", "-dash", "dash-", "a b", "é", "x" * 60])
def test_a_name_has_to_fit_a_host_name(api: httpx.Client, name: str) -> None:
    response = api.post(DATABASES, json={"name": name, "group": "default"})
    assert response.status_code == 400
    assert response.json()["error"].startswith("invalid database name: name")


def test_the_longest_name_is_a_whole_label(create: Create) -> None:
    assert len(create("x" * 59)["Hostname"].partition(".")[0]) == 63


def test_a_database_needs_a_group_that_exists(api: httpx.Client) -> None:
    response = api.post(DATABASES, json={"name": "app", "group": "other"})
    assert (response.status_code, response.json()) == (400, {"error": "group not found"})


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_database_is_not_found(api: httpx.Client, method: str) -> None:
    response = api.request(method, f"{DATABASES}/nope")
    expected = {"error": "could not find database with name nope: record not found"}
    assert (response.status_code, response.json()) == (404, expected)


def test_a_deleted_database_is_gone_with_its_file(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql, tmp_path: Path
) -> None:
    database = create("app")
    token = mint("databases/app")
    assert run_sql(token, database["Hostname"], "CREATE TABLE t (x)").status_code == 200
    assert api.delete(f"{DATABASES}/app").json() == {"database": "app"}
    assert api.get(f"{DATABASES}/app").status_code == 404
    assert run_sql(token, database["Hostname"]).status_code == 404
    assert list((tmp_path / "account" / "databases").glob(f"{database['DbId']}*")) == []


def test_the_name_of_a_deleted_database_starts_afresh(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    create("app")
    run_sql(mint("databases/app"), sql="CREATE TABLE t (x)")
    api.delete(f"{DATABASES}/app")
    create("app")
    answer = run_sql(mint("databases/app"), sql="SELECT count(*) FROM sqlite_schema").json()
    assert answer["results"][0]["response"]["result"]["rows"] == [[{"type": "integer", "value": "0"}]]


def test_a_protected_database_cannot_be_deleted(api: httpx.Client, create: Create) -> None:
    create("app")
    api.patch(f"{DATABASES}/app/configuration", json={"delete_protection": True})
    response = api.delete(f"{DATABASES}/app")
    assert response.status_code == 400
    assert "delete protection" in response.json()["error"]
    api.patch(f"{DATABASES}/app/configuration", json={"delete_protection": False})
    assert api.delete(f"{DATABASES}/app").status_code == 200


@pytest.mark.parametrize("key", ["name", "value"])
def test_a_branch_has_its_parents_rows_and_its_own_life(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql, key: str
) -> None:
    parent = create("app")
    run_sql(mint("databases/app"), sql="CREATE TABLE t AS SELECT 42 AS x")
    create("app-branch", seed={"type": "database", key: "app"})
    run_sql(mint("databases/app"), sql="DROP TABLE t")
    answer = run_sql(mint("databases/app-branch"), sql="SELECT x FROM t").json()
    assert answer["results"][0]["response"]["result"]["rows"] == [[{"type": "integer", "value": "42"}]]
    branch = api.get(f"{DATABASES}/app-branch").json()["database"]
    assert (branch["parent"]["id"], branch["parent"]["name"]) == (parent["DbId"], "app")
    assert names(api.get(DATABASES, params={"parent": parent["DbId"]})) == ["app-branch"]


@pytest.mark.parametrize(
    "seed", [{"type": "dump", "url": "http://x/"}, {"type": "database_upload"}, {"type": "database", "name": "nope"}]
)
def test_a_seed_that_is_not_to_be_had_creates_nothing(api: httpx.Client, seed: dict[str, str]) -> None:
    response = api.post(DATABASES, json={"name": "app", "group": "default", "seed": seed})
    assert response.status_code in {400, 404}
    assert names(api.get(DATABASES)) == []


def test_pages_follow_each_other_without_gaps(api: httpx.Client, create: Create) -> None:
    expected = sorted(create(f"db-{number}")["Name"] for number in range(7))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get(DATABASES, params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        seen += names(page)
        cursor = page.json()["pagination"]["next"]
        if cursor is None:
            break
    assert seen == expected


def test_a_page_that_ends_exactly_at_the_end_has_no_next(api: httpx.Client, create: Create) -> None:
    create("a")
    create("b")
    assert api.get(DATABASES, params={"limit": 2}).json()["pagination"] == {"next": None}


@pytest.mark.parametrize("query", [{"cursor": "nonsense"}, {"cursor": "é"}, {"limit": "0"}, {"limit": "many"}])
def test_a_cursor_or_limit_that_is_not_ours_is_a_bad_request(api: httpx.Client, query: dict[str, str]) -> None:
    assert api.get(DATABASES, params=query).status_code == 400


def test_a_database_has_one_instance_which_is_the_primary(api: httpx.Client, create: Create) -> None:
    created = create("app")
    (instance,) = api.get(f"{DATABASES}/app/instances").json()["instances"]
    assert (instance["type"], instance["hostname"]) == ("primary", created["Hostname"])
    assert api.get(f"{DATABASES}/app/instances/local").json() == {"instance": instance}
    assert api.get(f"{DATABASES}/app/instances/other").status_code == 404


def test_the_new_engine_is_told_by_the_id(create: Create) -> None:
    assert create("old")["DbId"][11:13] == "00"
    assert create("new", use_tursodb=True)["DbId"][11:13] == "10"
