"""SQL over HTTP: Hrana 2 and 3 on SQLite files, one stream a connection."""

from turso_tui.local.data.plane import DataPlane

__all__ = ["DataPlane"]
