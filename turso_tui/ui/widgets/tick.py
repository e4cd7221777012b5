"""Yes or no, in one line."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Tick(Widget, can_focus=True):
    """``value`` behind the sign for it; space changes it."""

    DEFAULT_CSS = """
    Tick { width: auto; height: 1; padding: 0 1; }
    Tick:focus { background: $cursor-row; color: $primary; }
    Tick:ansi:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "turn", "Yes or no", show=False, id="tick.turn")]

    value: reactive[bool] = reactive(False, init=False)

    @dataclass
    class Changed(Message):
        """A person turned it."""

        tick: "Tick"

    def __init__(self, label: str = "", value: bool = False, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self._label = label
        self.set_reactive(Tick.value, value)

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}]{f' {self._label}' if self._label else ''}")

    def action_turn(self) -> None:
        self.value = not self.value
        self.post_message(self.Changed(self))

    def on_click(self) -> None:
        self.action_turn()
