"""How long a token shall live, as a person writes it: ``2w1d30m``, ``90 m``, ``never``."""

from datetime import timedelta

from turso_tui.errors import InputError
from turso_tui.service.config import parse_span

LONGEST_TEXT = 40
"""Characters; enough for every unit once."""

_LONGEST = timedelta(days=100 * 365)

_NOTATION = "Write weeks to seconds, such as 2w1d30m, or never."


def parse_lifetime(text: str) -> timedelta | None:
    """None for never. Raises `InputError` for what is no span of time, for none at all, and beyond a century."""
    compact = "".join(text.lower().split())
    if compact in {"never", "none"}:
        return None
    try:
        lifetime = parse_span(compact[: LONGEST_TEXT + 1])
    except InputError:
        what = f"“{text.strip()}” is no span of time." if compact else "How long shall it live?"
        raise InputError(what, next_step=_NOTATION) from None
    if lifetime > _LONGEST:
        raise InputError("That is more than a century.", next_step="Write never.")
    return lifetime
