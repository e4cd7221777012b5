"""Draw the pictures of the README from the real program over the demo: ``python screenshots/make.py``.

Wants a monospaced font with box-drawing and block characters; DejaVu Sans Mono is asked for by name.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import resvg_py
from textual.pilot import Pilot
from textual.screen import Screen

from turso_tui.service.demo import Demo
from turso_tui.service.services import Services
from turso_tui.ui.app import TursoApp
from turso_tui.ui.panes.table_browser import TableBrowser
from turso_tui.ui.screens.before_write import BeforeWriteScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.row_value import RowValueScreen
from turso_tui.ui.screens.tokens import TokensScreen

HERE = Path(__file__).parent
SIZE = (120, 36)
FONT = "DejaVu Sans Mono"
PATIENCE_SECONDS = 30.0

QUERY = """\
select m.role, m.content, m.tokens, t.title
  from messages m
  join threads t on t.id = m.thread_id  -- one agent's memory
 where m.tokens > 20
 order by m.created_at desc;

update threads set title = trim(title);
"""


async def until(pilot: Pilot[None], condition: Callable[[ConsoleScreen], bool]) -> ConsoleScreen:
    """The Console once ``condition`` holds. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (isinstance(screen := pilot.app.screen, ConsoleScreen) and condition(screen)):
            await pilot.pause(0.05)
    return screen


async def dialog(pilot: Pilot[None], kind: type[Screen[Any]]) -> None:
    """Wait for a dialog."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not isinstance(pilot.app.screen, kind):
            await pilot.pause(0.05)


async def open_database(pilot: Pilot[None], name: str) -> ConsoleScreen:
    await until(pilot, lambda screen: bool(screen.topline.quotas))
    await pilot.press("ctrl+b", "slash", *name, "enter")
    return await until(pilot, lambda screen: screen.schema.schema is not None)


async def console(pilot: Pilot[None]) -> None:
    """A tenant's rows."""
    screen = await open_database(pilot, "agent-0042")
    editor = screen.editor.editor
    editor.load_text(QUERY)
    editor.move_cursor((1, 0))
    await pilot.press("f5")
    await until(pilot, lambda screen: bool(screen.results.results) and screen.results.results[0].complete)
    await pilot.press("ctrl+b", "escape", "ctrl+s", "down", "space", "ctrl+r", "down", "down")


async def million(pilot: Pilot[None]) -> None:
    """The end of a large result."""
    screen = await open_database(pilot, "telemetry")
    screen.editor.editor.load_text("select * from events;")
    await pilot.press("ctrl+e", "f5")
    await dialog(pilot, BeforeWriteScreen)
    await pilot.press("enter")
    await until(pilot, lambda screen: bool(screen.results.results) and screen.results.results[0].complete)
    await pilot.press("ctrl+r", "G")


async def rows(pilot: Pilot[None]) -> None:
    """Rows of a table with changes that wait to be applied."""
    screen = await open_database(pilot, "agent-0042")
    tables = screen.schema.schema.tables if screen.schema.schema is not None else ()
    threads = next(table for table in tables if table.name == "threads")
    screen.schema.post_message(screen.schema.TableOpened(threads))
    await until(pilot, lambda screen: any(page.browser.complete for page in screen.query(TableBrowser)))
    await pilot.press("down", "right", "c")
    await dialog(pilot, RowValueScreen)
    await pilot.press(*"Refund for order 55635", "enter")
    await pilot.press("down", "down", "d", "down", "down", "O")


async def tokens(pilot: Pilot[None]) -> None:
    """Every token that the program knows, after a little reading and writing and one minted by hand."""
    screen = await open_database(pilot, "agent-0042")
    screen.editor.editor.load_text("update threads set title = trim(title) where id > 0;")
    await pilot.press("ctrl+e", "f5")
    await until(pilot, lambda screen: not screen.runs_something)
    await pilot.press("f4")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not isinstance(pilot.app.screen, TokensScreen) or len(pilot.app.screen.tokens.tokens) < 4:
            await pilot.pause(0.05)
    await pilot.press("down", "down", "down")


PICTURES: dict[str, tuple[str, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "console": ("turso-dark", console),
    "large-result": ("turso-light", million),
    "rows": ("turso-dark", rows),
    "tokens": ("turso-dark", tokens),
}


async def draw(name: str, theme: str, play: Callable[[Pilot[None]], Awaitable[None]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        demo = Demo()
        try:
            async with Services(scratch=home / "scratch", locks=home / "locks", state=home / "state") as services:
                app = TursoApp(services, demo=demo, start_demo=True, state=home)
                async with app.run_test(size=SIZE) as pilot:
                    app.theme = theme
                    await play(pilot)
                    await pilot.pause(0.5)
                    svg = app.export_screenshot(title="turso-tui demo").replace("Fira Code", FONT)
        finally:
            await demo.aclose()
    (HERE / f"{name}.png").write_bytes(resvg_py.svg_to_bytes(svg_string=svg, monospace_family=FONT, zoom=1))


async def main() -> None:
    for name, (theme, play) in PICTURES.items():
        await draw(name, theme, play)
        print(HERE / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
