"""How long a minted token lives: ``never``, or weeks to seconds as in ``2w1d30m``."""

from __future__ import annotations

import re

from turso_tui.local.control.answers import ApiError

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:[0-9]{1,9}[wdhms])+")
_PART = re.compile(r"([0-9]+)([wdhms])")


def seconds_of(expiration: str | None) -> int | None:
    """Seconds to live, None for ever (also when nothing was asked for). Raises 400 for anything else."""
    if not expiration or expiration == "never":
        return None
    if not _DURATION.fullmatch(expiration):
        raise ApiError(400, "Invalid expiration format")
    return sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(expiration))
