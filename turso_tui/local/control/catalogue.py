"""Finding groups and databases by name, with the API's own words for what is not there."""

from __future__ import annotations

from turso_tui.local.control.answers import ApiError
from turso_tui.local.control.records import Group, Organization, PlacedDatabase
from turso_tui.local.control.store import Account


class Catalogue:
    """Read-only; every lookup raises 404 when there is nothing by that name in the organization."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def group(self, organization: Organization, name: str) -> Group:
        found = self._account.one(Group, "WHERE organization = ? AND name = ?", (organization.uuid, name))
        if found is None:
            raise ApiError(404, "group not found")
        return found

    def groups(self, organization: Organization) -> list[Group]:
        return self._account.find(Group, "WHERE organization = ? ORDER BY name", (organization.uuid,))

    def database(self, organization: Organization, name: str) -> PlacedDatabase:
        found = self._account.one(PlacedDatabase, "WHERE organization = ? AND name = ?", (organization.uuid, name))
        if found is None:
            raise ApiError(404, f"could not find database with name {name}: record not found")
        return found

    def databases(
        self,
        organization: Organization,
        *,
        group: str | None = None,
        parent: str | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[PlacedDatabase]:
        """In the order of their names, from the one that follows ``after``; ``parent`` is a database's UUID."""
        return self._account.find(
            PlacedDatabase,
            """WHERE organization = ?1 AND name > ?2 AND (?3 IS NULL OR "group" = ?3)
            AND (?4 IS NULL OR parent ->> 'id' = ?4) ORDER BY name LIMIT coalesce(?5, -1)""",
            (organization.uuid, after, group or None, parent or None, limit),
        )

    def in_group(self, group: Group) -> list[PlacedDatabase]:
        return self._account.find(PlacedDatabase, "WHERE group_uuid = ? ORDER BY name", (group.uuid,))
