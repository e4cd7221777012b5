"""Rows that mean harm, in every place in which a result shows or hands them on: drawn safely, handed on exactly."""

import csv
import html
import io
import json
import re
import sqlite3
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.panes.results_app import ResultsApp
from turso_tui.printable import printable
from turso_tui.ui.screens.cell import CellScreen
from turso_tui.ui.screens.column import ColumnScreen
from turso_tui.ui.screens.compare import CompareScreen
from turso_tui.ui.screens.export import ExportScreen
from turso_tui.values import Column

HOSTILE = {
    "ansi": "\x1b[31mred\x1b[0m \x9b5n \x1b]0;title\x07",
    "osc 52": "\x1b]52;c;cm0gLXJmIC8=\x07",
    "bidi": "\u202egnirts\u202c \u2066isolate\u2069 \u200f",
    "zero width": "pass\u200bword \u2060\ufeff\u00ad",
    "combining": "e" + "\u0301" * 400 + " Z\u0363\u0368",
    "markup": "[bold red]x[/] [@click=app.quit]quit[/]",
    "lines": "a\r\nb\tc\x00d\u2028e",
    "wide": "漢字🎉👨‍👩‍👧❤️",
    "quotes": "\"'`|\\,;x'00'",
    "tag": "\U000e0041\U000e007f\ue000\ufdd0",
}
NAMES = ["kind", "[red]value[/]", "\x1b]52;c;eA==\x07\u202eid", "kind", ""]
COLUMNS = [Column(name, "TEXT") for name in NAMES]
ROWS = [(kind, text, text, 1, None) for kind, text in HOSTILE.items()]
SAFE = {"\u200d", "\ufe0f", "\n"}


def acts(text: str) -> list[str]:
    """What in ``text`` could do something to a terminal, or hide in it."""
    return [each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Co", "Cn", "Zl"} and each not in SAFE]


def drawn(app: ResultsApp) -> str:
    """All that is on the screen."""
    picture = app.export_screenshot(simplify=True)
    return html.unescape(re.sub(r"<[^>]*>", "", picture[picture.index("</style>") :])).replace("\xa0", " ")


@asynccontextmanager
async def shown(home: Path, size: tuple[int, int] = (120, 36)) -> AsyncIterator[tuple[ResultsApp, Pilot[None]]]:
    app = ResultsApp(home / "scratch")
    async with app.run_test(size=size) as pilot:
        await app.run_one(COLUMNS, ROWS)
        await app.calm(pilot)
        yield app, pilot


async def test_nothing_acts_on_the_terminal_in_any_place(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        app.store.rename(app.pane.results[0], "[red]\x1b[31m\u202ename")
        await app.run_one(COLUMNS, ROWS[2:])
        for keys in (
            ["v", "G"],
            ["escape", "y"],
            ["escape", "f", *"kind=markup", "enter"],
            ["escape", "right", "slash", "bracketleft", "enter"],
            ["i"],
            ["escape", "e"],
            ["escape", "A"],
            ["escape", "equals_sign"],
            ["enter"],
            ["left_square_bracket", "left_square_bracket", "enter"],
        ):
            await pilot.press(*keys)
            await app.calm(pilot)
            assert acts(drawn(app)) == [], keys
        for status in app.told:
            assert acts(status.text + status.detail) == []


async def test_each_value_is_copied_exactly_from_the_grid_and_from_the_viewer(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("y", "J", "a")
        await app.calm(pilot)
        assert [list(each.values()) for each in json.loads(app.clipboard)] == [list(row) for row in ROWS]
        await pilot.press("right", "C", "y", "T", "y")
        await app.calm(pilot)
        assert app.clipboard == "\n".join(HOSTILE.values())
        for place in (0, 2, 4, 6):
            await app.push_screen(CellScreen(COLUMNS[1], place, ROWS[place][1]))
            await pilot.press("y")
            assert app.clipboard == ROWS[place][1]
            assert acts(drawn(app)) == []
            await pilot.press("escape")


@pytest.mark.parametrize("ending", ["csv", "json", "db"])
async def test_each_value_and_each_name_is_exported_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("e")
        assert isinstance(app.screen, ExportScreen)
        app.screen.path.value = f"rows.{ending}"
        await pilot.pause()
        await pilot.press("enter")
        await app.calm(pilot)
    texts = [row[1] for row in ROWS]
    path = tmp_path / f"rows.{ending}"
    if ending == "csv":
        header, *rows = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
        assert header == NAMES
        assert [row[2] for row in rows] == texts
    elif ending == "json":
        objects = json.loads(path.read_text())
        assert [each["[red]value[/]"] for each in objects] == texts
        assert list(objects[0]) == [*NAMES[:3], "kind_2", "column"]
    else:
        connection = sqlite3.connect(path)
        assert [text for (text,) in connection.execute('SELECT "[red]value[/]" FROM r1')] == texts
        connection.close()


async def test_statistics_of_hostile_texts_are_true(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        await pilot.press("right", "i")
        await app.calm(pilot)
        assert isinstance(app.screen, ColumnScreen)
        assert f"different   {len(ROWS)}" in app.screen.said


async def test_what_nobody_sees_is_a_difference(tmp_path: Path) -> None:
    async with shown(tmp_path) as (app, pilot):
        changed = [(kind, f"{text}\u200b", text, number, none) for kind, text, _, number, none in ROWS]
        await app.run_one(COLUMNS, changed)
        await pilot.press("equals_sign")
        await app.calm(pilot)
        assert isinstance(app.screen, CompareScreen)
        assert app.screen.key.checked == {0}
        await pilot.press("enter")
        await app.calm(pilot)
        rows = app.pane.results[-1].rows(0, 20)
        assert [row[1] for row in rows] == ["[red]value[/]"] * len(ROWS)
        assert [row[3] for row in rows] == [f"{text} → {text}\u200b" for text in HOSTILE.values()]


async def test_megabytes_in_a_cell_are_shown_in_part_and_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    huge = "\x1b[31m€" * 800_000
    async with shown(tmp_path) as (app, pilot):
        result = await app.run_one(
            [Column("id"), Column("huge"), Column("blob")], [(1, huge, bytes(5_000_000)), (2, "x", b"")]
        )
        await pilot.press("right", "enter")
        await app.push_screen(CellScreen(Column("huge"), 0, app.pane.grid.value_at(0, 1)))
        await app.calm(pilot)
        said = str(app.screen.query_one("#raw Static", Static).content)
        assert len(said) < len(huge)
        assert "more characters; y copies all of them" in said
        assert acts(drawn(app)) == []
        await pilot.press("escape", "f", *"31m", "enter")
        await app.calm(pilot)
        assert app.pane.table.words == ["1 of 2 match"]
        await pilot.press("escape", "s", "e", "enter")
        await app.calm(pilot)
        assert (tmp_path / "r2.csv").stat().st_size > 15_000_000
        assert result.rows(0, 1)[0][1] == huge


async def test_two_thousand_columns_are_walked_selected_and_copied(tmp_path: Path) -> None:
    columns = [Column(f"[b]c{place}[/b]") for place in range(2000)]
    async with shown(tmp_path, (80, 24)) as (app, pilot):
        await app.run_one(columns, [tuple(range(2000)), tuple(range(2000))])
        await pilot.press("V", "y", "C", "y")
        await app.calm(pilot)
        header, row = list(csv.reader(app.clipboard.splitlines()))
        assert header == [column.name for column in columns]
        assert row == [str(place) for place in range(2000)]
        await pilot.press("escape", "end", "C", "home")
        await app.calm(pilot)
        assert app.pane.table.selected_words[:2] == ["2 000 columns", f"sum {2 * sum(range(2000))}"]
        assert printable("[b]c0[/b]") in drawn(app)
        await pilot.press("end", "f", *"[b]c1999[/b]>5", "enter")
        await app.calm(pilot)
        assert app.pane.table.words == ["2 of 2 match"]
