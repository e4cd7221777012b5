"""What the results grid shows: the screenful of rows in view, of millions, with a cursor and a selection."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual.coordinate import Coordinate
from textual.geometry import Offset, Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from turso_tui.ui.cells import cell_text
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_columns import ColumnLayout
from turso_tui.ui.widgets.grid_lines import Frame, RowMark, gutter_width
from turso_tui.ui.widgets.grid_look import COMPONENTS, line_styles
from turso_tui.ui.widgets.grid_rows import RowPages, RowSource
from turso_tui.ui.widgets.grid_selection import Block, GridSelection, SelectionKind
from turso_tui.values import Row, Value

HEADER = 1
_GUTTER = 3
"""The narrowest column of row numbers; it grows with the numbers that come into view."""


class Hit(NamedTuple):
    """What is under the mouse."""

    cell: Coordinate
    is_on_row: bool
    is_on_number: bool


class GridView(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a `RowSource` under a header that stays, with a cursor on one cell.

    Sideways it scrolls by whole columns, so the columns do not move while their widths are still being learnt.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    source: reactive[RowSource | None] = reactive(None, init=False, always_update=True)
    """The result on show; setting it, even to the same, starts again at its first cell."""

    cursor: reactive[Coordinate] = reactive(Coordinate(0, 0), init=False, repaint=False)
    """Row and column of the cursor; also as `cursor_row` and `cursor_column`."""

    selection: reactive[GridSelection | None] = reactive(None, init=False)
    """What is selected, from its beginning to the cursor. Other rows, or the same in another order, end it."""

    first_column = reactive(0, init=False)
    """The leftmost column on the screen."""

    def __init__(self, source: RowSource | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._is_extending = False
        self.mark_of: Callable[[int], RowMark | None] | None = None
        """How the row at a place differs from what is stored; asked while painting."""
        self._begin(None)
        self.set_reactive(GridView.source, source)

    def on_mount(self) -> None:
        if self.source is not None:
            self.watch_source(self.source)

    def _begin(self, source: RowSource | None) -> None:
        self._pages = None if source is None else RowPages(source)
        self._columns = ColumnLayout(() if source is None else source.columns)
        self._row_count = 0 if source is None else source.row_count
        self._gutter = _GUTTER
        self._learnt: tuple[int, ...] = ()

    # The result

    def watch_source(self, source: RowSource | None) -> None:
        self._begin(source)
        self.selection = None
        self.virtual_size = Size(0, self._row_count + HEADER)
        self.scroll_to(y=0, animate=False)
        self.first_column = 0
        self.cursor = Coordinate(0, 0)
        self.refresh()

    def show_rows(self, source: RowSource, row: int = 0) -> None:
        """Other rows of the same columns, which stay as they are; the cursor goes to ``row``."""
        layout, column, first = self.layout_of_columns, self.cursor.column, self.first_column
        self.source = source
        self.layout_of_columns = layout
        self.first_column = first
        self.cursor = Coordinate(row, column)

    def reread(self) -> None:
        """The source has other rows than before, more or fewer: the cursor and the view stay where they are."""
        if self.source is None:
            return
        self._pages = RowPages(self.source)
        self._row_count = self.source.row_count
        self._learnt = ()
        self.virtual_size = Size(0, self._row_count + HEADER)
        self.cursor = self.cursor  # it may have stood on a row that is gone
        self.refresh()

    @property
    def layout_of_columns(self) -> ColumnLayout:
        """What a person has made of the columns; it can be kept and given back with the same columns."""
        return self._columns

    @layout_of_columns.setter
    def layout_of_columns(self, layout: ColumnLayout) -> None:
        self._columns = layout
        self._learnt = ()
        self.refresh()

    def extend(self) -> None:
        """Show that the source has more rows. Neither the cursor nor what is on the screen moves."""
        if self.source is None or self.source.row_count == self._row_count:
            return
        first_new_line = self._line_of(self._row_count)
        self._row_count = self.source.row_count
        # Set without its watchers: the reactive would repaint every line, and only the scrollbar need change.
        self.set_reactive(GridView.virtual_size, Size(0, self._row_count + HEADER))
        self.refresh(layout=True, repaint=False)
        width, height = self.scrollable_content_region.size
        if first_new_line >= height:
            return
        if self._learn_widths():
            self.refresh()
        else:
            self.refresh(Region(0, first_new_line, width, height - first_new_line))

    @property
    def row_count(self) -> int:
        """Rows that can be reached, as of the last `extend`."""
        return self._row_count

    @property
    def cursor_row(self) -> int:
        return self.cursor.row

    @cursor_row.setter
    def cursor_row(self, row: int) -> None:
        self.cursor = Coordinate(row, self.cursor.column)

    @property
    def cursor_column(self) -> int:
        return self.cursor.column

    @cursor_column.setter
    def cursor_column(self, column: int) -> None:
        self.cursor = Coordinate(self.cursor.row, column)

    # The cursor and the view

    def validate_cursor(self, cursor: Coordinate) -> Coordinate:
        row = min(cursor.row, self._row_count - 1)
        column = min(cursor.column, len(self._columns) - 1)
        return Coordinate(max(row, 0), self._columns.step(max(column, 0), 0))

    def watch_cursor(self, old: Coordinate, new: Coordinate) -> None:
        if self.selection is not None and not self.selection.held and not self._is_extending:
            self.selection = None
        if self.selection is None:
            for row in {old.row, new.row}:
                self.refresh(Region(0, self._line_of(row), self.size.width, 1))
        elif old != new:
            self.watch_selection()
        self._reveal_cursor()

    def validate_first_column(self, first: int) -> int:
        return max(0, min(first, self._columns.furthest(self._room)))

    def on_resize(self) -> None:
        self.first_column = self.first_column  # what is furthest depends on the room

    def _reveal_cursor(self) -> None:
        row, column = self.cursor
        top, body = self.scroll_offset.y, self.body_height
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif row >= top + body > 0:
            self.scroll_to(y=row - body + 1, animate=False)
        self.first_column = self._columns.reveal(column, self.first_column, self._room)

    @property
    def body_height(self) -> int:
        """How many rows there is room for."""
        return max(self.scrollable_content_region.height - HEADER, 0)

    @property
    def _room(self) -> int:
        """Cells for columns."""
        return self.scrollable_content_region.width - gutter_width(self._gutter)

    def _line_of(self, row: int) -> int:
        return row - self.scroll_offset.y + HEADER

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        """Learn from the rows in view how wide their columns are, then paint."""
        self._learn_widths()
        width = self.scrollable_content_region.width
        slots = self._columns.slots(self.first_column, self._room)
        self._block = self.block
        self._frame = Frame(self._columns, slots, self._gutter, width, line_styles(self))
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        frame = self._frame
        if not frame.slots:
            return Strip.blank(frame.width, frame.styles.base)
        if y < HEADER:
            return frame.header()
        number = self.scroll_offset.y + y - HEADER
        row = self.row_at(number)
        if row is None:
            return Strip.blank(frame.width, frame.styles.base)
        mark = self.mark_of(number) if self.mark_of is not None else None
        block = self._block
        selected = block.columns if block is not None and block.start <= number < block.stop else ()
        return frame.row(number + 1, row, self.cursor.column if number == self.cursor.row else None, mark, selected)

    def _learn_widths(self) -> bool:
        """Widen what the cells in view need. True if anything on the screen moves because of it."""
        if self._pages is None:
            return False
        top = self.scroll_offset.y
        bottom = min(top + self.body_height, self._row_count)
        before = self._gutter
        self._gutter = max(before, len(grouped(bottom)))
        view = (top, bottom, self.first_column, self._room)
        if view == self._learnt:
            return False
        self._learnt = view
        changed = self._gutter != before
        slots, types = self._columns.slots(self.first_column, self._room), self._columns.types
        for row in self._pages.rows(top, bottom):
            for slot in slots:
                changed |= self._columns.widen(slot.index, cell_text(row[slot.index], types[slot.index]))
        return changed

    def refit(self) -> None:
        """After a change of the columns' widths, or of which are visible."""
        self._learnt = ()
        self.cursor = self.cursor  # a hidden column hands it to its neighbour
        self.first_column = self._columns.reveal(self.cursor.column, self.first_column, self._room)
        self.refresh()

    def hit(self, offset: Offset) -> Hit:
        """The cell at so many terminal cells from the corner, or the nearest one."""
        row = self.scroll_offset.y + offset.y - HEADER
        column, is_on_number = self._frame.column_at(offset.x), offset.x < self._frame.cells_start
        if column is None:
            column = self.cursor.column if is_on_number or not self._frame.slots else self._frame.slots[-1].index
        is_on_row = offset.y >= HEADER and row < self._row_count
        return Hit(Coordinate(max(0, min(row, self._row_count - 1)), column), is_on_row, is_on_number)

    # What is selected

    @property
    def block(self) -> Block | None:
        """The cells that are selected, None where none are."""
        if self.selection is None or not self._row_count:
            return None
        return self.selection.block(self.cursor, self._row_count, self._columns)

    def watch_selection(self) -> None:
        self.refresh()

    def extend_to(self, cell: Coordinate, kind: SelectionKind = SelectionKind.CELLS) -> None:
        """Put the cursor on ``cell`` and select up to there, from where it was or where the selection began."""
        if self.selection is None and self._row_count:
            self.selection = GridSelection(self.cursor, kind)
        self._is_extending = True
        self.cursor = cell
        self._is_extending = False

    # Values

    def value_at(self, row: int, column: int) -> Value:
        """Raises IndexError if there is no such cell."""
        values = self.row_at(row)
        if values is None:
            raise IndexError(row)
        return values[column]

    def row_at(self, number: int) -> Row | None:
        """A whole row; None where there is none."""
        if self._pages is None or not 0 <= number < self._row_count:
            return None
        return next(self._pages.rows(number, number + 1), None)
