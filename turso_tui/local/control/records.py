"""What an account consists of, as the store keeps it. No record carries a secret: keys live in their own table."""

from __future__ import annotations

from uuid import UUID

import msgspec


class Organization(msgspec.Struct, frozen=True):
    """``type`` is ``personal`` or ``team``; the personal one is what un-prefixed paths mean."""

    uuid: str
    slug: str
    name: str
    type: str
    plan: str
    timeline: str = "monthly"
    overages: bool = False
    require_mfa: bool = False
    blocked_reads: bool = False
    blocked_writes: bool = False

    @property
    def number(self) -> int:
        """How API tokens name it (``org_id``); the Platform API itself never does."""
        return UUID(self.uuid).time_low


class Group(msgspec.Struct, frozen=True):
    """Databases that share a location and a signing key; ``organization`` is a UUID."""

    uuid: str
    organization: str
    name: str
    location: str
    version: str = "tech-preview"
    archived: bool = False
    delete_protection: bool = False


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set on a database; stored exactly as it is sent."""

    size_limit: str = "0"
    allow_attach: bool = False
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    allowed_ips: list[str] = []
    allowed_aws_vpc_ids: list[str] = []


class Parent(msgspec.Struct, frozen=True):
    """The database that a branch was copied from, as it was then; ``branched_at`` is RFC 3339."""

    id: str
    name: str
    branched_at: str


class Database(msgspec.Struct, frozen=True):
    """One database. ``label`` (``<name>-<slug>``) is its host name below ``.localhost``, unique in the account."""

    uuid: str
    organization: str
    group_uuid: str
    name: str
    label: str
    recipe: str
    """How its file is made at first use; empty for a database without tables."""
    created_at: int
    configuration: Configuration
    parent: Parent | None = None
    tursodb: bool = False


class PlacedDatabase(Database, frozen=True, kw_only=True):
    """A database with what its surroundings say about it."""

    group: str
    archived: bool
    group_protected: bool
    organization_slug: str
    organization_blocks_reads: bool
    organization_blocks_writes: bool


class ApiToken(msgspec.Struct, frozen=True):
    """A platform token by its ``jti``; ``organization`` (a slug) narrows it, and a group in it still more.

    ``scopes`` are those of a group-scoped token, and empty for the others. The token itself is never stored.
    """

    id: str
    name: str
    created_at: int
    organization: str | None = None
    group_uuid: str | None = None
    scopes: list[str] = []
