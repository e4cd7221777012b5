"""An error as a pane says it: what happened on one line, and what to do next on another."""

from turso_tui.errors import TursoTuiError


def in_words(error: TursoTuiError) -> tuple[str, str]:
    """What happened (and what it means), and what to do next; server text in it is still raw."""
    if not error.means:
        return error.what, error.next_step
    return f"{error.what.rstrip('.')}. {error.means}", error.next_step
