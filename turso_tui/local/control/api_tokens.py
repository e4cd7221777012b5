"""The caller's API tokens: list, mint, revoke. A token is shown once and never expires."""

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
from turso_tui.local.control.gate import Gate, new_token_id
from turso_tui.local.control.records import ApiToken, Organization
from turso_tui.local.control.store import Account


class MintApiToken(msgspec.Struct, frozen=True):
    organization: str | None = None
    group: str | None = None
    scopes: list[str] | None = None


class ApiTokens:
    def __init__(self, account: Account, gate: Gate, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._gate = gate
        self._clock = clock

    def routes(self) -> list[Route]:
        tokens = "auth/api-tokens"
        return [
            self._gate.route(f"/v1/{tokens}", GET=self._list),
            self._gate.route(f"/v1/{tokens}/{{name}}", POST=self._mint_flat, DELETE=self._revoke),
            self._gate.route(f"/v2/{tokens}/{{name}}", POST=self._mint_nested),
        ]

    async def _list(self, _request: Request, _caller: ApiToken) -> Json:
        return {"tokens": [_wire(token) for token in self._account.find(ApiToken, "ORDER BY name")]}

    async def _mint_flat(self, request: Request, caller: ApiToken) -> Json:
        record = await self._mint(request, caller)
        return {"name": record.name, "id": record.id, "token": self._gate.mint(record)}

    async def _mint_nested(self, request: Request, caller: ApiToken) -> Json:
        record = await self._mint(request, caller)
        return {"token": {"id": record.id, "name": record.name, "value": self._gate.mint(record)}}

    async def _revoke(self, request: Request, caller: ApiToken) -> Json:
        name = request.path_params["name"]
        if caller.organization is not None:
            raise ApiError(403, "organization-scoped token cannot revoke API tokens")
        if not self._account.run("DELETE FROM api_tokens WHERE name = ?", (name,)):
            raise ApiError(404, "api token not found")
        return {"token": name}

    async def _mint(self, request: Request, caller: ApiToken) -> ApiToken:
        body = await read_body(request, MintApiToken)
        if body.group or body.scopes:
            raise ApiError(400, "group-scoped tokens are not supported by the local server")
        if caller.organization not in (None, body.organization):
            raise ApiError(403, f"token is not allowed to access organization {body.organization}")
        if body.organization and not self._account.one(Organization, "WHERE slug = ?", (body.organization,)):
            raise ApiError(404, f"organization {body.organization} not found")
        name = str(request.path_params["name"]).strip()
        record = ApiToken(new_token_id(), name, int(self._clock()), body.organization)
        try:
            self._account.add(record)
        except apsw.ConstraintError as error:
            raise ApiError(409, f"api token with name {name} already exists") from error
        return record


def _wire(token: ApiToken) -> dict[str, Any]:
    created_at = datetime.fromtimestamp(token.created_at, UTC).strftime("%Y-%m-%d")
    document = {"id": token.id, "name": token.name, "created_at": created_at}
    return document | ({"organization": token.organization} if token.organization else {})
