"""The caller, organizations, locations and plans, in both spellings and all shapes that clients expect."""

import httpx
import pytest

from turso_tui.local.server import LocalServer


def test_a_platform_token_never_expires(api: httpx.Client) -> None:
    assert api.get("/v1/auth/validate").json() == {"exp": -1}


@pytest.mark.parametrize("path", ["/v1/user", "/v1/current-user"])
def test_both_user_endpoints_tell_who_is_calling(api: httpx.Client, path: str) -> None:
    user = api.get(path).json()["user"]
    assert (user["username"], user["plan"], user["mfa"]) == ("you", "starter", False)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_organizations_are_listed_wrapped(api: httpx.Client, version: str) -> None:
    (organization,) = api.get(f"/{version}/organizations").json()["organizations"]
    assert (organization["slug"], organization["type"], organization["overages"]) == ("you", "personal", False)


def test_one_organization_is_what_the_list_says(api: httpx.Client) -> None:
    listed = api.get("/v2/organizations").json()["organizations"][0]
    assert api.get("/v1/organizations/you").json() == {"organization": listed}


@pytest.mark.parametrize("tail", ["", "/databases", "/groups", "/usage", "/subscription"])
def test_an_unknown_organization_is_not_found(api: httpx.Client, tail: str) -> None:
    response = api.get(f"/v1/organizations/nobody{tail}")
    assert (response.status_code, response.json()) == (404, {"error": "organization nobody not found"})


@pytest.mark.parametrize("tail", ["databases", "groups", "subscription", "usage"])
def test_a_path_without_an_organization_means_the_personal_one(api: httpx.Client, tail: str) -> None:
    assert api.get(f"/v1/{tail}").json() == api.get(f"/v1/organizations/you/{tail}").json()


def test_locations_come_flat_grouped_and_alone(api: httpx.Client) -> None:
    flat = api.get("/v1/locations").json()["locations"]
    grouped = api.get("/v2/organizations/you/locations").json()["locations"]
    assert grouped == api.get("/v2/locations").json()["locations"]
    assert flat == grouped["aws"] | grouped["local"]
    location = api.get("/v1/locations/aws-us-east-1").json()["location"]
    assert (location["code"], location["description"]) == ("aws-us-east-1", "AWS US East (Virginia)")
    assert api.get("/v1/locations/nowhere").status_code == 404


def test_the_plan_of_the_subscription_is_among_the_plans(api: httpx.Client) -> None:
    subscription = api.get("/v1/subscription").json()["subscription"]
    plans = {plan["name"]: plan for plan in api.get("/v1/plans").json()["plans"]}
    assert plans[subscription["plan"]]["quotas"]["rowsRead"] == 500_000_000
    assert api.get("/v1/organizations/you/plans").json()["plans"] == list(plans.values())


def test_unknown_paths_and_methods_are_answered_in_json(api: httpx.Client) -> None:
    assert api.get("/v1/nothing/here").json() == {"error": "not found"}
    refused = api.put("/v1/organizations")
    assert (refused.status_code, refused.json()) == (405, {"error": "method not allowed"})


def test_every_answer_is_plain_json(api: httpx.Client, server: LocalServer) -> None:
    response = api.get("/v1/organizations")
    assert response.headers["content-type"] == "application/json"
    assert server.token not in response.text
