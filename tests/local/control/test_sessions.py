"""Sessions: what their tokens say, when they end, and how all of them end at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from tests.local.clock import Clock
from turso_tui.local.server import LocalServer

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[LocalServer]:
    with LocalServer.in_thread(tmp_path / "account", clock=clock) as running:
        yield running


def validate(server: LocalServer, token: str) -> tuple[int, dict[str, object]]:
    response = httpx.get(f"{server.url}/v1/auth/validate", headers={"authorization": f"Bearer {token}"})
    return response.status_code, response.json()


def invalidate(server: LocalServer, token: str) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/auth/invalidate", headers={"authorization": f"Bearer {token}"})


def test_a_session_token_looks_like_one(server: LocalServer) -> None:
    token = server.session_token(HOUR)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert header.keys() == {"alg", "typ", "kid"}
    assert header["alg"] == "RS256"
    assert claims.keys() == {"iat", "exp", "sub", "jti"}
    assert claims["exp"] - claims["iat"] == 3600
    assert server.session_token(HOUR) != token


def test_the_server_knows_when_a_session_ends(server: LocalServer, clock: Clock) -> None:
    token = server.session_token(HOUR)
    end = int(clock.now) + 3600
    assert validate(server, token) == (200, {"exp": end})
    clock.now = end - 0.1
    assert validate(server, token)[0] == 200
    clock.now = end
    assert validate(server, token) == (401, {"error": "token has expired"})


def test_a_session_is_as_good_as_the_unrestricted_token(server: LocalServer) -> None:
    headers = {"authorization": f"Bearer {server.session_token(HOUR)}"}
    with httpx.Client(base_url=server.url, headers=headers) as api:
        assert api.get("/v1/current-user").json()["user"]["username"] == "you"
        assert api.post("/v1/databases", json={"name": "app"}).status_code == 200
        assert api.post("/v1/auth/api-tokens/ci").status_code == 200


def test_signing_out_everywhere_ends_sessions_and_leaves_api_tokens(server: LocalServer, clock: Clock) -> None:
    tokens = [server.session_token(HOUR), server.session_token(HOUR)]
    valid_from = invalidate(server, tokens[0]).json()["validFrom"]
    assert valid_from in (int(clock.now), int(clock.now) + 1)
    assert [validate(server, token) for token in tokens] == [(401, {"error": "token has been invalidated"})] * 2
    assert validate(server, server.token) == (200, {"exp": -1})


def test_a_sign_in_in_the_second_of_a_sign_out_is_good(server: LocalServer) -> None:
    invalidate(server, server.session_token(HOUR))
    assert validate(server, server.session_token(HOUR))[0] == 200


def test_sessions_survive_a_restart_and_so_does_their_end(tmp_path: Path, clock: Clock) -> None:
    with LocalServer.in_thread(tmp_path, clock=clock) as server:
        ended = server.session_token(HOUR)
        invalidate(server, ended)
        good = server.session_token(HOUR)
    with LocalServer.in_thread(tmp_path, clock=clock) as server:
        assert validate(server, good)[0] == 200
        assert validate(server, ended)[0] == 401


def test_the_session_of_another_account_is_no_session(server: LocalServer, tmp_path: Path) -> None:
    server.session_token(HOUR)
    with LocalServer.in_thread(tmp_path / "other") as other:
        foreign = other.session_token(HOUR)
    assert validate(server, foreign) == (401, {"error": "invalid token"})


def test_a_session_opens_no_database(server: LocalServer) -> None:
    api = {"authorization": f"Bearer {server.token}"}
    host = httpx.post(f"{server.url}/v1/databases", json={"name": "app"}, headers=api).json()["database"]["Hostname"]
    headers = {"authorization": f"Bearer {server.session_token(HOUR)}", "host": host}
    answer = httpx.post(f"{server.url}/v2/pipeline", json={"requests": []}, headers=headers)
    foreign_key = "invalid JWT token: can't be decoded with any of the existin keys"
    assert (answer.status_code, answer.json()) == (401, {"error": foreign_key})
