"""One of a few things, all of them on one line."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

CHOSEN = "● "
OTHER = "○ "
GAP = 2


class StripOption(NamedTuple):
    id: str
    label: str


class OptionStrip(Widget, can_focus=True):
    """Shows ``options`` and which of them is ``chosen``, which may be none of them (None)."""

    DEFAULT_CSS = """
    OptionStrip { height: 1; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1)", "Previous", show=False, id="options.previous"),
        Binding("right,l,space", "go(1)", "Next", show=False, id="options.next"),
    ]

    chosen: reactive[str | None] = reactive(None, init=False)

    @dataclass
    class Changed(Message):
        """A person chose; nothing is said of what the program chooses."""

        strip: "OptionStrip"
        id: str

        @property
        def control(self) -> "OptionStrip":
            return self.strip

    def __init__(self, options: tuple[StripOption, ...], chosen: str | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._options = options
        self.set_reactive(OptionStrip.chosen, chosen)

    def action_go(self, steps: int) -> None:
        ids = [option.id for option in self._options]
        if self.chosen in ids:
            self._choose(ids[(ids.index(self.chosen) + steps) % len(ids)])
        else:
            self._choose(ids[0])

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        start = 0
        for option in self._options:
            stop = start + self._face(option).cell_length
            if offset is not None and start <= offset.x < stop:
                event.stop()
                self._choose(option.id)
            start = stop + GAP

    def _choose(self, id: str) -> None:
        self.chosen = id
        self.post_message(self.Changed(self, id))

    def _face(self, option: StripOption) -> Content:
        if option.id != self.chosen:
            return Content.styled(f"{OTHER}{option.label}", "$muted")
        style = "bold $cursor-cell-text on $cursor-cell" if self.has_focus else "bold $primary"
        return Content.styled(f"{CHOSEN}{option.label}", style)

    def render(self) -> Content:
        line = Content(" " * GAP).join([self._face(option) for option in self._options])
        return line.truncate(self.size.width, ellipsis=True)
