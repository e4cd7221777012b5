"""The settings of one database: read whole, changed in parts."""

from __future__ import annotations

import ipaddress

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json, read_body
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.gate import Gate, Scoped
from turso_tui.local.control.records import Configuration, Organization
from turso_tui.local.control.scopes import Scope
from turso_tui.local.control.store import Account


class ConfigurationPatch(msgspec.Struct, frozen=True):
    """A key that is absent, or null for a plain setting, stays as it is; null clears a list of allow rules."""

    size_limit: str | None = None
    allow_attach: bool | None = None
    block_reads: bool | None = None
    block_writes: bool | None = None
    delete_protection: bool | None = None
    allowed_ips: list[str] | UnsetType | None = UNSET
    allowed_aws_vpc_ids: list[str] | UnsetType | None = UNSET


class Configurations:
    def __init__(self, account: Account, catalogue: Catalogue) -> None:
        self._account = account
        self._catalogue = catalogue

    def routes(self, gate: Gate) -> list[Route]:
        return gate.organization_routes(
            "/databases/{database}/configuration",
            GET=Scoped(Scope.READ, self._get),
            PATCH=Scoped(Scope.DB_CONFIGURE, self._patch),
        )

    async def _get(self, request: Request, organization: Organization) -> Json:
        return _wire(self._catalogue.database(organization, request.path_params["database"]).configuration)

    async def _patch(self, request: Request, organization: Organization) -> Json:
        patch = await read_body(request, ConfigurationPatch)
        database = self._catalogue.database(organization, request.path_params["database"])
        changed = _patched(database.configuration, patch)
        self._account.run(
            "UPDATE databases SET configuration = ? WHERE uuid = ?",
            (msgspec.json.encode(changed).decode(), database.uuid),
        )
        return _wire(changed)


def _patched(configuration: Configuration, patch: ConfigurationPatch) -> Configuration:
    for rule in patch.allowed_ips or []:
        _check_ip(rule)
    for rule in patch.allowed_aws_vpc_ids or []:
        if not rule.startswith("vpce-"):
            raise ApiError(400, f"invalid VPC endpoint id: {rule}")
    changes: dict[str, object] = {}
    for name in ("size_limit", "allow_attach", "block_reads", "block_writes", "delete_protection"):
        value = getattr(patch, name)
        if value is not None:
            changes[name] = value
    for name in ("allowed_ips", "allowed_aws_vpc_ids"):
        rules = getattr(patch, name)
        if rules is not UNSET:
            changes[name] = rules or []
    return msgspec.structs.replace(configuration, **changes)


def _check_ip(rule: str) -> None:
    try:
        ipaddress.ip_network(rule, strict=False)
    except ValueError as error:
        raise ApiError(400, f"invalid IP address or CIDR: {rule}") from error


def _wire(configuration: Configuration) -> Json:
    document: dict[str, object] = msgspec.to_builtins(configuration)
    return document
