"""The database of one AI agent: threads, messages, memories with embeddings, tool calls."""

from __future__ import annotations

import json
import random
from array import array
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw

from turso_tui.local.seed.conversations import MEMORIES, TOPICS, Filler, Topic

DIMENSIONS = 64
_BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)

_TABLES = """
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT 'web',
    customer TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'waiting', 'resolved')),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
    content TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE tool_calls (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL CHECK (json_valid(arguments)),
    result TEXT,
    duration_ms REAL NOT NULL,
    succeeded BOOLEAN NOT NULL
);
CREATE TABLE memories (
    id INTEGER PRIMARY KEY,
    thread_id INTEGER REFERENCES threads (id) ON DELETE SET NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fact', 'preference', 'event')),
    content TEXT NOT NULL,
    importance REAL NOT NULL,
    embedding F32_BLOB(64),
    created_at TEXT NOT NULL
);
"""

_REST = """
CREATE INDEX messages_by_thread ON messages (thread_id, created_at);
CREATE INDEX tool_calls_by_message ON tool_calls (message_id);
CREATE INDEX memories_by_importance ON memories (importance DESC);
CREATE VIEW open_threads AS
    SELECT t.id, t.title, t.customer, count(m.id) AS messages, max(m.created_at) AS last_message_at
    FROM threads AS t JOIN messages AS m ON m.thread_id = t.id WHERE t.status <> 'resolved' GROUP BY t.id;
CREATE TRIGGER touch_thread AFTER INSERT ON messages BEGIN
    UPDATE threads SET updated_at = new.created_at WHERE id = new.thread_id;
END;
"""


def fill(connection: apsw.Connection, choice: random.Random) -> None:
    connection.execute(_TABLES)
    agent = _Agent(choice)
    for _ in range(choice.randint(8, 48)):
        agent.talk(choice.choice(TOPICS))
    for table, rows in agent.rows.items():
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    # Afterwards, because neither is needed to fill the tables and both slow it down.
    connection.execute(_REST)


class _Agent:
    """Collects the rows of a life in conversations; times only go forward."""

    def __init__(self, choice: random.Random) -> None:
        self._choice = choice
        self._now = _BEGIN + timedelta(hours=choice.randint(0, 400))
        self.rows: dict[str, list[tuple[Any, ...]]] = {"threads": [], "messages": [], "tool_calls": [], "memories": []}

    def talk(self, topic: Topic) -> None:
        choice, filler = self._choice, Filler(self._choice)
        thread = len(self.rows["threads"]) + 1
        self._now += timedelta(minutes=choice.randint(20, 4000))
        begun = self._time()
        for role, text in topic.turns(choice):
            self._say(thread, role, filler.fill(text))
            if role == "assistant" and choice.random() < 0.45:
                self._use_tool(topic, filler)
        self._remember(thread, filler)
        status = choice.choices(["resolved", "waiting", "open"], [7, 2, 1])[0]
        channel = choice.choices(["web", "email", "slack", "voice"], [6, 3, 2, 1])[0]
        title = filler.fill(topic.title)
        self.rows["threads"].append((thread, title, channel, filler.name, status, begun, self._time()))

    def _say(self, thread: int, role: str, text: str) -> None:
        self._now += timedelta(seconds=self._choice.randint(2, 90))
        message = len(self.rows["messages"]) + 1
        self.rows["messages"].append((message, thread, role, text, 3 + len(text) // 4, self._time()))

    def _use_tool(self, topic: Topic, filler: Filler) -> None:
        choice = self._choice
        succeeded = choice.random() < 0.94
        arguments = json.dumps({key: filler.fill(value) for key, value in topic.arguments.items()}, ensure_ascii=False)
        result = json.dumps({"ok": True, "items": choice.randint(0, 12)}) if succeeded else None
        duration = round(choice.lognormvariate(4.6, 0.8), 3)
        call = len(self.rows["tool_calls"]) + 1
        message = len(self.rows["messages"])
        self.rows["tool_calls"].append((call, message, topic.tool, arguments, result, duration, succeeded))

    def _remember(self, thread: int, filler: Filler) -> None:
        choice = self._choice
        for kind, text in choice.sample(MEMORIES, choice.randint(0, 3)):
            memory = len(self.rows["memories"]) + 1
            embedding = array("f", (choice.gauss(0.0, 0.125) for _ in range(DIMENSIONS))).tobytes()
            importance = round(choice.betavariate(2, 3), 3)
            row = (memory, thread, kind, filler.fill(text), importance, embedding, self._time())
            self.rows["memories"].append(row)

    def _time(self) -> str:
        return self._now.strftime("%Y-%m-%dT%H:%M:%SZ")
