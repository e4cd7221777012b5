"""Pictures of a table that is looked through and changed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.panes.browse_stage import Shop, make_shop
from tests.ui.stage import StagedApp, opened, until
from turso_tui.service.target import FileTarget
from turso_tui.ui.screens.row_conflict import RowConflictScreen
from turso_tui.ui.widgets.value_area import ValueArea

Snap = Callable[..., bool]
Play = Callable[[Shop], Awaitable[None]]

BIG, SMALL = (120, 36), (80, 24)
SIZES = pytest.mark.parametrize("size", [BIG, SMALL], ids=["120x36", "80x24"])
CHANGES = ("down", "right", "c", *"Zoe", "enter", "down", "down", "d", "o", "c", *"Kit", "enter")


@pytest.fixture
def picture(snap_compare: Snap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """The program over the shop, by a path that is the same everywhere."""

    def take(size: tuple[int, int], play: Play, people: int = 12) -> bool:
        make_shop(tmp_path / "shop.db", people)
        monkeypatch.chdir(tmp_path)
        app = StagedApp(tmp_path, FileTarget(Path("shop.db")))

        async def run(pilot: Pilot[None]) -> None:
            await opened(pilot)
            shop = Shop(app, pilot, tmp_path / "shop.db")
            await shop.open("people")
            for field in app.screen.query(Input):
                field.cursor_blink = False
            await play(shop)
            for area in app.screen.query(ValueArea):
                area.cursor_blink = False
            await pilot.pause()

        return snap_compare(app, terminal_size=size, run_before=run)

    return take


@SIZES
def test_a_table_of_more_rows_than_a_page(picture: Callable[..., bool], size: tuple[int, int]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press("down", "right", "right", "right", "s")

    assert picture(size, play, 600)


def test_a_filter_that_is_wrong(picture: Callable[..., bool]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press("f", *"spent > 10 and pla = 'pro'", "enter")

    assert picture(BIG, play)


@SIZES
def test_staged_changes(picture: Callable[..., bool], size: tuple[int, int]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press(*CHANGES)

    assert picture(size, play)


@SIZES
def test_the_changes_for_review(picture: Callable[..., bool], size: tuple[int, int]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press(*CHANGES, "w")

    assert picture(size, play)


def test_the_sql_for_review(picture: Callable[..., bool]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press(*CHANGES, "w", "tab")

    assert picture(BIG, play)


@SIZES
def test_a_conflict(picture: Callable[..., bool], size: tuple[int, int]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press(*CHANGES)
        shop.sql("UPDATE people SET name = 'Theirs', spent = 5 WHERE id = 2")
        shop.sql("DELETE FROM people WHERE id = 4")
        await shop.press("w")
        await shop.press("enter")
        await until(shop.pilot, lambda: isinstance(shop.screen, RowConflictScreen))

    assert picture(size, play)


def test_a_value_that_is_changed(picture: Callable[..., bool]) -> None:
    async def play(shop: Shop) -> None:
        await shop.press("right", "right", "right", "c", *"much", "enter")

    assert picture(SMALL, play)


def test_a_reference_that_was_followed(picture: Callable[..., bool]) -> None:
    async def play(shop: Shop) -> None:
        await shop.open("orders")
        await shop.press("down", "right", "t")

    assert picture(SMALL, play)
