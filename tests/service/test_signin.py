"""Signing in through a browser: a scripted one, against the real listener and the local server's page."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.tokens import samples
from turso_tui.errors import SignInFailed, Unreachable
from turso_tui.local.server import LocalServer
from turso_tui.service import loopback, signin
from turso_tui.service.signin import (
    STATE_BYTES,
    BrowserSignIn,
    check_sign_in,
    headless_url,
    sign_out_everywhere,
)
from turso_tui.tokens import PlatformToken

API = "https://api.example"
GOOD = samples.UNRESTRICTED


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def approving(tmp_path: Path) -> Iterator[LocalServer]:
    """A server whose sign-in page asks nobody."""
    with LocalServer.in_thread(tmp_path / "server", seed="demo", tenants=3, approve_sign_ins=True) as server:
        yield server


def question(sign_in: BrowserSignIn) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(sign_in.url).query).items()}


def callback(sign_in: BrowserSignIn, jwt: str | None = GOOD, *, host: str = "127.0.0.1", path: str = "/") -> str:
    """Where Turso's page sends the browser."""
    asked = question(sign_in)
    fields = ({"jwt": jwt} if jwt is not None else {}) | {"state": asked["state"]}
    return f"http://{host}:{asked['port']}{path}?{urlencode(fields)}"


def is_listening(port: int, host: str = "127.0.0.1") -> bool:
    with suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


class TestTheAddress:
    """It is the one that Turso's CLI opens."""

    async def test_it_has_the_keys_of_the_cli_in_its_order(self) -> None:
        async with BrowserSignIn(API, random=lambda _: "STATE") as sign_in:
            port = question(sign_in)["port"]
            assert sign_in.url == f"{API}?port={port}&redirect=true&state=STATE&type=cli"

    async def test_its_state_cannot_be_guessed(self) -> None:
        async with BrowserSignIn(API) as one, BrowserSignIn(API) as other:
            states = {question(one)["state"], question(other)["state"]}
        assert len(states) == 2
        assert all(len(state) >= STATE_BYTES * 8 / 6 for state in states)
        assert STATE_BYTES >= 32

    def test_without_a_browser_here(self) -> None:
        assert headless_url(API) == f"{API}?redirect=false"


class TestComingBack:
    @pytest.mark.parametrize("path", ["/", "/callback", "/any/where"])
    async def test_a_token_with_the_right_state_signs_in(self, browser: httpx.AsyncClient, path: str) -> None:
        async with BrowserSignIn(API) as sign_in:
            page = await browser.get(callback(sign_in, path=path), follow_redirects=True)
            assert await sign_in.token() == PlatformToken(GOOD)
        assert page.status_code == 200
        assert "You can close this tab" in page.text

    async def test_the_token_does_not_stay_in_the_address_bar(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            first = await browser.get(callback(sign_in))
            assert first.status_code == 303
            assert first.headers["location"] == "/signed-in"
            last = await browser.get(str(first.url.join(first.headers["location"])))
        for answer in (first, last):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert GOOD not in answer.text
        assert "http" not in last.text  # nothing is fetched from anywhere

    async def test_leaving_waits_until_the_browser_has_its_page(self, browser: httpx.AsyncClient) -> None:
        async def sign_in_and_leave() -> None:
            async with BrowserSignIn(API) as sign_in:
                url.set_result(callback(sign_in))
                await sign_in.token()

        url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        program = asyncio.create_task(sign_in_and_leave())
        page = await browser.get(await url, follow_redirects=True)
        assert "Back in the terminal" in page.text
        await program

    async def test_a_browser_that_never_fetches_its_page_is_not_waited_for_long(
        self, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signin, "LAST_PAGE_SECONDS", 0.05)
        async with asyncio.timeout(2), BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in))
            assert await sign_in.token() == PlatformToken(GOOD)

    @pytest.mark.skipif(not has_ipv6(), reason="needs IPv6")
    async def test_a_browser_that_prefers_ipv6_comes_back_too(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in, host="[::1]"), follow_redirects=True)
            assert await sign_in.token() == PlatformToken(GOOD)

    async def test_other_machines_reach_nothing(self) -> None:
        own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)} - {"127.0.0.1", "::1"}
        async with BrowserSignIn(API) as sign_in:
            port = int(question(sign_in)["port"])
            assert is_listening(port)
            assert not any(is_listening(port, str(address)) for address in own if "%" not in str(address))

    async def test_a_sign_in_is_good_for_one_use(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in), follow_redirects=True)
            again = await browser.get(callback(sign_in, samples.ORGANIZATION))
            assert again.status_code == 410
            assert await sign_in.token() == PlatformToken(GOOD)

    @pytest.mark.parametrize(
        "query",
        ["", "state=wrong", f"jwt={GOOD}", f"jwt={GOOD}&state=", f"jwt={GOOD}&state=%ff%fe", "state=" + "x" * 500],
    )
    async def test_a_wrong_state_changes_nothing(self, browser: httpx.AsyncClient, query: str) -> None:
        async with BrowserSignIn(API) as sign_in:
            refused = await browser.get(f"http://127.0.0.1:{question(sign_in)['port']}/?{query}")
            assert (refused.status_code, refused.content) == (400, b"")
            await browser.get(callback(sign_in), follow_redirects=True)
            assert await sign_in.token() == PlatformToken(GOOD)

    async def test_the_last_page_says_nothing_before_the_end(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            early = await browser.get(f"http://127.0.0.1:{question(sign_in)['port']}/signed-in")
            assert early.status_code == 400

    @pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
    async def test_only_a_person_who_follows_a_link_counts(self, browser: httpx.AsyncClient, method: str) -> None:
        async with BrowserSignIn(API) as sign_in:
            assert (await browser.request(method, callback(sign_in))).status_code == 405
            await browser.get(callback(sign_in), follow_redirects=True)
            assert await sign_in.token() == PlatformToken(GOOD)


class TestTheWrongToken:
    @pytest.mark.parametrize(
        ("jwt", "words"),
        [
            (samples.DATABASE, "That is a database token"),
            (samples.EXPIRED_SESSION, "expired on"),
            ("<script>alert(1)</script>", "no token of Turso's"),
            ("", "came back without a token"),
            (None, "came back without a token"),
        ],
    )
    async def test_the_page_and_the_program_say_what_it_is(
        self, browser: httpx.AsyncClient, jwt: str | None, words: str
    ) -> None:
        async with BrowserSignIn(API) as sign_in:
            page = await browser.get(callback(sign_in, jwt), follow_redirects=True)
            with pytest.raises(SignInFailed, match=words):
                await sign_in.token()
        assert "Not signed in" in page.text
        assert words.replace("'", "&#x27;") in page.text
        assert "<script" not in page.text

    async def test_it_cannot_be_made_good_by_coming_back_again(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in, samples.DATABASE), follow_redirects=True)
            assert (await browser.get(callback(sign_in))).status_code == 410


class TestTheEnd:
    async def test_after_the_time_limit_it_says_so_and_takes_nothing_more(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API, seconds=0.05) as sign_in:
            with pytest.raises(SignInFailed, match=r"within 0\.05 s"):
                await sign_in.token()
            late = await browser.get(callback(sign_in))
            assert late.status_code == 410
            assert "This sign-in is over" in late.text

    def test_the_limit_is_five_minutes(self) -> None:
        assert signin.LIMIT_SECONDS == 300

    async def test_nothing_listens_afterwards(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            port = int(question(sign_in)["port"])
            await browser.get(callback(sign_in), follow_redirects=True)
        assert not is_listening(port)
        assert not is_listening(port, "::1")

    async def test_cancelling_leaves_nothing_behind(self) -> None:
        started: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def wait() -> None:
            async with BrowserSignIn(API) as sign_in:
                started.set_result(int(question(sign_in)["port"]))
                await sign_in.token()

        waiting = asyncio.create_task(wait())
        port = await started
        _, idle = await asyncio.open_connection("127.0.0.1", port)  # as browsers do, to be quick later
        before = asyncio.all_tasks()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not is_listening(port)
        await asyncio.wait(before - {asyncio.current_task()}, timeout=5)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        idle.close()

    async def test_whoever_speaks_no_http_does_not_disturb(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            port = int(question(sign_in)["port"])
            for said in (b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"G" * 200_000, b""):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                with suppress(ConnectionError):
                    writer.write(said)
                    writer.write_eof()
                    await reader.read()
                writer.close()
            await browser.get(callback(sign_in), follow_redirects=True)
            assert await sign_in.token() == PlatformToken(GOOD)

    async def test_a_machine_where_nothing_can_listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> list[socket.socket]:
            raise OSError(24, "Too many open files")

        monkeypatch.setattr(loopback, "_listen", refuse)
        with pytest.raises(SignInFailed, match="Too many open files"):
            async with BrowserSignIn(API):
                pass


class TestSecrecy:
    async def test_the_token_is_in_no_error(self, browser: httpx.AsyncClient) -> None:
        async with BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in, samples.DATABASE), follow_redirects=True)
            with pytest.raises(SignInFailed) as caught:
                await sign_in.token()
        assert samples.DATABASE not in str(caught.value) + repr(caught.value)

    async def test_nothing_is_logged(self, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("WARNING")
        async with BrowserSignIn(API) as sign_in:
            await browser.get(callback(sign_in), follow_redirects=True)
            await sign_in.token()
        assert caplog.text == ""


class TestAgainstTheServer:
    async def test_a_browser_signs_in(self, browser: httpx.AsyncClient, approving: LocalServer) -> None:
        async with BrowserSignIn(approving.url) as sign_in:
            page = await browser.get(sign_in.url, follow_redirects=True)
            token = await sign_in.token()
        assert "Back in the terminal" in page.text
        signed_in = await check_sign_in(token, approving.url)
        assert signed_in.username
        assert signed_in.expires_at is not None

    async def test_a_token_that_never_ends(self, local_server: LocalServer) -> None:
        signed_in = await check_sign_in(PlatformToken(local_server.token), local_server.url)
        assert signed_in.expires_at is None

    async def test_a_token_that_is_refused(self, local_server: LocalServer) -> None:
        with pytest.raises(SignInFailed, match="does not accept this token"):
            await check_sign_in(PlatformToken(GOOD), local_server.url)

    async def test_a_server_that_is_not_there_has_refused_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        with pytest.raises(Unreachable):
            await check_sign_in(PlatformToken(GOOD), f"http://127.0.0.1:{port}")

    async def test_signing_out_everywhere_ends_the_session(
        self, browser: httpx.AsyncClient, approving: LocalServer
    ) -> None:
        async with BrowserSignIn(approving.url) as sign_in:
            await browser.get(sign_in.url, follow_redirects=True)
            token = await sign_in.token()
        await sign_out_everywhere(token, approving.url)
        with pytest.raises(SignInFailed):
            await check_sign_in(token, approving.url)
