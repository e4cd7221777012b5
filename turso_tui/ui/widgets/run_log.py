"""What every statement did and cost, the newest first."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

SHOWN_MESSAGES = 200


class RunLog(VerticalScroll):
    """Lines that are drawn as they are; whoever notes them has made them safe."""

    DEFAULT_CSS = """
    RunLog { padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._messages: list[Content] = []

    def compose(self) -> ComposeResult:
        yield Static(id="log", markup=False)

    @property
    def is_empty(self) -> bool:
        return not self._messages

    def note(self, message: Content) -> None:
        self._messages = [*self._messages[-SHOWN_MESSAGES:], message]
        self.query_exactly_one("#log", Static).update(Content("\n").join(reversed(self._messages)))
