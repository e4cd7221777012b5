"""The demo: what is in it, that it is the same every time, and that it is quickly there."""

import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx
import pytest

from turso_tui.local.seed import build
from turso_tui.local.seed.recipes import RECIPES
from turso_tui.local.seed.telemetry import ROWS
from turso_tui.local.server import LocalServer
from turso_tui.values import Value

ACME = "/v1/organizations/acme"


def built(recipe: str, name: str = "some-name") -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    build(connection, recipe, name)
    return connection


def one(connection: apsw.Connection, sql: str) -> Value:
    return connection.execute(sql).fetchall()[0][0]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_leaves_a_sound_database(recipe: str) -> None:
    connection = built(recipe)
    assert one(connection, "PRAGMA integrity_check") == "ok"
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if recipe != "telemetry"])
def test_the_same_name_gives_the_same_rows(recipe: str, tmp_path: Path) -> None:
    images = []
    for _ in range(2):
        connection = built(recipe)
        images.append(connection.serialize("main"))
        connection.close()
    assert images[0] == images[1]


def test_two_agents_have_led_different_lives() -> None:
    first, second = built("agent", "agent-0001"), built("agent", "agent-0002")
    contents = "SELECT group_concat(content) FROM messages"
    assert one(first, contents) != one(second, contents)
    first.close()
    second.close()


def test_an_agent_has_everything_an_agent_has() -> None:
    connection = built("agent", "agent-0001")
    schema = connection.execute("SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall()
    tables = {name for name, kind in schema if kind == "table"}
    assert tables == {"threads", "messages", "memories", "tool_calls"}
    assert {kind for _, kind in schema} == {"table", "index", "view", "trigger"}
    assert one(connection, "SELECT count(*) FROM messages WHERE content LIKE '%{%'") == 0
    assert one(connection, "SELECT min(length(embedding)) FROM memories") == 64 * 4
    connection.close()


def test_telemetry_is_large() -> None:
    connection = built("telemetry")
    assert one(connection, "SELECT count(*) FROM events") == ROWS
    connection.close()


def test_ugly_is_ugly() -> None:
    connection = built("ugly")
    assert one(connection, "SELECT max(length(value)) FROM hostile_text") == 1_000_000
    assert one(connection, "SELECT count(*) FROM hostile_text WHERE instr(value, char(27)) > 0") == 5
    assert one(connection, "SELECT count(*) FROM hard_values WHERE value IN (9223372036854775807, 9e999)") == 2
    assert one(connection, "SELECT hex(value) FROM broken_text WHERE what = 'Latin-1'") == "4772F6DF65"
    names = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info('[red]markup[/] table')")]
    assert "[red]markup[/]" in names
    assert any(isinstance(name, str) and "\n" in name for name in names)
    connection.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with LocalServer.in_thread(tmp_path_factory.mktemp("demo"), seed="demo", tenants=45) as server:
        headers = {"authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=server.url, headers=headers) as api:
            yield api


def test_the_demo_begins_in_a_team_with_groups(demo: httpx.Client) -> None:
    organizations = demo.get("/v2/organizations").json()["organizations"]
    assert {each["slug"]: each["type"] for each in organizations} == {"acme": "team", "you": "personal"}
    groups = {group["name"]: group["archived"] for group in demo.get(f"{ACME}/groups").json()["groups"]}
    assert groups == {"archive": True, "default": False, "eu": False, "lab": False}


def test_the_demo_has_as_many_agents_as_asked_for(demo: httpx.Client) -> None:
    databases = demo.get(f"{ACME}/databases").json()["databases"]
    names = [each["Name"] for each in databases]
    assert sum(name.startswith("agent-") for name in names) == 45
    assert {"telemetry", "ugly", "billing", "scratch"} <= set(names)
    assert {each["Name"] for each in databases if each["block_writes"]} == {"agent-0013", "agent-0042"}
    assert {each["Name"] for each in databases if each["delete_protection"]} == {"agent-0001", "billing"}


def test_usage_of_the_demo_is_that_of_its_files(demo: httpx.Client) -> None:
    usage = demo.get(f"{ACME}/usage", timeout=30).json()["organization"]
    assert usage["usage"]["rows_written"] > 200_000
    assert all(each["usage"]["storage_bytes"] >= 4096 for each in usage["databases"])


def test_variety_does_not_come_from_global_randomness() -> None:
    state = random.getstate()
    built("agent").close()
    assert random.getstate() == state
