"""The URL of a database, as people write it and as HTTP needs it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from turso_tui.errors import InputError

_HTTP_SCHEME = {
    "libsql": "https",
    "turso": "https",
    "wss": "https",
    "https": "https",
    "ws": "http",
    "http": "http",
}
_DEFAULT_PORT = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_TOKEN_KEYS = ("authToken", "auth_token", "jwt")
EXAMPLE = "A database URL looks like libsql://name-org.turso.io or http://127.0.0.1:8080."


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where SQL over HTTP is spoken: ``origin`` has no trailing slash; a token that stood in the URL is apart."""

    origin: str
    host: str
    auth_token: str | None = field(default=None, repr=False)


def is_database_url(text: str) -> bool:
    scheme, separator, _ = text.strip().partition("://")
    return bool(separator) and scheme.lower() in _HTTP_SCHEME


def parse_database_url(text: str) -> DatabaseUrl:
    """Read ``libsql://``, ``turso://``, ``http(s)://`` and ``ws(s)://`` URLs as the official clients do.

    ``?tls=0`` on a ``libsql:`` URL means plain HTTP and then wants a port (``hrana-client-ts``). Raises `InputError`.
    """
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError as error:
        raise InputError(f"This is not a URL: {error}.", next_step=EXAMPLE) from error
    scheme = _HTTP_SCHEME.get(url.scheme.lower())
    host = url.hostname or ""
    if scheme is None or not _HOST.fullmatch(host) or not url.path.isprintable():
        raise InputError("This is not the URL of a database.", next_step=EXAMPLE)
    if url.username or url.password or url.fragment:
        raise InputError("A database URL has no user, password or fragment.", next_step=EXAMPLE)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    tls = query.pop("tls", None)
    token = next((query.pop(key) for key in _TOKEN_KEYS if key in query), None)
    if query:
        raise InputError(
            f"A database URL takes only authToken and tls, not {', '.join(sorted(query))}.", next_step=EXAMPLE
        )
    if tls is not None:
        scheme = _scheme_with_tls(tls, url.scheme.lower(), scheme, port)
    bracketed = f"[{host}]" if ":" in host else host
    authority = bracketed if port in {None, _DEFAULT_PORT[scheme]} else f"{bracketed}:{port}"
    return DatabaseUrl(f"{scheme}://{authority}{url.path.rstrip('/')}", authority, token)


def _scheme_with_tls(tls: str, written: str, scheme: str, port: int | None) -> str:
    if tls not in {"0", "1"}:
        raise InputError("tls in a database URL is 0 or 1.", next_step=EXAMPLE)
    wanted = "https" if tls == "1" else "http"
    if written in {"http", "https", "ws", "wss"} and wanted != scheme:
        raise InputError(f"tls={tls} contradicts {written}://.", next_step="Leave one of the two out.")
    if written in {"libsql", "turso"} and wanted == "http" and port is None:
        raise InputError("tls=0 needs a port.", next_step="For example libsql://127.0.0.1:8080?tls=0.")
    return wanted
