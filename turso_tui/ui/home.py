"""What stands on the left of the Console: the databases of an account, or the one that was opened by URL or path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from turso_tui.errors import Forbidden, InputError, MintRefused, TursoTuiError, Unauthorized
from turso_tui.service.catalogue import Catalogue, Contents
from turso_tui.service.entrance import MEMORY, AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.services import Services
from turso_tui.service.target import FileTarget
from turso_tui.service.token_office import SignedInAs, TokenOffice
from turso_tui.tokens import Access, DatabaseToken
from turso_tui.ui.numbers import passing
from turso_tui.ui.panes.databases import DatabaseItem, DatabaseState
from turso_tui.ui.screens.choice import Choice
from turso_tui.ui.widgets.topline import Quota, SignIn

if TYPE_CHECKING:
    from turso_tui.platform import models
    from turso_tui.service.account import Account
    from turso_tui.service.database import Database
    from turso_tui.service.profiles import Profile, Profiles
    from turso_tui.service.writer import Writers


READS = "reads"
"""What the quota of the rows read is called."""

SCRATCH = "scratch (results)"
"""What the results on this machine are called as a database; no database of an account can have this name."""


@dataclass(frozen=True, slots=True)
class View:
    """What the left side and the top line show at one moment."""

    items: tuple[DatabaseItem, ...]
    organization: str = ""
    count: int | None = None
    quotas: tuple[Quota, ...] = ()
    signed_in: SignIn | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An open database: its name in the list, its path in words, its handle."""

    name: str
    path: tuple[str, ...]
    database: Database


class Home(Protocol):
    """Where databases come from."""

    office: TokenOffice
    """Everything about tokens that can be looked at and done here."""
    view: View
    """What was said last."""
    writers: Writers
    """Whose turn it is to write, to whatever is opened here."""

    @property
    def account(self) -> Account | None: ...

    @property
    def entrance(self) -> Entrance: ...

    def renew(self, _entrance: Entrance, /) -> None:
        """The same account has signed in anew; who it is and for how long is asked again."""
        ...

    def takes_token_after(self, error: TursoTuiError) -> bool:
        """Whether a pasted database token helps."""
        ...

    def views(self) -> AsyncIterator[View]:
        """Read what there is; a view after each step. Raises `TursoTuiError`."""
        ...

    def wanted(self) -> str | None:
        """The database that was asked for at the start; asked once."""
        ...

    async def open(self, name: str) -> Place:
        """A database of this name; `SCRATCH` is the results on this machine."""
        ...

    def open_file(self, path: Path) -> Place:
        """A SQLite file of this machine, beside what else there is here."""
        ...

    def organizations(self) -> tuple[Choice, ...]: ...

    async def profiles(self) -> tuple[Profile, ...]:
        """What is remembered, the one used last first. Raises `StorageError`."""
        ...

    def go_to(self, _slug: str, /) -> None: ...

    def give_token(self, _name: str, _token: DatabaseToken, /) -> None: ...

    def token_words(self, _place: Place, /) -> Sequence[str]:
        """The tokens that open ``place``, and what is left of their lives."""
        ...


class AccountHome:
    """The databases of one organization of an account."""

    def __init__(
        self, services: Services, entrance: AccountEntrance, preferred: str = "", profiles: Profiles | None = None
    ) -> None:
        self.entrance: Entrance = entrance
        self.account = services.account(entrance.token, entrance.base_url, organization=entrance.organization)
        self.office = TokenOffice(entrance, self.account, profiles=profiles)
        self._profiles = profiles
        self.view = View(())
        self.writers = services.writers
        self._services = services
        self._catalogue = Catalogue(self.account)
        self._target = entrance.target
        self._preferred = entrance.target.organization if entrance.target else entrance.organization or preferred
        self._signed_in: SignIn | None = None

    def renew(self, entrance: Entrance) -> None:
        self.entrance = entrance
        self.office.replace_sign_in(entrance)
        self._signed_in = None

    def takes_token_after(self, error: TursoTuiError) -> bool:
        return isinstance(error, MintRefused)

    async def views(self) -> AsyncIterator[View]:
        if self._signed_in is None:
            await self._learn_who()
        if self._catalogue.organization is None:
            await self._load_organizations()
        self.office.organization = self.organization
        async for contents in self._catalogue.refresh():
            self.view = self._view(contents)
            yield self.view

    def wanted(self) -> str | None:
        target, self._target = self._target, None
        return target.database if target is not None else None

    async def open(self, name: str) -> Place:
        if name == SCRATCH:
            return _scratch(self._services)
        organization = self._organization
        model = self._catalogue.find(name) or await self.account.find(organization, name)
        database = self.account.open(organization, model)
        return Place(name, (organization, model.group, name), database)

    def open_file(self, path: Path) -> Place:
        return _file(self._services, path)

    def organizations(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(each.slug, each.slug, each.name if each.name != each.slug else each.type)
            for each in self._catalogue.organizations
        )

    async def profiles(self) -> tuple[Profile, ...]:
        return await _recent(self._profiles)

    def go_to(self, slug: str) -> None:
        self._catalogue.choose(slug)
        self.office.organization = slug

    def give_token(self, name: str, token: DatabaseToken) -> None:
        """For a database of which the account may not mint."""
        model = self._catalogue.find(name)
        if model is not None:
            self.account.broker.give(self._organization, model, token)

    def token_words(self, place: Place) -> Sequence[str]:
        model = self._catalogue.find(place.name)
        if model is None:
            return ()
        source, now = self.account.broker.source(self.organization, model), self.account.server_time()
        words = ["token given, as the account may not mint"] if source.uses_given else []
        for word, access in (("read", Access.READ_ONLY), ("write", Access.READ_WRITE)):
            end = source.expires_at(access)
            if access not in source.uses_given and end is not None and end > now:
                words.append(f"{word} token {passing(end - now)}")
        return words

    @property
    def organization(self) -> str:
        """The slug of the organization on show; empty before it is known."""
        return self._catalogue.organization.slug if self._catalogue.organization else ""

    @property
    def _organization(self) -> str:
        if not self.organization:
            raise InputError("The organizations are not loaded yet.", next_step="Try again in a moment.")
        return self.organization

    async def _learn_who(self) -> None:
        """A group's token has no user to speak of."""
        try:
            who = (await self.account.user()).username
        except Forbidden:
            who = ""
        expires_at = await self.account.expires_at()
        left = None if expires_at is None else expires_at - self.account.server_time()
        self._signed_in = SignIn(who or "a group's token", left)
        self.office.signed_in = SignedInAs(who, expires_at)

    async def _load_organizations(self) -> None:
        organization = await self._catalogue.load_organizations(self._preferred)
        if self._target is not None and organization.slug != self._target.organization:
            raise InputError(
                f"There is no organization {self._target.organization} in this account.",
                next_step="ctrl+o shows the ones there are.",
            )

    def _view(self, contents: Contents) -> View:
        notice = f"Usage is not known: {contents.missing.what}" if contents.missing else ""
        return View(
            items=tuple(_item(each, contents.sizes.get(each.id)) for each in contents.databases),
            organization=self.organization,
            count=len(contents.databases) if contents.complete else None,
            quotas=_quotas(contents),
            signed_in=self._signed_in,
            notice=notice,
        )


class SingleHome:
    """One database, by URL or as a file."""

    def __init__(
        self, services: Services, entrance: RemoteEntrance | FileTarget, profiles: Profiles | None = None
    ) -> None:
        self._services = services
        self._entrance = entrance
        self._is_wanted = True
        self.office = TokenOffice(entrance, profiles=profiles)
        self._profiles = profiles
        self.view = View(())
        self.writers = services.writers

    @property
    def account(self) -> Account | None:
        return None

    @property
    def entrance(self) -> Entrance:
        return self._entrance

    def renew(self, _entrance: Entrance) -> None:
        raise InputError("A single database has no sign-in.")

    def takes_token_after(self, error: TursoTuiError) -> bool:
        return isinstance(error, Unauthorized) and isinstance(self._entrance, RemoteEntrance)

    async def views(self) -> AsyncIterator[View]:
        is_file = isinstance(self._entrance, FileTarget)
        self.view = View(items=(DatabaseItem(self._name, "file" if is_file else "server", self._size()),), count=1)
        yield self.view

    def wanted(self) -> str | None:
        is_wanted, self._is_wanted = self._is_wanted, False
        return self._name if is_wanted else None

    async def open(self, name: str) -> Place:
        if name == SCRATCH:
            return _scratch(self._services)
        match self._entrance:
            case FileTarget(path):
                return _file(self._services, path)
            case RemoteEntrance(url=url, token=token):
                return Place(name, (url.origin.split("://")[0], name), self._services.remote(url, token))

    def open_file(self, path: Path) -> Place:
        return _file(self._services, path)

    def organizations(self) -> tuple[Choice, ...]:
        return ()

    async def profiles(self) -> tuple[Profile, ...]:
        return await _recent(self._profiles)

    def go_to(self, _slug: str) -> None:
        raise InputError("A single database belongs to no organization here.")

    def give_token(self, _name: str, token: DatabaseToken) -> None:
        if isinstance(self._entrance, RemoteEntrance):
            self._entrance = RemoteEntrance(self._entrance.url, token, kept=MEMORY)
            self.office.replace_sign_in(self._entrance)

    def token_words(self, _place: Place) -> Sequence[str]:
        if isinstance(self._entrance, FileTarget):
            return ()
        return ("token given" if self._entrance.token is not None else "no token",)

    @property
    def _name(self) -> str:
        return self._entrance.path.name if isinstance(self._entrance, FileTarget) else self._entrance.url.host

    def _size(self) -> int | None:
        if not isinstance(self._entrance, FileTarget):
            return None
        try:
            return self._entrance.path.stat().st_size
        except OSError:
            return None  # opening it will say why


def home_for(services: Services, entrance: Entrance, preferred: str, profiles: Profiles | None = None) -> Home:
    """The home behind a door; ``preferred`` is the organization that was looked at last."""
    if isinstance(entrance, AccountEntrance):
        return AccountHome(services, entrance, preferred, profiles)
    return SingleHome(services, entrance, profiles)


def _file(services: Services, path: Path) -> Place:
    return Place(path.name, (str(path.parent), path.name), services.file(path))


def _scratch(services: Services) -> Place:
    return Place(SCRATCH, (SCRATCH,), services.scratch)


async def _recent(profiles: Profiles | None) -> tuple[Profile, ...]:
    return await asyncio.to_thread(profiles.recent) if profiles is not None else ()


def _item(database: models.Database, size: int | None) -> DatabaseItem:
    return DatabaseItem(database.name, database.group, size, _state(database), database.delete_protection)


def _state(database: models.Database) -> DatabaseState:
    if database.archived:
        return DatabaseState.ARCHIVED
    if database.sleeping:
        return DatabaseState.SLEEPING
    if database.block_reads:
        return DatabaseState.READS_BLOCKED
    return DatabaseState.WRITES_BLOCKED if database.block_writes else DatabaseState.ACTIVE


def _quotas(contents: Contents) -> tuple[Quota, ...]:
    usage, limits = contents.usage, contents.quotas
    if usage is None:
        return ()
    return (
        Quota(READS, usage.rows_read, limits.rows_read or None if limits else None),
        Quota("writes", usage.rows_written, limits.rows_written or None if limits else None),
        Quota("storage", usage.storage_bytes, limits.storage_bytes or None if limits else None, "bytes"),
    )
