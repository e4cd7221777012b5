"""Who says in the status line what happens."""

from typing import TYPE_CHECKING, Protocol

from turso_tui.errors import TursoTuiError
from turso_tui.ui.widgets.statusline import Status

if TYPE_CHECKING:
    from turso_tui.ui.home import Place


class Speaker(Protocol):
    """The owner of a status line."""

    def say(self, status: Status) -> None: ...

    def say_error(self, error: TursoTuiError, prefix: str = "") -> None: ...

    def failed(self, error: TursoTuiError, prefix: str = "", place: "Place | None" = None) -> str:
        """Say it, and offer or ask for what helps where it happened at ``place``; what to do next."""
        ...
