"""Every path outside the project that this program touches, one function each."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

APP = "turso-tui"


@cache
def _dirs() -> PlatformDirs:
    from platformdirs import PlatformDirs

    return PlatformDirs(APP, appauthor=False)


def config_directory() -> Path:
    """Settings and the user's own themes."""
    return Path(_dirs().user_config_path)


def state_directory() -> Path:
    """What must survive a restart: remembered sign-ins, the last theme."""
    return Path(_dirs().user_state_path)


def scratch_directory() -> Path:
    """Result sets while the program runs."""
    return Path(_dirs().user_cache_path)


def lock_directory() -> Path:
    """The lines of those who write, shared by every copy of the program that this user runs on this machine.

    Not the runtime directory, which is another one for who comes in by SSH, from cron or from a desktop.
    """
    return state_directory() / "writers" / (platform.node() or "here")
