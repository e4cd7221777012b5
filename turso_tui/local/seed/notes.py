"""``notes``: the small database of one person."""

from __future__ import annotations

import random

import apsw

_SCHEMA = """
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    pinned BOOLEAN NOT NULL DEFAULT FALSE,
    written_at TEXT NOT NULL
);
CREATE TABLE note_tags (
    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (note_id, tag_id)
) WITHOUT ROWID;
"""
_TAGS = ["home", "work", "recipe", "idea", "book", "travel"]
_NOTES = [
    ("Sourdough", "500 g flour, 350 g water, 100 g starter, 10 g salt. Overnight in the fridge makes it.", "recipe"),
    ("Books for the summer", "The Dispossessed; A Month in the Country; something short by Tove Jansson.", "book"),
    ("Bike", "Rear brake squeals again. Pads are the long ones, not the short ones.", "home"),
    ("Talk outline", "1. What a tenant is\n2. One database each\n3. What broke\n4. What we would do again", "work"),
    ("Trains to Porto", "The 09:39 is direct. Seat 61 has a window and a table.", "travel"),
    ("Present for M.", "She liked the blue kettle in the window on Rua do Almada.", "home"),
    ("An app that", "… waters nothing, but reminds you kindly. Call it Moss.", "idea"),
    ("Standup", "Migrations finished on 214 of 220. The other six were asleep.", "work"),
    ("Lentil soup", "Onion, carrot, cumin, red lentils. Lemon at the end, more than you think.", "recipe"),
    ("Window film", "Measure: 62.5 × 140 cm, twice. North side only.", "home"),
]


def fill(connection: apsw.Connection, choice: random.Random) -> None:
    connection.execute(_SCHEMA)
    connection.executemany("INSERT INTO tags VALUES (?, ?)", list(enumerate(_TAGS, start=1)))
    for note, (title, body, tag) in enumerate(_NOTES, start=1):
        written_at = f"2026-{choice.randint(1, 6):02}-{choice.randint(1, 28):02}T{choice.randint(7, 22):02}:15:00Z"
        connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", (note, title, body, note == 4, written_at))
        connection.execute("INSERT INTO note_tags VALUES (?, ?)", (note, 1 + _TAGS.index(tag)))
