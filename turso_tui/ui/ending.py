"""The end that comes from outside: signals, and a terminal that goes away. Nothing is left behind then either."""

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

from textual.app import App

LEAVE_SECONDS = 8.0
"""How long leaving may take once a signal has asked for it."""

HANGUP_SECONDS = 2.0
"""How often we look whether the terminal is still there: a hang-up does not always come with a signal."""


def watch_for_the_end(app: App[None]) -> None:
    """SIGTERM, SIGINT and a terminal that goes away end the program as quitting does."""
    loop = asyncio.get_running_loop()

    def leave(code: int) -> None:
        app.exit(return_code=code)

    def end(number: int, _frame: object) -> None:
        # A stalled connection may never take the last line that is written to it.
        last_resort = threading.Timer(LEAVE_SECONDS, os._exit, [128 + number])
        last_resort.daemon = True
        last_resort.start()
        loop.call_soon_threadsafe(leave, 128 + number)

    # Not the loop's own handlers: those wait for a loop that may itself be waiting for the terminal.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    app.set_interval(HANGUP_SECONDS, _noticing_hangup(leave))


def _noticing_hangup(leave: Callable[[int], None]) -> Callable[[], None]:
    poll = select.poll()
    poll.register(sys.__stdin__ or 0, select.POLLIN)

    def look() -> None:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            leave(128 + signal.SIGHUP)

    return look
