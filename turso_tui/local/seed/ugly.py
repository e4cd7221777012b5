"""``ugly``: everything that real tables contain and that screens, clients and widths stumble over."""

from __future__ import annotations

import json
import random
import zlib

import apsw

MEGABYTE = 1_000_000

_SCHEMA = """
CREATE TABLE hostile_text (id INTEGER PRIMARY KEY, what TEXT NOT NULL, value TEXT);
CREATE TABLE hard_values (id INTEGER PRIMARY KEY, what TEXT NOT NULL, value);
CREATE TABLE absences (id INTEGER PRIMARY KEY, what TEXT NOT NULL, value TEXT);
CREATE TABLE broken_text (id INTEGER PRIMARY KEY, what TEXT NOT NULL, value TEXT);
CREATE TABLE "[red]markup[/] table" ("[red]markup[/]" TEXT, "two
lines" TEXT, "select" INTEGER, "a ""quoted"" name" TEXT, " " TEXT);
CREATE TABLE look_alikes (name TEXT, "name " TEXT, "nаme" TEXT, "NAME_" TEXT);
CREATE TABLE empty_table (id INTEGER PRIMARY KEY, never TEXT);
CREATE TABLE "таблица 表 🗂" ("ключ" INTEGER PRIMARY KEY, "値" TEXT);
CREATE VIEW same_names AS SELECT a.what AS what, b.what AS "what:1", a.value, b.value AS "value:1"
    FROM absences AS a JOIN absences AS b ON a.id = b.id;
CREATE VIEW not_finite AS SELECT 9e999 AS infinity, -9e999 AS minus_infinity, 0.0 AS zero, NULL AS none;
"""

_HOSTILE = [
    ("ANSI colour", "\x1b[31mred\x1b[0m and \x1b[1;5mblinking\x1b[0m"),
    ("ANSI clear screen", "before\x1b[2J\x1b[Hafter"),
    ("OSC 52, writes the clipboard", "\x1b]52;c;cm0gLXJmIH4=\x07"),
    ("OSC 0, sets the window title", "\x1b]0;owned\x07"),
    ("OSC 8, a hidden link", "\x1b]8;;https://evil.example/\x1b\\harmless\x1b]8;;\x1b\\"),
    ("C1 control sequence introducer", "\u009b31mred?"),
    ("carriage return", "the truth\rthe lie  "),
    ("backspaces", "secret\b\b\b\b\b\bpublic"),
    ("bell", "ding\x07dong"),
    ("right-to-left override", "invoice_\u202efdp.exe"),
    ("bidirectional isolates", "user \u2066// admin only\u2069 end"),
    ("zero width", "pass\u200bword\u200c\u200d\ufeff"),
    ("soft hyphen", "co\u00adoperate"),
    ("combining marks", "Z\u0351\u036b\u0343a\u0310\u035blg\u0321\u034do\u0334\u0322"),
    ("decomposed", "e\u0301 is not \u00e9"),
    ("emoji with joiners", "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽 🇵🇹"),
    ("wide", "全角文字と半角ｶﾅ 한국어 中文"),
    ("right to left", "مرحبا بالعالم — שלום עולם"),
    ("private use", "\ue000 \uf8ff \U0010fffd"),
    ("unassigned and line separators", "\u0378 a\u2028b\u2029c"),
    ("tag characters", "hello\U000e0068\U000e0069"),
    ("tabs and lines", "one\ttwo\nthree\r\nfour"),
    ("NUL in the middle", "before\x00after"),
    ("Rich markup", "[bold red]not bold[/] [link=https://evil.example]x[/link] [/]"),
    ("SQL", "Robert'); DROP TABLE students;--"),
    ("spaces around", "   three before and after   "),
    ("looks like a number", "00123"),
    ("looks like a formula", "=HYPERLINK(\"https://evil.example\";\"click\")"),
]  # fmt: skip

_NUMBERS: list[tuple[str, int | float]] = [
    ("largest integer", 2**63 - 1),
    ("smallest integer", -(2**63)),
    ("beyond what a double holds", 2**53 + 1),
    ("large real", 1e308),
    ("smallest positive real", 5e-324),
    ("negative zero", -0.0),
    ("infinity", float("inf")),
    ("minus infinity", float("-inf")),
    ("a tenth", 0.1),
    ("a tenth and a fifth", 0.1 + 0.2),
    ("integral real", 12.0),
    ("zero", 0),
    ("one", 1),
]

_NOTHINGS: list[tuple[str, str | None]] = [
    ("NULL", None),
    ("empty", ""),
    ("the word", "NULL"),
    ("the word in lower case", "null"),
    ("a space", " "),
    ("a no-break space", "\u00a0"),
]

_BROKEN: list[tuple[str, bytes]] = [
    ("lone continuation byte", b"a\x80b"),
    ("cut in the middle", b"caf\xc3"),
    ("Latin-1", "Größe".encode("latin-1")),
    ("overlong slash", b"\xc0\xaf"),
    ("surrogate", b"\xed\xa0\x80"),
    ("UTF-16 byte order mark", b"\xff\xfeh\x00i\x00"),
]


def fill(connection: apsw.Connection, choice: random.Random) -> None:
    connection.execute(_SCHEMA)
    hostile = [*_HOSTILE, ("one megabyte", _megabyte(choice)), ("one long line of JSON", _long_json(choice))]
    connection.executemany("INSERT INTO hostile_text (what, value) VALUES (?, ?)", hostile)
    connection.executemany("INSERT INTO hard_values (what, value) VALUES (?, ?)", [*_NUMBERS, *_blobs(choice)])
    connection.executemany("INSERT INTO absences (what, value) VALUES (?, ?)", _NOTHINGS)
    connection.executemany("INSERT INTO broken_text (what, value) VALUES (?, CAST(? AS TEXT))", _BROKEN)
    connection.execute('INSERT INTO "[red]markup[/] table" VALUES (?, ?, 1, ?, ?)', ("[b]bold?[/b]", "a\nb", "'", " "))
    connection.execute("INSERT INTO look_alikes VALUES ('plain', 'with a space', 'Cyrillic а', 'underscore')")
    connection.execute('INSERT INTO "таблица 表 🗂" VALUES (1, ?)', ("значение 値 🎉",))


def _blobs(choice: random.Random) -> list[tuple[str, bytes]]:
    return [
        ("PNG", _png()),
        ("random bytes", choice.randbytes(300)),
        ("gzip magic", b"\x1f\x8b\x08\x00" + choice.randbytes(40)),
        ("SQLite header", b"SQLite format 3\x00" + bytes(84)),
        ("text in a blob", "readable ✓".encode()),
        ("empty blob", b""),
        ("large blob", choice.randbytes(256 * 1024)),
    ]


def _png() -> bytes:
    """A real picture: one orange pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
    pixel = zlib.compress(bytes([0, 255, 140, 0]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def _megabyte(choice: random.Random) -> str:
    words = ["tenant", "agent", "memory", "vector", "embedding", "thread", "ünïcödé", "🦆", "database", "replica"]
    text = " ".join(choice.choices(words, k=MEGABYTE // 5))
    return text[:MEGABYTE]


def _long_json(choice: random.Random) -> str:
    return json.dumps([{"id": i, "score": round(choice.random(), 6), "tags": ["a", "b"]} for i in range(2000)])
