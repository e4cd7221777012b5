"""Whose turn it is to write, in the few words that a footing or a status line has room for."""

from turso_tui.service.busy import BusyWait
from turso_tui.service.queue_state import Place, QueueState
from turso_tui.ui.widgets.statusline import Status, StatusKind

LEAVE = "ctrl+c stops waiting"


def who(place: Place) -> str:
    """The process that stands there; its own words, so still raw."""
    return f"{place.program} {place.pid}".strip() if place.pid else place.label or "someone"


def turn_words(state: QueueState, *, in_transaction: bool = False) -> str:
    """``writer free``, ``writing, 2 waiting``, ``third in line`` or ``turso-tui 4711 writes``."""
    writing, position = state.writing, state.position()
    if writing is None:
        return "writer free"
    if position is not None and not writing.mine:
        return position.ordinal
    waiting = f", {len(state.line)} waiting" if state.line else ""
    if not writing.mine:
        return f"{who(writing)} writes{waiting}"
    return f"{'holds the turn' if in_transaction else 'writing'}{waiting}"


def waiting_status(state: QueueState, now: float) -> Status | None:
    """Where the first of ours stands who waits, and for whom; None while none of ours does."""
    writing, position = state.writing, state.position()
    if writing is None or position is None:
        return None
    words = position.words(now)
    holder = "this program" if writing.mine else who(writing)
    what = f" · {writing.label}" if writing.label else ""
    return Status(StatusKind.WAITING, words[0].upper() + words[1:], f"{holder} writes · {LEAVE}{what}")


def busy_status(wait: BusyWait) -> Status:
    """Ours has the turn, and waits for somebody who never stands in line."""
    text = f"A writer from elsewhere has the database, {wait.waited:.1f} s"
    return Status(StatusKind.WAITING, text, f"{LEAVE} · another machine or program; tried {wait.attempt} times")
