"""A text area for one value: nothing in it acts on the terminal, and what is not touched comes back unchanged."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from turso_tui.ui.widgets.editor_text import one_sign_each


class ValueArea(TextArea):
    """enter is done, ctrl+j breaks the line."""

    DEFAULT_CSS = """
    ValueArea, ValueArea:focus {
        height: auto; min-height: 1; max-height: 12; border: none; padding: 0 1; background: $panel;
    }
    ValueArea:ansi { text-style: underline; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep", id="value.submit", priority=True, show=False),
        Binding("ctrl+j,alt+enter", "break_line", "New line", id="value.break", priority=True, show=False),
    ]

    class Submitted(Message):
        """That is the value."""

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self.highlight_cursor_line = False
        self._original = text
        self._loaded = self.text

    @property
    def value(self) -> str:
        """What stands there; where nobody has touched it, the very text that it was."""
        return self._original if self.text == self._loaded else self.text

    @property
    def is_faithful(self) -> bool:
        """Whether all of the text is kept: a text area has one kind of line end."""
        return self._loaded == self._original

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def action_break_line(self) -> None:
        self.insert("\n")

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn."""
        return Text(one_sign_each(self.document.get_line(line_index)), end="", no_wrap=True)
