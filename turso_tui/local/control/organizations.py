"""The user, their sessions, and the organizations that they belong to."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import Json
from turso_tui.local.control.callers import Caller
from turso_tui.local.control.gate import Gate
from turso_tui.local.control.records import Organization
from turso_tui.local.control.sessions import Sessions
from turso_tui.local.control.store import Account

USERNAME = "you"
EMAIL = f"{USERNAME}@example.com"


class Organizations:
    def __init__(self, account: Account, sessions: Sessions) -> None:
        self._account = account
        self._sessions = sessions

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route("/v1/auth/validate", GET=self._validate),
            gate.route("/v1/auth/invalidate", POST=self._invalidate),
            gate.route("/v1/user", GET=self._user),
            gate.route("/v1/current-user", GET=self._user),
            gate.route("/v1/organizations", GET=self._list),
            gate.route("/v2/organizations", GET=self._list),
            gate.organization_route("/v1/organizations/{organization}", GET=self._get),
        ]

    @staticmethod
    async def _validate(_request: Request, caller: Caller) -> Json:
        return {"exp": -1 if caller.expires_at is None else caller.expires_at}

    async def _invalidate(self, _request: Request, caller: Caller) -> Json:
        """Signs the user out everywhere; API tokens stay."""
        caller.require_user()
        return {"validFrom": self._sessions.invalidate()}

    async def _user(self, _request: Request, caller: Caller) -> Json:
        caller.require_scope(None)
        personal = self._account.one(Organization, "WHERE type = 'personal'")
        return {
            "user": {
                "username": USERNAME,
                "name": "You",
                "email": EMAIL,
                "avatarUrl": "",
                "plan": personal.plan if personal else "starter",
                "mfa": False,
                "has_pending_invites": False,
            }
        }

    async def _list(self, _request: Request, caller: Caller) -> Json:
        caller.require_scope(None)
        visible = [
            organization
            for organization in self._account.find(Organization, "ORDER BY type, slug")
            if caller.organization in (None, organization.slug)
        ]
        return {"organizations": [_wire(organization) for organization in visible]}

    @staticmethod
    async def _get(_request: Request, organization: Organization) -> Json:
        return {"organization": _wire(organization)}


def _wire(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.uuid,
        "name": organization.name,
        "slug": organization.slug,
        "type": organization.type,
        "overages": organization.overages,
        "require_mfa": organization.require_mfa,
        "blocked_reads": organization.blocked_reads,
        "blocked_writes": organization.blocked_writes,
        "plan_id": organization.plan,
        "plan_timeline": organization.timeline,
        "platform": "",
    }
