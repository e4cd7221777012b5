"""Plans and what they include. Quotas are rows, bytes and counts; null means unlimited; prices are US dollars."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import Json
from turso_tui.local.control.callers import Caller
from turso_tui.local.control.gate import Gate
from turso_tui.local.control.records import Organization

_GB = 10**9
_MILLION = 10**6


def _plan(
    name: str, monthly: str, yearly: str, *, databases: int | None, storage: int, read: int, written: int, sync: int
) -> dict[str, Any]:
    quotas = {
        "rowsRead": read * _MILLION,
        "rowsWritten": written * _MILLION,
        "databases": databases,
        "bytesSynced": sync * _GB,
        "locations": None,
        "storage": storage * _GB,
        "groups": 1 if name == "starter" else None,
    }
    prices = [{"value": monthly, "timeline": "monthly"}, {"value": yearly, "timeline": "yearly"}]
    return {"name": name, "price": monthly, "prices": prices, "quotas": quotas}


PLANS = [
    _plan("starter", "0", "0", databases=100, storage=5, read=500, written=10, sync=3),
    _plan("developer", "5.99", "4.99", databases=None, storage=9, read=2_500, written=25, sync=10),
    _plan("scaler", "29", "24.92", databases=None, storage=24, read=100_000, written=100, sync=24),
    _plan("pro", "499", "416.58", databases=None, storage=50, read=250_000, written=250, sync=100),
]


def routes(gate: Gate) -> list[Route]:
    return [
        gate.route("/v1/plans", GET=_plans),
        gate.organization_route("/v1/organizations/{organization}/plans", GET=_plans_of),
        *gate.organization_routes("/subscription", GET=_subscription),
    ]


async def _plans(_request: Request, _caller: Caller) -> Json:
    return {"plans": PLANS}


async def _plans_of(_request: Request, _organization: Organization) -> Json:
    return {"plans": PLANS}


async def _subscription(_request: Request, organization: Organization) -> Json:
    return {
        "subscription": {
            "name": organization.plan,
            "plan": organization.plan,
            "timeline": organization.timeline,
            "overages": organization.overages,
        }
    }
