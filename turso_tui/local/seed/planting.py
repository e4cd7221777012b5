"""Collects the records of a new account before they are stored in one go."""

from __future__ import annotations

import uuid
from typing import Any

from turso_tui.local.control.databases import new_database_id
from turso_tui.local.control.locations import LOCAL
from turso_tui.local.control.names import label_of
from turso_tui.local.control.records import Configuration, Database, Group, Organization


class Planting:
    def __init__(self, now: int) -> None:
        """``now`` in unix seconds."""
        self._now = now
        self.organizations: list[Organization] = []
        self.groups: list[Group] = []
        self.databases: list[Database] = []

    def organization(self, slug: str, name: str, **rest: Any) -> Organization:
        made = Organization(str(uuid.uuid4()), slug, name, **rest)
        self.organizations.append(made)
        return made

    def group(self, organization: Organization, name: str, **rest: Any) -> Group:
        made = Group(str(uuid.uuid4()), organization.uuid, name, LOCAL, **rest)
        self.groups.append(made)
        return made

    def database(self, organization: Organization, group: Group, name: str, recipe: str = "", **settings: Any) -> None:
        """``settings`` are those of `Configuration`."""
        self.databases.append(
            Database(
                uuid=new_database_id(),
                organization=organization.uuid,
                group_uuid=group.uuid,
                name=name,
                label=label_of(name, organization.slug),
                recipe=recipe,
                created_at=self._now,
                configuration=Configuration(**settings),
            )
        )
