"""A shop in a file, and the Console with one of its tables open."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.stage import StagedApp, opened, until
from turso_tui.service.target import FileTarget
from turso_tui.ui.panes.table_browser import TableBrowser
from turso_tui.ui.screens.console import ConsoleScreen

NAMES = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon")
SCHEMA = """
    CREATE TABLE people (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT DEFAULT 'free', spent REAL, note TEXT,
        loud TEXT GENERATED ALWAYS AS (upper(name))
    );
    CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), total INTEGER);
    CREATE TABLE bare (id INTEGER PRIMARY KEY, word TEXT);
    CREATE VIEW rich AS SELECT name, spent FROM people WHERE spent > 50;
"""


def make_shop(path: Path, people: int = 12) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT INTO people (name, plan, spent, note) VALUES (?, ?, ?, ?)",
            [
                (f"{NAMES[i % 10]} {i + 1}", ("free", "pro")[i % 2], None if i == 3 else i * 12.5, f"note {i + 1}")
                for i in range(people)
            ],
        )
        connection.executemany("INSERT INTO orders (person_id, total) VALUES (?, ?)", [(1, 10), (2, 20), (1, 30)])
    connection.close()


@dataclass
class Shop:
    """The program over the shop, and the file itself, in which anybody may write."""

    app: StagedApp
    pilot: Pilot[None]
    path: Path

    @property
    def console(self) -> ConsoleScreen:
        return self.app.desk_screen

    @property
    def page(self) -> TableBrowser:
        """The table in front."""
        widget = self.console.results.panel(self.console.results.strip.active or "")
        assert isinstance(widget, TableBrowser)
        return widget

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def foot(self) -> str:
        return str(self.console.results.border_subtitle)

    @property
    def said(self) -> str:
        status = self.console.status.status
        return f"{status.text} {status.detail}"

    def lines(self) -> list[str]:
        """What a person reads in the grid."""
        grid = self.page.grid
        lines = [grid.render_line(y).text.rstrip() for y in range(grid.scrollable_content_region.height)]
        return [line for line in lines if line]

    def sql(self, sql: str) -> list[tuple[Any, ...]]:
        """Past the program."""
        with sqlite3.connect(self.path) as connection:
            rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    async def open(self, table: str) -> TableBrowser:
        schema = self.console.schema
        found = next(each for each in schema.schema.tables if each.name == table) if schema.schema else None
        assert found is not None
        schema.post_message(schema.TableOpened(found))
        await until(self.pilot, lambda: self.console.results.strip.active not in (None, "messages"))
        await self.calm()
        return self.page

    async def press(self, *keys: str) -> None:
        """Keys, and whatever they start."""
        await self.pilot.press(*keys)
        await self.calm()

    async def calm(self) -> None:
        """Until nothing is on its way any more; a question that is asked waits for its answer."""
        groups, app = {"read", "more", "count", "run", "follow", "search"}, self.app
        if app.screen is not app.console_screen:
            groups.remove("follow")
        await until(
            self.pilot,
            lambda: (
                not any(each.is_running and each.group in groups for each in app.workers)
                and all(page.browser.result or page.notice.display for page in self.console.query(TableBrowser))
            ),
        )


@asynccontextmanager
async def shop(home: Path, *, people: int = 12, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Shop]:
    path = home / "shop.db"
    make_shop(path, people)
    app = StagedApp(home, FileTarget(path))
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        yield Shop(app, pilot, path)
