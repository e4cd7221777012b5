"""Which door to go in by: a profile, the target on the command line, the environment, or none yet."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl, parse_database_url
from turso_tui.service.services import API_URL
from turso_tui.service.target import FILE_URL, AccountTarget, FileTarget, Target, parse_target
from turso_tui.tokens import DatabaseToken, PlatformToken, as_database_token, as_platform_token

if TYPE_CHECKING:
    from turso_tui.service.profiles import Profiles

ENVIRONMENT = "environment"
MEMORY = "memory"
"""Where a token is kept besides the vaults: it came with a variable, or it ends with this run."""


@dataclass(frozen=True, slots=True)
class AccountEntrance:
    """An account, and the database or at least the organization in it that is wanted first."""

    token: PlatformToken
    base_url: str = API_URL
    target: AccountTarget | None = None
    organization: str = ""
    profile: str = ""
    """The name under which it is remembered, empty when it is not."""
    kept: str = ""
    """Where the token is: ``keyring``, ``file``, ``environment`` or ``memory``; empty when nobody said."""


@dataclass(frozen=True, slots=True)
class RemoteEntrance:
    """One database by its URL; the last two as in `AccountEntrance`."""

    url: DatabaseUrl
    token: DatabaseToken | None = None
    profile: str = ""
    kept: str = ""


Entrance = AccountEntrance | RemoteEntrance | FileTarget


def choose_entrance(
    environment: Mapping[str, str], profiles: "Profiles", target: str | None, profile: str | None = None
) -> Entrance | None:
    """None when there is nothing to go by, and a person must be asked.

    The profile decides, and becomes the one used last; then the target, then ``TURSO_API_TOKEN``, then the profile
    used last, then ``TURSO_DATABASE_URL``. Raises `InputError` for what cannot be used, `StorageError` for a vault
    that cannot be read. Blocks while it reads.
    """
    if profile is not None:
        entrance = _within_profile(profiles.entrance(profile), profile, target)
        profiles.used(profile)
        return entrance
    if target is not None:
        return _by_target(environment, profiles, target)
    if (account := _environment_account(environment)) is not None:
        return account
    last = _last(environment, profiles)
    if last is not None:
        return profiles.entrance(last)
    if url := environment.get("TURSO_DATABASE_URL"):
        return remote_entrance(url, environment)
    return None


def remembered_account(environment: Mapping[str, str], profiles: "Profiles") -> AccountEntrance | None:
    """The account of the environment's token, else of the profile of an account that was used last."""
    if (account := _environment_account(environment)) is not None:
        return account
    name = _last(environment, profiles, only_accounts=True)
    entrance = profiles.entrance(name) if name is not None else None
    return entrance if isinstance(entrance, AccountEntrance) else None


def remote_entrance(text: str, environment: Mapping[str, str]) -> RemoteEntrance | FileTarget:
    """A database by URL, with the token in it or the one of the environment.

    ``TURSO_AUTH_TOKEN`` belongs to ``TURSO_DATABASE_URL``: it goes nowhere else, nor to the same host without TLS.
    """
    if text.startswith(FILE_URL) and isinstance(file := parse_target(text), FileTarget):
        return file
    url = parse_database_url(text)
    if url.auth_token:
        return RemoteEntrance(url, as_database_token(url.auth_token), kept=MEMORY)
    secret = environment.get("TURSO_AUTH_TOKEN")
    own_url = environment.get("TURSO_DATABASE_URL")
    if not secret or (own_url and parse_database_url(own_url).origin != url.origin):
        return RemoteEntrance(url)
    return RemoteEntrance(url, as_database_token(secret), kept=ENVIRONMENT)


def api_url(environment: Mapping[str, str]) -> str:
    """``TURSO_API_BASEURL``, or Turso's own."""
    return (environment.get("TURSO_API_BASEURL") or API_URL).rstrip("/")


def _environment_account(environment: Mapping[str, str]) -> AccountEntrance | None:
    secret = environment.get("TURSO_API_TOKEN")
    if not secret:
        return None
    try:
        return AccountEntrance(as_platform_token(secret, time.time()), api_url(environment), kept=ENVIRONMENT)
    except InputError as error:
        raise type(error)(f"TURSO_API_TOKEN: {error.what}", means=error.means, next_step=error.next_step) from error


def _last(environment: Mapping[str, str], profiles: "Profiles", *, only_accounts: bool = False) -> str | None:
    """The name of the profile used last; ``TURSO_API_BASEURL`` leaves out the accounts of every other API."""
    from turso_tui.service.profiles import AccountProfile

    wanted = api_url(environment) if environment.get("TURSO_API_BASEURL") else None
    for profile in profiles.recent():
        if isinstance(profile, AccountProfile):
            if wanted in (None, profile.base_url):
                return profile.name
        elif not only_accounts:
            return profile.name
    return None


def _by_target(environment: Mapping[str, str], profiles: "Profiles", text: str) -> Entrance:
    target = _harmless(parse_target(text))
    if isinstance(target, FileTarget):
        return target
    if isinstance(target, DatabaseUrl):
        return remote_entrance(text, environment)
    account = remembered_account(environment, profiles)
    if account is None:
        raise InputError(
            f"To open {text}, a sign-in is needed.",
            next_step="Run `turso-tui auth login`, set TURSO_API_TOKEN, or start without a target.",
        )
    return replace(account, target=target)


def _within_profile(entrance: Entrance, name: str, text: str | None) -> Entrance:
    if text is None:
        return entrance
    target = _harmless(parse_target(text))
    if isinstance(entrance, AccountEntrance) and isinstance(target, AccountTarget):
        return replace(entrance, target=target)
    raise InputError(
        f"The profile {name} does not lead to {text}.",
        means="Only a profile of an account takes a target, and that is org/database.",
        next_step="Leave one of the two out.",
    )


def _harmless(target: Target) -> Target:
    if isinstance(target, DatabaseUrl) and target.auth_token:
        raise InputError(
            "A token in an argument can be read by everyone on this machine.",
            next_step="Put it into TURSO_AUTH_TOKEN, or leave it out and paste it when it is asked for.",
        )
    return target
