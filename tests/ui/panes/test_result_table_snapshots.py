"""Pictures of what can be done to the rows of a result, at the two sizes that people have."""

import struct
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.panes.table_app import PEOPLE, TableApp
from turso_tui.ui.screens.cell import CellScreen
from turso_tui.values import Column, Row, Value

Snap = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
COLUMNS = [*PEOPLE, Column("created_at", "TEXT"), Column("meta", "TEXT"), Column("photo", "BLOB")]
NAMES, PLANS = ("Ada", "Bob", "Cyd", "Dan", "Eve"), ("pro", "free", "team")
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
DOCUMENT = (
    '{"id": 4711, "price": 19.90, "tags": ["a", ["b"]], "address": {"city": "Köln", "zip": "50667"}, "note": null}'
)


def row(n: int) -> Row:
    spent = None if n % 9 == 0 else (n * 7919 % 1000) / 8
    return n, f"{NAMES[n % 5]} {n}", PLANS[n % 3], spent, f"2026-11-{n % 28 + 1:02d}T10:00:00Z", DOCUMENT, PHOTO


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["right", "right", "right", "s", "s"], id="sorted"),
        pytest.param(["f", *"plan=free", "enter"], id="filtered"),
        pytest.param(["f", *"Ada", "enter", "f"], id="typing-a-filter"),
        pytest.param(["f", *"nobody", "enter"], id="nothing-matches"),
        pytest.param(["slash", *"Eve", "enter"], id="found"),
        pytest.param(["down", "right", "y", "J"], id="copying"),
        pytest.param(["right", "F", "right", "right", "minus", "end"], id="frozen-and-hidden"),
        pytest.param(["e"], id="exporting"),
        pytest.param(["right", "right", "right", "i"], id="a-column-of-numbers"),
        pytest.param(["right", "right", "i"], id="a-column-of-texts"),
    ],
)
def test_rows(
    snap_compare: Snap,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    keys: list[str],
) -> None:
    monkeypatch.setattr("turso_tui.ui.screens.export._here", lambda: "~/exports")
    app = TableApp(tmp_path)

    async def play(pilot: Pilot[None]) -> None:
        await app.add(COLUMNS, [row(n) for n in range(400)])
        for key in keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
        await app.calm(pilot)

    assert snap_compare(app, terminal_size=size, run_before=play)


@SIZES
@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param(COLUMNS[5], DOCUMENT, id="json"),
        pytest.param(COLUMNS[6], PHOTO, id="bytes"),
        pytest.param(
            Column("embedding", "F32_BLOB(32)"), struct.pack("<32f", *(n / 7 for n in range(32))), id="vector"
        ),
        pytest.param(Column("created_at", "INTEGER"), 1_795_514_400_123, id="time"),
        pytest.param(COLUMNS[1], "A long text.\n\n" + "It goes on and on. " * 30, id="text"),
    ],
)
def test_a_cell(snap_compare: Snap, tmp_path: Path, size: tuple[int, int], column: Column, value: Value) -> None:
    app = TableApp(tmp_path)

    async def play(pilot: Pilot[None]) -> None:
        await app.push_screen(CellScreen(column, 3, value, zone=UTC))
        await app.calm(pilot)

    assert snap_compare(app, terminal_size=size, run_before=play)
