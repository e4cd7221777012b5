"""A fault: what goes wrong, how often, for how long, and with which requests."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import apsw

from turso_tui.errors import InputError


class Moment(StrEnum):
    """Before anything of the request ran, after all of it ran and unanswered, or in the middle of the answer."""

    BEFORE = "before"
    MIDDLE = "middle"
    AFTER = "after"


class Access(StrEnum):
    """Which requests a fault is for, by what they do to a database or to the account."""

    READS = "reads"
    WRITES = "writes"


class Form(StrEnum):
    """How an answer with status 200 can be no answer; `TYPE` and `HALF` spoil the real one, so the request ran."""

    HTML = "html"
    JSON = "json"
    SHAPE = "shape"
    UTF8 = "utf8"
    EMPTY = "empty"
    TYPE = "type"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Latency:
    """The request waits for ``seconds``, give or take up to ``jitter``."""

    seconds: float
    jitter: float = 0.0

    def __post_init__(self) -> None:
        _check_duration("A latency", self.seconds)
        if not 0 <= self.jitter <= self.seconds:
            raise InputError("The jitter of a latency is between nothing and the latency itself.")


@dataclass(frozen=True, slots=True)
class Stall:
    """No answer comes, or no more of it, until the client leaves; after ``limit`` seconds the connection closes."""

    limit: float | None = None
    moment: Moment = Moment.BEFORE

    def __post_init__(self) -> None:
        _check_duration("The limit of a stall", self.limit)


@dataclass(frozen=True, slots=True)
class Status:
    """An HTTP error; ``retry_after`` in seconds is sent as a number or, ``as_date``, as an HTTP date."""

    code: int
    moment: Moment = Moment.BEFORE
    retry_after: float | None = None
    as_date: bool = False

    def __post_init__(self) -> None:
        if not 400 <= self.code <= 599:
            raise InputError(f"{self.code} is not the status of an error: those are 400 to 599.")
        if self.moment is Moment.MIDDLE:
            raise InputError("A status comes before the rest of an answer, so it cannot come in the middle.")
        if self.retry_after is not None and not 0 <= self.retry_after < math.inf:
            raise InputError("Retry-After must not be negative.")
        if self.as_date and self.retry_after is None:
            raise InputError("A date for Retry-After needs the seconds until then.")


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection closes, or breaks with a TCP reset."""

    moment: Moment
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Garbage:
    """Status 200, and no answer that the protocol knows."""

    form: Form
    moment: Moment = Moment.BEFORE

    def __post_init__(self) -> None:
        if self.moment is Moment.MIDDLE:
            raise InputError(f"Garbage comes whole: for the middle of an answer there is garbage={Form.HALF}.")
        if self.moment is Moment.AFTER and self.form in (Form.TYPE, Form.HALF):
            raise InputError(f"garbage={self.form} is made of the real answer, so it always comes after.")


@dataclass(frozen=True, slots=True)
class SqlError:
    """A statement fails in-band with one of SQLite's result codes (``SQLITE_FULL``), and does not run."""

    code: str

    def __post_init__(self) -> None:
        number = apsw.mapping_result_codes.get(self.code)
        if not isinstance(number, int) or number in (apsw.SQLITE_OK, apsw.SQLITE_ERROR) or number >= apsw.SQLITE_ROW:
            raise InputError(f"{self.code} is not a result code of SQLite for what goes wrong.")


class Trouble(StrEnum):
    """What needs no more than its name; all of it happens on the data plane."""

    BUSY = "busy"
    BLOCKED = "blocked"
    TOO_LARGE = "too-large"
    EXPIRED = "expired"
    STOLEN = "stolen"
    ARCHIVED = "archived"
    DELETED = "deleted"


Effect: TypeAlias = Latency | Stall | Status | Cut | Garbage | SqlError | Trouble

CONTROL = "control"
DATA = "data"
PLANES = frozenset({CONTROL, DATA})
ENDPOINTS = frozenset(
    {"pipeline", "cursor", "execute", "batch", "sequence", "describe", "get_autocommit", "store_sql", "close", "dump"}
)
"""Of the data plane: where a request goes, and what a pipeline asks for."""

_PATH = re.compile(r"/[!-+\--~]*")
_DATABASE = re.compile(r"[^\s,]+")
_SQL = re.compile(r"[^\s,]+(?: [^\s,]+)*")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which requests. Raises `InputError` for what makes no sense.

    Of the requests that match, the first ``skip`` are left alone, then ``percent`` of them are hit, decided by a
    generator seeded with ``seed``, until ``times`` were hit, or until ``lasts`` seconds after the first one matched.
    """

    effect: Effect
    percent: float = 100.0
    times: int | None = None
    skip: int = 0
    lasts: float | None = None
    seed: int = 0
    on: str = ""
    """``control``, ``data``, one of `ENDPOINTS`, or a path in which ``*`` stands for anything; empty for all."""
    database: str = ""
    """Its name; empty for all."""
    sql: str = ""
    """How a statement begins, whatever its case and spaces; empty for all. Never matches on the control plane."""
    access: Access | None = None

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100:
            raise InputError("A rate is more than 0 % and at most 100 %.")
        if self.times is not None and self.times < 1:
            raise InputError("A fault happens at least once: `times` is 1 or more.")
        if self.skip < 0 or self.seed < 0:
            raise InputError("`skip` and `seed` must not be negative.")
        _check_duration("How long a fault lasts", self.lasts)
        self._check_scope()

    @property
    def is_inside(self) -> bool:
        """Whether it happens inside the data plane, and only to what it can happen to there."""
        return isinstance(self.effect, Trouble | SqlError)

    def _check_scope(self) -> None:
        if self.on and self.on not in PLANES | ENDPOINTS and not _PATH.fullmatch(self.on):
            known = ", ".join(sorted(PLANES | ENDPOINTS))
            raise InputError(f"A fault can be on {known}, or on a path that begins with “/”; not on “{self.on}”.")
        if self.on == CONTROL and self.is_inside:
            raise InputError("This fault happens to SQL: it cannot be on the control plane.")
        if self.database and not _DATABASE.fullmatch(self.database):
            raise InputError(f"“{self.database}” is not the name of a database.")
        if self.sql and not _SQL.fullmatch(self.sql):
            raise InputError("The beginning of a statement is words with single spaces between them, without commas.")


def _check_duration(what: str, seconds: float | None) -> None:
    if seconds is not None and not 0 < seconds < math.inf:
        raise InputError(f"{what} must be longer than nothing.")
