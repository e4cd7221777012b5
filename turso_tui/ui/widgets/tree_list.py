"""A list of any length with rows that fold: drawn line by line, never as a widget for a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

RowId: TypeAlias = tuple[str, ...]

INDENT = 2
"""Cells by which a row stands further right than the one it belongs to."""

SCROLLBAR_GAP = 1
"""Cells between what stands at the right and the scrollbar."""

LABEL_ROOM = 10
"""Cells that a label keeps before what stands at the right gives way."""


class TreeRow(NamedTuple):
    """``id`` is what a row is known by when the rows are replaced; ``folded`` is None for a row that never folds."""

    id: RowId
    item: object
    depth: int = 0
    folded: bool | None = None


class RowText(NamedTuple):
    """How a row looks: a label, which is cut with a sign when it is too long, and what stands at the right edge;
    ``brief`` stands there where there is no room for all of it."""

    label: Content
    aside: Content = Content()
    brief: Content = Content()


class TreeList(ScrollView, can_focus=True):
    """Shows ``rows``, top to bottom, and knows where the cursor is.

    Rows are replaced as a whole, and the owner decides which are there: folding is asked for, not done. The cursor
    and the place on the screen stay with the row that had them, so that a refresh never makes anything jump.
    """

    DEFAULT_CSS = """
    TreeList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        background: transparent;
        & > .tree-list--cursor { background: $cursor-row 40%; }
        &:focus > .tree-list--cursor { background: $cursor-row; }
        &:ansi:focus > .tree-list--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES = {"tree-list--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="list.page_down"),
        Binding("g,home", "move_to(0)", "First", show=False, id="list.first"),
        Binding("G,end", "move_to(-1)", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", show=False, id="list.choose"),
        Binding("space", "fold", "Fold or unfold", show=False, id="list.fold"),
        Binding("left,h", "out", "Fold, or go to the parent", show=False, id="list.out"),
        Binding("right,l", "into", "Unfold, or go to the first child", show=False, id="list.into"),
    ]

    rows: reactive[tuple[TreeRow, ...]] = reactive((), layout=False)
    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Chosen(Message):
        """Enter or a click on a row."""

        row: TreeRow

    @dataclass
    class FoldAsked(Message):
        """The row should be shown ``folded`` or not."""

        row: TreeRow
        folded: bool

    def __init__(
        self,
        draw: Callable[[TreeRow], RowText],
        *,
        describe: Callable[[TreeRow], Content | None] = lambda _: None,
        clicks_to_choose: int = 1,
        id: str | None = None,
    ) -> None:
        """``draw`` says how a row looks, ``describe`` what a mouse that rests on it should be told."""
        super().__init__(id=id)
        self._draw = draw
        self._describe = describe
        self._clicks_to_choose = clicks_to_choose

    @property
    def cursor_row(self) -> TreeRow | None:
        return self.rows[self.cursor] if self.rows else None

    def index_of(self, id: RowId) -> int | None:
        return next((index for index, row in enumerate(self.rows) if row.id == id), None)

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_rows(self, old: tuple[TreeRow, ...], new: tuple[TreeRow, ...]) -> None:
        top = round(self.scroll_y)
        before = self.cursor
        kept = self.index_of(old[before].id) if before < len(old) else None
        self.virtual_size = Size(self.scrollable_content_region.width, len(new))
        self.cursor = before if kept is None else kept
        self.scroll_to(y=max(0, top + self.cursor - before), animate=False)
        self._keep_cursor_visible()
        self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old)
        self.refresh_line(new)
        self._keep_cursor_visible()

    def on_resize(self) -> None:
        self._keep_cursor_visible()

    def _keep_cursor_visible(self) -> None:
        top, height = round(self.scroll_y), self.scrollable_content_region.height
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self.rows):
            return Strip.blank(width, self.visual_style.rich_style)
        style = self.get_visual_style("tree-list--cursor") if index == self.cursor else self.visual_style
        line = _fit(self._draw(self.rows[index]), width - SCROLLBAR_GAP)
        return Strip(line.render_segments(style), line.cell_length).adjust_cell_length(width, style.rich_style)

    def action_move(self, lines: int) -> None:
        self.cursor += lines

    def action_move_page(self, pages: int) -> None:
        self.cursor += pages * max(1, self.scrollable_content_region.height - 1)

    def action_move_to(self, index: int) -> None:
        self.cursor = index % max(1, len(self.rows))

    def action_choose(self) -> None:
        if row := self.cursor_row:
            self.post_message(self.Chosen(row))

    def action_fold(self) -> None:
        row = self.cursor_row
        if row is not None and row.folded is not None:
            self.post_message(self.FoldAsked(row, not row.folded))

    def action_out(self) -> None:
        row = self.cursor_row
        if row is None:
            return
        if row.folded is False:
            self.post_message(self.FoldAsked(row, True))
            return
        parents = (index for index in range(self.cursor - 1, -1, -1) if self.rows[index].depth < row.depth)
        self.cursor = next(parents, self.cursor)

    def action_into(self) -> None:
        row = self.cursor_row
        if row is None or row.folded is None:
            return
        if row.folded:
            self.post_message(self.FoldAsked(row, False))
        elif self.rows[self.cursor + 1 : self.cursor + 2] and self.rows[self.cursor + 1].depth > row.depth:
            self.cursor += 1

    def _row_at(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """The index of the row under the mouse, and the cell within its line."""
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        index = offset.y + self.scroll_offset.y
        return (index, offset.x) if index < len(self.rows) else None

    def on_click(self, event: events.Click) -> None:
        place = self._row_at(event)
        if place is None:
            return
        event.stop()
        self.cursor, cell = place
        row = self.rows[self.cursor]
        if row.folded is not None and cell < (row.depth + 1) * INDENT:
            self.action_fold()
        elif event.chain >= self._clicks_to_choose:
            self.action_choose()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        place = self._row_at(event)
        self.tooltip = None if place is None else self._describe(self.rows[place[0]])


def _fit(text: RowText, width: int) -> Content:
    """One line of ``width`` cells: the label from the left, the aside at the right, never over each other."""
    label, aside, brief = text
    if brief and width - aside.cell_length - 1 < label.cell_length:
        aside = brief
    room = width - aside.cell_length - 1 if aside else width
    if room < min(label.cell_length, LABEL_ROOM):
        return label.truncate(width, ellipsis=True, pad=True)
    return Content.assemble(label.truncate(room, ellipsis=True, pad=True), " " if aside else "", aside)
