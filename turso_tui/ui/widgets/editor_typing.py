"""What the editor does with a key beyond writing it: pairs, and lines that begin where the one above does."""

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor

PAIRS = {"(": ")", "'": "'", '"': '"'}

_ROOM = frozenset(" \t),;")
"""What may stand behind a pair that is made: anything else is text that somebody wants to put in parentheses."""


class Typing:
    """Closes what is opened, and lets the closing sign be typed over as long as the cursor stays on its line."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor
        self._row = 0
        self._to_skip: list[tuple[int, str]] = []
        """Characters from the end of the line, which what is typed before does not change, and the sign."""

    def key(self, event: events.Key) -> bool:
        """Whether the key was dealt with."""
        if event.key == "enter":
            self._break_line()
            return True
        sign = event.character
        if not event.is_printable or sign is None:
            return False
        return self._skip(sign) or self._open(sign)

    def will_skip(self, signs: str) -> None:
        """``signs`` behind the cursor were not typed, so that typing them only passes them."""
        row, after = self._behind_cursor()
        if row != self._row:
            self._to_skip.clear()
        self._row = row
        self._to_skip.extend((len(after) - index, sign) for index, sign in reversed(list(enumerate(signs))))

    def delete_left(self) -> bool:
        """Both signs of an empty pair, or one step of the indentation; False where one character is meant."""
        editor = self._editor
        if not editor.selection.is_empty:
            return False
        row, column = editor.cursor_location
        line = editor.document.get_line(row)
        before = line[:column]
        if before and self._is_next_to_skip(PAIRS.get(before[-1], "")):
            self._to_skip.pop()
            editor.delete((row, column - 1), (row, column + 1), maintain_selection_offset=False)
            return True
        width = editor.indent_width
        if column and not before.strip(" ") and column % width == 0:
            editor.delete((row, column - width), (row, column), maintain_selection_offset=False)
            return True
        return False

    def _behind_cursor(self) -> tuple[int, str]:
        row, column = self._editor.cursor_location
        return row, self._editor.document.get_line(row)[column:]

    def _is_next_to_skip(self, sign: str) -> bool:
        row, after = self._behind_cursor()
        if row != self._row:
            self._to_skip.clear()
        while self._to_skip and self._to_skip[-1][0] > len(after):
            self._to_skip.pop()  # the cursor has gone past it
        return bool(sign) and after.startswith(sign) and self._to_skip[-1:] == [(len(after), sign)]

    def _skip(self, sign: str) -> bool:
        if not self._editor.selection.is_empty or not self._is_next_to_skip(sign):
            return False
        self._to_skip.pop()
        self._editor.move_cursor_relative(columns=1)
        return True

    def _open(self, sign: str) -> bool:
        editor = self._editor
        if sign not in PAIRS:
            return False
        (row, column), _ = sorted(editor.selection)
        if not editor.is_code(row, column):
            return False
        if not editor.selection.is_empty:
            editor.replace(f"{sign}{editor.selected_text}{PAIRS[sign]}", *editor.selection)
            return True
        _, after = self._behind_cursor()
        before = editor.document.get_line(row)[:column]
        if (after and after[0] not in _ROOM) or (
            sign != "(" and before and (before[-1].isalnum() or before[-1] in "_'\"")
        ):
            return False
        editor.insert(sign + PAIRS[sign])
        editor.move_cursor((row, column + 1))
        self.will_skip(PAIRS[sign])
        return True

    def _break_line(self) -> None:
        """A new line begins where the one above does, and further in behind an open parenthesis."""
        editor = self._editor
        start, end = sorted(editor.selection)
        before = editor.document.get_line(start[0])[: start[1]]
        after = editor.document.get_line(end[0])[end[1] :]
        indentation = before[: len(before) - len(before.lstrip(" \t"))]
        if not before.rstrip().endswith("("):
            editor.replace(f"\n{indentation}", start, end, maintain_selection_offset=False)
            return
        inner = indentation + " " * editor.indent_width
        closing = f"\n{indentation}" if after.startswith(")") else ""
        editor.replace(f"\n{inner}{closing}", start, end, maintain_selection_offset=False)
        editor.move_cursor((start[0] + 1, len(inner)))
