"""Who says in the status line what happens."""

from typing import Protocol

from turso_tui.errors import TursoTuiError
from turso_tui.ui.widgets.statusline import Status


class Speaker(Protocol):
    """The owner of a status line."""

    def say(self, status: Status) -> None: ...

    def say_error(self, error: TursoTuiError, prefix: str = "") -> None: ...

    def failed(self, error: TursoTuiError, prefix: str = "") -> str:
        """Say it, and offer or ask for what helps; what to do next."""
        ...
