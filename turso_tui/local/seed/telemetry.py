"""``telemetry``: one table that is large enough to feel."""

from __future__ import annotations

import random

import apsw

ROWS = 200_000

_SCHEMA = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    agent TEXT NOT NULL,
    event TEXT NOT NULL,
    latency_ms REAL NOT NULL
);
"""

_EVENTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
INSERT INTO events
SELECT
    i,
    strftime('%Y-%m-%dT%H:%M:%SZ', 1767225600 + i * 79, 'unixepoch'),
    format('agent-%04d', 1 + (i * 7919) % 200),
    CASE (i * 2654435761 >> 7) % 11
        WHEN 0 THEN 'session.started' WHEN 1 THEN 'session.ended' WHEN 2 THEN 'tool.called'
        WHEN 3 THEN 'tool.failed' WHEN 4 THEN 'memory.stored' WHEN 5 THEN 'memory.recalled'
        ELSE 'message.sent'
    END,
    round(4.0 + ((i * 40503) % 1000) / 12.5 + CASE WHEN (i * 31) % 97 = 0 THEN 900.0 ELSE 0.0 END, 2)
FROM n
"""


def fill(connection: apsw.Connection, _choice: random.Random) -> None:
    connection.execute(_SCHEMA)
    connection.execute(_EVENTS, (ROWS,))
    connection.execute("CREATE INDEX events_by_agent ON events (agent, at)")
