"""Pictures of the results grid with the worst of data."""

from collections.abc import Callable

import pytest

from tests.ui.widgets.grid_app import UGLY_COLUMNS, UGLY_ROWS, GridApp, LazySource, ListSource

SnapCompare = Callable[..., bool]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("theme", ["turso-dark", "turso-light"])
def test_ugly_data(snap_compare: SnapCompare, theme: str, size: tuple[int, int]) -> None:
    app = GridApp(ListSource(UGLY_COLUMNS, UGLY_ROWS), theme)
    assert snap_compare(app, terminal_size=size, press=["down", "down", "right"])


def test_ugly_data_on_the_right(snap_compare: SnapCompare) -> None:
    app = GridApp(ListSource(UGLY_COLUMNS, UGLY_ROWS))
    assert snap_compare(app, terminal_size=(80, 24), press=["end", "down", "down"])


def test_the_end_of_a_large_result(snap_compare: SnapCompare) -> None:
    assert snap_compare(GridApp(LazySource(5_000_000, 2_000)), terminal_size=(80, 24), press=["G", "end"])


def test_no_rows(snap_compare: SnapCompare) -> None:
    assert snap_compare(GridApp(ListSource(UGLY_COLUMNS, ())), terminal_size=(80, 24))
