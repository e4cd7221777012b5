"""SQL over HTTP: Hrana's values, messages, pipelines and cursors."""

from turso_tui.hrana.client import CursorUnsupported, HranaClient, StreamKey
from turso_tui.hrana.http import database_http_client
from turso_tui.hrana.url import DatabaseUrl, is_database_url, parse_database_url

__all__ = [
    "CursorUnsupported",
    "DatabaseUrl",
    "HranaClient",
    "StreamKey",
    "database_http_client",
    "is_database_url",
    "parse_database_url",
]
