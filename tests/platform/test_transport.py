"""The transport against failures that no local server produces on demand, by httpx's own stand-in for the network."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from rich.console import Console
from rich.traceback import Traceback

from turso_tui import __version__, errors
from turso_tui.errors import TursoTuiError
from turso_tui.platform import PlatformTransport, RetryPolicy
from turso_tui.tokens import DatabaseToken, PlatformToken

SECRET = "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJlLXdYz"
NOW = 1_790_000_000.0

Outcome = httpx.Response | Exception


class Network:
    """Answers with the given outcomes in turn (the last one again and again), and remembers what was sent."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._outcomes = list(outcomes)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.now = NOW

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def transport(self, base_url: str = "https://api.example") -> PlatformTransport:
        return PlatformTransport(
            base_url,
            PlatformToken(SECRET),
            client=httpx.AsyncClient(transport=httpx.MockTransport(self.answer)),
            retries=RetryPolicy(),
            clock=lambda: self.now,
            sleep=self.sleep,
            jitter=lambda: 1.0,
        )


def refusal(status: int, text: str = "no", headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json={"error": text}, headers=headers)


async def test_every_call_carries_the_token_and_our_name() -> None:
    network = Network([httpx.Response(200, json={})])
    await network.transport().get("v1", "user")
    (request,) = network.requests
    assert request.headers["Authorization"] == f"Bearer {SECRET}"
    assert request.headers["User-Agent"] == f"turso-tui/{__version__}"


@pytest.mark.parametrize(
    ("name", "encoded"),
    [("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("a?b#c", "a%3Fb%23c"), ("50%", "50%25"), ("ü", "%C3%BC"), ("a b", "a%20b")],
)
async def test_a_name_stays_one_segment_of_the_path(name: str, encoded: str) -> None:
    network = Network([httpx.Response(200, json={})])
    await network.transport("https://api.example/prefix/").get("v1", name, query={"from": "1+1&x", "to": None})
    assert network.requests[0].url.raw_path.decode() == f"/prefix/v1/{encoded}?from=1%2B1%26x"


@pytest.mark.parametrize("name", ["", ".", "..", "\udcff"])
async def test_a_name_that_would_change_the_path_is_refused_before_anything_is_sent(name: str) -> None:
    network = Network([httpx.Response(200, json={})])
    with pytest.raises(errors.InputError):
        await network.transport().delete("v1", "organizations", name, "databases", "app")
    assert not network.requests


async def test_a_body_that_is_no_text_is_refused_before_anything_is_sent() -> None:
    network = Network([httpx.Response(200, json={})])
    with pytest.raises(errors.InputError, match="not text"):
        await network.transport().post("v1", "x", body={"name": "\udcff"})
    assert not network.requests


@pytest.mark.parametrize(
    "url", ["", "api.turso.tech", "ftp://x", "https://", "https://u:p@x", "https://x?y=1", "https://x:port", "h\n"]
)
def test_an_address_that_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(errors.InputError, match="address"):
        Network([]).transport(url)


@pytest.mark.parametrize(
    "host",
    [
        "api.example",
        "10.0.0.1",
        "0.0.0.0",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "notlocalhost",
        "[2::1]",
    ],
)
def test_the_token_does_not_travel_in_the_open(host: str) -> None:
    with pytest.raises(errors.InputError, match="readable on the way"):
        Network([]).transport(f"http://{host}:8080")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "[::1]", "localhost", "LOCALHOST", "api.localhost"])
async def test_plain_http_is_for_this_machine(host: str) -> None:
    network = Network([httpx.Response(200, json={})])
    await network.transport(f"http://{host}:8080").get("v1", "user")
    assert [request.url.scheme for request in network.requests] == ["http"]


@pytest.mark.parametrize("location", ["https://evil.example/v1/user", "http://api.example/v1/user", "/elsewhere"])
async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(location: str) -> None:
    network = Network([httpx.Response(307, headers={"Location": location}), httpx.Response(200, json={})])
    with pytest.raises(errors.ProtocolError, match="pointed to"):
        await network.transport().get("v1", "user")
    assert [request.url.host for request in network.requests] == ["api.example"]


NETWORK_FAILURES = [
    (httpx.ConnectError("Name or service not known"), errors.Unreachable),
    (httpx.ConnectTimeout("slow"), errors.Unreachable),
    (httpx.PoolTimeout("busy"), errors.Unreachable),
    (httpx.ProxyError("407"), errors.Unreachable),
    (httpx.ReadTimeout("slow"), errors.TimedOut),
    (httpx.WriteTimeout("slow"), errors.TimedOut),
    (httpx.ReadError(""), errors.ConnectionLost),
    (httpx.RemoteProtocolError("Server disconnected"), errors.ConnectionLost),
]


@pytest.mark.parametrize(("failure", "kind"), NETWORK_FAILURES, ids=lambda value: str(getattr(value, "__name__", "")))
async def test_a_network_failure_says_whether_the_request_may_have_run(
    failure: Exception, kind: type[TursoTuiError]
) -> None:
    network = Network([failure])
    with pytest.raises(kind) as caught:
        await network.transport().post("v1", "x")
    assert type(caught.value) is kind
    assert caught.value.what.startswith(("api.example", "The connection to api.example"))
    assert SECRET not in str(caught.value)


TRANSIENT: list[Callable[[], Outcome]] = [
    lambda: httpx.ConnectError("no"),
    lambda: httpx.ReadError("reset"),
    lambda: httpx.ReadTimeout("slow"),
    lambda: refusal(429),
    lambda: refusal(500),
    lambda: refusal(503),
]


@pytest.mark.parametrize("failure", TRANSIENT)
async def test_a_question_is_asked_again(failure: Callable[[], Outcome]) -> None:
    network = Network([failure(), failure(), httpx.Response(200, json={"ok": 1})])
    assert await network.transport().get("v1", "user") == {"ok": 1}
    assert network.pauses == [0.5, 1.0]


@pytest.mark.parametrize("failure", TRANSIENT)
async def test_a_question_is_asked_three_times_at_most(failure: Callable[[], Outcome]) -> None:
    network = Network([failure()])
    with pytest.raises(TursoTuiError):
        await network.transport().get("v1", "user")
    assert len(network.requests) == 3


@pytest.mark.parametrize("failure", TRANSIENT)
@pytest.mark.parametrize("verb", ["post", "patch", "delete"])
async def test_nothing_else_is_ever_repeated(failure: Callable[[], Outcome], verb: str) -> None:
    network = Network([failure()])
    transport = network.transport()
    calls = {
        "post": lambda: transport.post("v1", "x", body={}),
        "patch": lambda: transport.patch("v1", "x", body={}),
        "delete": lambda: transport.delete("v1", "x"),
    }
    with pytest.raises(TursoTuiError):
        await calls[verb]()
    assert len(network.requests) == 1
    assert not network.pauses


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409])
async def test_a_definite_answer_is_not_questioned(status: int) -> None:
    network = Network([refusal(status)])
    with pytest.raises(errors.HttpError):
        await network.transport().get("v1", "user")
    assert len(network.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["7", "Mon, 21 Sep 2026 14:13:27 GMT"])
async def test_the_rest_that_the_server_asks_for_is_kept(status: int, asked: str) -> None:
    headers = {"Retry-After": asked, "Date": "Mon, 21 Sep 2026 14:13:20 GMT"}
    network = Network([refusal(status, headers=headers), httpx.Response(200, json={})])
    await network.transport().get("v1", "user")
    assert network.pauses == [7.5]


async def test_a_long_rest_is_left_to_the_caller() -> None:
    network = Network([refusal(429, headers={"Retry-After": "3600"})])
    with pytest.raises(errors.RateLimited) as caught:
        await network.transport().get("v1", "user")
    assert caught.value.retry_after == 3600
    assert not network.pauses


async def test_a_retry_after_that_says_nothing_is_ignored() -> None:
    network = Network([refusal(429, headers={"Retry-After": "soon"}), httpx.Response(200, json={})])
    await network.transport().get("v1", "user")
    assert network.pauses == [0.5]


@pytest.mark.parametrize(
    ("date", "difference"),
    [
        ("Mon, 21 Sep 2026 14:13:20 GMT", 0.0),
        ("Mon, 21 Sep 2026 14:23:20 GMT", 600.5),
        ("Mon, 21 Sep 2026 13:13:20 GMT", -3599.5),
        ("not a date", 0.0),
    ],
)
async def test_the_servers_clock_is_remembered(date: str, difference: float) -> None:
    network = Network([httpx.Response(200, json={}, headers={"Date": date})])
    transport = network.transport()
    assert transport.server_time() == NOW
    await transport.get("v1", "user")
    network.now += 100
    assert transport.server_time() == pytest.approx(NOW + 100 + difference)


async def test_a_new_sign_in_goes_on_where_the_old_one_ended() -> None:
    network = Network([refusal(401), httpx.Response(200, json={})])
    transport = network.transport()
    with pytest.raises(errors.SignInEnded):
        await transport.get("v1", "user")
    transport.replace_token(PlatformToken("fresh"))
    await transport.get("v1", "user")
    assert network.requests[-1].headers["Authorization"] == "Bearer fresh"


@pytest.mark.parametrize("token", [SECRET, DatabaseToken(SECRET), None, SECRET.encode()])
def test_nothing_but_a_platform_token_is_accepted(token: Any) -> None:
    with pytest.raises(TypeError, match="A PlatformToken is needed here") as caught:
        PlatformTransport("https://api.example", token)
    assert SECRET not in str(caught.value)
    with pytest.raises(TypeError):
        Network([]).transport().replace_token(token)


async def test_a_client_that_was_lent_stays_open() -> None:
    network = Network([httpx.Response(200, json={})])
    client = httpx.AsyncClient(transport=httpx.MockTransport(network.answer))
    async with PlatformTransport("https://api.example", PlatformToken(SECRET), client=client):
        pass
    assert not client.is_closed
    await client.aclose()


async def test_neither_the_transport_nor_its_errors_show_the_token() -> None:
    network = Network([refusal(401)])
    transport = network.transport()
    with pytest.raises(errors.Unauthorized) as caught:
        await transport.get("v1", "user")
    assert SECRET not in f"{transport!r} {caught.value!r} {caught.value}"


async def test_a_crash_report_that_prints_local_variables_does_not_show_the_token() -> None:
    async def fail_while_writing(request: httpx.Request) -> httpx.Response:
        header = request.headers["Authorization"]
        raise httpx.WriteError(f"after {len(header)} bytes")

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail_while_writing)) as client:
        transport = PlatformTransport("https://api.example", PlatformToken(SECRET), client=client)
        with pytest.raises(errors.ConnectionLost) as caught:
            await transport.post("v1", "x")
    report = io.StringIO()
    Console(file=report, width=1_000).print(
        Traceback.from_exception(type(caught.value), caught.value, caught.value.__traceback__, show_locals=True)
    )
    assert "sent_at" in report.getvalue()
    assert SECRET not in report.getvalue()
