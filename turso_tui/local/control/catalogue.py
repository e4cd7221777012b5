"""Finding groups and databases by name, with the API's own words for what is not there."""

from __future__ import annotations

from turso_tui.local.control.answers import ApiError
from turso_tui.local.control.records import Group, Organization, PlacedDatabase
from turso_tui.local.control.store import Account


class Catalogue:
    """Read-only; every lookup raises 404 when there is nothing by that name in the organization.

    ``within`` is the UUID of the only group that the caller may see; what is in others is not there for them.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def group(self, organization: Organization, name: str, *, within: str | None = None) -> Group:
        found = self._account.one(Group, "WHERE organization = ? AND name = ?", (organization.uuid, name))
        if found is None or within not in (None, found.uuid):
            raise ApiError(404, "group not found")
        return found

    def groups(self, organization: Organization, *, within: str | None = None) -> list[Group]:
        return self._account.find(
            Group,
            "WHERE organization = ?1 AND (?2 IS NULL OR uuid = ?2) ORDER BY name",
            (organization.uuid, within),
        )

    def database(self, organization: Organization, name: str, *, within: str | None = None) -> PlacedDatabase:
        found = self._account.one(PlacedDatabase, "WHERE organization = ? AND name = ?", (organization.uuid, name))
        if found is None or within not in (None, found.group_uuid):
            raise ApiError(404, f"could not find database with name {name}: record not found")
        return found

    def databases(
        self,
        organization: Organization,
        *,
        within: str | None = None,
        group: str | None = None,
        parent: str | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[PlacedDatabase]:
        """In the order of their names, from the one that follows ``after``; ``parent`` is a database's UUID."""
        return self._account.find(
            PlacedDatabase,
            """WHERE organization = ?1 AND name > ?2 AND (?3 IS NULL OR "group" = ?3)
            AND (?4 IS NULL OR parent ->> 'id' = ?4) AND (?6 IS NULL OR group_uuid = ?6)
            ORDER BY name LIMIT coalesce(?5, -1)""",
            (organization.uuid, after, group or None, parent or None, limit, within),
        )

    def in_group(self, group: Group) -> list[PlacedDatabase]:
        return self._account.find(PlacedDatabase, "WHERE group_uuid = ? ORDER BY name", (group.uuid,))
