"""Signing in to an account: through a browser that comes back to us, or with a token from elsewhere."""

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlencode

from turso_tui.errors import Forbidden, SignInFailed, TokenRejected, Unauthorized
from turso_tui.service.browser import can_open_browser, open_browser
from turso_tui.service.services import API_URL
from turso_tui.service.signin_page import failure_page, success_page
from turso_tui.tokens import PlatformToken, as_platform_token, is_group_scoped

if TYPE_CHECKING:
    from turso_tui.platform.client import PlatformClient
    from turso_tui.service.loopback import Answer

__all__ = [
    "BrowserSignIn",
    "SignedIn",
    "can_open_browser",
    "check_sign_in",
    "headless_url",
    "open_browser",
    "sign_out_everywhere",
]

LIMIT_SECONDS = 300.0
STATE_BYTES = 32
LAST_PAGE_SECONDS = 3.0
"""How long we wait for the browser to fetch the page that follows, before the listener closes."""

_LAST_PAGE = "/signed-in"
"""Where the browser is sent at once, so that no token stays in its address bar and history."""


class BrowserSignIn:
    """A browser is sent to ``url``, and comes back with a token to a listener on loopback; an async context manager.

    async with BrowserSignIn(base_url) as sign_in:
        await open_browser(sign_in.url, os.environ)
        token = await sign_in.token()

    Entering raises `SignInFailed` where nothing can listen. When it is left, in whichever way, nothing listens.
    """

    def __init__(
        self,
        base_url: str = API_URL,
        *,
        seconds: float = LIMIT_SECONDS,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._base_url = base_url
        self._seconds = seconds
        self._clock = clock
        self._state = random(STATE_BYTES)
        self._has_come_back = False
        self._last_page_seen = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        from turso_tui.service.loopback import Loopback

        loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[PlatformToken] = loop.create_future()
        try:
            listener = await self._stack.enter_async_context(Loopback(self._answer))
        except OSError as error:
            raise SignInFailed(
                f"The browser could not come back: nothing can listen on this machine ({error.strerror or error}).",
                next_step="Sign in without a browser here, and paste the token.",
            ) from error
        self._stack.callback(loop.call_later(self._seconds, self._give_up).cancel)
        query = {"port": listener.port, "redirect": "true", "state": self._state, "type": "cli"}
        self.url = f"{self._base_url}?{urlencode(query)}"
        """Holds the state: for the browser and the person, not for a log."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._has_come_back and not isinstance(error, asyncio.CancelledError):
                await _at_most(LAST_PAGE_SECONDS, self._last_page_seen)
        finally:
            if not self._outcome.cancel():
                self._outcome.exception()  # seen, whether or not anybody waited for it
            await self._stack.aclose()

    async def token(self) -> PlatformToken:
        """Wait for the browser. Raises `SignInFailed` when it brings no platform token, or does not come in time."""
        return await asyncio.shield(self._outcome)

    def _answer(self, target: str) -> "Answer":
        """One callback with the right state counts, whatever its path; before it, everything else changes nothing."""
        from turso_tui.service.loopback import Answer

        path, _, query = target.partition("?")
        if self._has_come_back and path == _LAST_PAGE:
            self._last_page_seen.set()
            return Answer(HTTPStatus.OK, self._last_page())
        if self._outcome.done():
            return Answer(HTTPStatus.GONE, failure_page("This sign-in is over", "Begin another in the terminal."))
        fields = parse_qs(query, keep_blank_values=True)
        if not hmac.compare_digest(" ".join(fields.get("state", ())).encode(), self._state.encode()):
            return Answer(HTTPStatus.BAD_REQUEST)
        self._has_come_back = True
        self._settle(" ".join(fields.get("jwt", ())))
        return Answer(HTTPStatus.SEE_OTHER, location=_LAST_PAGE)

    def _settle(self, secret: str) -> None:
        try:
            token = as_platform_token(secret, self._clock())
        except TokenRejected as error:
            what = error.what if secret else "The browser came back without a token."
            self._fail(what, means=error.means, next_step="Begin the sign-in again.")
        else:
            self._outcome.set_result(token)

    def _give_up(self) -> None:
        if not self._outcome.done():
            self._fail(
                f"Nobody came back from the browser within {_spoken(self._seconds)}.",
                next_step="Begin the sign-in again, or sign in without a browser here and paste the token.",
            )

    def _fail(self, what: str, *, means: str = "", next_step: str) -> None:
        self._outcome.set_exception(SignInFailed(what, means=means, next_step=next_step))

    def _last_page(self) -> str:
        error = self._outcome.exception()
        if isinstance(error, SignInFailed):
            return failure_page("Not signed in", error.what, error.means, error.next_step)
        return success_page()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose token it is (empty for a token of one group, which may not ask) and when it ends (unix seconds)."""

    username: str
    expires_at: float | None


def headless_url(base_url: str) -> str:
    """The page that shows a token to copy, for a browser on any machine."""
    return f"{base_url}?redirect=false"


async def check_sign_in(token: PlatformToken, base_url: str) -> SignedIn:
    """Ask the API whether it takes ``token``, and whose it is.

    Raises `SignInFailed` when it is refused, and `NetworkError` or another error of the Platform API when nobody knows.
    """
    from turso_tui.platform.client import PlatformClient
    from turso_tui.platform.transport import PlatformTransport

    async with PlatformClient(PlatformTransport(base_url, token)) as platform:
        try:
            expires_at = await platform.account.validate()
            return SignedIn(await _username(platform, token), expires_at)
        except Unauthorized as error:
            raise SignInFailed(
                f"{base_url} does not accept this token: {error.text}",
                means="It has expired, was revoked, or belongs to another API.",
                next_step="Sign in again, or make a new token in the dashboard.",
            ) from error


async def sign_out_everywhere(token: PlatformToken, base_url: str) -> None:
    """End every session of the token's user, on all machines. Raises `Unauthorized` when it was over already."""
    from turso_tui.platform.client import PlatformClient
    from turso_tui.platform.transport import PlatformTransport

    async with PlatformClient(PlatformTransport(base_url, token)) as platform:
        await platform.account.invalidate_sessions()


async def _username(platform: "PlatformClient", token: PlatformToken) -> str:
    if is_group_scoped(token):
        return ""
    try:
        return (await platform.account.user()).username
    except Forbidden:
        return ""


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait([waiting], timeout=seconds)
    finally:
        waiting.cancel()


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} s"
