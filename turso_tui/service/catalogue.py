"""What an organization contains, as far as it is known by now: the model that a screen watches."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from turso_tui import errors
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
        """Read the organizations and choose the preferred one, else the first. Raises `NotFound` if it is not there."""
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
        """Read the contents again; yields what is known after each step. The old ones stay until new ones are here."""
        if self.organization is None:
            return
        slug = self.organization.slug
        databases: list[models.Database] = []
        async for page in self.account.database_pages(slug):
            databases += page
            self.contents = Contents(tuple(databases), sizes=self.contents.sizes)
            yield self.contents
        self.contents = Contents(tuple(databases), complete=True, sizes=self.contents.sizes)
        yield self.contents
        self.contents = await self._with_usage(slug, self.contents)
        yield self.contents

    async def _with_usage(self, slug: str, contents: Contents) -> Contents:
        try:
            usage = await self.account.usage(slug)
            quotas = await self.account.quotas(slug)
        except (errors.HttpError, errors.NetworkError, errors.ProtocolError) as error:
            return Contents(contents.databases, complete=True, sizes=contents.sizes, missing=error)
        sizes = {database.id: database.usage.storage_bytes for database in usage.databases}
        return Contents(contents.databases, complete=True, sizes=sizes, usage=usage.usage, quotas=quotas)
