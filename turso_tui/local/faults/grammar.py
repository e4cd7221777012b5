"""Faults as one line of text: ``status=429@10%,retry-after=2s,on=data``."""

from __future__ import annotations

import re
from collections.abc import Callable

from turso_tui.errors import InputError
from turso_tui.local.faults.fault import (
    Access,
    Cut,
    Effect,
    Fault,
    Form,
    Garbage,
    Latency,
    Moment,
    SqlError,
    Stall,
    Status,
    Trouble,
)

MANUAL = """\
faults, KIND[=VALUE][@PERCENT%][,OPTION ...]; of several, the first that hits
a request decides what happens to it:

  latency=200ms[~50ms]  the request waits, give or take 50 ms; adds to the rest
  stall[=30s]           accepted and never answered, for 30 s or till one leaves
  status=429            an HTTP error, 400 to 599
  cut=before            the connection closes before the request ran,
  cut=after             … after it ran, unanswered,
  cut=middle            … or half-way through the answer
  garbage=html          status 200 and a page; also json (broken), shape (no
                        answer's), utf8 (invalid), empty; and, made of the real
                        answer, so that the request ran: type (wrong), half
  error=SQLITE_FULL     statements fail with a code of SQLite
  busy[=2s]             what needs the write lock gets SQLITE_BUSY, for 2 s
  blocked[=2s]          statements are refused as when a quota is used up
  too-large[=2s]        statements run, but their rows are RESPONSE_TOO_LARGE
  expired[=2s]          the stream that a baton continues has expired
  stolen[=2s]           the write lock is taken from an open transaction
  archived[=2s]         the group of the database is asleep
  deleted[=2s]          the database is not there

how often and how long:

  @10%                  one request in ten, by dice that fall the same each time
  seed=7                other dice
  skip=2                not the first two
  times=3               three times
  for=30s               from the first request that could be hit

which requests:

  on=data               SQL; on=control is the Platform API; or where SQL goes
                        and what it asks for: pipeline, cursor, execute, batch,
                        sequence, describe, get_autocommit, store_sql, close,
                        dump; or a path: on=/v1/*/databases
  db=NAME               about this database
  sql=insert into       with a statement that begins so
  reads, writes         that only read, or that may write

and more about some:

  after, middle         when a status, a stall or garbage comes; else before
  retry-after=2s        with a status; retry-date=2s says it as an HTTP date
  reset                 a cut by TCP reset

times are numbers with ms, s, m or h: 200ms, 1.5s, 2m
"""

_HEAD = re.compile(r"(?P<kind>[a-z-]+)(?:=(?P<value>[^@]*))?(?:@(?P<percent>[^%]*)%)?")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,3})?"
_DURATION = re.compile(rf"({_NUMBER})(ms|s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_MOMENTS = (Moment.AFTER, Moment.MIDDLE)


def parse_fault(text: str) -> Fault:
    """The fault that a text describes. Raises `InputError`, which says what is wrong with it."""
    try:
        return _parse(text)
    except InputError as error:
        raise InputError(f"“{text}” is not a fault.", means=error.what, next_step=error.next_step) from error


def format_fault(fault: Fault) -> str:
    """The one text that `parse_fault` makes this fault of."""
    head, options = _format_effect(fault)
    if fault.percent < 100:
        head += f"@{_number(fault.percent)}%"
    lasts = None if isinstance(fault.effect, Trouble) else fault.lasts
    named = {
        "for": "" if lasts is None else _duration(lasts),
        "times": "" if fault.times is None else str(fault.times),
        "skip": str(fault.skip or ""),
        "seed": str(fault.seed or ""),
        "on": fault.on,
        "db": fault.database,
        "sql": fault.sql,
    }
    options += [f"{name}={value}" for name, value in named.items() if value]
    if fault.access is not None:
        options.append(fault.access)
    return ",".join([head, *options])


def _parse(text: str) -> Fault:
    head, *rest = (part.strip() for part in text.split(","))
    match = _HEAD.fullmatch(head)
    if match is None or match["kind"] not in _KINDS:
        raise InputError(f"“{head}” does not begin with a kind of fault.", next_step=f"Those are {', '.join(_KINDS)}.")
    options = _Options(rest)
    kind, value = match["kind"], match["value"]
    if kind in _TROUBLES and value is not None:
        options.put("for", value)
        value = None
    effect = _KINDS[kind](value, options)
    fault = Fault(
        effect,
        percent=100.0 if match["percent"] is None else _to_number(match["percent"]),
        times=options.take_count("times"),
        skip=options.take_count("skip") or 0,
        lasts=options.take_duration("for"),
        seed=options.take_count("seed") or 0,
        on=options.take("on") or "",
        database=options.take("db") or "",
        sql=" ".join((options.take("sql") or "").split()),
        access=next((access for access in Access if options.take_flag(access)), None),
    )
    options.finish(kind)
    return fault


class _Options:
    """What stands behind the commas; each may be taken once, and nothing may be left."""

    def __init__(self, parts: list[str]) -> None:
        self._values: dict[str, str | None] = {}
        for part in parts:
            name, is_named, value = part.partition("=")
            self.put(name.strip(), value.strip() if is_named else None)

    def put(self, name: str, value: str | None) -> None:
        if name in self._values:
            raise InputError(f"“{name}” is given twice.")
        self._values[name] = value

    def take(self, name: str) -> str | None:
        if name not in self._values:
            return None
        value = self._values.pop(name)
        if not value:
            raise InputError(f"“{name}” needs a value: {name}=…")
        return value

    def take_flag(self, name: str) -> bool:
        if name not in self._values:
            return False
        if self._values.pop(name) is not None:
            raise InputError(f"“{name}” takes no value.")
        return True

    def take_count(self, name: str) -> int | None:
        value = self.take(name)
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,18}", value):
            raise InputError(f"“{name}” needs a whole number, not “{value}”.")
        return int(value)

    def take_duration(self, name: str) -> float | None:
        value = self.take(name)
        return None if value is None else _to_seconds(value)

    def take_moment(self) -> Moment:
        return next((moment for moment in _MOMENTS if self.take_flag(moment)), Moment.BEFORE)

    def finish(self, kind: str) -> None:
        for name in self._values:
            raise InputError(f"“{name}” is no option of {kind}, or not together with the others.")


def _latency(value: str | None, _options: _Options) -> Effect:
    seconds, is_jittered, jitter = _needed(value, "latency=200ms").partition("~")
    return Latency(_to_seconds(seconds), _to_seconds(jitter) if is_jittered else 0.0)


def _stall(value: str | None, options: _Options) -> Effect:
    return Stall(None if value is None else _to_seconds(value), options.take_moment())


def _status(value: str | None, options: _Options) -> Effect:
    text = _needed(value, "status=429")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise InputError(f"“{text}” is not an HTTP status.")
    seconds = options.take_duration("retry-after")
    date = options.take_duration("retry-date") if seconds is None else None
    retry_after = date if seconds is None else seconds
    return Status(int(text), options.take_moment(), retry_after, as_date=date is not None)


def _cut(value: str | None, options: _Options) -> Effect:
    return Cut(Moment(_one_of(value, "cut", list(Moment))), options.take_flag("reset"))


def _garbage(value: str | None, options: _Options) -> Effect:
    return Garbage(Form(_one_of(value, "garbage", list(Form))), options.take_moment())


def _error(value: str | None, _options: _Options) -> Effect:
    return SqlError(_needed(value, "error=SQLITE_FULL"))


def _trouble(trouble: Trouble) -> Callable[[str | None, _Options], Effect]:
    return lambda _value, _options: trouble


_TROUBLES = frozenset(Trouble)
_KINDS: dict[str, Callable[[str | None, _Options], Effect]] = {
    "latency": _latency,
    "stall": _stall,
    "status": _status,
    "cut": _cut,
    "garbage": _garbage,
    "error": _error,
    **{str(trouble): _trouble(trouble) for trouble in Trouble},
}


def _needed(value: str | None, example: str) -> str:
    if not value:
        raise InputError(f"It needs a value, as in {example}.")
    return value


def _one_of(value: str | None, kind: str, allowed: list[Moment] | list[Form]) -> str:
    if value is None or value not in allowed:
        raise InputError(f"{kind} is one of {', '.join(f'{kind}={each}' for each in allowed)}.")
    return value


def _to_number(text: str) -> float:
    if not re.fullmatch(_NUMBER, text.strip()):
        raise InputError(f"“{text}” is not a number.")
    return float(text)


def _to_seconds(text: str) -> float:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InputError(f"“{text}” is not a time, as in 200ms, 1.5s, 2m or 1h.")
    number = float(match[1])
    return number / 1000 if match[2] == "ms" else number * _SECONDS[match[2]]


def _format_effect(fault: Fault) -> tuple[str, list[str]]:
    """The head of the text, and the options that belong to the effect."""
    match fault.effect:
        case Latency(seconds, jitter):
            return f"latency={_duration(seconds)}" + (f"~{_duration(jitter)}" if jitter else ""), []
        case Stall(limit, moment):
            return "stall" if limit is None else f"stall={_duration(limit)}", _moment(moment)
        case Status(code, moment, retry_after, as_date):
            name = "retry-date" if as_date else "retry-after"
            retry = [] if retry_after is None else [f"{name}={_duration(retry_after)}"]
            return f"status={code}", _moment(moment) + retry
        case Cut(moment, reset):
            return f"cut={moment}", ["reset"] if reset else []
        case Garbage(form, moment):
            return f"garbage={form}", _moment(moment)
        case SqlError(code):
            return f"error={code}", []
        case Trouble() as trouble:
            return trouble if fault.lasts is None else f"{trouble}={_duration(fault.lasts)}", []


def _moment(moment: Moment) -> list[str]:
    return [] if moment is Moment.BEFORE else [str(moment)]


def _duration(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    if seconds != int(seconds) and milliseconds / 1000 == seconds:
        return f"{milliseconds}ms"
    return f"{_number(seconds)}s"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
