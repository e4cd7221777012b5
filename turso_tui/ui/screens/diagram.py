"""The tables of a schema and how they refer to one another, as a picture that one walks about in."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.getters import query_one
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Footer, Input, Static

from turso_tui.fuzzy import match
from turso_tui.printable import printable
from turso_tui.service.diagram import Relations, draw, mermaid, relations_of
from turso_tui.service.diagram_canvas import Drawing, Placed
from turso_tui.service.schema import Schema
from turso_tui.ui.numbers import grouped

STEP = 4
"""Cells by which the picture moves to the side for one key."""

DEEPEST = 9
AT_ONCE = 100
"""Tables that are drawn before the next key is looked at."""

WHOLE = 14
"""Tables of a schema that is shown as a whole at first."""


class Picture(ScrollView, can_focus=True):
    """Shows a drawing, with one box of it chosen."""

    DEFAULT_CSS = """
    Picture { background: transparent; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    Picture > .picture--line { color: $muted; }
    Picture > .picture--chosen { color: $primary; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"picture--line", "picture--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "pan(-1, 0)", "Left", show=False, id="diagram.left"),
        Binding("right,l", "pan(1, 0)", "Right", show=False, id="diagram.right"),
        Binding("up,k", "pan(0, -1)", "Up", show=False, id="diagram.up"),
        Binding("down,j", "pan(0, 1)", "Down", show=False, id="diagram.down"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._drawing = Drawing()
        self._chosen: str | None = None

    def show(self, drawing: Drawing, chosen: str | None) -> None:
        self._drawing, self._chosen = drawing, chosen
        self.virtual_size = Size(drawing.width, len(drawing.lines))
        self.refresh()
        self.call_after_refresh(self.reveal)

    def reveal(self) -> None:
        """Bring the chosen box to where it can be seen, the middle if it was not."""
        box = self._drawing.box(self._chosen or "")
        if box is None:
            return
        size, (left, top) = self.scrollable_content_region.size, self.scroll_offset
        is_seen = left <= box.x and box.x + box.width <= left + size.width
        is_seen = is_seen and top <= box.y and box.y + box.height <= top + size.height
        if not is_seen:
            x, y = box.x + box.width // 2 - size.width // 2, box.y + box.height // 2 - size.height // 2
            self.scroll_to(max(0, x), max(0, min(y, box.y)), animate=False)

    def action_pan(self, across: int, down: int) -> None:
        self.scroll_to(self.scroll_x + across * STEP, self.scroll_y + down * 2, animate=False)

    def box_at(self, x: int, y: int) -> Placed | None:
        """The box at a cell of the drawing."""
        return next((b for b in self._drawing.boxes if b.x <= x < b.x + b.width and b.y <= y < b.y + b.height), None)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        x, y = self.scroll_offset.x, y + self.scroll_offset.y
        if y >= len(self._drawing.lines):
            return Strip.blank(width, self.rich_style)
        return self._line(y).crop(x, x + width).adjust_cell_length(width, self.rich_style)

    def _line(self, y: int) -> Strip:
        """Boxes as text, the chosen one in the colour of what is chosen, and the lines between them quietly."""
        line = Strip([Segment(self._drawing.lines[y])], self._drawing.width)
        quiet = self.get_component_rich_style("picture--line")
        chosen = self.get_component_rich_style("picture--chosen")
        parts: list[Strip] = []
        x = 0
        for box in sorted((b for b in self._drawing.boxes if b.y <= y < b.y + b.height), key=lambda box: box.x):
            style = chosen if box.name == self._chosen else self.rich_style
            parts += [
                line.crop(x, box.x).apply_style(self.rich_style + quiet),
                line.crop(box.x, box.x + box.width).apply_style(self.rich_style + style),
            ]
            x = box.x + box.width
        parts.append(line.crop(x, self._drawing.width).apply_style(self.rich_style + quiet))
        return Strip.join(parts)


class DiagramScreen(Screen[None]):
    """Around one table to a depth that one chooses, or all there is. Copies as text and as Mermaid."""

    DEFAULT_CSS = """
    DiagramScreen {
        & > #title { height: 1; padding: 0 1; background: $panel; }
        & > Picture { height: 1fr; padding: 0 1; }
        & > #ask { height: 1; padding: 0 1; display: none; }
        & > #ask > Static { width: 2; color: $muted; }
        & > #ask > Input, & > #ask > Input:focus { border: none; height: 1; padding: 0; width: 24; }
        & > #ask > Input { background: transparent; }
        & > #ask > #found { width: 1fr; }
        &.-asking > #ask { display: block; }
        Footer { padding-left: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="diagram.leave"),
        Binding("slash", "ask", "Find", id="diagram.find", tooltip="Go to a table by typing"),
        Binding("n,tab", "walk(1)", "Next", id="diagram.next", tooltip="The next table"),
        Binding("N,shift+tab", "walk(-1)", "Previous", id="diagram.previous", show=False),
        Binding("plus,equals_sign", "deepen(1)", "Further", id="diagram.further", tooltip="One reference further away"),
        Binding("minus", "deepen(-1)", "Nearer", id="diagram.nearer"),
        Binding("enter", "centre", "Around it", id="diagram.centre", tooltip="What is around the chosen table"),
        Binding("a", "all", "All", id="diagram.all", tooltip="Every table"),
        Binding("c", "columns", "Columns", id="diagram.columns", tooltip="All columns, or those that join"),
        Binding("y", "copy('text')", "Copy", id="diagram.copy", tooltip="Copy as text"),
        Binding("Y", "copy('Mermaid')", "Mermaid", id="diagram.mermaid", tooltip="Copy as Mermaid"),
    ]

    picture = query_one(Picture)
    input = query_one(Input)

    def __init__(self, schema: Schema, table: str | None = None, path: Sequence[str] = ()) -> None:
        """``table`` is where to begin; a small schema, or one without it, is shown as a whole."""
        super().__init__()
        self._relations: Relations = relations_of(schema)
        self._path = path
        known = table if table in self._relations.names else None
        self._centre = known if len(self._relations.names) > WHOLE else None
        self._chosen = known or next(iter(self._relations.names), None)
        self._depth = 1
        self._all_columns = False
        self.drawing = Drawing()

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        yield Picture()
        with Horizontal(id="ask"):
            yield Static("/", markup=False)
            yield Input(compact=True, select_on_focus=False)
            yield Static(id="found", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.picture.focus()
        self._draw()

    @property
    def names(self) -> frozenset[str]:
        """The tables that are drawn."""
        relations = self._relations
        return frozenset(relations.names) if self._centre is None else relations.around(self._centre, self._depth)

    def _draw(self) -> None:
        names = self.names
        if self._chosen not in names:
            self._chosen = self._centre
        if len(names) <= AT_ONCE:
            self._show(draw(self._relations, names, all_columns=self._all_columns))
        else:
            self._draw_many(names)

    @work(exclusive=True, group="diagram")
    async def _draw_many(self, names: frozenset[str]) -> None:
        """Beside what one does meanwhile; what is on show stays until it is there."""
        self.query_exactly_one("#title", Static).update(f"Drawing {grouped(len(names))} tables…")
        drawing = await asyncio.to_thread(draw, self._relations, names, all_columns=self._all_columns)
        if names == self.names:
            self._show(drawing)

    def _show(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.picture.show(drawing, self._chosen)
        self._say_where()

    def _say_where(self) -> None:
        path = " ▸ ".join(printable(part) for part in self._path)
        of = grouped(len(self._relations.names))
        shown = f"{grouped(len(self.names))} of {of} tables" if self._centre is not None else f"{of} tables"
        words = [shown]
        if self._centre is not None:
            words.append(f"{self._depth} away from {printable(self._centre)}")
        if not self._relations.names:
            words = ["There are no tables to draw."]
        title = Content.assemble((f"{path}  " if path else "", "$muted"), " · ".join(words))
        self.query_exactly_one("#title", Static).update(title)

    def _choose(self, name: str) -> None:
        self._chosen = name
        if name not in self.names:
            self._centre, self._depth = name, 1
            self._draw()
        else:
            self.picture.show(self.drawing, name)

    # --- walking

    def action_walk(self, steps: int) -> None:
        """From box to box, as they stand: left to right, from above."""
        boxes = [box.name for box in sorted(self.drawing.boxes, key=lambda box: (box.x, box.y))]
        if boxes:
            place = boxes.index(self._chosen) if self._chosen in boxes else -1
            self._choose(boxes[(place + steps) % len(boxes)])

    def action_deepen(self, steps: int) -> None:
        if self._centre is not None:
            self._depth = min(DEEPEST, max(0, self._depth + steps))
            self._draw()
        elif steps < 0 and self._chosen is not None:
            self.action_centre()

    def action_centre(self) -> None:
        """Only what is around the chosen table."""
        if self._chosen is not None:
            self._centre, self._depth = self._chosen, 1
            self._draw()

    def action_all(self) -> None:
        self._centre = None
        self._draw()

    def action_columns(self) -> None:
        self._all_columns = not self._all_columns
        self._draw()

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        offset = event.get_content_offset(self.picture) if event.widget is self.picture else None
        if offset is not None:
            box = self.picture.box_at(*(offset + self.picture.scroll_offset))
            if box is not None:
                self._choose(box.name)

    # --- going to a table by typing

    def action_ask(self) -> None:
        self.add_class("-asking")
        self.input.value = ""
        self.input.focus()

    def _found(self, query: str) -> str | None:
        hits = [(hit.score, name) for name in self._relations.names if (hit := match(query, printable(name)))]
        return max(hits, key=lambda hit: hit[0])[1] if hits and query.strip() else None

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        found = self._found(event.value)
        words = f"enter goes to {printable(found)}" if found else "no table fits" if event.value.strip() else ""
        self.query_exactly_one("#found", Static).update(Content.styled(words, "$muted"))

    @on(Input.Submitted)
    def _go(self, event: Input.Submitted) -> None:
        event.stop()
        if found := self._found(event.value):
            self._choose(found)
        self._stop_asking()

    def _stop_asking(self) -> None:
        self.remove_class("-asking")
        self.picture.focus()

    # --- leaving

    def action_copy(self, how: str) -> None:
        text = self.drawing.text if how == "text" else mermaid(self._relations, self.names)
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied the diagram as {how}: {grouped(len(self.names))} tables.")

    def action_leave(self) -> None:
        if self.has_class("-asking"):
            self._stop_asking()
        else:
            self.dismiss()
