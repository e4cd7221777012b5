"""The editor as Vim's keys see it."""

from typing import TYPE_CHECKING

from turso_tui.printable import printable
from turso_tui.sql.layout import format_sql

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


class EditorHost:
    """A `Host`. What belongs to the tab is asked of whoever holds the editor."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor

    @property
    def text(self) -> str:
        return self._editor.text

    @property
    def selection(self) -> tuple[int, int]:
        anchor, cursor = self._editor.selection
        return self._editor.offset_of(anchor), self._editor.offset_of(cursor)

    @property
    def undo_steps(self) -> int:
        return len(self._editor.history.undo_stack)

    @property
    def redo_steps(self) -> int:
        return len(self._editor.history.redo_stack)

    @property
    def clipboard(self) -> str:
        return self._editor.app.clipboard

    def copy(self, text: str) -> None:
        self._editor.app.copy_to_clipboard(text)

    def select(self, anchor: int, cursor: int) -> None:
        self._editor.history.checkpoint()
        self._editor.select_offsets(anchor, cursor)

    def replace(self, start: int, end: int, text: str) -> None:
        editor = self._editor
        editor.history.checkpoint()
        editor.replace(text, editor.location_of(start), editor.location_of(end), maintain_selection_offset=False)
        editor.history.checkpoint()

    def undo(self) -> None:
        self._editor.undo()

    def redo(self) -> None:
        self._editor.redo()

    def statement(self, offset: int) -> tuple[int, int] | None:
        span = self._editor.script.at(offset)
        return (span.start, span.end) if span is not None else None

    def formatted(self, sql: str) -> str:
        return format_sql(sql)

    def say(self, text: str) -> None:
        self._editor.notify(printable(text), markup=False)

    def save(self, path: str = "", *, close: bool = False) -> None:
        self._editor.post_message(self._editor.Asked("save and close" if close else "save", path))

    def close(self) -> None:
        self._editor.post_message(self._editor.Asked("close"))

    def open(self, path: str = "") -> None:
        self._editor.post_message(self._editor.Asked("open", path))
