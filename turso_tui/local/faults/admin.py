"""``/_faults``: what goes wrong on purpose, read and set over HTTP with the platform token of the account."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from turso_tui.errors import InputError
from turso_tui.local.control.answers import ApiError, Json, read_body
from turso_tui.local.control.callers import Caller
from turso_tui.local.control.gate import Gate
from turso_tui.local.faults.book import Faults, Hit, describe
from turso_tui.local.faults.grammar import format_fault
from turso_tui.local.faults.middleware import ADMIN_PATH


class One(msgspec.Struct, frozen=True):
    fault: str


class All(msgspec.Struct, frozen=True):
    faults: list[str]


class FaultRoutes:
    """GET: all, and what they did. POST: one more. PUT: these and no others. DELETE: none, or not that one."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route(ADMIN_PATH, GET=self._get, POST=self._post, PUT=self._put, DELETE=self._delete),
            gate.route(f"{ADMIN_PATH}/{{number:int}}", DELETE=self._delete_one),
        ]

    async def _get(self, _request: Request, caller: Caller) -> Json:
        caller.require_user()
        return self._state() | {"log": [_log_line(hit) for hit in self._faults.log]}

    async def _post(self, request: Request, caller: Caller) -> Json:
        caller.require_user()
        body = await read_body(request, One)
        return {"id": self._accept([body.fault], keep=True)[0]}

    async def _put(self, request: Request, caller: Caller) -> Json:
        caller.require_user()
        body = await read_body(request, All)
        self._accept(body.faults, keep=False)
        return self._state()

    async def _delete(self, _request: Request, caller: Caller) -> Json:
        """The log too."""
        caller.require_user()
        self._faults.clear()
        self._faults.clear_log()
        return self._state()

    async def _delete_one(self, request: Request, caller: Caller) -> Json:
        caller.require_user()
        if not self._faults.remove(request.path_params["number"]):
            raise ApiError(404, "this fault is over, or never was")
        return self._state()

    def _accept(self, texts: list[str], *, keep: bool) -> list[int]:
        try:
            return [self._faults.add(text) for text in texts] if keep else self._faults.replace(texts)
        except InputError as error:
            raise ApiError(400, str(error)) from error

    def _state(self) -> dict[str, object]:
        return {"faults": [describe(each) for each in self._faults.at_work]}


def _log_line(hit: Hit) -> dict[str, str | int]:
    return {
        "id": hit.number,
        "fault": format_fault(hit.fault),
        "request": f"{hit.method} {hit.path}",
        "database": hit.database,
    }
