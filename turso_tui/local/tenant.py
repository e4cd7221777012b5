"""What the data plane knows of the database that a request is for; the control plane says it, by a `Resolver`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from starlette.requests import Request

from turso_tui.local.interference import NONE, Interference


class Dialect(StrEnum):
    """Which server to be: the protocol document to the letter, or one of the two that people meet."""

    SPEC = "spec"
    SQLD = "sqld"
    CLOUD = "cloud"


class Meter(Protocol):
    """Counts what a statement cost; rows and milliseconds."""

    def count(self, sql: str, *, rows_read: int, rows_written: int, elapsed_ms: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Permission:
    """Actions (``data_read``, ``schema_add`` …) on some tables, by their names in lower case; None means on all."""

    tables: frozenset[str] | None
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tenant:
    """One database, as one request may use it.

    Streams, the write lock and everything else that is shared belong to ``key``, which outlives renames and tokens.
    """

    key: str
    path: Path
    may_write: bool
    meter: Meter
    block_reads: bool = False
    block_writes: bool = False
    block_reason: str = ""
    permissions: tuple[Permission, ...] | None = None
    """What a token with fine-grained permissions may do; None leaves it at ``may_write``."""
    interference: Interference = NONE
    """What goes wrong on purpose."""


class Refusal(Exception):
    """An answer given before any SQL is looked at: no such database, no token, the wrong token.

    ``body`` is sent as JSON when it is a mapping, else as ``text/plain``; an empty text sends no body.
    """

    def __init__(self, status: int, body: dict[str, str] | str = "") -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


Resolver = Callable[[Request], Awaitable[Tenant]]
"""From a request (its Host, its token) to the database it is for. Raises `Refusal`."""
