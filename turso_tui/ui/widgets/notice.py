"""What a pane says when it has nothing to show: what is awaited, what failed, what to do next."""

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from turso_tui.printable import printable_lines

PATIENCE = 0.15
"""Seconds before anything is called slow: an answer that comes sooner should not flash."""


class Notice(Static):
    """One sentence in its tone and a muted next step. Takes no room while it has nothing to say."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        padding: 0 1;
        display: none;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._said: tuple[str, str, str] | None = None
        self._timer: Timer | None = None

    def say(self, what: str, next_step: str = "", *, tone: str = "$muted", after: float = 0.0) -> None:
        """Show this ``after`` so many seconds; saying the same again changes nothing, and starts no new wait."""
        said = (what, next_step, tone)
        if said == self._said:
            return
        self.hush()
        self._said = said
        if after > 0:
            self._timer = self.set_timer(after, self._show)
        else:
            self._show()

    def hush(self) -> None:
        """Nothing to say (any more)."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._said = None
        self.display = False

    def _show(self) -> None:
        if self._said is None:
            return
        what, next_step, tone = self._said
        lines = [(printable_lines(what), tone)]
        if next_step:
            lines.append((f"\n{printable_lines(next_step)}", "$muted"))
        self.update(Content.assemble(*lines))
        self.display = True
