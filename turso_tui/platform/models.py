"""What the Platform API tells us, as types. Bytes are bytes, rows are counts, and an absent value is its default."""

from datetime import datetime
from enum import StrEnum

from msgspec import field

from turso_tui.platform.wire import Model
from turso_tui.tokens import DatabaseToken, PlatformToken

LOCAL_REGION = "local"
"""The pseudo location of a development control plane, whose databases speak plain HTTP."""


class Organization(Model, frozen=True):
    slug: str
    name: str = ""
    id: str = ""
    type: str = ""
    """``personal`` or ``team``."""
    overages: bool = False
    blocked_reads: bool = False
    blocked_writes: bool = False
    plan_id: str = ""
    plan_timeline: str = ""
    require_mfa: bool = False


class LocationStatus(Model, frozen=True):
    name: str
    status: str = "up"


class GroupStatus(Model, frozen=True):
    locations: tuple[LocationStatus, ...] = ()


class GroupHealth(StrEnum):
    """A group's state in the words of Turso's CLI."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    ARCHIVED = "archived"


class Group(Model, frozen=True):
    """Databases that share a location and a signing key."""

    name: str
    id: str = field(default="", name="uuid")
    primary: str = ""
    locations: tuple[str, ...] = ()
    archived: bool = False
    delete_protection: bool = False
    version: str = ""
    status: GroupStatus = GroupStatus()

    @property
    def has_key_for_each_database(self) -> bool:
        """On AWS a database's key can be rotated alone; elsewhere its databases share the group's."""
        return self.version == "tech-preview"

    @property
    def health(self) -> GroupHealth:
        """Unhealthy when the primary is down, degraded when another location is."""
        down = {location.name for location in self.status.locations if location.status == "down"}
        if self.archived:
            return GroupHealth.ARCHIVED
        if self.primary in down:
            return GroupHealth.UNHEALTHY
        return GroupHealth.DEGRADED if down else GroupHealth.HEALTHY


class GroupConfiguration(Model, frozen=True):
    delete_protection: bool = False


class Branch(Model, frozen=True):
    """What a branch was made from."""

    id: str = ""
    name: str = ""
    branched_at: datetime | None = None


class Database(Model, frozen=True):
    name: str
    id: str = field(default="", name="dbid")
    hostname: str = ""
    group: str = ""
    primary_region: str = ""
    regions: tuple[str, ...] = ()
    version: str = ""
    type: str = ""
    engine: str = field(default="", name="databasetype")
    """``libsql`` or ``tursodb``; empty when the server does not say."""
    sleeping: bool = False
    archived: bool = False
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    allow_attach: bool = False
    parent: Branch | None = None
    encryption_cipher: str = ""

    @property
    def http_url(self) -> str:
        """Where SQL over HTTP is spoken. The host is never built from names: it outlives transfers."""
        scheme = "http" if self.primary_region == LOCAL_REGION else "https"
        return f"{scheme}://{self.hostname}"


class CreatedDatabase(Model, frozen=True):
    """All that the API says of a new database; its region, and so its URL, comes with `Databases.get`."""

    name: str
    id: str = field(default="", name="dbid")
    hostname: str = ""


class DatabaseConfiguration(Model, frozen=True):
    size_limit: str = ""
    """Bytes, or with a unit (``256mb``); empty or ``0`` means none."""
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    allow_attach: bool = False
    allowed_ips: tuple[str, ...] = ()
    allowed_aws_vpc_ids: tuple[str, ...] = ()


class Instance(Model, frozen=True):
    name: str
    id: str = field(default="", name="uuid")
    type: str = ""
    """``primary`` or ``replica``."""
    region: str = ""
    hostname: str = ""


class Usage(Model, frozen=True):
    """Rows are sums over the period; storage is the level at its end."""

    rows_read: int = 0
    rows_written: int = 0
    storage_bytes: int = 0
    bytes_synced: int = 0


class InstanceUsage(Model, frozen=True):
    id: str = field(default="", name="uuid")
    usage: Usage = Usage()


class DatabaseUsage(Model, frozen=True):
    id: str = field(default="", name="uuid")
    instances: tuple[InstanceUsage, ...] = ()
    sum_as_usage: Usage | None = field(default=None, name="usage")
    sum_as_total: Usage | None = field(default=None, name="total")

    @property
    def usage(self) -> Usage:
        """Over all instances. The documentation names it ``total``, both official clients read ``usage``."""
        return self.sum_as_usage or self.sum_as_total or Usage()


class UsageOfAll(Usage, frozen=True):
    """The usage of an organization, with how much of each thing it has."""

    databases: int = 0
    locations: int = 0
    groups: int = 0


class OrganizationUsage(Model, frozen=True):
    """Of the current calendar month, UTC."""

    id: str = field(default="", name="uuid")
    databases: tuple[DatabaseUsage, ...] = ()
    sum_as_usage: UsageOfAll | None = field(default=None, name="usage")
    sum_as_total: UsageOfAll | None = field(default=None, name="total")

    @property
    def usage(self) -> UsageOfAll:
        """Over all databases, under either of its two names."""
        return self.sum_as_usage or self.sum_as_total or UsageOfAll()


class QueryCost(Model, frozen=True):
    """What one query text cost over the period."""

    query: str
    rows_read: int = 0
    rows_written: int = 0


class Location(Model, frozen=True):
    code: str
    description: str = ""
    provider: str = ""
    """``aws``, ``fly`` (retired) or ``local``."""


class User(Model, frozen=True):
    username: str
    name: str = ""
    email: str = ""
    plan: str = ""
    avatar_url: str = ""
    mfa: bool = False
    has_pending_invites: bool = False


class Quotas(Model, frozen=True):
    """What a plan includes each month; 0 means unlimited."""

    rows_read: int = 0
    rows_written: int = 0
    storage_bytes: int = field(default=0, name="storage")
    bytes_synced: int = 0
    databases: int = 0
    locations: int = 0
    groups: int = 0


class Price(Model, frozen=True):
    value: str = ""
    """US dollars as a decimal number, each month."""
    timeline: str = ""


class Plan(Model, frozen=True):
    name: str
    price: str = ""
    """US dollars as a decimal number, each month."""
    quotas: Quotas = Quotas()
    prices: tuple[Price, ...] = ()


class Subscription(Model, frozen=True):
    plan: str = ""
    name: str = ""
    timeline: str = ""
    overages: bool = False


class MintedToken(Model, frozen=True):
    jwt: DatabaseToken


class TokenOwner(Model, frozen=True):
    username: str = ""
    email: str = ""


class ApiToken(Model, frozen=True):
    """The record of a platform token that was minted; the secret itself was shown once. It never expires."""

    name: str
    id: str = ""
    organization: str = ""
    """Empty for an unrestricted one, which may do all that its owner may."""
    group: str = ""
    scopes: tuple[str, ...] = ()
    """What a group's token may do, presets expanded; see `Scope`, but a newer server may have more."""
    created_at: str = ""
    """A date, by the server's calendar."""
    owner: TokenOwner = TokenOwner()
    """Only in the list of an organization."""


class MintedApiToken(Model, frozen=True):
    record: ApiToken
    token: PlatformToken


class SessionsEnded(Model, frozen=True):
    valid_from: float = 0
    """Unix seconds: sessions that began earlier are over."""


class Validity(Model, frozen=True):
    exp: float = -1
    """Unix seconds; -1 for a token that never expires."""
