"""What was typed in one go in the insert mode, which the dot writes again."""

from turso_tui.ui.vim.host import Host
from turso_tui.ui.vim.lines import line_start


class Typed:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._times = 1
        self._before = self._behind = ""
        self.text = ""

    def begin(self, at: int, times: int) -> None:
        """At ``at``; in the end it is written so many times."""
        self._times = times
        self._host.select(at, at)
        text = self._host.text
        self._before, self._behind = text[:at], text[at:]

    def end(self) -> int:
        """Where the cursor goes. What was typed is known, unless something else was changed meanwhile too."""
        text, before, behind = self._host.text, self._before, self._behind
        fits = len(text) >= len(before) + len(behind) and text.startswith(before) and text.endswith(behind)
        self.text = text[len(before) : len(text) - len(behind)] if fits else ""
        cursor = self._host.selection[1]
        if self._times > 1 and self.text:
            self._host.replace(cursor, cursor, self.text * (self._times - 1))
            cursor += len(self.text) * (self._times - 1)
        return max(cursor - 1, line_start(self._host.text, cursor))

    def write(self, typed: str) -> None:
        """As if it were typed again."""
        at = self._host.selection[1]
        if typed:
            self._host.replace(at, at, typed)
        self._host.select(at + len(typed), at + len(typed))
