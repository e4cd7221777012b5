"""A grid of checks, rows by columns: what may be done, and to what."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from turso_tui.printable import printable

RowKey: TypeAlias = str | None
"""None is the row that stands for all others: what is checked there holds everywhere."""

Check: TypeAlias = tuple[RowKey, str]

CHECKED = "✓"
INHERITED = "↑"
"""Checked by the row that stands for all."""
UNCHECKED = "·"

LABEL_ROOM = 16
"""Cells that the names of rows want before the headings of columns give way."""

SCROLLBAR_GAP = 1
NAME_GAP = 2
FULL_GAP = 2
"""Cells after the names of rows, and after each full heading."""


class CheckColumn(NamedTuple):
    """``heading`` where there is room for it, else ``short``; columns of one ``section`` stand under its name."""

    key: str
    heading: str
    short: str
    section: str = ""


class CheckRow(NamedTuple):
    """``columns`` are those that the row has a check for; None for all of them."""

    key: RowKey
    label: str
    columns: frozenset[str] | None = None

    def has(self, column: str) -> bool:
        return self.columns is None or column in self.columns


class CheckGrid(ScrollView, can_focus=True):
    """Shows ``rows``, hundreds of them if need be, and holds which cells are ``checked``."""

    DEFAULT_CSS = """
    CheckGrid {
        height: auto;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        background: transparent;
        & > .check-grid--cursor-row { background: $cursor-row 40%; }
        &:focus > .check-grid--cursor-row { background: $cursor-row; }
        &:focus > .check-grid--cursor { background: $cursor-cell; color: $cursor-cell-text; text-style: bold; }
        &:ansi:focus > .check-grid--cursor-row { background: transparent; text-style: bold; }
        &:ansi:focus > .check-grid--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES = {"check-grid--cursor-row", "check-grid--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False, id="checks.up"),
        Binding("down,j", "move(1, 0)", "Down", show=False, id="checks.down"),
        Binding("left,h", "move(0, -1)", "Left", show=False, id="checks.left"),
        Binding("right,l", "move(0, 1)", "Right", show=False, id="checks.right"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="checks.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="checks.page_down"),
        Binding("g,home", "move_to(0)", "First row", show=False, id="checks.first"),
        Binding("G,end", "move_to(-1)", "Last row", show=False, id="checks.last"),
        Binding("space", "check", "Check", show=False, id="checks.toggle", tooltip="Check, or take the check away"),
        Binding("a", "check_row", "Row", show=False, id="checks.row", tooltip="Check the whole row, or nothing of it"),
    ]

    rows: reactive[tuple[CheckRow, ...]] = reactive((), layout=True)
    checked: reactive[frozenset[Check]] = reactive(frozenset(), init=False)
    cursor: reactive[tuple[int, int]] = reactive((0, 0), init=False)
    """Row and column, as indexes."""

    @dataclass
    class Changed(Message):
        """Something was checked, or is no longer."""

        checked: frozenset[Check]

    def __init__(
        self, columns: tuple[CheckColumn, ...], rows: tuple[CheckRow, ...] = (), *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._header_lines = 2 if any(column.section for column in columns) else 1
        self.set_reactive(CheckGrid.rows, rows)

    def on_mount(self) -> None:
        self.watch_rows((), self.rows)

    def watch_rows(self, _old: tuple[CheckRow, ...], new: tuple[CheckRow, ...]) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(new) + self._header_lines)
        self.cursor = self.cursor
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self.rows) + self._header_lines

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Within the rows, and on a cell that its row has: the nearest to where it was going."""
        if not self.rows:
            return 0, 0
        row = max(0, min(cursor[0], len(self.rows) - 1))
        wanted = max(0, min(cursor[1], len(self._columns) - 1))
        here = [index for index, column in enumerate(self._columns) if self.rows[row].has(column.key)]
        if wanted in here or not here:
            return row, wanted
        forward = cursor[1] >= self.cursor[1]
        return row, min(here, key=lambda index: (abs(index - wanted), (index < wanted) is forward))

    def watch_cursor(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        for row in {old[0], new[0]}:
            self.refresh_line(row + self._header_lines)
        self._keep_cursor_visible()

    def watch_checked(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        self._keep_cursor_visible()

    def _keep_cursor_visible(self) -> None:
        top = round(self.scroll_y)
        height = self.scrollable_content_region.height - self._header_lines
        if self.cursor[0] < top:
            self.scroll_to(y=self.cursor[0], animate=False)
        elif height > 0 and self.cursor[0] >= top + height:
            self.scroll_to(y=self.cursor[0] - height + 1, animate=False)

    # --- checking

    def action_move(self, rows: int, columns: int) -> None:
        row, column = self.cursor
        target = column + columns
        if columns and self.rows:  # over the cells that the row does not have
            while 0 <= target < len(self._columns) and not self.rows[row].has(self._columns[target].key):
                target += columns
            target = target if 0 <= target < len(self._columns) else column
        self.cursor = row + rows, target

    def action_move_page(self, pages: int) -> None:
        height = self.scrollable_content_region.height - self._header_lines
        self.action_move(pages * max(1, height - 1), 0)

    def action_move_to(self, row: int) -> None:
        self.cursor = row % max(1, len(self.rows)), self.cursor[1]

    def action_check(self) -> None:
        if self.rows:
            row = self.rows[self.cursor[0]]
            self._check({(row.key, self._columns[self.cursor[1]].key)})

    def action_check_row(self) -> None:
        if self.rows:
            row = self.rows[self.cursor[0]]
            self._check({(row.key, column.key) for column in self._columns if row.has(column.key)})

    def _check(self, cells: set[Check]) -> None:
        """Check ``cells``, or take the checks away when all of them are checked."""
        self.checked = self.checked - cells if cells <= self.checked else self.checked | cells
        self.post_message(self.Changed(self.checked))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._header_lines:
            return
        row = offset.y - self._header_lines + self.scroll_offset.y
        label, widths = self._widths()
        column = next((index for index in range(len(widths)) if offset.x < label + sum(widths[: index + 1])), None)
        if row < len(self.rows) and column is not None and offset.x >= label:
            event.stop()
            self.cursor = row, column
            if self.cursor == (row, column):
                self.action_check()

    # --- drawing

    def _widths(self) -> tuple[int, list[int]]:
        """Of the names of rows, and of each column."""
        room = self.scrollable_content_region.width - SCROLLBAR_GAP
        names = max((cell_len(printable(row.label)) for row in self.rows), default=0) + NAME_GAP
        full = [len(column.heading) + FULL_GAP for column in self._columns]
        columns = (
            full if room - sum(full) >= min(names, LABEL_ROOM) else [len(each.short) + 1 for each in self._columns]
        )
        return max(1, min(names, room - sum(columns))), columns

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        style = self.visual_style
        if y < self._header_lines:
            line = self._headings() if y == self._header_lines - 1 else self._sections()
        else:
            index = y - self._header_lines + self.scroll_offset.y
            if index >= len(self.rows):
                return Strip.blank(width, style.rich_style)
            line = self._row(index)
            if index == self.cursor[0]:
                style = self.get_visual_style("check-grid--cursor-row")
        return Strip(line.render_segments(style), line.cell_length).adjust_cell_length(width, style.rich_style)

    def _sections(self) -> Content:
        label, widths = self._widths()
        parts = [" " * label]
        start = 0
        while start < len(self._columns):
            section = self._columns[start].section
            stop = start
            while stop < len(self._columns) and self._columns[stop].section == section:
                stop += 1
            parts.append(f"{section:<{sum(widths[start:stop])}}")
            start = stop
        return Content.styled("".join(parts), "$muted")

    def _headings(self) -> Content:
        label, widths = self._widths()
        is_full = all(
            width == len(column.heading) + FULL_GAP for width, column in zip(widths, self._columns, strict=True)
        )
        names = [column.heading if is_full else column.short for column in self._columns]
        line = "".join(f"{name:<{width}}" for name, width in zip(names, widths, strict=True))
        return Content.styled(" " * label + line, "$muted")

    def _row(self, index: int) -> Content:
        row = self.rows[index]
        label, widths = self._widths()
        name = Content.styled(printable(row.label), "bold" if row.key is None else "")
        parts = [name.truncate(label - 1, ellipsis=True, pad=True), Content(" ")]
        for position, (column, width) in enumerate(zip(self._columns, widths, strict=True)):
            cell = self._cell(row, column)
            if (index, position) == self.cursor and self.has_focus:
                cell = Content.styled(cell.plain, self.get_visual_style("check-grid--cursor"))
            parts.append(cell.pad_right(width - cell.cell_length))
        return Content.assemble(*parts)

    def _cell(self, row: CheckRow, column: CheckColumn) -> Content:
        if not row.has(column.key):
            return Content("   ")
        if (row.key, column.key) in self.checked:
            return Content.styled(f" {CHECKED} ", "bold $primary")
        if (None, column.key) in self.checked:
            return Content.styled(f" {INHERITED} ", "$primary")
        return Content.styled(f" {UNCHECKED} ", "$muted")
