"""Pictures of results side by side, of a selection, and of what differs, at the two sizes that people have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.panes.results_app import ResultsApp
from tests.ui.panes.table_app import PEOPLE
from turso_tui.values import Column, Row

Snap = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
COLUMNS = [*PEOPLE, Column("created_at", "TEXT")]
NAMES, PLANS = ("Ada", "Bob", "Cyd", "Dan", "Eve"), ("pro", "free", "team")


def row(n: int) -> Row:
    spent = None if n % 9 == 0 else (n * 7919 % 1000) / 8
    return n, f"{NAMES[n % 5]} {n}", PLANS[n % 3], spent, f"2026-11-{n % 28 + 1:02d}T10:00:00Z"


def later(n: int) -> Row:
    was = row(n)
    return (*was[:2], "team" if n % 7 == 0 else was[2], 0.5 if n % 10 == 0 else was[3], was[4])


BEFORE = [row(n) for n in range(60)]
AFTER = [later(n) for n in range(3, 66) if n % 11]


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["right", "right", "v", "down", "down", "right"], id="a-block"),
        pytest.param(["down", "right", "right", "right", "C", "y"], id="copying-a-column"),
        pytest.param(["equals_sign"], id="comparing"),
        pytest.param(["equals_sign", "enter"], id="what-differs"),
    ],
)
def test_results(snap_compare: Snap, tmp_path: Path, size: tuple[int, int], keys: list[str]) -> None:
    app = ResultsApp(tmp_path)

    async def play(pilot: Pilot[None]) -> None:
        first = await app.run_one(COLUMNS, BEFORE)
        app.store.rename(first, "monday")
        await app.run_one(COLUMNS, AFTER)
        await app.calm(pilot)
        for key in keys:
            await pilot.press(key)
            await app.calm(pilot)

    assert snap_compare(app, terminal_size=size, run_before=play)
