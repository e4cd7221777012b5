"""A screen with nothing but a results grid, and the sources that its tests show in it."""

import math
import struct
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.message import Message

from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.values import Column, Row

UGLY_COLUMNS = (
    Column("id", "INTEGER"),
    Column("role", "TEXT"),
    Column("content"),
    Column("[b]created[/b]", "TEXT"),
    Column("score", "REAL"),
    Column("score", "REAL"),
    Column("embedding", "F32_BLOB(384)"),
)

UGLY_ROWS: tuple[Row, ...] = (
    (1, "user", "Could you draft the quarterly report for the eu team?", "2026-11-20 10:01:22", 0.93, 1, None),
    (
        2,
        "assistant",
        "A first outline\nwith a break, a tab\t, \x1b[31mcolour",
        "2026-11-20",
        0.1 + 0.2,
        2.5,
        b"\x00\xff",
    ),
    (3, "[red]tool[/red]", "", "", 1234567.89, None, b"\x89PNG\r\n\x1a\n" + bytes(14_001)),
    (2**63 - 1, "tool", "한글 텍스트는 두 칸을 차지하고 여기에서는 아주 길게 이어집니다", "NULL", None, 3, b""),
    (
        5,
        "user",
        "👨‍👩‍👧 family ❤️ 👍🏽 e\u0301\u0301",
        None,
        math.nan,
        4,
        struct.pack("<384f", *[0.5, -0.25, 0.1] * 128),
    ),
    (
        None,
        "user",
        "\u202egnirts live\u202c",
        "2026-11-20 10:02:11",
        -1.7976931348623157e308,
        5,
        b"\x1f\x8b" + bytes(300),
    ),
)


class ListSource:
    """Rows in memory."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self.columns = columns
        self.data = list(rows)

    @property
    def row_count(self) -> int:
        return len(self.data)

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        assert 0 <= start <= stop <= self.row_count
        return self.data[start:stop]


class LazySource:
    """Rows that exist only while somebody asks for them, and remembers what was asked."""

    def __init__(self, row_count: int, column_count: int = 3) -> None:
        self.columns = [Column(f"c{number}", "INTEGER") for number in range(column_count)]
        self.row_count = row_count
        self.asked: list[range] = []

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        assert 0 <= start <= stop <= self.row_count
        self.asked.append(range(start, stop))
        return [tuple(row + column for column in range(len(self.columns))) for row in range(start, stop)]


class GridApp(App[None]):
    """Shows one source, and keeps the messages that the grid posts."""

    CSS = """
    Screen { background: $background; }
    ResultGrid { background: $surface; border: solid $border-blurred; padding: 0 1; }
    ResultGrid:focus { border: solid $border; }
    """

    def __init__(self, source: ListSource | LazySource | None, theme_name: str = "turso-dark") -> None:
        super().__init__()
        self.grid = ResultGrid(source)
        self.messages: list[Message] = []
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)
        self.theme = theme_name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        self.grid.border_title = "Result 1"
        yield self.grid

    def on_result_grid_cursor_moved(self, message: ResultGrid.CursorMoved) -> None:
        self.messages.append(message)

    def on_result_grid_cell_chosen(self, message: ResultGrid.CellChosen) -> None:
        self.messages.append(message)

    def on_result_grid_copied(self, message: ResultGrid.Copied) -> None:
        self.messages.append(message)

    def lines(self) -> list[str]:
        """What a person reads inside the frame, line by line."""
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.scrollable_content_region.height)]
