"""An error as a pane says it: what happened on one line, and what to do next on another."""

from turso_tui.errors import TursoTuiError


def in_words(error: TursoTuiError) -> tuple[str, str]:
    """What happened (and what it means), and what to do next; server text in it is still raw."""
    return " ".join(part for part in (error.what, error.means) if part), error.next_step
