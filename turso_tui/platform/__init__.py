"""The Platform API of Turso: typed models and one small class for each resource. No SQL, no database tokens sent."""

from turso_tui.platform.api_tokens import Scope, ScopePreset
from turso_tui.platform.client import PlatformClient
from turso_tui.platform.databases import CopyOf, DumpAt, Seed
from turso_tui.platform.models import (
    ApiToken,
    CreatedDatabase,
    Database,
    DatabaseConfiguration,
    DatabaseUsage,
    Group,
    GroupConfiguration,
    GroupHealth,
    Instance,
    Location,
    MintedApiToken,
    Organization,
    OrganizationUsage,
    Plan,
    QueryCost,
    Quotas,
    Subscription,
    Usage,
    User,
)
from turso_tui.platform.retry import RetryPolicy
from turso_tui.platform.transport import API_URL, PlatformTransport

__all__ = [
    "API_URL",
    "ApiToken",
    "CopyOf",
    "CreatedDatabase",
    "Database",
    "DatabaseConfiguration",
    "DatabaseUsage",
    "DumpAt",
    "Group",
    "GroupConfiguration",
    "GroupHealth",
    "Instance",
    "Location",
    "MintedApiToken",
    "Organization",
    "OrganizationUsage",
    "Plan",
    "PlatformClient",
    "PlatformTransport",
    "QueryCost",
    "Quotas",
    "RetryPolicy",
    "Scope",
    "ScopePreset",
    "Seed",
    "Subscription",
    "Usage",
    "User",
]
