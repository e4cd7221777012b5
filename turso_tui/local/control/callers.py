"""Who calls the Platform API: a bearer token, verified, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from turso_tui.local.control.answers import ApiError
from turso_tui.local.control.keys import PLATFORM, KeyRing, unverified_claims
from turso_tui.local.control.records import ApiToken, Organization
from turso_tui.local.control.scopes import Scope
from turso_tui.local.control.sessions import Sessions
from turso_tui.local.control.store import Account

SQL_CLAIMS = frozenset({"id", "gid", "rid", "a", "p", "perm"})
"""Any of these makes a JWT a token for databases; Turso then fails to find the ``jti`` that it looks for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user, with all rights or only those of the token: one organization, or some scopes in one group of it."""

    expires_at: int | None = None
    """Unix seconds; only sessions end."""
    organization: str | None = None
    """A slug; None for all."""
    group: str | None = None
    """A UUID; None for all."""
    scopes: frozenset[Scope] = frozenset()

    def require_user(self) -> None:
        """Raises 403 for a token that is not as good as the user."""
        self.require_scope(None)
        if self.organization is not None:
            raise ApiError(403, "organization-scoped token cannot access user resources")

    def require_organization(self, organization: Organization) -> None:
        """Raises 403 for a token of another one."""
        if self.organization not in (None, organization.slug):
            raise ApiError(403, f"token is not allowed to access organization {organization.slug}")

    def require_scope(self, scope: Scope | None) -> None:
        """Raises 403 when a group-scoped token lacks the scope, or for any of them where there is none that helps."""
        if self.group is None:
            return
        if scope is None:
            raise ApiError(403, "group-scoped token cannot access org-level resources")
        if scope not in self.scopes:
            raise ApiError(403, f"group-scoped token does not have the scope {scope}")


class Callers:
    """Mints API tokens, and knows them again; sessions too."""

    def __init__(self, account: Account, keys: KeyRing, sessions: Sessions) -> None:
        self._account = account
        self._keys = keys
        self._sessions = sessions

    def mint(self, record: ApiToken) -> str:
        """The token of a record. Ed25519 is deterministic: the same record always gives the same token."""
        claims: dict[str, Any] = {"jti": record.id}
        if record.organization is not None:
            organization = self._account.one(Organization, "WHERE slug = ?", (record.organization,))
            claims["org_id"] = organization.number if organization else 0
        if record.group_uuid is not None:
            claims |= {"group_uuid": record.group_uuid, "scopes": {"scopes": record.scopes}}
        return self._keys.sign(PLATFORM, claims)

    def __call__(self, request: Request) -> Caller:
        """Raises 401 for no token, one that we did not sign, one that is over or revoked, and a database token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ApiError(401, "missing bearer token")
        return self._caller(token.strip())

    def _caller(self, token: str) -> Caller:
        claims = self._keys.verify(PLATFORM, token)
        if claims is not None:
            found = self._account.one(ApiToken, "WHERE id = ?", (claims.get("jti", ""),))
            if found is None:
                raise ApiError(401, "token has been revoked")
            # What it may do is said by the record: what a token says of itself is for whoever reads it.
            return Caller(None, found.organization, found.group_uuid, frozenset(map(Scope, found.scopes)))
        session = self._sessions.verify(token)
        if session is not None:
            return Caller(session["exp"])
        foreign = unverified_claims(token)
        if foreign is not None and SQL_CLAIMS & foreign.keys():
            raise ApiError(401, "could not parse jwt id")
        raise ApiError(401, "invalid token")
