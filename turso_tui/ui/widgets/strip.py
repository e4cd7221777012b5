"""A strip of tabs in one line, quiet enough to stand in a border."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.printable import printable

GAP = 3
"""Cells between two tabs."""

MORE = " …"
"""Stands for the tabs on that side which do not fit."""


class StripTab(NamedTuple):
    """``changed`` marks what is not saved, or not seen yet."""

    id: str
    label: str
    changed: bool = False


class TabStrip(Widget, can_focus=True):
    """Shows ``tabs`` and which one is ``active``. When they do not fit, those around the active one are shown."""

    DEFAULT_CSS = """
    TabStrip { height: 1; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1)", "Previous tab", show=False, id="tabs.previous"),
        Binding("right,l", "go(1)", "Next tab", show=False, id="tabs.next"),
    ]

    tabs: reactive[tuple[StripTab, ...]] = reactive(())
    active: reactive[str | None] = reactive(None)

    @dataclass
    class Chosen(Message):
        """A tab was chosen; it is ``active`` already."""

        id: str

    def render(self) -> Content:
        return self._line()[0]

    def action_go(self, steps: int) -> None:
        """To the neighbour, from the last to the first; to the first when none is active."""
        ids = [tab.id for tab in self.tabs]
        if ids:
            self._choose(ids[(ids.index(self.active) + steps) % len(ids)] if self.active in ids else ids[0])

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        for start, stop, tab_id in self._line()[1]:
            if offset is not None and start <= offset.x < stop:
                self._choose(tab_id)

    def _choose(self, id: str) -> None:
        self.active = id
        self.post_message(self.Chosen(id))

    def _line(self) -> tuple[Content, list[tuple[int, int, str]]]:
        """What is drawn, and the cells (start, stop) at which each visible tab stands."""
        faces = [self._face(tab) for tab in self.tabs]
        active = next((index for index, tab in enumerate(self.tabs) if tab.id == self.active), 0)
        first, last = visible([face.cell_length for face in faces], active, self.size.width)
        line = Content("… " if first > 0 else "")
        places: list[tuple[int, int, str]] = []
        for tab, face in zip(self.tabs[first:last], faces[first:last], strict=True):
            if places:
                line += " " * GAP
            places.append((line.cell_length, line.cell_length + face.cell_length, tab.id))
            line += face
        if last < len(faces):
            line += MORE
        return line.truncate(self.size.width, ellipsis=True), places

    def _face(self, tab: StripTab) -> Content:
        label = f"{printable(tab.label)} ●" if tab.changed else printable(tab.label)
        if tab.id != self.active:
            return Content(label)
        return Content.styled(label, "bold reverse $primary" if self.has_focus else "bold underline $primary")


def visible(widths: Sequence[int], active: int, room: int) -> tuple[int, int]:
    """The (first, last) slice of tabs around the active one that fits ``room`` cells, signs for what is left out
    included."""
    if sum(widths) + GAP * (len(widths) - 1) <= room:
        return 0, len(widths)
    room -= 2 * len(MORE)
    first, last = active, active + 1
    room -= widths[first]
    while last < len(widths) and room >= widths[last] + GAP:
        room -= widths[last] + GAP
        last += 1
    while first > 0 and room >= widths[first - 1] + GAP:
        first -= 1
        room -= widths[first] + GAP
    return first, last
