import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import ProtocolError
from turso_tui.platform import (
    ApiToken,
    Database,
    DatabaseUsage,
    Group,
    GroupHealth,
    MintedApiToken,
    OrganizationUsage,
    QueryCost,
    Usage,
    wire,
)
from turso_tui.platform.models import LocationStatus, MintedToken, Plan
from turso_tui.tokens import PlatformToken


@pytest.mark.parametrize(
    "body",
    [
        {"database": {"Name": "app", "DbId": "1-2", "Hostname": "h", "primaryRegion": "local", "block_reads": True}},
        {"database": {"name": "app", "dbId": "1-2", "hostname": "h", "primary_region": "local", "blockReads": True}},
        {"Database": {"NAME": "app", "db_id": "1-2", "Hostname": "h", "PrimaryRegion": "local", "Block_Reads": True}},
        {"Name": "app", "DbId": "1-2", "Hostname": "h", "primaryRegion": "local", "block_reads": True},
    ],
)
def test_a_database_is_read_in_every_casing_and_wrapping(body: wire.Json) -> None:
    database = wire.one(body, "database", Database)
    assert database == Database(name="app", id="1-2", hostname="h", primary_region="local", block_reads=True)


@pytest.mark.parametrize(
    "answer",
    [{"databases": [{"Name": "app"}]}, {"Databases": [{"name": "app", "unknown": {"deep": []}}]}, [{"Name": "app"}]],
)
def test_a_list_is_read_wrapped_or_bare(answer: wire.Json) -> None:
    assert wire.many(answer, "databases", Database) == (Database(name="app"),)


@pytest.mark.parametrize("answer", [{"databases": None}, {}, None, []])
def test_nothing_is_an_empty_list(answer: wire.Json) -> None:
    assert wire.many(answer, "databases", Database) == ()


def test_null_counts_as_absent() -> None:
    answer = {"database": {"Name": "app", "regions": None, "sleeping": None, "parent": None, "group": None}}
    assert wire.one(answer, "database", Database) == Database(name="app")


def test_a_branch_names_its_parent() -> None:
    parent = {"id": "1", "name": "main", "branched_at": "2026-08-31T12:00:00Z"}
    database = wire.one({"database": {"Name": "b", "parent": parent}}, "database", Database)
    assert database.parent
    assert database.parent.name == "main"


@pytest.mark.parametrize("key", ["usage", "total"])
def test_the_sum_of_a_usage_is_read_under_either_name(key: str) -> None:
    leaf = {"rows_read": 7, "rows_written": 2, "storage_bytes": 4096, "bytes_synced": 0}
    usage = wire.one({"database": {"uuid": "1", "instances": [], key: leaf}}, "database", DatabaseUsage)
    assert usage.usage == Usage(rows_read=7, rows_written=2, storage_bytes=4096)


def test_the_usage_of_an_organization_holds_that_of_its_databases() -> None:
    answer = {
        "organization": {
            "uuid": "o",
            "usage": {"rows_read": 9, "databases": 2, "groups": 1},
            "databases": [{"uuid": "d", "total": {"rows_read": 9}}],
        }
    }
    usage = wire.one(answer, "organization", OrganizationUsage)
    assert (usage.usage.databases, usage.usage.rows_read) == (2, 9)
    assert [database.usage.rows_read for database in usage.databases] == [9]


def test_top_queries_are_read_from_the_new_and_the_old_endpoint() -> None:
    cost = {"query": "select 1", "rows_read": 1, "rows_written": 0}
    assert wire.many([cost], "queries", QueryCost) == wire.many({"top_queries": [cost]}, "top_queries", QueryCost)


def test_the_quotas_of_a_plan_keep_their_units_apart() -> None:
    plan = wire.read({"name": "scaler", "price": "29", "quotas": {"rowsRead": 5, "storage": 9, "bytesSynced": 3}}, Plan)
    assert (plan.quotas.rows_read, plan.quotas.storage_bytes, plan.quotas.bytes_synced) == (5, 9, 3)
    assert plan.quotas.databases == 0


@pytest.mark.parametrize(
    ("archived", "down", "health"),
    [
        (False, [], GroupHealth.HEALTHY),
        (False, ["lhr"], GroupHealth.DEGRADED),
        (False, ["ams", "lhr"], GroupHealth.UNHEALTHY),
        (True, ["ams"], GroupHealth.ARCHIVED),
    ],
)
def test_the_health_of_a_group_is_that_of_its_locations(archived: bool, down: list[str], health: GroupHealth) -> None:
    status = {"locations": [{"name": name, "status": "down"} for name in down] + [{"name": "fra", "status": "up"}]}
    answer = {"group": {"name": "default", "primary": "ams", "archived": archived, "status": status}}
    assert wire.one(answer, "group", Group).health == health


def test_a_local_database_is_reached_by_plain_http() -> None:
    assert Database(name="a", hostname="a.localhost:8080", primary_region="local").http_url == "http://a.localhost:8080"
    assert Database(name="a", hostname="a.turso.io", primary_region="aws-eu-west-1").http_url == "https://a.turso.io"


@pytest.mark.parametrize(
    ("answer", "place"),
    [({"databases": [{"Name": 5}]}, r"\$\[0\]\.name"), ({"databases": 5}, "array"), ({"databases": [{}]}, "name")],
)
def test_what_does_not_fit_is_a_protocol_error_that_names_the_place(answer: wire.Json, place: str) -> None:
    with pytest.raises(ProtocolError, match=place):
        wire.many(answer, "databases", Database)


@pytest.mark.parametrize("jwt", ["two words", "", 5, "line\nbreak"])
def test_a_minted_text_that_is_no_token_is_a_protocol_error_that_does_not_repeat_it(jwt: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        wire.read({"jwt": jwt}, MintedToken)
    assert "two words" not in str(caught.value)


def test_a_minted_api_token_does_not_show_itself() -> None:
    minted = MintedApiToken(ApiToken("ci"), PlatformToken("eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJ4In0.c2ln"))
    assert "eyJqdGkiOiJ4In0" not in repr(minted)


def test_a_minted_token_does_not_show_itself() -> None:
    minted = wire.read({"jwt": "eyJhbGciOiJFZERTQSJ9.eyJpZCI6IngifQ.c2ln"}, MintedToken)
    assert "eyJpZCI6IngifQ" not in repr(minted)


@pytest.mark.parametrize("body", [b"<html>", b"{", b'"\xff"', b"[" * 100_000])
def test_a_body_that_is_not_json_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="not JSON"):
        wire.decode(body)


def test_an_empty_body_is_an_empty_object() -> None:
    assert wire.decode(b" \n") == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)


@given(json_values | st.fixed_dictionaries({"groups": json_values}))
def test_any_json_is_read_or_refused(answer: wire.Json) -> None:
    try:
        groups = wire.many(answer, "groups", Group)
    except ProtocolError:
        return
    assert all(isinstance(group, Group) for group in groups)


def test_models_are_immutable() -> None:
    with pytest.raises(AttributeError):
        LocationStatus(name="ams").status = "down"  # type: ignore[misc]
