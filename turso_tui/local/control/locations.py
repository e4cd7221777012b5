"""Where databases can be. Everything really is here; the regions are for show, ``local`` is the truth."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json
from turso_tui.local.control.callers import Caller
from turso_tui.local.control.gate import Gate
from turso_tui.local.control.records import Organization

LOCAL = "local"
"""Clients reach a database whose primary region is this one by plain HTTP."""

AWS = {
    "aws-ap-northeast-1": "AWS AP NorthEast (Tokyo)",
    "aws-ap-south-1": "AWS AP South (Mumbai)",
    "aws-eu-west-1": "AWS EU West (Ireland)",
    "aws-us-east-1": "AWS US East (Virginia)",
    "aws-us-east-2": "AWS US East (Ohio)",
    "aws-us-west-2": "AWS US West (Oregon)",
}
LOCATIONS = {LOCAL: "Local development", **AWS}


def routes(gate: Gate) -> list[Route]:
    return [
        gate.route("/v1/locations", GET=_flat),
        gate.route("/v1/locations/{code}", GET=_one),
        *gate.organization_routes("/locations", "v2", GET=_grouped),
    ]


async def _flat(_request: Request, _caller: Caller) -> Json:
    return {"locations": LOCATIONS}


async def _grouped(_request: Request, _organization: Organization) -> Json:
    return {"locations": {"aws": AWS, "local": {LOCAL: LOCATIONS[LOCAL]}}}


async def _one(request: Request, _caller: Caller) -> Json:
    code = request.path_params["code"]
    if code not in LOCATIONS:
        raise ApiError(404, f"location {code} not found")
    closest = [{"code": other, "description": text} for other, text in LOCATIONS.items() if other != code]
    return {"location": {"code": code, "description": LOCATIONS[code], "closest": closest[:3]}}
