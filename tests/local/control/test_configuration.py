"""A database's settings are changed in parts, and blocking is felt by the next statement."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Create = Callable[..., dict[str, Any]]
Mint = Callable[..., str]
RunSql = Callable[..., httpx.Response]

CONFIGURATION = "/v1/organizations/you/databases/app/configuration"

DEFAULTS = {
    "size_limit": "0",
    "allow_attach": False,
    "block_reads": False,
    "block_writes": False,
    "delete_protection": False,
    "allowed_ips": [],
    "allowed_aws_vpc_ids": [],
}


def test_a_patch_changes_only_what_it_names(api: httpx.Client, create: Create) -> None:
    create("app")
    assert api.get(CONFIGURATION).json() == DEFAULTS
    patched = api.patch(CONFIGURATION, json={"block_writes": True}).json()
    assert patched == DEFAULTS | {"block_writes": True} == api.get(CONFIGURATION).json()


def test_null_leaves_a_switch_and_clears_a_list(api: httpx.Client, create: Create) -> None:
    create("app")
    api.patch(CONFIGURATION, json={"delete_protection": True, "allowed_ips": ["10.0.0.0/8", "::1"]})
    patched = api.patch(CONFIGURATION, json={"delete_protection": None, "allowed_ips": None}).json()
    assert (patched["delete_protection"], patched["allowed_ips"]) == (True, [])


@pytest.mark.parametrize("patch", [{"allowed_ips": ["10.0.0.256"]}, {"allowed_aws_vpc_ids": ["vpc-1"]}])
def test_an_allow_rule_that_is_none_is_refused(api: httpx.Client, create: Create, patch: dict[str, object]) -> None:
    create("app")
    assert api.patch(CONFIGURATION, json=patch).status_code == 400
    assert api.get(CONFIGURATION).json() == DEFAULTS


def test_blocked_writes_reach_the_next_statement(
    api: httpx.Client, create: Create, mint: Mint, run_sql: RunSql
) -> None:
    create("app")
    token = mint("databases/app")
    api.patch(CONFIGURATION, json={"block_writes": True})
    (result, _) = run_sql(token, sql="CREATE TABLE t (x)").json()["results"]
    assert result["error"]["code"] == "BLOCKED"
    api.patch(CONFIGURATION, json={"block_writes": False})
    (result, _) = run_sql(token, sql="CREATE TABLE t (x)").json()["results"]
    assert result["type"] == "ok"
