"""The sign-in page, as browsers meet it: where it leads, what it shows, and what it does not let through."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turso_tui.local.server import LocalServer

WEEK = 7 * 24 * 3600
QUERY = {"port": "43210", "redirect": "true", "state": "Abc123", "type": "cli"}


@pytest.fixture
def browser(server: LocalServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


@pytest.fixture
def eager(tmp_path: Path) -> Iterator[httpx.Client]:
    """The browser of an account that asks nobody."""
    with (
        LocalServer.in_thread(tmp_path / "eager", approve_sign_ins=True) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        yield client


def token_of(response: httpx.Response) -> str:
    (token,) = parse_qs(urlsplit(response.headers["location"]).query)["jwt"]
    return token


@pytest.mark.parametrize("path", ["/", "/signup", ""])
def test_the_page_says_who_signs_in_and_asks(server: LocalServer, path: str) -> None:
    response = httpx.get(f"{server.url}{path}", params=QUERY)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Sign in as you" in response.text
    assert "<script" not in response.text
    assert "eyJ" not in response.text


def test_the_button_leads_back_to_the_program_with_a_token_that_works(
    browser: httpx.Client, server: LocalServer
) -> None:
    response = browser.post("/", params=QUERY)
    assert response.status_code == 303
    target = urlsplit(response.headers["location"])
    assert (target.scheme, target.netloc, target.path) == ("http", "127.0.0.1:43210", "/")
    assert parse_qs(target.query).keys() == {"jwt", "state"}
    assert parse_qs(target.query)["state"] == ["Abc123"]
    claims = jwt.decode(token_of(response), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == WEEK
    user = httpx.get(f"{server.url}/v1/user", headers={"authorization": f"Bearer {token_of(response)}"})
    assert user.json()["user"]["username"] == "you"


@pytest.mark.parametrize("query", [{"redirect": "false"}, {}])
def test_without_a_program_that_waits_the_token_is_shown(browser: httpx.Client, query: dict[str, str]) -> None:
    assert "eyJ" not in browser.get("/", params=query).text
    shown = browser.post("/", params=query)
    (token,) = [part.partition("<")[0] for part in shown.text.split("<code>")[1:]]
    assert browser.get("/v1/auth/validate", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_an_account_may_ask_nobody(eager: httpx.Client) -> None:
    response = eager.get("/", params=QUERY)
    assert (response.status_code, len(token_of(response).split("."))) == (303, 3)
    assert "<code>eyJ" in eager.get("/?redirect=false").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": ""},
        {"port": "0"},
        {"port": "65536"},
        {"port": "١٢٣٤"},
        {"port": "80@evil.example"},
        {"port": "8080/x?"},
        {"state": ""},
        {"state": "a b"},
        {"state": "x" * 257},
        {"state": '"><script>alert(1)</script>'},
        {"state": "a\r\nset-cookie: b"},
        {"redirect": "https://evil.example"},
    ],
)
def test_a_link_that_leads_nowhere_is_refused_and_not_repeated(eager: httpx.Client, wrong: dict[str, str]) -> None:
    for answer in (eager.get("/", params=QUERY | wrong), eager.post("/", params=QUERY | wrong)):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert not any(value and value in answer.text for value in wrong.values() if len(value) > 5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(port=st.text(max_size=8), state=st.text(max_size=20))
def test_whatever_the_link_says_the_token_goes_to_this_machine_or_nowhere(
    eager: httpx.Client, port: str, state: str
) -> None:
    response = eager.get("/", params={"redirect": "true", "port": port, "state": state})
    if response.status_code == 303:
        target = urlsplit(response.headers["location"])
        assert (target.hostname, target.port) == ("127.0.0.1", int(port))
        assert parse_qs(target.query)["state"] == [state]
    else:
        assert response.status_code == 400


@pytest.mark.parametrize("host", ["app-you.localhost", "evil.example", "127.0.0.1.evil.example:80", ""])
def test_the_page_is_at_the_address_of_the_api_only(eager: httpx.Client, host: str) -> None:
    assert eager.get("/", params={"redirect": "false"}, headers={"host": host}).status_code == 404


def test_the_page_is_neither_kept_nor_framed_nor_told_of(browser: httpx.Client) -> None:
    for response in (browser.get("/", params=QUERY), browser.post("/", params=QUERY), browser.post("/")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_the_form_may_lead_on_to_the_program_that_waits(browser: httpx.Client) -> None:
    policy = browser.get("/", params=QUERY).headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:43210;" in policy
