"""Faults that happen inside the data plane, to one request that they are for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import apsw
from starlette.requests import Request

from turso_tui.local.control.names import label_in_host
from turso_tui.local.data.errors import SqlFailure, sqlite_failure
from turso_tui.local.faults.asked import Asked, begins_with
from turso_tui.local.faults.book import AtWork, Faults
from turso_tui.local.faults.fault import Access, Fault, SqlError, Trouble
from turso_tui.local.interference import Interference, Statement
from turso_tui.local.tenant import Dialect, Refusal, Resolver, Tenant

_KEY = "armed faults"
_WORDS = {
    apsw.SQLITE_ABORT: "query aborted",
    apsw.SQLITE_BUSY: "database is locked",
    apsw.SQLITE_CANTOPEN: "unable to open database file",
    apsw.SQLITE_CONSTRAINT: "constraint failed",
    apsw.SQLITE_CORRUPT: "database disk image is malformed",
    apsw.SQLITE_FULL: "database or disk is full",
    apsw.SQLITE_INTERRUPT: "interrupted",
    apsw.SQLITE_IOERR: "disk I/O error",
    apsw.SQLITE_LOCKED: "database table is locked",
    apsw.SQLITE_NOMEM: "out of memory",
    apsw.SQLITE_NOTADB: "file is not a database",
    apsw.SQLITE_READONLY: "attempt to write a readonly database",
    apsw.SQLITE_TOOBIG: "string or blob too big",
}


class Armed(Interference):
    """Faults that a request will meet if it comes to where they happen; each is decided once a request."""

    def __init__(self, faults: Faults, at_work: Sequence[AtWork], asked: Asked, dialect: Dialect) -> None:
        self._faults = faults
        self._at_work = at_work
        self._asked = asked
        self._dialect = dialect
        self._decided: dict[int, bool] = {}
        self.database = asked.database

    def forgets_stream(self) -> bool:
        return self._happens(Trouble.EXPIRED)

    def takes_lock(self) -> bool:
        return self._happens(Trouble.STOLEN)

    def refuses_rows(self) -> bool:
        return self._happens(Trouble.TOO_LARGE)

    def is_asleep(self) -> bool:
        return self._happens(Trouble.ARCHIVED)

    def is_deleted(self) -> bool:
        return self._happens(Trouble.DELETED)

    def meet(self, statement: Statement) -> None:
        for each in self._at_work:
            failure = _failure(each.fault, statement, self._dialect)
            if failure is not None and self._strikes(each):
                raise failure

    def _happens(self, trouble: Trouble) -> bool:
        return any(each.fault.effect is trouble and self._strikes(each) for each in self._at_work)

    def _strikes(self, each: AtWork) -> bool:
        if each.number not in self._decided:
            asked = self._asked
            self._decided[each.number] = self._faults.strike(each, asked.method, asked.path, asked.database)
        return self._decided[each.number]


def arm(request: Request, armed: Armed) -> None:
    """Gives a request its faults on its way."""
    request.scope["state"][_KEY] = armed


def interfering(resolve: Resolver, drop: Callable[[str], Awaitable[None]]) -> Resolver:
    """The resolver, with the faults of each request; ``drop`` ends the streams of a database that is not there."""

    async def resolve_and_interfere(request: Request) -> Tenant:
        tenant = await resolve(request)
        armed: Armed | None = request.scope["state"].get(_KEY)
        if armed is None:
            return tenant
        if armed.is_asleep():
            await drop(tenant.key)
            raise Refusal(503, {"error": f"database {armed.database} is sleeping: unarchive its group to wake it"})
        if armed.is_deleted():
            await drop(tenant.key)
            label = label_in_host(request.headers.get("host", "")) or armed.database
            raise Refusal(404, {"error": f"Namespace `{label}` doesn't exist"})
        return replace(tenant, interference=armed)

    return resolve_and_interfere


def _failure(fault: Fault, statement: Statement, dialect: Dialect) -> SqlFailure | None:
    """How the statement fails, if the fault is for it."""
    if fault.sql and not begins_with(statement.sql, fault.sql):
        return None
    if fault.access is not None and (fault.access is Access.WRITES) != statement.writes:
        return None
    match fault.effect:
        case SqlError(code):
            return _sqlite_failure(code, dialect)
        case Trouble.BUSY if statement.waits:
            return _sqlite_failure("SQLITE_BUSY", dialect)
        case Trouble.BLOCKED if not statement.ends_transaction:
            what = "write" if statement.writes else "read"
            reason = f"SQL {what} operations are forbidden ({what}s are blocked, do you need to upgrade your plan?)"
            return SqlFailure("BLOCKED", f"Operation was blocked: {reason}")
    return None


def _sqlite_failure(code: str, dialect: Dialect) -> SqlFailure:
    number = int(apsw.mapping_result_codes[code])
    error = apsw.exception_for(number)  # without words
    assert isinstance(error, apsw.Error)  # noqa: S101 — for the type checker only
    failure = sqlite_failure(error, dialect)
    words = _WORDS.get(number, "a fault on purpose")
    return SqlFailure(failure.code, failure.message + words, failure.extended_code)
