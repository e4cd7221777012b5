"""``turso-tui auth login``: where the token comes from, and what is remembered of it."""

import asyncio
import getpass
import os
import shutil
import sys
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from turso_tui.cli.speech import say
from turso_tui.cli.wiring import open_profiles, read_config
from turso_tui.errors import InputError, TursoTuiError
from turso_tui.service.cli_settings import read_cli_sign_in
from turso_tui.service.entrance import AccountEntrance, api_url
from turso_tui.service.profiles import checked_name
from turso_tui.service.qr import qr_lines
from turso_tui.service.signin import (
    BrowserSignIn,
    SignedIn,
    can_open_browser,
    check_sign_in,
    headless_url,
    open_browser,
)
from turso_tui.tokens import PlatformToken, as_platform_token, is_group_scoped
from turso_tui.tokens.description import moment

MOST_PIPED = 64 * 1024
"""Bytes; more is not a token, and need not be read to know that."""

ROWS_BESIDE_CODE = 9
BLACK_ON_WHITE, PLAIN = "\x1b[38;5;16;48;5;231m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Login:
    """The options of the command; None and empty for what was not given."""

    profile: str | None = None
    base_url: str | None = None
    organization: str = ""
    headless: bool = False
    from_cli: bool = False


def log_in(wish: Login, environment: Mapping[str, str]) -> int:
    """The exit code. Raises `TursoTuiError` when nothing has been remembered."""
    profiles = open_profiles(read_config(), environment)
    if wish.profile is not None:
        checked_name(wish.profile)
    entrance = _from_cli(wish, environment) if wish.from_cli else _entrance(wish, environment)
    if is_group_scoped(entrance.token) and not entrance.organization:
        raise InputError(
            "This token manages a single group, and cannot say of which organization.",
            next_step="Name it: `turso-tui auth login --organization SLUG`.",
        )
    signed_in = asyncio.run(check_sign_in(entrance.token, entrance.base_url))
    name = wish.profile or profiles.suggest(entrance, signed_in.username)
    profiles.remember(name, entrance, username=signed_in.username)
    say(f"{_who(signed_in, entrance.base_url)} Remembered as the profile “{name}”.", profiles.vaults.why)
    if environment.get("TURSO_API_TOKEN"):
        say("TURSO_API_TOKEN is set, and goes before every profile.")
    return 0


def _entrance(wish: Login, environment: Mapping[str, str]) -> AccountEntrance:
    base_url = (wish.base_url or api_url(environment)).rstrip("/")
    return AccountEntrance(_token(wish, base_url, environment), base_url, organization=wish.organization)


def _from_cli(wish: Login, environment: Mapping[str, str]) -> AccountEntrance:
    found = read_cli_sign_in(environment)
    if found is None:
        raise InputError(
            "No Turso CLI is signed in on this machine.", next_step="Run `turso-tui auth login` without --from-cli."
        )
    say(f"Taking over the sign-in of the Turso CLI in {found.path}; that file is left as it is.")
    base_url = wish.base_url or found.base_url or api_url(environment)
    return AccountEntrance(found.token, base_url.rstrip("/"), organization=wish.organization or found.organization)


def _token(wish: Login, base_url: str, environment: Mapping[str, str]) -> PlatformToken:
    from_environment = environment.get("TURSO_API_TOKEN", "")
    if not sys.stdin.isatty():
        return as_platform_token(_piped() or from_environment or _nothing(), time.time())
    if from_environment and not wish.headless:
        say("Taking the token from TURSO_API_TOKEN; unset it to sign in as someone else.")
        return as_platform_token(from_environment, time.time())
    _mention_cli(environment)
    if not wish.headless and can_open_browser(environment):
        token = asyncio.run(_by_browser(base_url, environment))
        if token is not None:
            return token
        say("No browser could be opened here.")
    return _typed(base_url)


def _mention_cli(environment: Mapping[str, str]) -> None:
    with suppress(TursoTuiError):  # of no use, and nobody has asked for it
        if found := read_cli_sign_in(environment):
            user = f" as {found.username}" if found.username else ""
            say(f"The Turso CLI is signed in here{user}: `turso-tui auth login --from-cli` takes that over.", "")


def _piped() -> str:
    return sys.stdin.buffer.read(MOST_PIPED).decode("utf-8", "replace").strip()


def _nothing() -> NoReturn:
    raise InputError(
        "There is no terminal to ask for a token, and none was piped.",
        next_step='For example: printf %s "$TOKEN" | turso-tui auth login',
    )


async def _by_browser(base_url: str, environment: Mapping[str, str]) -> PlatformToken | None:
    """None when no browser could be opened."""
    async with BrowserSignIn(base_url) as sign_in:
        if not await open_browser(sign_in.url, environment):
            return None
        say(
            "Sign in in the browser that has been opened. If there is none, open this address in one on this machine:",
            "",
            f"  {sign_in.url}",
            "",
            "Waiting for it. ctrl+c stops; `turso-tui auth login --headless` needs no browser here.",
        )
        return await sign_in.token()


def _typed(base_url: str) -> PlatformToken:
    url = headless_url(base_url)
    say("Sign in at this address, in a browser on any machine:", "", f"  {url}", "")
    if code := _code(url):
        print(*(f"  {BLACK_ON_WHITE}{line}{PLAIN}" for line in code), "", sep="\n")  # noqa: T201
    say("It shows a token. Paste that here, where it will not be seen.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            secret = getpass.getpass("Token: ")
        except EOFError:
            secret = ""
        except getpass.GetPassWarning as error:
            raise InputError(
                "This terminal cannot hide what is typed.", next_step="Pipe the token: `turso-tui auth login < file`."
            ) from error
    return as_platform_token(secret, time.time())


def _code(url: str) -> tuple[str, ...]:
    """The address for the camera of a telephone, where there is room for it and a way to draw it."""
    can_draw = sys.stdout.isatty() and sys.stdout.encoding.lower() == "utf-8" and os.environ.get("TERM") != "dumb"
    if not can_draw:
        return ()
    lines = qr_lines(url)
    columns, rows = shutil.get_terminal_size()
    return lines if len(lines[0]) + 2 <= columns and len(lines) + ROWS_BESIDE_CODE <= rows else ()


def _who(signed_in: SignedIn, base_url: str) -> str:
    user = f" as {signed_in.username}" if signed_in.username else ""
    until = f", until {moment(signed_in.expires_at)}" if signed_in.expires_at is not None else ""
    return f"Signed in{user} at {base_url}{until}."
