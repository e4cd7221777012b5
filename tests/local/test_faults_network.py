"""Faults of the network and of gateways, over real sockets: what the client sees, and whether the statement ran."""

import collections
import email.utils
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.local.data.serving import execute, step
from tests.local.data.test_streams import eventually
from tests.local.faulty import CLOSE, Faulty, faulty_server
from turso_tui.local.faults import Cut, Fault, Moment
from turso_tui.local.server import LocalServer

INSERT = json.dumps({"requests": [execute("INSERT INTO t VALUES (1) RETURNING a"), CLOSE]}).encode()
MANY_ROWS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000) SELECT n FROM c"


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Faulty]:
    with faulty_server(tmp_path) as served:
        yield served


@pytest.mark.parametrize(
    ("fault", "is_reset", "rows"),
    [
        ("cut=before", False, 0),
        ("cut=before,reset", True, 0),
        ("cut=after", False, 1),
        ("cut=after,reset", True, 1),
    ],
)
def test_a_connection_cut_without_an_answer(faulty: Faulty, fault: str, is_reset: bool, rows: int) -> None:
    faulty.faults.add(fault)
    assert faulty.raw(INSERT) == (b"", is_reset)
    assert faulty.count() == rows


@pytest.mark.parametrize(("fault", "is_reset"), [("cut=middle", False), ("cut=middle,reset", True)])
def test_a_connection_cut_in_mid_answer(faulty: Faulty, fault: str, is_reset: bool) -> None:
    faulty.faults.add(fault)
    received, was_reset = faulty.raw(INSERT)
    head, _, body = received.partition(b"\r\n\r\n")
    (length,) = [int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
    assert head.startswith(b"HTTP/1.1 200 ")
    assert (len(body), was_reset) == (length // 2, is_reset)
    assert faulty.count() == 1


def test_a_cursor_cut_in_mid_stream(faulty: Faulty) -> None:
    faulty.faults.add("cut=middle")
    received, was_reset = faulty.raw(json.dumps({"batch": {"steps": [step(MANY_ROWS)]}}).encode(), "/v3/cursor")
    assert b"transfer-encoding: chunked" in received.lower()
    assert b'"step_begin"' in received
    assert b'"type":"row"' in received
    assert b'"step_end"' not in received
    assert not received.endswith(b"0\r\n\r\n")
    assert not was_reset


def test_a_cut_answer_without_a_body_never_begins(faulty: Faulty) -> None:
    faulty.faults.add("cut=middle,on=/health")
    assert faulty.raw(b"", "/health", "GET") == (b"", False)


def test_the_next_request_after_a_cut_is_answered(faulty: Faulty) -> None:
    faulty.faults.add(Fault(Cut(Moment.AFTER), times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.insert()
    assert faulty.insert().status_code == 200
    assert faulty.count() == 2


def test_a_stalled_request_is_never_answered_and_does_not_run(faulty: Faulty) -> None:
    faulty.faults.add("stall")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{faulty.url}/v2/pipeline", content=INSERT, headers=faulty.http.headers, timeout=0.2)
    assert faulty.count() == 0


def test_a_stall_after_the_statement_has_run(faulty: Faulty) -> None:
    faulty.faults.add("stall,after")
    with faulty.sending(INSERT) as connection:
        faulty.faults.wait_for_hits()
        eventually(lambda: faulty.count() == 1)
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_stall_in_mid_stream(faulty: Faulty) -> None:
    faulty.faults.add("stall,middle")
    body = {"batch": {"steps": [step(MANY_ROWS)]}}
    received = b""
    client = httpx.Client(base_url=faulty.url, headers=faulty.http.headers, timeout=0.3)
    with client, client.stream("POST", "/v3/cursor", json=body) as answer:
        chunks = answer.iter_raw()
        received += next(chunks) + next(chunks)
        with pytest.raises(httpx.ReadTimeout):
            collections.deque(chunks, maxlen=0)
    assert received.count(b'"type":"row"') > 10


def test_a_stall_ends_at_its_limit(faulty: Faulty) -> None:
    faulty.faults.add("stall=100ms")
    begin = time.monotonic()
    assert faulty.raw(INSERT) == (b"", False)
    assert 0.1 <= time.monotonic() - begin < 5


@pytest.mark.parametrize("fault", ["stall", "stall,middle", "latency=1h"])
def test_the_server_stops_in_the_middle_of_a_fault(tmp_path: Path, fault: str) -> None:
    with ThreadPoolExecutor() as pool:
        with LocalServer.in_thread(tmp_path, faults=[fault]) as server:
            waiting = pool.submit(httpx.get, f"{server.url}/v1/databases", timeout=20)
            server.faults.wait_for_hits()
            begin = time.monotonic()
        assert time.monotonic() - begin < 1.5
        assert waiting.exception() is not None or waiting.result().status_code == 401


def test_latency_waits_and_adds_up_with_other_faults(faulty: Faulty) -> None:
    faulty.faults.replace(["status=503", "latency=100ms", "latency=100ms~20ms"])
    begin = time.monotonic()
    assert faulty.insert().status_code == 503
    assert 0.18 <= time.monotonic() - begin < 5


def test_latency_does_not_hold_up_the_others(faulty: Faulty) -> None:
    faulty.faults.add("latency=1h,times=1")
    stuck = threading.Thread(target=lambda: faulty.raw(INSERT), daemon=True)
    stuck.start()
    faulty.faults.wait_for_hits()
    assert faulty.insert().status_code == 200


@pytest.mark.parametrize("plane", ["control", "data"])
@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503, 504, 599])
def test_an_error_status(faulty: Faulty, status: int, plane: str) -> None:
    faulty.faults.add(f"status={status}")
    answer = faulty.insert() if plane == "data" else faulty.account.get("/v1/databases")
    assert answer.status_code == status
    assert "retry-after" not in answer.headers
    assert faulty.count() == 0


def test_turso_speaks_json_and_a_gateway_html(faulty: Faulty) -> None:
    faulty.faults.add("status=429")
    assert faulty.insert().json() == {"error": "Too many concurrent requests"}
    faulty.faults.replace(["status=502"])
    assert faulty.insert().text.startswith("<!DOCTYPE html>")


def test_a_gateway_that_gives_up_while_the_statement_runs(faulty: Faulty) -> None:
    faulty.faults.add("status=504,after")
    assert faulty.insert().status_code == 504
    assert faulty.count() == 1


def test_retry_after_in_seconds_and_as_a_date_by_the_servers_clock(tmp_path: Path) -> None:
    with LocalServer.in_thread(tmp_path, clock=lambda: 1_800_000_000.0) as server:
        server.faults.add("status=429,retry-after=1.5s,times=1")
        server.faults.add("status=429,retry-date=2m")
        answer = httpx.get(f"{server.url}/v1/databases")
        assert answer.headers["retry-after"] == "1.5"
        answer = httpx.get(f"{server.url}/v1/databases")
        asked = email.utils.parsedate_to_datetime(answer.headers["retry-after"]).timestamp()
        assert asked == email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp() + 120 == 1_800_000_120


@pytest.mark.parametrize(
    ("form", "content_type", "begin"),
    [
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("json", "application/json", b'{"baton":null,"results":['),
        ("shape", "application/json", b'{"baton":7,'),
        ("utf8", "application/json", b'{"baton":null,"results":[{"type":"\xff'),
        ("empty", "application/json", b""),
    ],
)
def test_garbage_instead_of_an_answer(faulty: Faulty, form: str, content_type: str, begin: bytes) -> None:
    faulty.faults.add(f"garbage={form},times=1")
    answer = faulty.insert()
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.content.startswith(begin)
    assert faulty.count() == 0
    faulty.faults.add(f"garbage={form},after")
    assert faulty.insert().content == answer.content
    assert faulty.count() == 1


def test_an_answer_of_the_wrong_type_is_otherwise_right(faulty: Faulty) -> None:
    faulty.faults.add("garbage=type")
    answer = faulty.insert()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.json()["results"][0]["type"] == "ok"
    assert faulty.count() == 1


@pytest.mark.parametrize("path", ["pipeline", "cursor"])
def test_half_an_answer_that_is_whole_for_http(faulty: Faulty, path: str) -> None:
    faulty.faults.add("garbage=half")
    body = {"batch": {"steps": [step("SELECT 1")]}} if path == "cursor" else {"requests": [execute("SELECT 1")]}
    answer = faulty.http.post(f"/v3/{path}", json=body)
    assert int(answer.headers["content-length"]) == len(answer.content) > 0
    assert b"step_end" not in answer.content
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content.splitlines()[-1])
