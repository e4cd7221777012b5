"""Remembered ways in, side by side: accounts, databases by URL, files. Their secrets are in the vault."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from turso_tui.errors import InputError, StorageError, TokenRejected
from turso_tui.hrana.url import parse_database_url
from turso_tui.printable import printable
from turso_tui.service.entrance import AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.target import FileTarget
from turso_tui.tokens import DatabaseToken, Kept, PlatformToken, Vaults, as_database_token, as_platform_token
from turso_tui.tokens.private_file import Document, PrivateFile

LONGEST_NAME = 64

_BEFORE_ALL = -math.inf
"""A time at which nothing has expired: an expired sign-in is still shown, and its server refuses it."""


class AccountProfile(msgspec.Struct, frozen=True, tag="account"):
    """An account of a Platform API."""

    name: str
    base_url: str
    username: str = ""
    organization: str = ""
    """A slug; needed by tokens of one group, which may not list organizations."""
    kept: Kept = Kept.FILE


class RemoteProfile(msgspec.Struct, frozen=True, tag="url"):
    """One database by its URL."""

    name: str
    url: str
    kept: Kept | None = None
    """None: no token is remembered."""


class FileProfile(msgspec.Struct, frozen=True, tag="file"):
    """A SQLite file."""

    name: str
    path: str


Profile = AccountProfile | RemoteProfile | FileProfile


class _Profiles(Document, frozen=True):
    profiles: tuple[Profile, ...] = ()
    """The one used last comes first."""


class Profiles:
    """Profiles in a file that only its owner can read. Every method blocks and may raise `StorageError`."""

    def __init__(self, path: Path, vaults: Vaults, *, clock: Callable[[], float] = time.time) -> None:
        self.vaults = vaults
        self._file = PrivateFile(path, _Profiles, "profiles", clock=clock)

    def all(self) -> tuple[Profile, ...]:
        """Every profile, by name."""
        return tuple(sorted(self.recent(), key=lambda profile: profile.name.casefold()))

    def recent(self) -> tuple[Profile, ...]:
        """Every profile, the one used last first."""
        return self._file.read().profiles

    def last(self) -> Profile | None:
        """The profile used last, None if there is none."""
        return next(iter(self.recent()), None)

    def get(self, name: str) -> Profile | None:
        """The profile of that name, None if there is none."""
        return next((profile for profile in self.recent() if profile.name == name), None)

    def remember(self, name: str, entrance: Entrance, *, username: str = "") -> Profile:
        """Keep ``entrance`` under ``name``, in place of what had the name; its token goes to the preferred vault.

        Raises `InputError` for a name that cannot be used.
        """
        name = checked_name(name)
        before = self.get(name)
        profile = self._profile(name, entrance, username)
        self._file.change(lambda document: _with_first(document, profile))
        if before is not None and _place(before) != _place(profile):
            self._forget_secret(before)
        return profile

    def used(self, name: str) -> None:
        """Make it the profile used last."""
        self._file.change(lambda document: _with_first(document, *(p for p in document.profiles if p.name == name)))

    def forget(self, name: str) -> None:
        """Remove the profile and its secret; nothing happens if there is none.

        A secret that cannot be removed now raises `StorageError`, and the profile stays, so that it can be tried again.
        """
        profile = self.get(name)
        if profile is None:
            return
        self._forget_secret(profile)
        self._file.change(lambda document: _without(document, name))

    def entrance(self, name: str) -> Entrance:
        """The way in that is remembered under ``name``.

        Raises `InputError` where there is none, `StorageError` where its secret cannot be reached, is gone, or is of
        the wrong kind.
        """
        profile = self.get(name)
        match profile:
            case None:
                raise InputError(
                    f"There is no profile {name}.",
                    means=self._names(),
                    next_step=f"Run `turso-tui auth login --profile {name}` to make it.",
                )
            case FileProfile():
                return FileTarget(Path(profile.path))
            case RemoteProfile():
                token = self._database_token(profile, profile.kept) if profile.kept is not None else None
                return RemoteEntrance(parse_database_url(profile.url), token, name, profile.kept or "")
            case AccountProfile():
                return AccountEntrance(
                    self._platform_token(profile),
                    profile.base_url,
                    organization=profile.organization,
                    profile=name,
                    kept=profile.kept,
                )

    def suggest(self, entrance: Entrance, username: str = "") -> str:
        """A name for it: the one under which the same account, database or file is remembered, else a free one."""
        known = self.recent()
        same = (profile.name for profile in known if _is_same(profile, entrance, username))
        taken = {profile.name for profile in known}
        wanted = _plain_name(entrance, username)
        free = (name for number in range(1, len(taken) + 2) if (name := _numbered(wanted, number)) not in taken)
        return next(same, None) or next(free)

    def _profile(self, name: str, entrance: Entrance, username: str) -> Profile:
        match entrance:
            case FileTarget(path):
                return FileProfile(name, str(path.absolute()))
            case RemoteEntrance(url, token):
                plain = RemoteProfile(name, url.origin, None)
                return msgspec.structs.replace(plain, kept=self._put(plain, token)) if token is not None else plain
            case AccountEntrance(token, base_url):
                account = AccountProfile(name, base_url, username, entrance.organization)
                return msgspec.structs.replace(account, kept=self._put(account, token))

    def _put(self, profile: AccountProfile | RemoteProfile, token: PlatformToken | DatabaseToken) -> Kept:
        vault = self.vaults.preferred()
        vault.put(secret_name(profile), token.reveal())
        return vault.kept

    def _forget_secret(self, profile: Profile) -> None:
        if not isinstance(profile, FileProfile) and profile.kept is not None:
            self.vaults.at(profile.kept).forget(secret_name(profile))

    def _platform_token(self, profile: AccountProfile) -> PlatformToken:
        try:
            return as_platform_token(self._secret(profile, profile.kept), _BEFORE_ALL)
        except TokenRejected as error:
            raise _wrong_kind(profile, error) from None  # frames below hold the secret

    def _database_token(self, profile: RemoteProfile, kept: Kept) -> DatabaseToken:
        try:
            return as_database_token(self._secret(profile, kept))
        except TokenRejected as error:
            raise _wrong_kind(profile, error) from None

    def _secret(self, profile: AccountProfile | RemoteProfile, kept: Kept) -> str:
        try:
            secret = self.vaults.at(kept).get(secret_name(profile))
        except StorageError as error:
            raise StorageError(
                f"The token of the profile {profile.name} cannot be read. {error.what}",
                means=error.means,
                next_step=error.next_step or _again(profile),
            ) from error
        if secret is None:
            where = "the keyring of this system" if kept is Kept.KEYRING else "the file of remembered secrets"
            raise StorageError(
                f"The token of the profile {profile.name} is no longer in {where}.",
                next_step=_again(profile),
            )
        return secret

    def _names(self) -> str:
        names = ", ".join(profile.name for profile in self.all())
        return f"There are {names}." if names else "There is none yet."


def entrance_under(entrance: Entrance, profile: Profile) -> Entrance:
    """``entrance`` as it is once ``profile`` remembers it."""
    if isinstance(entrance, FileTarget) or isinstance(profile, FileProfile):
        return entrance
    return replace(entrance, profile=profile.name, kept=profile.kept or "")


def checked_name(name: str) -> str:
    """``name`` if it can be the name of a profile. Raises `InputError`."""
    name = name.strip()
    if not name:
        problem = "is missing"
    elif len(name) > LONGEST_NAME:
        problem = f"is longer than {LONGEST_NAME} characters"
    elif printable(name) != name:
        problem = "contains characters that cannot be seen"
    elif name.startswith(("-", ".", "~")) or {"/", "\\"} & set(name):
        problem = "looks like an option or a path"
    else:
        return name
    raise InputError(f"The name of the profile {problem}.", next_step="Take one like work, or ci.")


def secret_name(profile: AccountProfile | RemoteProfile) -> str:
    """What its secret is called in a vault: with the host it is for, so that it can never be sent to another."""
    origin = profile.base_url if isinstance(profile, AccountProfile) else profile.url
    return f"profile:{profile.name} {origin}"


def _place(profile: Profile) -> tuple[Kept | None, str]:
    return (None, "") if isinstance(profile, FileProfile) else (profile.kept, secret_name(profile))


def _wrong_kind(profile: Profile, error: TokenRejected) -> StorageError:
    return StorageError(
        f"What is remembered as the token of the profile {profile.name} cannot be used. {error.what}",
        means=error.means,
        next_step=_again(profile),
    )


def _again(profile: Profile) -> str:
    return f"Sign in again: `turso-tui auth login --profile {profile.name}`."


def _with_first(document: _Profiles, *first: Profile) -> _Profiles:
    names = {profile.name for profile in first}
    others = (profile for profile in document.profiles if profile.name not in names)
    return msgspec.structs.replace(document, profiles=(*first, *others))


def _without(document: _Profiles, name: str) -> _Profiles:
    return msgspec.structs.replace(document, profiles=tuple(p for p in document.profiles if p.name != name))


def _is_same(profile: Profile, entrance: Entrance, username: str) -> bool:
    match profile, entrance:
        case AccountProfile(), AccountEntrance():
            is_known = bool(username)  # tokens of one group have no user, and two of them need not be the same
            return is_known and (profile.base_url, profile.username) == (entrance.base_url, username)
        case RemoteProfile(), RemoteEntrance():
            return profile.url == entrance.url.origin
        case FileProfile(), FileTarget():
            return profile.path == str(entrance.path.absolute())
    return False


def _plain_name(entrance: Entrance, username: str) -> str:
    try:
        match entrance:
            case AccountEntrance():
                return checked_name(username or parse_database_url(entrance.base_url).host)
            case RemoteEntrance():
                return checked_name(entrance.url.host.partition(".")[0])
            case FileTarget():
                return checked_name(entrance.path.name)
    except InputError:
        return "default"


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name[: LONGEST_NAME - 4]}-{number}"
