"""A text without a screen for Vim's keys to act upon."""

import re

from turso_tui.sql.layout import format_sql
from turso_tui.sql.split import Script
from turso_tui.ui.vim import Mode, Vim


class Paper:
    """Undoes each replacement by itself, as the editor does."""

    def __init__(self, text: str = "", cursor: int = 0) -> None:
        self.text = text
        self.selection = (cursor, cursor)
        self.clipboard = ""
        self.said: list[str] = []
        self.done: list[str] = []
        self._past: list[str] = []
        self._future: list[str] = []

    @property
    def undo_steps(self) -> int:
        return len(self._past)

    @property
    def redo_steps(self) -> int:
        return len(self._future)

    def copy(self, text: str) -> None:
        self.clipboard = text

    def select(self, anchor: int, cursor: int) -> None:
        assert 0 <= anchor <= len(self.text)
        assert 0 <= cursor <= len(self.text)
        self.selection = (anchor, cursor)

    def replace(self, start: int, end: int, text: str) -> None:
        assert 0 <= start <= end <= len(self.text)
        if self.text[start:end] == text:
            return
        self._past.append(self.text)
        self._future.clear()
        self.text = self.text[:start] + text + self.text[end:]
        self.selection = (start + len(text),) * 2

    def undo(self) -> None:
        self._future.append(self.text)
        self.text = self._past.pop()
        self.selection = (0, 0)

    def redo(self) -> None:
        self._past.append(self.text)
        self.text = self._future.pop()
        self.selection = (0, 0)

    def statement(self, offset: int) -> tuple[int, int] | None:
        span = Script(self.text).at(offset)
        return (span.start, span.end) if span is not None else None

    def formatted(self, sql: str) -> str:
        return format_sql(sql)

    def say(self, text: str) -> None:
        self.said.append(text)

    def save(self, path: str = "", *, close: bool = False) -> None:
        self.done.append(f"{'save and close' if close else 'save'} {path}".rstrip())

    def close(self) -> None:
        self.done.append("close")

    def open(self, path: str = "") -> None:
        self.done.append(f"open {path}".rstrip())


class Typist:
    """Types into a paper as a person does: what Vim leaves is written."""

    def __init__(self, before: str) -> None:
        """``|`` is where the cursor is."""
        self.paper = Paper(before.replace("|", "", 1), max(before.find("|"), 0))
        self.vim = Vim(self.paper)

    def type(self, keys: str) -> "Typist":
        """``<esc>`` and the like are keys, everything else its letters."""
        for named, letter in re.findall(r"<([a-z+]+)>|(.)", keys, re.DOTALL):
            self.press({"esc": "escape", "cr": "enter", "bs": "backspace"}.get(named, named) or letter)
        return self

    def press(self, key: str) -> None:
        if self.vim.key(key, key if len(key) == 1 else None) or self.vim.mode is not Mode.INSERT:
            return
        start, end = sorted(self.paper.selection)
        if key == "backspace" and start == end:
            start = max(0, start - 1)
        self.paper.replace(start, end, {"enter": "\n"}.get(key, key) if len(key) == 1 or key == "enter" else "")

    @property
    def shown(self) -> str:
        text, (_, cursor) = self.paper.text, self.paper.selection
        return f"{text[:cursor]}|{text[cursor:]}"
