"""Which database a request is about, by its name: said by the host, by the token or by the path."""

from __future__ import annotations

import re

from starlette.requests import Request

from turso_tui.local.control.keys import unverified_claims
from turso_tui.local.control.names import label_in_host
from turso_tui.local.control.records import PlacedDatabase
from turso_tui.local.control.store import Account

_IN_PATH = re.compile(r"/databases/([^/]+)")


class DatabaseNames:
    """Nothing here is checked: whoever has no right to a database may still meet its faults."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __call__(self, request: Request) -> str:
        """Empty where the request is about no database, or about none that there is."""
        in_path = _IN_PATH.search(request.url.path)
        if in_path is not None:
            return in_path[1]
        found = self._by_label(request) or self._by_token(request)
        return found.name if found else ""

    def _by_label(self, request: Request) -> PlacedDatabase | None:
        label = label_in_host(request.headers.get("host", ""))
        return self._account.one(PlacedDatabase, "WHERE label = ?", (label,)) if label else None

    def _by_token(self, request: Request) -> PlacedDatabase | None:
        claims = unverified_claims(request.headers.get("authorization", "").partition(" ")[2].strip())
        uuid = claims.get("id") if claims else None
        return self._account.one(PlacedDatabase, "WHERE uuid = ?", (uuid,)) if isinstance(uuid, str) else None
