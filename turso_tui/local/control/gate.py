"""The way in to the Platform API: who is calling, and which organization a path speaks of."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json, answer
from turso_tui.local.control.keys import PLATFORM, KeyRing, unverified_claims
from turso_tui.local.control.records import ApiToken, Organization
from turso_tui.local.control.store import Account

Handler = Callable[[Request, ApiToken], Awaitable[Json]]
"""What the caller may see is narrowed by the token."""

OrganizationHandler = Callable[[Request, Organization], Awaitable[Json]]
AnyHandler = TypeVar("AnyHandler", Handler, OrganizationHandler)

SQL_CLAIMS = frozenset({"id", "gid", "rid", "a", "p", "perm"})
"""Any of these makes a JWT a token for databases; Turso then fails to find the ``jti`` that it looks for."""


class Gate:
    """Verifies platform tokens and builds routes whose handlers are only reached by those who may pass."""

    def __init__(self, account: Account, keys: KeyRing) -> None:
        self._account = account
        self._keys = keys

    def mint(self, record: ApiToken) -> str:
        """The token of a record. Ed25519 is deterministic: the same record always gives the same token."""
        return self._keys.sign(PLATFORM, {"jti": record.id})

    def caller(self, request: Request) -> ApiToken:
        """Raises 401 for no token, a token that we did not sign or have revoked, and a database token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ApiError(401, "missing bearer token")
        claims = self._keys.verify(PLATFORM, token.strip())
        if claims is None:
            foreign = unverified_claims(token.strip())
            if foreign is not None and SQL_CLAIMS & foreign.keys():
                raise ApiError(401, "could not parse jwt id")
            raise ApiError(401, "invalid token")
        found = self._account.one(ApiToken, "WHERE id = ?", (claims.get("jti", ""),))
        if found is None:
            raise ApiError(401, "token has been revoked")
        return found

    def organization(self, request: Request, caller: ApiToken) -> Organization:
        """The one in the path; without one, the personal organization. Raises 404, or 403 for a narrower token."""
        slug = request.path_params.get("organization")
        found = (
            self._account.one(Organization, "WHERE type = 'personal'")
            if slug is None
            else self._account.one(Organization, "WHERE slug = ?", (slug,))
        )
        if found is None:
            raise ApiError(404, f"organization {slug} not found")
        if caller.organization not in (None, found.slug):
            raise ApiError(403, f"token is not allowed to access organization {found.slug}")
        return found

    def route(self, path: str, **handlers: Handler) -> Route:
        """One path; handlers by HTTP method, as in ``GET=list_them``."""

        async def endpoint(request: Request) -> Response:
            caller = self.caller(request)
            return answer(await _choose(handlers, request)(request, caller))

        return Route(path, endpoint, methods=list(handlers))

    def organization_route(self, path: str, **handlers: OrganizationHandler) -> Route:
        """One path about the organization that it names as ``{organization}``, else about the personal one."""

        async def endpoint(request: Request) -> Response:
            organization = self.organization(request, self.caller(request))
            return answer(await _choose(handlers, request)(request, organization))

        return Route(path, endpoint, methods=list(handlers))

    def organization_routes(self, tail: str, version: str = "v1", **handlers: OrganizationHandler) -> list[Route]:
        """Both spellings of a path below an organization: with its slug, and without for the personal one."""
        return [
            self.organization_route(f"/{version}/organizations/{{organization}}{tail}", **handlers),
            self.organization_route(f"/{version}{tail}", **handlers),
        ]


def new_token_id() -> str:
    """22 characters of base64url, as Turso's."""
    return secrets.token_urlsafe(16)


def _choose(handlers: Mapping[str, AnyHandler], request: Request) -> AnyHandler:
    # Starlette serves HEAD wherever it serves GET.
    return handlers["GET" if request.method == "HEAD" else request.method]
