"""What an organization contains, as far as it is known by now: the model that a screen watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turso_tui import errors

if TYPE_CHECKING:
    from turso_tui.platform import models
    from turso_tui.service.account import Account


@dataclass(frozen=True, slots=True)
class Contents:
    """``complete`` is False while pages are still arriving; ``sizes`` is by database id, in bytes, and comes last."""

    databases: tuple[models.Database, ...] = ()
    complete: bool = False
    sizes: dict[str, int] = field(default_factory=dict)
    usage: models.UsageOfAll | None = None
    quotas: models.Quotas | None = None
    missing: errors.TursoTuiError | None = None
    """Why there is no usage: a token may read the databases but not what they cost."""


class Catalogue:
    """The organizations of an account and the contents of one of them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.organizations: tuple[models.Organization, ...] = ()
        self.organization: models.Organization | None = None
        self.contents = Contents()

    async def load_organizations(self, preferred: str = "") -> models.Organization:
        """Read the organizations and choose the preferred one, else the first. Raises `NotFound` if there is none."""
        self.organizations = tuple(await self.account.organizations())
        if not self.organizations:
            raise errors.NotFound(
                404,
                "This account has no organization.",
                means="The token is valid, but nothing belongs to it.",
                next_step="Create an organization in the Turso dashboard.",
            )
        by_slug = {organization.slug: organization for organization in self.organizations}
        self.organization = by_slug.get(preferred, self.organizations[0])
        self.contents = Contents()
        return self.organization

    def choose(self, slug: str) -> None:
        """Go to another organization of this account; its contents are not known yet."""
        self.organization = next(each for each in self.organizations if each.slug == slug)
        self.contents = Contents()

    def find(self, name: str) -> models.Database | None:
        return next((database for database in self.contents.databases if database.name == name), None)

    async def refresh(self) -> AsyncIterator[Contents]:
        """Read the contents again; yields what is known after each step.

        The first time, each page is better than nothing; later, the old contents stay until the new ones are whole.
        Ends early when another organization has been chosen meanwhile: what it had to say is of no interest any more.
        """
        organization = self.organization
        if organization is None:
            return
        before = self.contents
        databases: list[models.Database] = []
        async for page in self.account.database_pages(organization.slug):
            if self.organization is not organization:
                return
            databases += page
            if not before.complete:
                self.contents = replace(before, databases=tuple(databases))
                yield self.contents
        self.contents = replace(before, databases=tuple(databases), complete=True)
        yield self.contents
        contents = await self._with_usage(organization.slug, self.contents)
        if self.organization is organization:
            self.contents = contents
            yield self.contents

    async def _with_usage(self, slug: str, contents: Contents) -> Contents:
        try:
            usage = await self.account.usage(slug)
            quotas = await self.account.quotas(slug)
        except (errors.HttpError, errors.NetworkError, errors.ProtocolError) as error:
            return replace(contents, missing=error)
        sizes = {database.id: database.usage.storage_bytes for database in usage.databases}
        return replace(contents, sizes=sizes, usage=usage.usage, quotas=quotas, missing=None)
