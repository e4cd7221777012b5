"""Values that are probably times, said as times: seconds and their fractions since 1970, Julian days, ISO 8601."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from turso_tui.values import Value

_FROM, _TO = 10**8, 4_102_444_800  # 1973 to 2100, in seconds: smaller numbers are seldom times
_UNITS = (("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9))
_JULIAN_1970 = 2440587.5
_JULIAN_DAYS = (2_415_020.0, 2_488_070.0)  # 1900 to 2100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)


def as_time(value: Value, zone: tzinfo | None = None) -> str:
    """``2026-11-24 10:00:00 UTC`` and how it was read, and the same in ``zone`` (the local one for None) where that
    differs; empty for what is no time."""
    moment, read = _moment(value)
    if moment is None:
        return ""
    text = f"{_written(moment)} UTC"
    there = moment.astimezone(zone)
    if there.utcoffset():
        text += f" · {_written(there)} {there:%z}"
    return f"{text} · {read}"


def _moment(value: Value) -> tuple[datetime | None, str]:
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, float) and _JULIAN_DAYS[0] <= value <= _JULIAN_DAYS[1]:
        return _EPOCH + timedelta(days=value - _JULIAN_1970), "read as a Julian day"
    if isinstance(value, int | float):
        for unit, parts in _UNITS:
            if _FROM * parts <= value < _TO * parts:
                microseconds = value * 10**6 // parts if isinstance(value, int) else value * (10**6 / parts)
                return _EPOCH + timedelta(microseconds=microseconds), f"read as {unit} since 1970"
    return None, ""


def _from_text(text: str) -> tuple[datetime | None, str]:
    if not _ISO.fullmatch(text):
        return None, ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, ""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC), "no zone is given; read as UTC, as SQLite does"
    return moment.astimezone(UTC), "read as ISO 8601"


def _written(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds" if moment.microsecond else "seconds")[
        : 26 if moment.microsecond else 19
    ]
