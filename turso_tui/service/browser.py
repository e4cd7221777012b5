"""Opening a web page for a person, without a word on the screen that we draw upon."""

import asyncio
import sys
from collections.abc import Mapping

from turso_tui.tokens.keyring_vault import has_display, is_remote

OPENING_SECONDS = 5.0
"""Some browsers keep their opener waiting until they are closed: after this time we take that for success."""

_OPEN = """\
import os, sys, threading, webbrowser
url = sys.stdin.buffer.read().decode()
def attempt():
    os._exit(0 if webbrowser.open(url) else 1)
threading.Thread(target=attempt, daemon=True).start()
threading.Event().wait(float(sys.argv[1]))
os._exit(0)
"""
"""A process of its own, because a browser may write to the terminal, and may outlive us.

The address comes by its standard input: others on this machine can read arguments, and a sign-in's holds its state.
"""


def can_open_browser(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser would open where the person can see it. ``$BROWSER`` says yes, also over SSH."""
    if environment.get("BROWSER"):
        return True
    if platform == "linux":
        return has_display(environment)
    return not is_remote(environment)


async def open_browser(url: str, environment: Mapping[str, str], *, seconds: float = OPENING_SECONDS) -> bool:
    """Open ``url`` in the browser of ``environment``; whether that worked. Cancelling leaves the browser alone."""
    try:
        opener = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _OPEN, str(seconds)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: value for name, value in environment.items() if not name.startswith("TURSO_")},  # tokens: ours
            start_new_session=True,  # a ctrl+c in the terminal is ours, and must not close the browser
        )
    except OSError:  # no process to be had: the person can open the address, as without a browser
        return False
    await opener.communicate(url.encode())
    return opener.returncode == 0
