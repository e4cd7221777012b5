"""Groups over the Platform API."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from turso_tui.local.server import LocalServer

Create = Callable[..., dict[str, Any]]

GROUPS = "/v1/organizations/you/groups"
ACME = "/v1/organizations/acme"


def test_a_group_is_created_with_pascal_case_keys_too(api: httpx.Client) -> None:
    group = api.post(GROUPS, json={"Name": "eu", "Location": "aws-eu-west-1", "Version": ""}).json()["group"]
    assert (group["name"], group["primary"], group["locations"]) == ("eu", "aws-eu-west-1", ["aws-eu-west-1"])
    assert api.get(f"{GROUPS}/eu").json() == {"group": group}


def test_a_group_name_is_given_once(api: httpx.Client) -> None:
    response = api.post(GROUPS, json={"name": "default", "location": "local"})
    assert (response.status_code, response.json()) == (409, {"error": "group already exists"})


@pytest.mark.parametrize("body", [{"name": "Bad"}, {"name": ""}, {"name": "eu", "location": "atlantis"}])
def test_a_group_needs_a_name_and_a_place_that_exist(api: httpx.Client, body: dict[str, str]) -> None:
    assert api.post(GROUPS, json=body).status_code == 400


def test_an_unknown_group_is_not_found(api: httpx.Client) -> None:
    response = api.get(f"{GROUPS}/nope")
    assert (response.status_code, response.json()) == (404, {"error": "group not found"})


def test_deleting_a_group_deletes_its_databases(api: httpx.Client, create: Create, tmp_path: Path) -> None:
    api.post(GROUPS, json={"name": "eu"})
    create("app", group="eu")
    create("other")
    assert api.delete(f"{GROUPS}/eu").json()["group"]["name"] == "eu"
    assert [each["Name"] for each in api.get("/v1/databases").json()["databases"]] == ["other"]


def test_protection_of_a_group_holds_for_its_databases(api: httpx.Client, create: Create) -> None:
    create("app")
    configuration = f"{GROUPS}/default/configuration"
    assert api.get(configuration).json() == {"delete_protection": False}
    assert api.patch(configuration, json={"delete_protection": True}).json() == {"delete_protection": True}
    assert api.delete("/v1/databases/app").status_code == 400
    assert api.delete(f"{GROUPS}/default").status_code == 400
    assert api.get("/v1/databases/app").status_code == 200


def test_a_protected_database_protects_its_group(api: httpx.Client, create: Create) -> None:
    create("app")
    api.patch("/v1/databases/app/configuration", json={"delete_protection": True})
    assert api.delete(f"{GROUPS}/default").status_code == 400


def test_a_renamed_group_keeps_its_databases(api: httpx.Client, create: Create) -> None:
    create("app")
    assert api.post(f"{GROUPS}/default/rename", json={"Name": "main"}).status_code == 200
    assert api.get("/v1/databases/app").json()["database"]["group"] == "main"
    assert api.get(f"{GROUPS}/default").status_code == 404


def test_databases_are_listed_by_group(api: httpx.Client, create: Create) -> None:
    api.post(GROUPS, json={"name": "eu"})
    create("app", group="eu")
    create("other")
    listed = api.get("/v1/databases", params={"group": "eu"}).json()["databases"]
    assert [each["Name"] for each in listed] == ["app"]


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[httpx.Client]:
    """The demo's team, which has an archived group."""
    with LocalServer.in_thread(tmp_path, seed="demo", tenants=0) as server:
        headers = {"authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=server.url, headers=headers) as client:
            yield client


def test_an_archived_group_sleeps_until_it_is_unarchived(acme: httpx.Client) -> None:
    pilot = acme.get(f"{ACME}/databases/pilot-1").json()["database"]
    assert (pilot["sleeping"], pilot["archived"]) == (True, True)
    token = acme.post(f"{ACME}/databases/pilot-1/auth/tokens").json()["jwt"]

    def count_threads() -> httpx.Response:
        body = {"requests": [{"type": "execute", "stmt": {"sql": "SELECT count(*) FROM threads"}}]}
        return acme.post("/v2/pipeline", json=body, headers={"authorization": f"Bearer {token}"})

    assert count_threads().status_code == 503
    assert acme.post(f"{ACME}/groups/archive/unarchive").json()["group"]["archived"] is False
    assert count_threads().json()["results"][0]["type"] == "ok"


def test_nothing_is_created_in_an_archived_group(acme: httpx.Client) -> None:
    refused = acme.post(f"{ACME}/databases", json={"name": "new", "group": "archive"})
    expected = {"error": "cannot create database on group archive because it is sleeping"}
    assert (refused.status_code, refused.json()) == (400, expected)
