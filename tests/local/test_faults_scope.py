"""Which requests a fault is for, how often it happens, and who may say so."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local.data.serving import execute, step
from tests.local.faulty import CLOSE, Faulty, faulty_server
from turso_tui.errors import InputError
from turso_tui.local import command
from turso_tui.local.faults import Fault, Faults, Status, Trouble
from turso_tui.local.faults.asked import begins_with
from turso_tui.local.faults.book import AtWork
from turso_tui.local.server import LocalServer


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    with faulty_server(tmp_path_factory.mktemp("server")) as served:
        served.create("other")
        yield served


@pytest.fixture(autouse=True)
def _no_faults(faulty: Faulty) -> None:
    faulty.faults.clear()
    faulty.faults.clear_log()


REQUESTS: dict[str, tuple[str, str, Any]] = {
    "list": ("GET", "/v1/databases", None),
    "create": ("POST", "/v1/databases", {"name": "-"}),
    "show other": ("GET", "/v1/databases/other", None),
    "select": ("POST", "/v3/pipeline", {"requests": [execute("SELECT 1"), CLOSE]}),
    "with select": ("POST", "/v2/pipeline", {"requests": [execute("WITH x AS (SELECT 1) SELECT * FROM x"), CLOSE]}),
    "with delete": ("POST", "/v2/pipeline", {"requests": [execute("WITH x AS (SELECT 1) DELETE FROM t"), CLOSE]}),
    "describe": ("POST", "/v3/pipeline", {"requests": [{"type": "describe", "sql": "DELETE FROM t"}, CLOSE]}),
    "script": ("POST", "/v3/pipeline", {"requests": [{"type": "sequence", "sql": "SELECT 1; DELETE FROM t"}, CLOSE]}),
    "cursor": ("POST", "/v3/cursor", {"batch": {"steps": [step("SELECT 1")]}}),
    "health": ("GET", "/health", None),
}


@pytest.mark.parametrize(
    ("scope", "hit"),
    [
        ("on=control", {"list", "create", "show other"}),
        ("on=data", {"select", "with select", "with delete", "describe", "script", "cursor", "health"}),
        ("on=pipeline", {"select", "with select", "with delete", "describe", "script"}),
        ("on=cursor", {"cursor"}),
        ("on=describe", {"describe"}),
        ("on=sequence", {"script"}),
        ("on=execute", {"select", "with select", "with delete"}),
        ("on=/v1/*", {"list", "create", "show other"}),
        ("on=/health", {"health"}),
        ("db=app", {"select", "with select", "with delete", "describe", "script", "cursor", "health"}),
        ("db=other", {"show other"}),
        ("sql=delete from", {"script"}),
        ("writes", {"create", "with delete", "script"}),
        ("reads", {"list", "show other", "select", "with select", "describe", "cursor", "health"}),
        ("reads,on=data,db=app,sql=select 1", {"select", "cursor"}),
    ],
)
def test_scopes(faulty: Faulty, scope: str, hit: set[str]) -> None:
    faulty.faults.add(f"status=418,{scope}")
    struck = set()
    for name, (method, path, body) in REQUESTS.items():
        token = faulty.http.headers["authorization"]
        if path.startswith("/v1"):
            token = faulty.account.headers["authorization"]
        answer = httpx.request(method, faulty.url + path, json=body, headers={"authorization": token})
        if answer.status_code == 418:
            struck.add(name)
    assert struck == hit


def test_a_database_is_known_by_its_host_too(faulty: Faulty) -> None:
    faulty.faults.add("status=418,db=other")
    slug = faulty.server.organization
    headers = dict(faulty.http.headers)
    hosts = {"app": 404, "other": 404}
    for name in hosts:
        answer = httpx.get(f"{faulty.url}/v2", headers=headers | {"host": f"{name}-{slug}.localhost"})
        hosts[name] = answer.status_code
    assert hosts == {"app": 200, "other": 418}


def test_a_body_that_is_no_request_meets_what_is_for_all(faulty: Faulty) -> None:
    faulty.faults.replace(["status=418,on=execute", "status=419"])
    assert faulty.http.post("/v2/pipeline", content=b"{broken").status_code == 419


@pytest.mark.parametrize(
    ("sql", "words", "begins"),
    [
        ("INSERT INTO t VALUES (1)", "insert into", True),
        ("  -- commit\n /* commit */ INSERT\n\tINTO t", "insert into t", True),
        ("/* insert */ SELECT 1", "insert", False),
        ("/* open", "open", False),
        ("", "commit", False),
    ],
)
def test_how_a_statement_begins(sql: str, words: str, begins: bool) -> None:
    assert begins_with(sql, words) is begins


def strikes(faults: Faults, each: AtWork, count: int) -> list[bool]:
    return [faults.strike(each, "GET", "/", "") for _ in range(count)]


def test_the_next_three_after_the_first_two() -> None:
    faults = Faults()
    faults.add("status=500,skip=2,times=3")
    assert strikes(faults, faults.at_work[0], 7) == [False, False, True, True, True, False, False]
    assert faults.at_work == ()


def test_a_rate_is_near_what_it_says_and_always_the_same() -> None:
    faults = Faults()
    faults.replace(["status=500@10%", "status=500@10%", "status=500@10%,seed=1"])
    first, again, other = (strikes(faults, each, 5000) for each in faults.at_work)
    assert first == again != other
    assert 400 < sum(first) < 600


def test_it_lasts_from_the_first_request_that_it_is_for() -> None:
    now = 0.0
    faults = Faults(lambda: now)
    faults.add(Fault(Trouble.BUSY, lasts=2))
    (each,) = faults.at_work
    now = 100.0
    assert strikes(faults, each, 1) == [True]
    now = 101.9
    assert strikes(faults, each, 1) == [True]
    now = 102.0
    assert strikes(faults, each, 1) == [False]
    assert faults.at_work == ()


def test_the_first_fault_that_hits_decides(faulty: Faulty) -> None:
    faulty.faults.replace(["status=500,skip=1", "status=503"])
    assert [faulty.insert().status_code for _ in range(2)] == [503, 500]


def test_the_log_says_what_happened_to_which_request_in_order(faulty: Faulty) -> None:
    number = faulty.faults.add("status=503,times=1")
    faulty.faults.add(Fault(Trouble.BUSY))
    faulty.insert()
    faulty.insert()
    faulty.run("SELECT 1")
    first, second = faulty.faults.wait_for_hits(2)
    assert (first.number, first.fault.effect, first.path) == (number, Status(503), "/v3/pipeline")
    assert (second.fault.effect, second.database, second.asked) == (Trouble.BUSY, "app", 1)


def test_waiting_for_what_does_not_happen_ends() -> None:
    with pytest.raises(TimeoutError, match="0 faults have happened"):
        Faults().wait_for_hits(timeout=0)


def test_a_fault_that_was_removed_is_over(faulty: Faulty) -> None:
    number = faulty.faults.add("status=503")
    assert faulty.faults.remove(number)
    assert not faulty.faults.remove(number)
    assert faulty.insert().status_code == 200


def test_nothing_changes_when_one_of_many_is_no_fault() -> None:
    faults = Faults()
    faults.add("busy")
    with pytest.raises(InputError):
        faults.replace(["status=503", "nonsense"])
    assert [each.fault.effect for each in faults.at_work] == [Trouble.BUSY]


def test_the_admin_route(faulty: Faulty) -> None:
    admin = faulty.account
    added = admin.post("/_faults", json={"fault": "status=503, db=app, times=2"}).json()["id"]
    faulty.insert()
    assert admin.get("/_faults").json() == {
        "faults": [{"id": added, "fault": "status=503,times=2,db=app", "requests": 1, "hits": 1}],
        "log": [{"id": added, "fault": "status=503,times=2,db=app", "request": "POST /v3/pipeline", "database": "app"}],
    }
    replaced = admin.put("/_faults", json={"faults": ["busy=2s", "stall"]}).json()["faults"]
    assert [each["fault"] for each in replaced] == ["busy=2s", "stall"]
    assert admin.get("/_faults").status_code == 200  # is no victim of them
    left = admin.delete(f"/_faults/{replaced[1]['id']}").json()["faults"]
    assert [each["fault"] for each in left] == ["busy=2s"]
    assert admin.delete(f"/_faults/{replaced[1]['id']}").status_code == 404
    assert admin.delete("/_faults").json() == {"faults": []}
    assert admin.get("/_faults").json() == {"faults": [], "log": []}


def test_the_admin_route_says_what_is_wrong_and_changes_nothing(faulty: Faulty) -> None:
    faulty.faults.add("busy")
    answer = faulty.account.put("/_faults", json={"faults": ["status=503", "status=200"]})
    assert answer.status_code == 400
    assert "200 is not the status of an error" in answer.json()["error"]
    assert len(faulty.faults.at_work) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_admin_route_wants_the_token_of_the_account(faulty: Faulty, method: str) -> None:
    body = {"fault": "status=503", "faults": []}
    assert httpx.request(method, f"{faulty.url}/_faults", json=body).status_code == 401
    assert faulty.http.request(method, "/_faults", json=body).status_code == 401
    assert faulty.faults.at_work == ()


def test_a_server_starts_with_the_faults_of_its_command_line(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    arguments = parser.parse_args(["--fault", "latency=1ms", "--fault", "status=429@100%,on=data"])
    with LocalServer.in_thread(tmp_path, faults=arguments.fault) as server:
        assert httpx.get(f"{server.url}/health").status_code == 429
        assert [hit.number for hit in server.faults.log] == [1, 2]


def test_the_command_line_says_what_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["--fault", "status=200"])
    assert left.value.code == 2
    assert "200 is not the status of an error" in capsys.readouterr().err
