"""The line that says what just happened, and what is happening now."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from turso_tui.printable import printable, printable_lines
from turso_tui.ui.numbers import duration

TICK = 1.0
"""Seconds between two looks at the clock while something runs: each costs a line on the wire."""

MINUTE = 60.0

CUT_DETAIL = " · …"

GAP = 2
"""Cells between what happened and the context."""


class StatusKind(StrEnum):
    OK = "ok"
    BUSY = "busy"
    WAITING = "waiting"
    WARNING = "warning"
    UNKNOWN = "unknown"
    FAILED = "failed"
    IDLE = "idle"


SIGNS = {
    StatusKind.OK: ("✓", "$good"),
    StatusKind.BUSY: ("…", "$primary"),
    StatusKind.WAITING: ("…", "$warning"),
    StatusKind.WARNING: ("!", "$warning"),
    StatusKind.UNKNOWN: ("?", "$warning"),
    StatusKind.FAILED: ("✗", "$bad"),
    StatusKind.IDLE: ("·", "$muted"),
}


@dataclass(frozen=True, slots=True)
class Status:
    """``text`` is what matters; ``detail`` follows it as far as there is room. Both may come from a server."""

    kind: StatusKind = StatusKind.IDLE
    text: str = ""
    detail: str = ""


class StatusLine(Widget):
    """Shows ``status``, with the running seconds while it is busy, and ``context`` (connection, turn) at the right."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; }
    """

    status: reactive[Status] = reactive(Status(), init=False)
    context: reactive[str] = reactive("")

    def __init__(self, *, clock: Callable[[], float] = monotonic, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._since = clock()
        self._timer: Timer | None = None

    def watch_status(self, old: Status, new: Status) -> None:
        """The clock runs on when only the text of something busy changes."""
        if old.kind is not StatusKind.BUSY:
            self._since = self._clock()
        is_busy = new.kind is StatusKind.BUSY
        if is_busy and self._timer is None:
            self._timer = self.set_interval(TICK, self.refresh)
        elif not is_busy and self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.tooltip = Content(printable_lines(f"{new.text}\n{new.detail}".strip())) if new.detail else None

    def render(self) -> Content:
        """The message comes first, then the context; the detail takes what is left, and a sign when that is nothing."""
        width = self.size.width
        detail = Content.styled(f" · {printable(self.status.detail)}" if self.status.detail else "", "$muted")
        message = self._message().truncate(width, ellipsis=True)
        room = width - message.cell_length - min(detail.cell_length, len(CUT_DETAIL))
        context = Content.styled(printable(self.context), "$muted").truncate(max(0, room - GAP), ellipsis=True)
        room = width - message.cell_length - context.cell_length - (GAP if context else 0)
        if room >= len(CUT_DETAIL):
            message += detail.truncate(room, ellipsis=True)
        return message.truncate(width - context.cell_length, pad=True) + context

    def _message(self) -> Content:
        sign, style = SIGNS[self.status.kind]
        parts = [(sign, style), (f" {printable(self.status.text)}", "")]
        elapsed = self._clock() - self._since
        if self.status.kind is StatusKind.BUSY and elapsed >= TICK:
            running = f"{elapsed:.0f} s" if elapsed < MINUTE else duration(elapsed)
            parts.append((f" {running}", "$muted"))
        return Content.assemble(*parts)
