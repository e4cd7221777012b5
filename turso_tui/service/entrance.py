"""Which door to go in by: the target on the command line, the environment, a remembered sign-in, or none yet."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.hrana.url import DatabaseUrl, parse_database_url
from turso_tui.service.services import API_URL
from turso_tui.service.target import FILE_URL, AccountTarget, FileTarget, parse_target
from turso_tui.tokens import DatabaseToken, PlatformToken, Vault, as_database_token, as_platform_token


@dataclass(frozen=True, slots=True)
class AccountEntrance:
    """An account, and the database or at least the organization in it that is wanted first."""

    token: PlatformToken
    base_url: str = API_URL
    target: AccountTarget | None = None
    organization: str = ""


@dataclass(frozen=True, slots=True)
class RemoteEntrance:
    """One database by its URL."""

    url: DatabaseUrl
    token: DatabaseToken | None = None


Entrance = AccountEntrance | RemoteEntrance | FileTarget


def choose_entrance(environment: Mapping[str, str], vault: Vault, target: str | None) -> Entrance | None:
    """None when there is nothing to go by, and a person must be asked.

    The target decides, then ``TURSO_API_TOKEN``, then the remembered sign-in, then ``TURSO_DATABASE_URL``. Raises
    `InputError` for a target or a variable that cannot be used, `StorageError` for a vault that cannot be read.
    """
    if target is not None:
        return _by_target(environment, vault, target)
    account = remembered_account(environment, vault)
    if account is not None:
        return account
    if url := environment.get("TURSO_DATABASE_URL"):
        return remote_entrance(url, environment)
    return None


def remembered_account(environment: Mapping[str, str], vault: Vault) -> AccountEntrance | None:
    """The account of the environment's token, else of the sign-in that the vault remembers for this API."""
    base_url = api_url(environment)
    if secret := environment.get("TURSO_API_TOKEN"):
        try:
            return AccountEntrance(as_platform_token(secret, time.time()), base_url)
        except InputError as error:
            raise type(error)(f"TURSO_API_TOKEN: {error.what}", means=error.means, next_step=error.next_step) from error
    if secret := vault.get(secret_name(base_url)):
        return AccountEntrance(PlatformToken(secret), base_url)
    return None


def remote_entrance(text: str, environment: Mapping[str, str]) -> RemoteEntrance | FileTarget:
    """A database by URL, with the token in it or the one of the environment.

    ``TURSO_AUTH_TOKEN`` belongs to ``TURSO_DATABASE_URL``: it goes nowhere else, nor to the same host without TLS.
    """
    if text.startswith(FILE_URL) and isinstance(file := parse_target(text), FileTarget):
        return file
    url = parse_database_url(text)
    if url.auth_token:
        return RemoteEntrance(url, as_database_token(url.auth_token))
    secret = environment.get("TURSO_AUTH_TOKEN")
    own_url = environment.get("TURSO_DATABASE_URL")
    if not secret or (own_url and parse_database_url(own_url).origin != url.origin):
        return RemoteEntrance(url)
    return RemoteEntrance(url, as_database_token(secret))


def api_url(environment: Mapping[str, str]) -> str:
    """``TURSO_API_BASEURL``, or Turso's own."""
    return (environment.get("TURSO_API_BASEURL") or API_URL).rstrip("/")


def secret_name(base_url: str) -> str:
    """Under which name the vault remembers a sign-in: one for each API."""
    return f"platform:{base_url}"


def _by_target(environment: Mapping[str, str], vault: Vault, text: str) -> Entrance:
    target = parse_target(text)
    if isinstance(target, FileTarget):
        return target
    if isinstance(target, DatabaseUrl):
        if target.auth_token:
            raise InputError(
                "A token in an argument can be read by everyone on this machine.",
                next_step="Put it into TURSO_AUTH_TOKEN, or leave it out and paste it when it is asked for.",
            )
        return remote_entrance(text, environment)
    account = remembered_account(environment, vault)
    if account is None:
        raise InputError(
            f"To open {text}, a sign-in is needed.", next_step="Set TURSO_API_TOKEN, or start without a target."
        )
    return AccountEntrance(account.token, account.base_url, target)
