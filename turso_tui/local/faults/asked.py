"""What a request asks for, as far as faults care: read from its outside, before anything of it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property

import msgspec
from starlette.requests import Request

from turso_tui.local.data.text import first_word, split
from turso_tui.local.faults.fault import CONTROL, DATA, Access, Fault

_WHERE = {
    "/v2/pipeline": "pipeline",
    "/v3/pipeline": "pipeline",
    "/v3/cursor": "cursor",
    "/v1/execute": "execute",
    "/v1/batch": "batch",
    "/dump": "dump",
}
_OTHER_DATA_PATHS = frozenset({"/v2", "/v3", "/health", "/version"})
_READING = frozenset({"SELECT", "VALUES", "EXPLAIN"})
_CHANGES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_BEFORE = re.compile(r"\A(?:\s+|--[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)


class _Stmt(msgspec.Struct):
    sql: str | None = None


class _Step(msgspec.Struct):
    stmt: _Stmt


class _Batch(msgspec.Struct):
    steps: list[_Step]


class _Ask(msgspec.Struct):
    type: str = ""
    stmt: _Stmt | None = None
    batch: _Batch | None = None
    sql: str | None = None


class _Body(_Ask):
    requests: list[_Ask] = []


class Asked:
    """One request. ``name_of`` finds the name of the database that it is about, empty for none."""

    def __init__(self, request: Request, body: bytes, name_of: Callable[[Request], str]) -> None:
        self.method = request.method
        self.path = request.url.path
        where = _WHERE.get(self.path)
        self.plane = DATA if where or self.path in _OTHER_DATA_PATHS else CONTROL
        self._where = where
        self._request = request
        self._body = body
        self._name_of = name_of

    @cached_property
    def database(self) -> str:
        return self._name_of(self._request)

    @cached_property
    def endpoints(self) -> frozenset[str]:
        """Where it goes, and what a pipeline asks for."""
        return frozenset(filter(None, [self._where, *(ask.type for ask in self._asks)]))

    @cached_property
    def statements(self) -> tuple[str, ...]:
        """Those that are to run; empty texts where only a stored one's number is given."""
        return tuple(sql for ask in self._asks if ask.type != "describe" for sql in _texts(ask))

    @cached_property
    def writes(self) -> bool:
        """Judged by the words, and in doubt True."""
        if self.plane == CONTROL:
            return self.method not in ("GET", "HEAD", "OPTIONS")
        return any(map(_may_write, self.statements))

    def matches(self, fault: Fault) -> bool:
        """Whether the fault is for requests like this one; what only shows inside the data plane is not looked at."""
        if fault.is_inside and self.plane != DATA:
            return False
        if fault.on and fault.on not in self._places and not fnmatchcase(self.path, fault.on):
            return False
        if fault.database and fault.database != self.database:
            return False
        if fault.sql and not any(begins_with(sql, fault.sql) for sql in self.statements):
            return False
        return fault.access is None or fault.is_inside or (fault.access is Access.WRITES) == self.writes

    @property
    def _places(self) -> frozenset[str]:
        return self.endpoints | {self.plane}

    @cached_property
    def _asks(self) -> list[_Ask]:
        """Empty where the body is none that the data plane would take."""
        if self._where is None or not self._body:
            return []
        try:
            body = msgspec.json.decode(self._body, type=_Body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return []
        return body.requests if self._where == "pipeline" else [body]


def begins_with(sql: str, words: str) -> bool:
    """Whether a statement begins with the words, whatever comments stand before them, and their case and spaces."""
    return _SPACES.sub(" ", _BEFORE.sub("", sql, count=1)).lower().startswith(words.lower())


def _texts(ask: _Ask) -> Iterator[str]:
    if ask.stmt is not None:
        yield ask.stmt.sql or ""
    if ask.batch is not None:
        yield from (step.stmt.sql or "" for step in ask.batch.steps)
    if ask.type == "sequence":
        yield from (statement.sql for statement in split(ask.sql or "")) if ask.sql else iter([""])


def _may_write(sql: str) -> bool:
    match first_word(sql).upper():
        case "WITH":
            return _CHANGES.search(sql) is not None
        case "PRAGMA":
            return "=" in sql
        case word:
            return word not in _READING
