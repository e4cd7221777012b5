"""The page on which a browser signs in. There is one user here and no password: only the person's word is needed."""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from turso_tui.local.control.sessions import Sessions

_PORT = re.compile(r"[1-9][0-9]{0,4}")
_STATE = re.compile(r"[A-Za-z0-9._~-]{1,256}")
_OWN_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?", re.IGNORECASE)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 34em; margin: 15vh auto; padding: 0 1em }}
button {{ font: inherit; padding: .5em 1.5em; cursor: pointer }}
code {{ display: block; padding: 1em; border: 1px solid; overflow-wrap: anywhere; user-select: all }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


class Destination(NamedTuple):
    """The program that waits for the token, on this machine; ``state`` is how it knows its own question again."""

    port: int
    state: str


class SignIn:
    """As Turso's CLI opens it: ``/?port=…&redirect=true&state=…&type=cli``, or ``/?redirect=false`` without a browser.

    With ``approve`` nobody is asked: for tests, and for programs that try a sign-in without a person.
    """

    def __init__(self, sessions: Sessions, username: str, *, approve: bool) -> None:
        self._sessions = sessions
        self._username = username
        self._approve = approve

    def routes(self) -> list[Route]:
        return [Route(path, self._answer, methods=["GET", "POST"]) for path in ("/", "/signup")]

    async def _answer(self, request: Request) -> Response:
        # Any other host is a database's, or a page of somewhere else that was led here by its name.
        if not _OWN_HOST.fullmatch(request.headers.get("host", "")):
            return _page("Not found", "<p>The sign-in page is at the address of the API.</p>", status=404)
        try:
            destination = _destination(request)
        except ValueError as error:
            return _page("This link does not work", f"<p>{html.escape(str(error))}</p>", status=400)
        if request.method != "POST" and not self._approve:
            return self._ask(destination)
        token = self._sessions.mint(self._username)
        return _shown(token) if destination is None else _sent(token, destination)

    def _ask(self, destination: Destination | None) -> Response:
        user = html.escape(self._username)
        # Without an action, the form comes back to this very address: its query says where the token goes.
        body = f"""<p>A program on this machine asks to sign in as <strong>{user}</strong>.</p>
<form method="post"><button autofocus>Sign in as {user}</button></form>"""
        return _page("Local Turso account", body, destination)


def _destination(request: Request) -> Destination | None:
    """None where the token is to be shown. Raises `ValueError` for a query that leads nowhere."""
    query = request.query_params
    redirect = query.get("redirect", "false")
    if redirect == "false":
        return None
    if redirect != "true":
        raise ValueError("It says neither to go back to the program nor to show the token.")
    port, state = query.get("port", ""), query.get("state", "")
    if not _PORT.fullmatch(port) or int(port) > 65535:
        raise ValueError("Its port is no port number.")
    if not _STATE.fullmatch(state):
        raise ValueError("Its state is missing, too long, or made of other characters than a URL may hold.")
    return Destination(int(port), state)


def _sent(token: str, destination: Destination) -> Response:
    query = urlencode({"jwt": token, "state": destination.state})
    response = RedirectResponse(f"http://127.0.0.1:{destination.port}/?{query}", 303)
    _protect(response, destination)
    return response


def _shown(token: str) -> Response:
    body = f"<p>Copy this token into the program that asked for it. It is good for a week.</p><code>{token}</code>"
    return _page("Signed in", body)


def _page(title: str, body: str, destination: Destination | None = None, *, status: int = 200) -> Response:
    """``body`` is HTML."""
    response = HTMLResponse(_PAGE.format(title=html.escape(title), body=body), status)
    _protect(response, destination)
    return response


def _protect(response: Response, destination: Destination | None) -> None:
    # Browsers hold the redirect after a form to `form-action` too.
    onward = f" http://127.0.0.1:{destination.port}" if destination else ""
    response.headers["content-security-policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'{onward}; frame-ancestors 'none'"
    )
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cache-control"] = "no-store"
