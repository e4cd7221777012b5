"""What Vim's keys act upon. Places are offsets into the text."""

from typing import Protocol


class Host(Protocol):
    """An editor with one text; every ``replace`` is at least one step that can be undone."""

    @property
    def text(self) -> str: ...

    @property
    def selection(self) -> tuple[int, int]:
        """Where it began, and the cursor; the same twice when nothing is selected."""
        ...

    @property
    def undo_steps(self) -> int:
        """How many steps can be undone."""
        ...

    @property
    def redo_steps(self) -> int: ...

    @property
    def clipboard(self) -> str: ...

    def copy(self, text: str) -> None:
        """To the clipboard of the system."""
        ...

    def select(self, anchor: int, cursor: int) -> None: ...

    def replace(self, start: int, end: int, text: str) -> None:
        """The cursor may be anywhere afterwards."""
        ...

    def undo(self) -> None: ...

    def redo(self) -> None: ...

    def statement(self, offset: int) -> tuple[int, int] | None:
        """Start and end of the statement that a person means who stands there."""
        ...

    def formatted(self, sql: str) -> str: ...

    def say(self, text: str) -> None: ...

    def save(self, path: str = "", *, close: bool = False) -> None:
        """And then close it, if it could be saved. Without a ``path`` where it was."""
        ...

    def close(self) -> None: ...

    def open(self, path: str = "") -> None: ...
