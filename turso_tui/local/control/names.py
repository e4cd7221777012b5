"""Names and where they lead: what a database may be called, and the host that it answers at."""

from __future__ import annotations

import re

from turso_tui.local.control.answers import ApiError

LABEL_LIMIT = 63
"""`<db>-<organization>` is one DNS label."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def check_name(kind: str, name: str, slug: str) -> None:
    """Raises 400 for a name that cannot be part of a host name; ``kind`` is ``database`` or ``group``."""
    longest = LABEL_LIMIT - 1 - len(slug)
    if not 1 <= len(name) <= longest:
        raise ApiError(400, f"invalid {kind} name: name must contain between 1 and {longest} characters")
    if not _NAME.fullmatch(name):
        raise ApiError(
            400, f"invalid {kind} name: name can only contain lowercase letters, numbers and dashes between them"
        )


def label_of(name: str, slug: str) -> str:
    """Both parts may contain dashes, so a label is looked up whole and never taken apart."""
    return f"{name}-{slug}"


def label_in_host(host: str) -> str | None:
    """The database label of a Host header, None for a bare ``localhost`` or an IP address."""
    if host.startswith("["):
        return None
    name = host.partition(":")[0].rstrip(".").lower()
    label, dot, rest = name.partition(".")
    return label if dot and rest == "localhost" else None
