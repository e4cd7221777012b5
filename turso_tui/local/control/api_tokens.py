"""The user's API tokens: list, mint, revoke. A token is shown once and never expires."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import apsw
import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json, read_body
from turso_tui.local.control.callers import Caller, Callers
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.gate import Gate
from turso_tui.local.control.keys import new_token_id
from turso_tui.local.control.organizations import EMAIL, USERNAME
from turso_tui.local.control.records import ApiToken, Group, Organization
from turso_tui.local.control.scopes import expand
from turso_tui.local.control.store import Account


class MintApiToken(msgspec.Struct, frozen=True):
    organization: str | None = None
    group: str | None = None
    scopes: list[str] | None = None


class ApiTokens:
    def __init__(
        self, account: Account, catalogue: Catalogue, callers: Callers, clock: Callable[[], float] = time.time
    ) -> None:
        self._account = account
        self._catalogue = catalogue
        self._callers = callers
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        of_user, of_organization = "auth/api-tokens", "/v1/organizations/{organization}/api-tokens"
        return [
            gate.route(f"/v1/{of_user}", GET=self._list),
            gate.route(f"/v1/{of_user}/{{name}}", POST=self._mint_flat, DELETE=self._revoke),
            gate.route(f"/v2/{of_user}/{{name}}", POST=self._mint_nested),
            gate.organization_route(of_organization, GET=self._list_of),
            gate.organization_route(f"{of_organization}/{{id}}", DELETE=self._revoke_of),
        ]

    async def _list(self, _request: Request, caller: Caller) -> Json:
        caller.require_user()
        return {"tokens": [self._wire(token) for token in self._account.find(ApiToken, "ORDER BY name")]}

    async def _list_of(self, _request: Request, organization: Organization) -> Json:
        """The tokens that open this organization alone; unrestricted ones are the user's business."""
        found = self._account.find(ApiToken, "WHERE organization = ? ORDER BY name", (organization.slug,))
        owner = {"username": USERNAME, "email": EMAIL}
        return {"tokens": [self._wire(token) | {"owner": owner} for token in found]}

    async def _mint_flat(self, request: Request, caller: Caller) -> Json:
        record = await self._mint(request, caller)
        return {"name": record.name, "id": record.id, "token": self._callers.mint(record)}

    async def _mint_nested(self, request: Request, caller: Caller) -> Json:
        record = await self._mint(request, caller)
        return {"token": {"id": record.id, "name": record.name, "value": self._callers.mint(record)}}

    async def _revoke(self, request: Request, caller: Caller) -> Json:
        caller.require_user()
        name = request.path_params["name"]
        self._delete("name = ?", name)
        return {"token": name}

    async def _revoke_of(self, request: Request, organization: Organization) -> Json:
        identity = request.path_params["id"]
        self._delete("id = ? AND organization = ?", identity, organization.slug)
        return {"token": identity}

    def _delete(self, condition: str, *arguments: str) -> None:
        if not self._account.run(f"DELETE FROM api_tokens WHERE {condition}", arguments):
            raise ApiError(404, "api token not found")

    async def _mint(self, request: Request, caller: Caller) -> ApiToken:
        caller.require_user()
        body = await read_body(request, MintApiToken)
        name = str(request.path_params["name"]).strip()
        if not name:
            raise ApiError(400, "api token name is required")
        record = self._draft(name, body)
        try:
            self._account.add(record)
        except apsw.ConstraintError as error:
            raise ApiError(409, f"api token with name {name} already exists") from error
        return record

    def _draft(self, name: str, body: MintApiToken) -> ApiToken:
        scopes = expand(body.scopes or [])
        if bool(body.group) != bool(scopes):
            raise ApiError(400, "a group-scoped token needs a group and scopes")
        if body.group and not body.organization:
            raise ApiError(400, "a group-scoped token needs an organization")
        group_uuid = None
        if body.organization:
            organization = self._account.one(Organization, "WHERE slug = ?", (body.organization,))
            if organization is None:
                raise ApiError(404, f"organization {body.organization} not found")
            group_uuid = self._catalogue.group(organization, body.group).uuid if body.group else None
        return ApiToken(
            new_token_id(), name, int(self._clock()), body.organization or None, group_uuid, [*map(str, scopes)]
        )

    def _wire(self, token: ApiToken) -> dict[str, Any]:
        created_at = datetime.fromtimestamp(token.created_at, UTC).strftime("%Y-%m-%d")
        document: dict[str, Any] = {"id": token.id, "name": token.name, "created_at": created_at}
        if token.organization is not None:
            document["organization"] = token.organization
        group = self._account.one(Group, "WHERE uuid = ?", (token.group_uuid,))
        if group is not None:
            document |= {"group": group.name, "scopes": token.scopes}
        return document
