"""``turso-tui auth status``: every way in that is known here, and whether it still leads somewhere."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from turso_tui.cli.speech import say
from turso_tui.cli.wiring import open_profiles, read_config
from turso_tui.errors import InputError, SignInFailed, StorageError, TursoTuiError
from turso_tui.service.entrance import AccountEntrance, RemoteEntrance, remembered_account
from turso_tui.service.profiles import AccountProfile, FileProfile, Profile, Profiles, RemoteProfile
from turso_tui.service.signin import check_sign_in
from turso_tui.service.target import FileTarget
from turso_tui.tokens import describe, recognise
from turso_tui.tokens.description import moment

VARIABLES = ("TURSO_API_TOKEN", "TURSO_API_BASEURL", "TURSO_DATABASE_URL", "TURSO_AUTH_TOKEN")
_PLACES = {"keyring": "in the keyring of this system", "file": "in a file", "environment": "in the environment"}


@dataclass(frozen=True, slots=True)
class _Finding:
    lines: tuple[str, ...]
    is_account: bool = False
    is_good: bool = True


def show_status(environment: Mapping[str, str]) -> int:
    """The exit code: 0 when there is an account, and everything that is known is good."""
    profiles = open_profiles(read_config(), environment)
    findings = asyncio.run(_look(environment, profiles))
    for finding in findings:
        title, *lines = finding.lines
        say(title, *(f"    {line}" for line in lines))
    if not any(finding.is_account for finding in findings):
        say("No account is signed in. `turso-tui auth login` does that.")
    say(profiles.vaults.why)
    return 0 if any(f.is_account for f in findings) and all(f.is_good for f in findings) else 1


async def _look(environment: Mapping[str, str], profiles: Profiles) -> list[_Finding]:
    recent = profiles.recent()
    last = recent[0].name if recent else ""
    asked = [_profile(profiles, profile, profile.name == last) for profile in profiles.all()]
    return [*await _variables(environment, profiles), *await asyncio.gather(*asked)]


async def _variables(environment: Mapping[str, str], profiles: Profiles) -> list[_Finding]:
    present = [name for name in VARIABLES if environment.get(name)]
    if not present:
        return []
    said = _Finding((f"The environment sets {', '.join(present)}.",))
    if "TURSO_API_TOKEN" not in present:
        return [said]
    title = "TURSO_API_TOKEN (goes before every profile)"
    try:
        account = remembered_account(environment, profiles)
    except InputError as error:
        return [said, _Finding((title, str(error)), is_account=True, is_good=False)]
    return [said, await _account(title, account)] if account is not None else [said]


async def _profile(profiles: Profiles, profile: Profile, is_last: bool) -> _Finding:
    title = f"{'*' if is_last else ' '} {profile.name}: {_what(profile)}"
    try:
        entrance = await asyncio.to_thread(profiles.entrance, profile.name)
    except (StorageError, InputError) as error:
        return _Finding((title, str(error)), isinstance(profile, AccountProfile), is_good=False)
    match entrance:
        case AccountEntrance():
            return await _account(title, entrance)
        case RemoteEntrance():
            return _remote(title, entrance)
        case FileTarget(path):
            is_there = path.is_file()
            return _Finding((title,) if is_there else (title, "The file is not there."), is_good=is_there)


async def _account(title: str, entrance: AccountEntrance) -> _Finding:
    token = _token_line(entrance)
    try:
        signed_in = await check_sign_in(entrance.token, entrance.base_url)
    except SignInFailed as error:
        return _Finding((title, token, f"Refused. {error}"), is_account=True, is_good=False)
    except TursoTuiError as error:
        return _Finding((title, token, f"Not known to be good. {error}"), is_account=True, is_good=False)
    user = f" as {signed_in.username}" if signed_in.username else ""
    until = f", until {moment(signed_in.expires_at)}" if signed_in.expires_at is not None else ", and does not expire"
    return _Finding((title, token, f"Accepted by {entrance.base_url}{user}{until}."), is_account=True)


def _remote(title: str, entrance: RemoteEntrance) -> _Finding:
    if entrance.token is None:
        return _Finding((title, "No token is remembered."))
    claims = recognise(entrance.token.reveal()).claims
    is_over = claims is not None and claims.expires_at is not None and claims.expires_at <= time.time()
    return _Finding((title, _token_line(entrance)), is_good=not is_over)


def _token_line(entrance: AccountEntrance | RemoteEntrance) -> str:
    assert entrance.token is not None  # noqa: S101 -- callers have looked
    kept = _PLACES.get(entrance.kept, "in memory")
    return f"{describe(recognise(entrance.token.reveal()), time.time())} Kept {kept}."


def _what(profile: Profile) -> str:
    match profile:
        case AccountProfile():
            user = f"{profile.username} at " if profile.username else "an account at "
            return f"{user}{profile.base_url}" + (f", {profile.organization}" if profile.organization else "")
        case RemoteProfile():
            return f"a database, {profile.url}"
        case FileProfile():
            return f"a file, {profile.path}"
