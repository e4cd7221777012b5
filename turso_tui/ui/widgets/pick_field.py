"""A value that is chosen elsewhere: shows it, and asks for another."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.printable import printable


class PickField(Widget, can_focus=True):
    """One line: ``value`` and what it is (``detail``), which may come from a server."""

    DEFAULT_CSS = """
    PickField { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    PickField:focus { background: $cursor-row; }
    PickField:ansi { background: transparent; text-style: underline; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "ask", "Choose", show=False, id="pick.ask"),
    ]

    value: reactive[str] = reactive("", init=False)
    detail: reactive[str] = reactive("", init=False)

    @dataclass
    class Asked(Message):
        """Another value is wanted."""

        field: "PickField"

        @property
        def control(self) -> "PickField":
            return self.field

    def __init__(self, value: str = "", detail: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(PickField.value, value)
        self.set_reactive(PickField.detail, detail)
        self._placeholder = placeholder

    def action_ask(self) -> None:
        self.post_message(self.Asked(self))

    def on_click(self) -> None:
        self.action_ask()

    def render(self) -> Content:
        if self.value:
            line = Content.assemble(printable(self.value), (f"  {printable(self.detail)}", "$muted"))
        else:
            line = Content.styled(self._placeholder, "$muted")
        arrow = Content.styled(" ▾", "$primary" if self.has_focus else "$muted")
        return line.truncate(max(0, self.size.width - arrow.cell_length), ellipsis=True, pad=True) + arrow
