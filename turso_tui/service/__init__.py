"""The shared async service layer: everything that a pane, a command or a script of yours does with Turso.

Names are imported when they are first used, so that ``import turso_tui.service`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turso_tui.service.account import Account
    from turso_tui.service.console import Console
    from turso_tui.service.database import Database
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.service.services import Services
    from turso_tui.service.session import Session
    from turso_tui.service.target import parse_target

__all__ = ["Account", "Console", "Database", "ResultSet", "ResultStore", "Services", "Session", "parse_target"]

_HOMES = {
    "Account": "account",
    "Console": "console",
    "Database": "database",
    "ResultSet": "results",
    "ResultStore": "results",
    "Services": "services",
    "Session": "session",
    "parse_target": "target",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
