"""Pictures of what is done with a schema, at the two sizes that people have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from tests.ui.panes.stage import Stage
from tests.ui.panes.test_schema import SCHEMA
from tests.ui.screens.test_schema_screens import MANY, OTHER, SHOP, schema, table
from tests.ui.stage import StagedApp
from turso_tui.service.schema_diff import compare
from turso_tui.service.schema_sizes import Sizes
from turso_tui.ui.panes.schema import SchemaPane
from turso_tui.ui.schema_actions import deeds
from turso_tui.ui.screens.choice import ChoiceScreen
from turso_tui.ui.screens.diagram import DiagramScreen
from turso_tui.ui.screens.schema_diff import SchemaDiffScreen
from turso_tui.ui.screens.table_form import NewTableScreen

Snap = Callable[..., bool]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
FIGURES = Sizes(
    {"messages": 12_408, "threads": 0, "notes": 31, "notes_data": 7},
    {"messages": 2_461_696, "threads": 4096, "notes": 131_072, "notes_data": 131_072, "by_thread": 1_018_000},
    2_700_000,
)


def picture(snap: Snap, home: Path, size: Size, screen: Callable[[], Screen[Any]], *keys: str) -> bool:
    """A screen by itself, after some keys."""

    async def play(pilot: Pilot[None]) -> None:
        shown = screen()
        pilot.app.push_screen(shown)
        await pilot.pause()
        for field in shown.query(Input):
            field.cursor_blink = False
        await pilot.press(*keys)
        await pilot.pause()

    return snap(StagedApp(home), terminal_size=size, run_before=play)


@SIZES
class TestSchemaScreens:
    """Each by itself, so that nothing else can change in the picture."""

    def test_a_diagram(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        shop = schema(*SHOP)
        assert picture(snap_compare, tmp_path, size, lambda: DiagramScreen(shop, "orders", ("acme", "shop")), "c")

    def test_a_part_of_a_large_schema(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        many = schema(*MANY)
        assert picture(
            snap_compare, tmp_path, size, lambda: DiagramScreen(many, "t03", ("acme", "many")), "plus", "plus"
        )

    def test_a_difference(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        diff = compare(schema(*SHOP), schema(*OTHER))
        assert picture(snap_compare, tmp_path, size, lambda: SchemaDiffScreen(diff, "shop", "other-shop"))

    def test_a_new_table(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        keys = (*"notes", *["tab"] * 7, *"body", "tab", *"TEXT", "tab", "tab", "space", "tab", *"none yet")
        assert picture(snap_compare, tmp_path, size, lambda: NewTableScreen(schema(*SHOP)), *keys)

    def test_the_menu_of_a_column(self, snap_compare: Snap, tmp_path: Path, size: Size) -> None:
        orders = table(schema(*SHOP), "orders")
        menu = deeds(orders, orders.columns[1])
        assert picture(snap_compare, tmp_path, size, lambda: ChoiceScreen("orders ▸ customer_id", menu), "down")


@pytest.mark.parametrize("width", [36, 28])
def test_a_tree_with_sizes(snap_compare: Snap, width: int) -> None:
    pane = SchemaPane()

    async def play(pilot: Pilot[None]) -> None:
        pane.styles.width = width
        pane.database, pane.schema, pane.sizes = "agent-0042", SCHEMA, FIGURES
        pane.focus()
        for key in ("down", "right", "down", "down", "right", "G", "up", "right"):
            await pilot.press(key)
            await pilot.pause()

    assert snap_compare(Stage(pane), terminal_size=(40, 18), run_before=play)
